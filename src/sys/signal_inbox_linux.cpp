// SPDX-License-Identifier: Apache-2.0
// Signals as something to read.
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

#include "sys/signal_inbox.h"

namespace vakt::sys {

SignalInbox::SignalInbox(std::initializer_list<int> signals) {
    sigset_t set;
    ::sigemptyset(&set);
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;
    for (const int number : signals) {
        ::sigaddset(&set, number);
        ::sigaction(number, &standard, nullptr);
    }
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    fd_ = Fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

std::optional<int> SignalInbox::next() {
    signalfd_siginfo info;
    if (::read(fd_.get(), &info, sizeof info) != sizeof info) return std::nullopt;
    return static_cast<int>(info.ssi_signo);
}

}  // namespace vakt::sys
