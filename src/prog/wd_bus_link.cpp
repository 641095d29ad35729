// SPDX-License-Identifier: Apache-2.0
// wd_bus's connection to the keeper.
#include "prog/wd_bus_link.h"

#include <poll.h>

#include <array>
#include <utility>

#include "sys/local_socket.h"
#include "sys/nonblock.h"

namespace vakt::prog {
namespace {
constexpr std::size_t kMostKept = 65536;
}

Result<std::unique_ptr<KeeperLink>> KeeperLink::connect(const std::string& path) {
    auto socket = sys::connect_local(path);
    if (!socket) return socket.error();
    return std::unique_ptr<KeeperLink>(new KeeperLink(std::move(*socket)));
}

void KeeperLink::say(const wire::LeaseMessage& message) {
    std::array<std::uint8_t, wire::kMaxLeaseMessage> bytes;
    for (const auto byte : wire::encode(message, bytes)) out_ += static_cast<char>(byte);
    flush();
}

short KeeperLink::events() const {
    return static_cast<short>(out_.empty() ? POLLIN : POLLIN | POLLOUT);
}

void KeeperLink::flush() {
    while (!out_.empty() && !lost_) {
        const auto moved = sys::write_some(
            socket_.get(),
            {reinterpret_cast<const unsigned char*>(out_.data()), out_.size()});  // NOLINT
        if (moved.how == sys::Moved::How::blocked) break;
        if (moved.how != sys::Moved::How::some) lost_ = true;
        out_.erase(0, moved.bytes);
    }
    lost_ = lost_ || out_.size() > kMostKept;
}

bool KeeperLink::process(const std::function<void(const wire::LeaseMessage&)>& take) {
    flush();
    std::array<char, 4096> bytes;
    while (!lost_) {
        const auto moved = sys::read_some(socket_.get(), bytes);
        if (moved.how == sys::Moved::How::blocked) break;
        if (moved.how != sys::Moved::How::some) return false;
        std::span<const std::uint8_t> input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                            moved.bytes);  // NOLINT
        while (!input.empty()) {
            input = input.subspan(in_.feed(input));
            while (const auto message = in_.next()) take(*message);
            if (in_.fault() != wire::LeaseFault::none) return false;
        }
    }
    return !lost_;
}

}  // namespace vakt::prog
