// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/fixed_line.h"
#include "sys/fd.h"
#include "sys/log.h"

namespace vakt::sys {
namespace {

/// True when the kind of socket was right, whether or not the line went through.
bool send_to(const char* path, int kind, std::string_view line) {
    const Fd socket(::socket(AF_UNIX, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string_view name(path);
    if (!socket || name.size() >= sizeof address.sun_path) return true;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return errno != EPROTOTYPE;
    static_cast<void>(::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL));
    return true;
}

}  // namespace

void detail::hand_to_logger(int priority, std::string_view line, const char* path) {
    constexpr std::size_t kLongest = 1100;
    FixedLine<kLongest + 10> text;
    text.put("<");
    text.put(static_cast<std::uint64_t>(priority));
    text.put(">");
    text.put(line);
    if (send_to(path, SOCK_DGRAM, text.view())) return;
    // A NUL is the end of a message on a stream, as syslog(3) sends it.
    text.put({"\0", 1});
    static_cast<void>(send_to(path, SOCK_STREAM, text.view()));
}

}  // namespace vakt::sys
