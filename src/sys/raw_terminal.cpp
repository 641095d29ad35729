// SPDX-License-Identifier: Apache-2.0
// A terminal whose keys come one by one, and which is as it was however we end.
#include "sys/raw_terminal.h"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <csignal>
#include <iterator>

namespace vakt::sys {
namespace {

// For signal handlers, hence global. All that is called there is safe there (POSIX, 2.4.3).
struct Saved {
    int fd = -1;
    termios before = {};
};
Saved saved;
volatile std::sig_atomic_t raw = 0;

constexpr int kDeadly[] = {SIGABRT, SIGALRM, SIGBUS,    SIGFPE,  SIGHUP,  SIGILL,
                           SIGPROF, SIGQUIT, SIGSEGV,   SIGSYS,  SIGTERM, SIGTRAP,
                           SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU, SIGXFSZ, SIGPOLL};

// A terminal that is not our controlling one has no foreground that concerns us.
bool ours_to_set(int fd) {
    const auto foreground = ::tcgetpgrp(fd);
    return foreground < 0 || foreground == ::getpgrp();
}

void put_back() {
    if (raw == 0) return;
    // At once: draining would wait for a terminal that shows nothing any more.
    if (ours_to_set(saved.fd)) ::tcsetattr(saved.fd, TCSANOW, &saved.before);
    raw = 0;
}

extern "C" void put_back_and_die(int signal) {
    put_back();
    std::signal(signal, SIG_DFL);
    std::raise(signal);  // comes when the handler returns, if not before
}

std::array<struct sigaction, std::size(kDeadly)> theirs;  // before

void take_deadly() {
    for (std::size_t at = 0; at < theirs.size(); ++at) {
        ::sigaction(kDeadly[at], nullptr, &theirs[at]);
        if (theirs[at].sa_handler == SIG_IGN) continue;  // nohup(1)
        struct sigaction wanted = {};
        wanted.sa_handler = put_back_and_die;
        sigfillset(&wanted.sa_mask);
        ::sigaction(kDeadly[at], &wanted, nullptr);
    }
}

void give_deadly_back() {
    for (std::size_t at = 0; at < theirs.size(); ++at)
        ::sigaction(kDeadly[at], &theirs[at], nullptr);
}

}  // namespace

std::optional<TerminalSize> terminal_size(int fd) {
    winsize size = {};
    if (::ioctl(fd, TIOCGWINSZ, &size) != 0) return std::nullopt;
    return TerminalSize{size.ws_col, size.ws_row};
}

RawTerminal::RawTerminal(int fd) : fd_(fd), is_terminal_(::isatty(fd) == 1) {
    assert(saved.fd < 0);
    if (!is_terminal_) return;
    saved.fd = fd;
    take_deadly();
}

RawTerminal::~RawTerminal() {
    if (!is_terminal_) return;
    leave();
    give_deadly_back();
    saved.fd = -1;
}

void RawTerminal::enter() {
    if (!is_terminal_) return;
    if (raw != 0 && !ours_to_set(fd_)) return;  // continued in the background
    // Started in the background: stops, and sees only later what the shell gives to its jobs.
    if (!ours_to_set(fd_)) std::raise(SIGTTOU);
    termios now = {};
    if (::tcgetattr(fd_, &now) != 0) return;
    auto wanted = now;
    wanted.c_iflag = BRKINT | IGNPAR;
    wanted.c_oflag |= OPOST | ONLCR;
    wanted.c_lflag = 0;
    wanted.c_cc[VMIN] = 1;
    wanted.c_cc[VTIME] = 0;
    if (raw == 0) saved.before = now;
    raw = 1;
    ::tcsetattr(fd_, TCSADRAIN, &wanted);
}

void RawTerminal::leave() { put_back(); }

}  // namespace vakt::sys
