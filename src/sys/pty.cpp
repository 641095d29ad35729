// SPDX-License-Identifier: Apache-2.0
// A pseudo-terminal.
#include "sys/pty.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#ifdef __sun
#include <stropts.h>
#endif

#include "sys/descriptors.h"
#include "sys/error.h"

namespace vakt::sys {
namespace {

// Solaris: a slave is no terminal before these modules are on it (ptm(7D)).
bool make_terminal([[maybe_unused]] int slave) {
#ifdef __sun
    for (const char* module : {"ptem", "ldterm", "ttcompat"})
        if (::ioctl(slave, I_FIND, module) == 0 && ::ioctl(slave, I_PUSH, module) < 0) return false;
#endif
    return true;
}

bool without_flow_control(int slave) {
    termios settings{};
    if (::tcgetattr(slave, &settings) != 0) return false;
    settings.c_iflag &= ~static_cast<tcflag_t>(IXON | IXOFF);
    return ::tcsetattr(slave, TCSANOW, &settings) == 0;
}

// Between fork and exec, only what signal-safety(7) allows. The slave is opened by its name, which
// by a session's leader without a terminal makes it that session's terminal.
[[noreturn]] void become(const char* slave_name, const char* path, const char* const* arguments) {
    ::setsid();
    const int slave = ::open(slave_name, O_RDWR);
    if (slave < 0) ::_exit(127);
#ifdef TIOCSCTTY
    ::ioctl(slave, TIOCSCTTY, 0);
#endif
    for (int fd = 0; fd < 3; ++fd)
        if (slave != fd && ::dup2(slave, fd) < 0) ::_exit(127);
    close_from(3);
    ::execv(path, const_cast<char* const*>(arguments));
    ::_exit(127);
}

}  // namespace

Result<Pty> open_pty(FlowControl flow) {
    Pty pty;
    pty.master = Fd(::posix_openpt(O_RDWR | O_NOCTTY));
    if (!pty.master) return last_error("open", "a pseudo-terminal");
    const int master = pty.master.get();
    ::fcntl(master, F_SETFD, FD_CLOEXEC);
    ::fcntl(master, F_SETFL, ::fcntl(master, F_GETFL) | O_NONBLOCK);
    const char* name = nullptr;
    if (::grantpt(master) != 0 || ::unlockpt(master) != 0 || (name = ::ptsname(master)) == nullptr)
        return last_error("unlock", "a pseudo-terminal");
    pty.name = name;
    pty.slave = Fd(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!pty.slave) return last_error("open", pty.name);
    if (!make_terminal(pty.slave.get())) return last_error("make a terminal of", pty.name);
    if (flow == FlowControl::none && !without_flow_control(pty.slave.get()))
        return last_error("take flow control from", pty.name);
    return pty;
}

Status set_window_size(const Fd& master, unsigned columns, unsigned rows) {
    constexpr unsigned kMost = 65535;
    winsize size = {};
    size.ws_col = static_cast<unsigned short>(std::min(columns, kMost));
    size.ws_row = static_cast<unsigned short>(std::min(rows, kMost));
    if (::ioctl(master.get(), TIOCSWINSZ, &size) != 0)
        return last_error("TIOCSWINSZ", "the pseudo-terminal");
    return Done{};
}

Result<pid_t> start_on_pty(Pty& pty, const char* path, std::span<const char* const> arguments) {
    const pid_t child = ::fork();
    if (child == 0) become(pty.name.c_str(), path, arguments.data());
    if (child < 0) return last_error("fork for", path);
    pty.slave = Fd{};
    return child;
}

}  // namespace vakt::sys
