// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sys/signal_inbox.h"

namespace vakt::sys {
namespace {

// One inbox a process: a handler knows no object.
volatile std::sig_atomic_t written_to = -1;

void pass_on(int number) {
    const int before = errno;
    const auto byte = static_cast<unsigned char>(number);
    // A full pipe has that many signals waiting that one more says nothing new.
    static_cast<void>(::write(static_cast<int>(written_to), &byte, 1));
    errno = before;
}

}  // namespace

// There is no signalfd(2): a handler writes the signal's number into a pipe of our own.
SignalInbox::SignalInbox(std::initializer_list<int> signals) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return;
    fd_ = Fd(ends[0]);
    written_to = ends[1];  // open as long as the process: a signal may come at any time
    struct sigaction action = {};
    action.sa_handler = pass_on;
    action.sa_flags = SA_RESTART;
    ::sigfillset(&action.sa_mask);
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : signals) {
        ::sigaddset(&set, number);
        ::sigaction(number, &action, nullptr);
    }
    ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

std::optional<int> SignalInbox::next() {
    unsigned char number = 0;
    if (::read(fd_.get(), &number, 1) != 1) return std::nullopt;
    return number;
}

}  // namespace vakt::sys
