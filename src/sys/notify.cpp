// SPDX-License-Identifier: Apache-2.0
// The service manager's protocol: what a service tells it, what it hands to a service.
// Source: sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3).
#include "sys/notify.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <limits>

#include "base/text.h"
#include "sys/rights.h"

namespace vakt::sys {
namespace {

constexpr std::size_t kMostDescriptors = 253;  // SCM_MAX_FD of the kernel
constexpr int kFirstInherited = 3;             // SD_LISTEN_FDS_START

template <class T>
std::optional<T> number_of(const char* text) {
    return text == nullptr ? std::nullopt : parse_decimal<T>(text);
}

}  // namespace

Notice& Notice::line(std::string_view variable, std::string_view value) {
    const auto size = variable.size() + value.size() + 1;
    fits_ = fits_ && size <= text_.size() - size_;
    if (!fits_) return *this;
    auto* end = std::copy(variable.begin(), variable.end(), text_.data() + size_);
    end = std::transform(value.begin(), value.end(), end,
                         [](unsigned char c) { return c < 0x20 ? ' ' : static_cast<char>(c); });
    *end = '\n';
    size_ += size;
    return *this;
}

Notice& Notice::number(std::string_view variable, std::uint64_t value) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return line(variable, {digits.data(), static_cast<std::size_t>(end - digits.data())});
}

Notice& Notice::reloading(Instant now) {
    const auto since =
        std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
    line("RELOADING=1");
    return number("MONOTONIC_USEC=", static_cast<std::uint64_t>(since.count()));
}

Notice& Notice::status(std::string_view words) { return line("STATUS=", words); }

Notice& Notice::main_pid(pid_t pid) {
    return number("MAINPID=", static_cast<std::uint64_t>(std::max<pid_t>(pid, 0)));
}

Notice& Notice::watchdog_timeout(std::chrono::microseconds timeout) {
    return number(
        "WATCHDOG_USEC=",
        static_cast<std::uint64_t>(std::max<std::chrono::microseconds::rep>(timeout.count(), 0)));
}

Notice& Notice::store(std::string_view name, bool keep_broken) {
    line("FDSTORE=1");
    line("FDNAME=", name);
    return keep_broken ? line("FDPOLL=0") : *this;
}

Notice& Notice::forget(std::string_view name) {
    line("FDSTOREREMOVE=1");
    return line("FDNAME=", name);
}

ServiceManager::ServiceManager(const char* address) {
    const std::string_view text(address == nullptr ? "" : address);
    if (text.size() < 2 || text.size() >= sizeof address_.sun_path) return;
    if (text.front() != '/' && text.front() != '@') return;
    address_.sun_family = AF_UNIX;
    std::memcpy(address_.sun_path, text.data(), text.size());
    // An abstract name ends where its length says, a path may keep its NUL outside.
    if (text.front() == '@') address_.sun_path[0] = '\0';
    address_size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + text.size());
    socket_ = Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

bool ServiceManager::listens() const {
    if (!there()) {
        errno = ENOTCONN;
        return false;
    }
    const Fd trial(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    return trial &&
           ::connect(trial.get(), reinterpret_cast<const sockaddr*>(&address_), address_size_) == 0;
}

bool ServiceManager::tell(const Notice& notice, std::span<const int> descriptors) const {
    if (notice.fits()) return send(notice.text(), descriptors);
    errno = there() ? EMSGSIZE : ENOTCONN;
    return false;
}

bool ServiceManager::send(std::string_view words, std::span<const int> descriptors) const {
    if (!there() || descriptors.size() > kMostDescriptors) {
        errno = there() ? EMSGSIZE : ENOTCONN;
        return false;
    }
    alignas(cmsghdr) std::array<unsigned char, CMSG_SPACE(kMostDescriptors * sizeof(int))>
        control{};
    auto address = address_;
    iovec text{const_cast<char*>(words.data()), words.size()};
    msghdr message{};
    message.msg_name = &address;
    message.msg_namelen = address_size_;
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = static_cast<ControlSize>(CMSG_SPACE(descriptors.size_bytes()));
        cmsghdr* const rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = static_cast<ControlItemSize>(CMSG_LEN(descriptors.size_bytes()));
        std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
    }
    for (;;) {
        if (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return true;
        if (errno != EINTR) return false;
    }
}

InheritedList take_inherited(const char* listen_pid, const char* listen_fds,
                             const char* listen_fdnames, pid_t self) {
    InheritedList list;
    const auto pid = number_of<std::uint32_t>(listen_pid);
    const auto count = number_of<std::uint32_t>(listen_fds);
    if (!pid || *pid != static_cast<std::uint32_t>(self) || !count) return list;
    std::string_view names(listen_fdnames == nullptr ? "" : listen_fdnames);
    constexpr auto kHighest = static_cast<std::uint32_t>(std::numeric_limits<int>::max());
    const auto most = std::min(*count, kHighest - kFirstInherited);
    for (std::uint32_t at = 0; at < most; ++at) {
        const int fd = kFirstInherited + static_cast<int>(at);
        const auto name = names.substr(0, names.find(':'));
        names.remove_prefix(std::min(name.size() + 1, names.size()));
        // Fewer than were announced: the first that is not there is the end.
        if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) break;
        if (!list.push_back({fd, name})) ::close(fd);
    }
    return list;
}

std::optional<std::chrono::microseconds> service_watchdog(const char* watchdog_usec,
                                                          const char* watchdog_pid, pid_t self) {
    const auto timeout = number_of<std::uint64_t>(watchdog_usec);
    if (!timeout || *timeout == 0 || *timeout > INT64_MAX) return std::nullopt;
    if (watchdog_pid != nullptr) {
        const auto pid = number_of<std::uint32_t>(watchdog_pid);
        if (!pid || *pid != static_cast<std::uint32_t>(self)) return std::nullopt;
    }
    return std::chrono::microseconds(static_cast<std::int64_t>(*timeout));
}

}  // namespace vakt::sys
