// SPDX-License-Identifier: Apache-2.0
// The service manager's protocol: what a service tells it, what it hands to a service.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/fixed_list.h"
#include "base/fixed_text.h"
#include "base/instant.h"
#include "sys/fd.h"

namespace vakt::sys {

/// One message to the service manager: lines VARIABLE=value, as sd_notify(3) lists them. No heap.
///
///   manager.tell(Notice().ready().status("guards 2 leases"));
class Notice {
 public:
    Notice& ready() { return line("READY=1"); }
    /// A reload begins; ready() ends it. `now` lets the manager tell it from an older one.
    Notice& reloading(Instant now);
    Notice& stopping() { return line("STOPPING=1"); }
    /// For people. A control character in it becomes a blank: it could begin a line of its own.
    Notice& status(std::string_view words);
    Notice& main_pid(pid_t pid);
    /// Pets the watchdog of WatchdogSec=.
    Notice& watchdog() { return line("WATCHDOG=1"); }
    /// Changes that watchdog's timeout and starts it anew; 0 stops it.
    Notice& watchdog_timeout(std::chrono::microseconds timeout);
    /// The descriptors that come with it are to be kept under `name` (no control character, no ':',
    /// at most 255 bytes) and handed to the next start. They are kept even after POLLHUP or POLLERR
    /// if `keep_broken`.
    Notice& store(std::string_view name, bool keep_broken);
    Notice& forget(std::string_view name);
    /// Alone in its message: the one descriptor that comes with it is closed when everything before
    /// it was dealt with.
    Notice& barrier() { return line("BARRIER=1"); }

    [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }
    /// Whether all of it is there. What is not is not sent.
    [[nodiscard]] bool fits() const { return fits_; }

 private:
    Notice& line(std::string_view variable, std::string_view value = {});
    Notice& number(std::string_view variable, std::uint64_t value);

    std::array<char, 1024> text_;
    std::size_t size_ = 0;
    bool fits_ = true;
};

/// Where notices go: NOTIFY_SOCKET. Tells without waiting, without heap, and without a connection,
/// so that a manager that was restarted is told as well.
class ServiceManager {
 public:
    /// None: everything is told to nobody.
    ServiceManager() = default;
    /// `address` is the environment's NOTIFY_SOCKET: an absolute path, or '@' and an abstract name,
    /// at most 107 bytes. Anything else, nullptr too, is none.
    explicit ServiceManager(const char* address);

    [[nodiscard]] bool there() const { return static_cast<bool>(socket_); }
    /// Whether somebody listens there now. False, and errno says why, otherwise.
    [[nodiscard]] bool listens() const;

    /// Sends it, with at most 253 descriptors (SCM_MAX_FD), which stay ours. False, and errno says
    /// why, when it was not sent: EAGAIN when the manager does not read, ENOTCONN when there is
    /// none, EMSGSIZE when the notice does not fit.
    bool tell(const Notice& notice, std::span<const int> descriptors = {}) const;
    /// The same for a notice in words.
    bool send(std::string_view text, std::span<const int> descriptors = {}) const;

    /// -1 if there is none.
    [[nodiscard]] int descriptor() const { return socket_.get(); }

 private:
    sockaddr_un address_{};
    socklen_t address_size_ = 0;
    Fd socket_;
};

/// Descriptors that the manager passed on: sockets it listens on, and its store.
struct Inherited {
    int fd = -1;
    FixedText<64> name;
};
using InheritedList = FixedList<Inherited, 192>;

/// Takes over what sd_listen_fds(3) describes, by the environment's LISTEN_PID, LISTEN_FDS and
/// LISTEN_FDNAMES (nullptr: not set). Nothing if they are meant for another process than `self`.
/// The descriptors get FD_CLOEXEC and are the caller's to close; beyond the list's capacity they
/// are closed. A name is "" where the manager gave none. To be called once.
[[nodiscard]] InheritedList take_inherited(const char* listen_pid, const char* listen_fds,
                                           const char* listen_fdnames, pid_t self);

/// The timeout of WatchdogSec=, by the environment's WATCHDOG_USEC and WATCHDOG_PID (not set: any
/// process). None if it is not for `self`, or no number above 0.
[[nodiscard]] std::optional<std::chrono::microseconds> service_watchdog(const char* watchdog_usec,
                                                                        const char* watchdog_pid,
                                                                        pid_t self);

}  // namespace vakt::sys
