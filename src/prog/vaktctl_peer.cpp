// SPDX-License-Identifier: Apache-2.0
// A local socket on whose other end nobody is waited for without a limit.
#include "prog/vaktctl_peer.h"

#include <poll.h>

#include <algorithm>

#include "sys/clock.h"
#include "sys/local_socket.h"
#include "sys/nonblock.h"

namespace vakt::prog {
namespace {

std::string cure(const std::error_code& code, const PeerName& name) {
    const std::string program = name.program;
    if (code == std::errc::no_such_file_or_directory) return "; is " + program + " running?";
    if (code == std::errc::connection_refused) return "; " + program + " has ended: start it again";
    if (code == std::errc::resource_unavailable_try_again)
        return "; " + program + " does not accept connections: it hangs, or is flooded";
    if (code == std::errc::permission_denied) return name.not_allowed;
    return "";
}

}  // namespace

Result<Peer> Peer::connect(const PeerName& name, const std::string& path) {
    auto socket = sys::connect_local(path);
    if (!socket) return refusal(describe(socket.error()) + cure(socket.error().code, name));
    return Peer(name, path, std::move(*socket));
}

std::string Peer::who() const { return std::string("the ") + name_.short_name + " at " + path_; }

Error Peer::silent() const {
    return refusal(who() + " does not answer; it hangs, or is being stopped");
}
Error Peer::stranger() const {
    return refusal("what answers at " + path_ + " does not speak as this version's " +
                   name_.short_name + " does");
}

bool Peer::wait(short events, Instant until) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - sys::now()).count();
        pollfd watched = {socket_.get(), events, 0};
        const auto ready =
            ::poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000)));
        if (ready > 0) return true;
        if (left <= 0) return false;
    }
}

Status Peer::send(std::span<const unsigned char> bytes, Instant until) {
    while (!bytes.empty()) {
        const auto moved = sys::write_some(socket_.get(), bytes);
        switch (moved.how) {
            case sys::Moved::How::some:
                bytes = bytes.subspan(moved.bytes);
                break;
            case sys::Moved::How::blocked:
                if (!wait(POLLOUT, until)) return silent();
                break;
            case sys::Moved::How::end:
            case sys::Moved::How::failed:
                return refusal(who() + " has closed the connection");
        }
    }
    return Done{};
}

Result<std::size_t> Peer::read(std::span<char> into, Instant until) {
    while (true) {
        const auto moved = sys::read_some(socket_.get(), into);
        switch (moved.how) {
            case sys::Moved::How::some:
                return moved.bytes;
            case sys::Moved::How::blocked:
                if (!wait(POLLIN, until)) return std::size_t{0};
                break;
            case sys::Moved::How::end:
            case sys::Moved::How::failed:
                return refusal(who() + " has closed the connection");
        }
    }
}

}  // namespace vakt::prog
