// SPDX-License-Identifier: Apache-2.0
// Somebody who asks the keeper for a guarded reboot.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <string>

#include "sys/fd.h"
#include "wire/lease_bytes.h"

namespace vakt::storm {

/// Keeps its connection, so that the answer has somewhere to go.
class Asking {
 public:
    [[nodiscard]] bool reboot(const std::string& path) {
        std::array<std::uint8_t, wire::kMaxLeaseMessage> room{};
        const auto bytes = wire::encode(wire::lease::End{keeper::EndKind::reboot, false}, room);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        fd_ = sys::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): connect(2) is made so
        return ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
               ::write(fd_.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
    }

 private:
    sys::Fd fd_;
};

}  // namespace vakt::storm
