// SPDX-License-Identifier: Apache-2.0
// One line to the system log.
#include "sys/log.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "sys/fd.h"

namespace vakt::sys {
namespace {

constexpr int kAuthpriv = 10;  // RFC 5424, table 1
constexpr std::size_t kLongest = 1000;

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

void log_authpriv(Severity severity, std::string_view tag, std::string_view words,
                  const char* path) {
    std::string line = "<" + std::to_string(kAuthpriv * 8 + static_cast<int>(severity)) + ">";
    line.append(tag).append("[").append(std::to_string(::getpid())).append("]: ");
    line.append(words.substr(0, kLongest));
    std::replace_if(
        line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
    if (send_to(path, SOCK_DGRAM, line)) return;
    line.push_back('\0');  // the end of a message on a stream, as syslog(3) sends it
    static_cast<void>(send_to(path, SOCK_STREAM, line));
}

}  // namespace vakt::sys
