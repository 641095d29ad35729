// SPDX-License-Identifier: Apache-2.0
// A connection to the keeper on which nothing is waited for without a limit.
#include "prog/vaktctl_client.h"

#include <poll.h>

#include <algorithm>
#include <array>

#include "sys/clock.h"
#include "sys/local_socket.h"
#include "sys/nonblock.h"

namespace vakt::prog {
namespace {

using Message = std::optional<wire::LeaseMessage>;

std::string_view cure(const std::error_code& code) {
    if (code == std::errc::no_such_file_or_directory) return "; is wd_keeper running?";
    if (code == std::errc::connection_refused) return "; wd_keeper has ended: start it again";
    if (code == std::errc::resource_unavailable_try_again)
        return "; wd_keeper does not accept connections: it hangs, or is flooded";
    return "";
}

}  // namespace

Result<KeeperClient> KeeperClient::connect(const std::string& path) {
    auto socket = sys::connect_local(path);
    if (!socket) return refusal(describe(socket.error()) + std::string(cure(socket.error().code)));
    return KeeperClient(path, std::move(*socket));
}

Error KeeperClient::silent() const {
    return refusal("the keeper at " + path_ + " does not answer; it hangs, or is being stopped");
}
Error KeeperClient::stranger() const {
    return refusal("what answers at " + path_ + " does not speak as this version's keeper does");
}

bool KeeperClient::wait(short events, Instant until) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - sys::now()).count();
        pollfd watched = {socket_.get(), events, 0};
        const auto ready =
            ::poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000)));
        if (ready > 0) return true;
        if (left <= 0) return false;
    }
}

Status KeeperClient::send(const wire::LeaseMessage& message, Instant until) {
    std::array<std::uint8_t, wire::kMaxLeaseMessage> buffer;
    auto rest = std::span<const std::uint8_t>(wire::encode(message, buffer));
    while (!rest.empty()) {
        const auto moved = sys::write_some(socket_.get(), rest);
        switch (moved.how) {
            case sys::Moved::How::some:
                rest = rest.subspan(moved.bytes);
                break;
            case sys::Moved::How::blocked:
                if (!wait(POLLOUT, until)) return silent();
                break;
            case sys::Moved::How::end:
            case sys::Moved::How::failed:
                return refusal("the keeper at " + path_ + " has closed the connection");
        }
    }
    return Done{};
}

Result<Message> KeeperClient::read(Instant until) {
    while (true) {
        if (auto message = decoder_.next()) return Message(std::move(message));
        if (decoder_.fault() != wire::LeaseFault::none) return stranger();
        if (taken_ < came_) {
            const auto* const bytes = reinterpret_cast<const std::uint8_t*>(buffer_.data());
            taken_ += decoder_.feed({bytes + taken_, came_ - taken_});
            continue;
        }
        const auto moved = sys::read_some(socket_.get(), buffer_);
        switch (moved.how) {
            case sys::Moved::How::some:
                taken_ = 0;
                came_ = moved.bytes;
                break;
            case sys::Moved::How::blocked:
                if (!wait(POLLIN, until)) return Message();
                break;
            case sys::Moved::How::end:
            case sys::Moved::How::failed:
                return refusal("the keeper at " + path_ + " has closed the connection");
        }
    }
}

void KeeperClient::keep_news(const wire::LeaseMessage& message) {
    if (std::holds_alternative<wire::lease::News>(message)) news_.push_back(message);
}

Result<Message> KeeperClient::next(Instant until) {
    if (news_.empty()) return read(until);
    Message first(std::move(news_.front()));
    news_.pop_front();
    return first;
}

Result<wire::WholeStatus> KeeperClient::status(Instant until) {
    if (const auto sent = send(wire::lease::StatusAsked{}, until); !sent) return sent.error();
    wire::StatusReader reader;
    while (true) {
        const auto message = read(until);
        if (!message) return message.error();
        if (!*message) return silent();
        switch (reader.take(**message)) {
            case wire::StatusReader::Took::part:
                break;
            case wire::StatusReader::Took::whole:
                return reader.status();
            case wire::StatusReader::Took::other:
                keep_news(**message);
                break;
            case wire::StatusReader::Took::bad:
                return stranger();
        }
    }
}

}  // namespace vakt::prog
