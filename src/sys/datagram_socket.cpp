// SPDX-License-Identifier: Apache-2.0
// Sockets that datagrams are received on: local ones under a path, UDP, and those we were given.
#include "sys/datagram_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#ifdef __linux__
#include <linux/sock_diag.h>
#endif

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "sys/error.h"
#include "sys/local_socket.h"

namespace vakt::sys {
namespace {

Error failed(int code, std::string_view operation, std::string_view subject) {
    errno = code;
    return last_error(operation, subject);
}

bool switch_on(int fd, int level, int option) {
    const int on = 1;
    return ::setsockopt(fd, level, option, &on, sizeof on) == 0;
}

sockaddr_un local_address(const std::string& path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

/// Makes room for a socket at `path`: it is absent, or a socket that nobody answers.
Status clear_stale(const std::string& path) {
    const auto holder = path_holder(path, SOCK_DGRAM);
    if (!holder) return holder.error();
    if (*holder == PathHolder::no_socket) return failed(EEXIST, "bind", path);
    if (*holder == PathHolder::living) return failed(EADDRINUSE, "bind", path);
    if (*holder == PathHolder::dead && ::unlink(path.c_str()) != 0)
        return last_error("unlink", path);
    return Done{};
}

/// An address of either family and what of it bind(2) is to know.
struct Internet {
    sockaddr_storage address = {};
    socklen_t size = 0;
};

std::optional<Internet> internet_address(const std::string& text, std::uint16_t port) {
    Internet made;
    sockaddr_in four = {};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    if (::inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
        std::memcpy(&made.address, &four, sizeof four);
        made.size = sizeof four;
        return made;
    }
    sockaddr_in6 six = {};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    const auto percent = text.find('%');
    if (::inet_pton(AF_INET6, text.substr(0, percent).c_str(), &six.sin6_addr) != 1)
        return std::nullopt;
    if (percent != std::string::npos) {  // RFC 4007, section 11
        const auto zone = text.substr(percent + 1);
        six.sin6_scope_id = ::if_nametoindex(zone.c_str());
        if (const auto number = parse_decimal<std::uint32_t>(zone);
            number && six.sin6_scope_id == 0)
            six.sin6_scope_id = *number;
        if (six.sin6_scope_id == 0) return std::nullopt;
    }
    std::memcpy(&made.address, &six, sizeof six);
    made.size = sizeof six;
    return made;
}

}  // namespace

Result<DatagramSocket> DatagramSocket::at_path(const std::string& path, mode_t mode) {
    // An empty path would be an address that the kernel chooses.
    if (path.empty()) return failed(ENOENT, "bind", path);
    if (path.size() > kLongestPath) return failed(ENAMETOOLONG, "bind", path);
    const auto address = local_address(path);
    if (const auto cleared = clear_stale(path); !cleared) return cleared.error();

    DatagramSocket made(Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
                        Kind::local, path);
    if (!made.fd_) return last_error("socket", path);
    // Before the first datagram can come, so that its sender is known too.
    made.ask_for_all();
    // Linux makes the file with the mode that the socket itself has; chmod() then gives what the
    // umask took.
    static_cast<void>(::fchmod(made.fd(), mode));
    if (::bind(made.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return last_error("bind", path);
    struct stat about = {};
    if (::lstat(path.c_str(), &about) != 0) return last_error("look at", path);
    made.own_ = Own{about.st_dev, about.st_ino};
    if (::chmod(path.c_str(), mode) != 0) return last_error("chmod", path);
    return made;
}

Result<DatagramSocket> DatagramSocket::udp(const std::string& address, std::uint16_t port) {
    const auto name = address + " port " + std::to_string(port);
    const auto internet = internet_address(address, port);
    if (!internet) return refusal("bind " + name + ": not a numeric address");
    const int family = internet->address.ss_family;
    DatagramSocket made(Fd(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
                        Kind::udp, name);
    if (!made.fd_) return last_error("socket", name);
    if (family == AF_INET6 && !switch_on(made.fd(), IPPROTO_IPV6, IPV6_V6ONLY))
        return last_error("IPV6_V6ONLY", name);
    made.ask_for_all();
    if (::bind(made.fd(), reinterpret_cast<const sockaddr*>(&internet->address), internet->size) !=
        0)
        return last_error("bind", name);
    return made;
}

Result<DatagramSocket> DatagramSocket::inherited(Fd fd, std::string name) {
    int type = 0;
    socklen_t size = sizeof type;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_TYPE, &type, &size) != 0)
        return last_error("take over", name);
    sockaddr_storage address = {};
    socklen_t address_size = sizeof address;
    if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &address_size) != 0)
        return last_error("take over", name);
    const bool local = address.ss_family == AF_UNIX;
    const bool internet = address.ss_family == AF_INET || address.ss_family == AF_INET6;
    if (type != SOCK_DGRAM || (!local && !internet))
        return refusal("take over " + name + ": not a datagram socket, local or UDP");
    const int flags = ::fcntl(fd.get(), F_GETFL);
    if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0 ||
        ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC) != 0)
        return last_error("take over", name);
    DatagramSocket made(std::move(fd), local ? Kind::local : Kind::udp, std::move(name));
    made.ask_for_all();
    made.lost_before_ = made.lost().value_or(0);
    return made;
}

DatagramSocket& DatagramSocket::operator=(DatagramSocket other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(kind_, other.kind_);
    std::swap(name_, other.name_);
    std::swap(lost_before_, other.lost_before_);
    std::swap(own_, other.own_);
    return *this;
}

DatagramSocket::~DatagramSocket() {
    if (fd_ && own_ && has_its_path()) ::unlink(name_.c_str());
}

void DatagramSocket::take_path(const std::string& path) {
    struct stat about = {};
    if (::lstat(path.c_str(), &about) != 0 || !S_ISSOCK(about.st_mode)) return;
    name_ = path;
    own_ = Own{about.st_dev, about.st_ino};
}

bool DatagramSocket::has_its_path() const {
    struct stat about = {};
    return !own_ || (::lstat(name_.c_str(), &about) == 0 && about.st_dev == own_->device &&
                     about.st_ino == own_->inode);
}

void DatagramSocket::ask_for_all() const {
#ifdef SO_PASSCRED
    if (kind_ == Kind::local) switch_on(fd(), SOL_SOCKET, SO_PASSCRED);
#endif
#ifdef SO_TIMESTAMPNS
    switch_on(fd(), SOL_SOCKET, SO_TIMESTAMPNS);
#endif
#ifdef SO_RXQ_OVFL
    if (kind_ == Kind::udp) switch_on(fd(), SOL_SOCKET, SO_RXQ_OVFL);
#endif
}

Result<int> DatagramSocket::hold(int bytes) const {
#ifdef SO_RCVBUFFORCE
    const bool forced = ::setsockopt(fd(), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) == 0;
#else
    const bool forced = false;
#endif
    if (!forced && ::setsockopt(fd(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) != 0)
        return last_error("SO_RCVBUF", name_);
    int granted = 0;
    socklen_t size = sizeof granted;
    if (::getsockopt(fd(), SOL_SOCKET, SO_RCVBUF, &granted, &size) != 0)
        return last_error("SO_RCVBUF", name_);
    return granted;
}

std::uint16_t DatagramSocket::port() const {
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    if (::getsockname(fd(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    // sin_port and sin6_port lie at the same place (netinet/in.h, RFC 3493, section 3.3).
    sockaddr_in internet = {};
    std::memcpy(&internet, &address, sizeof internet);
    return kind_ == Kind::udp ? ntohs(internet.sin_port) : std::uint16_t{0};
}

std::optional<std::uint32_t> DatagramSocket::lost() const {
#if defined(__linux__) && defined(SO_MEMINFO)
    if (kind_ != Kind::udp) return std::nullopt;
    std::array<std::uint32_t, SK_MEMINFO_VARS> numbers = {};
    socklen_t size = sizeof numbers;
    if (::getsockopt(fd(), SOL_SOCKET, SO_MEMINFO, numbers.data(), &size) == 0 &&
        size > SK_MEMINFO_DROPS * sizeof numbers[0])
        return numbers[SK_MEMINFO_DROPS];
#endif
    return std::nullopt;
}

}  // namespace vakt::sys
