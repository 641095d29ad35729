// SPDX-License-Identifier: Apache-2.0
// A connection to the keeper on which nothing is waited for without a limit.
#include "prog/vaktctl_client.h"

#include <array>

namespace vakt::prog {
namespace {

using Message = std::optional<wire::LeaseMessage>;

constexpr PeerName kKeeper = {"keeper", "wd_keeper", ""};

}  // namespace

Result<KeeperClient> KeeperClient::connect(const std::string& path) {
    auto peer = Peer::connect(kKeeper, path);
    if (!peer) return peer.error();
    return KeeperClient(std::move(*peer));
}

Status KeeperClient::send(const wire::LeaseMessage& message, Instant until) {
    std::array<std::uint8_t, wire::kMaxLeaseMessage> buffer;
    return peer_.send(wire::encode(message, buffer), until);
}

Result<Message> KeeperClient::read(Instant until) {
    while (true) {
        if (auto message = decoder_.next()) return Message(std::move(message));
        if (decoder_.fault() != wire::LeaseFault::none) return peer_.stranger();
        if (taken_ < came_) {
            const auto* const bytes = reinterpret_cast<const std::uint8_t*>(buffer_.data());
            taken_ += decoder_.feed({bytes + taken_, came_ - taken_});
            continue;
        }
        const auto came = peer_.read(buffer_, until);
        if (!came) return came.error();
        if (*came == 0) return Message();
        taken_ = 0;
        came_ = *came;
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
        if (!*message) return peer_.silent();
        switch (reader.take(**message)) {
            case wire::StatusReader::Took::part:
                break;
            case wire::StatusReader::Took::whole:
                return reader.status();
            case wire::StatusReader::Took::other:
                keep_news(**message);
                break;
            case wire::StatusReader::Took::bad:
                return peer_.stranger();
        }
    }
}

}  // namespace vakt::prog
