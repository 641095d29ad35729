// SPDX-License-Identifier: Apache-2.0
// One line to the system log.
#include "sys/log.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/fixed_line.h"
#include "sys/fd.h"

namespace vakt::sys {
namespace {

constexpr std::size_t kLongest = 1000;
constexpr std::size_t kLongestTag = 48;  // RFC 5424's APP-NAME

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

void log_line(Facility facility, Severity severity, std::string_view tag, std::string_view words,
              const char* path) {
    FixedLine<kLongest + 100> text;
    text.put("<");
    text.put(static_cast<std::uint64_t>(facility) * 8 + static_cast<std::uint64_t>(severity));
    text.put(">");
    text.put(tag.substr(0, kLongestTag));
    text.put("[");
    text.put(static_cast<std::uint64_t>(::getpid()));
    text.put("]: ");
    text.put(words.substr(0, kLongest));
    std::array<char, kLongest + 101> line{};  // one more: the end of a message on a stream, as
    const auto size = text.view().size();     // syslog(3) sends it
    std::replace_copy_if(
        text.view().begin(), text.view().end(), line.begin(),
        [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
    if (send_to(path, SOCK_DGRAM, {line.data(), size})) return;
    static_cast<void>(send_to(path, SOCK_STREAM, {line.data(), size + 1}));
}

void log_authpriv(Severity severity, std::string_view tag, std::string_view words,
                  const char* path) {
    log_line(Facility::authpriv, severity, tag, words, path);
}

}  // namespace vakt::sys
