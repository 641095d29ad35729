// SPDX-License-Identifier: Apache-2.0
#include "sys/raw_terminal.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

#include "sys/fd.h"

using namespace vakt;

TEST_GROUP(RawTerminal) {
    sys::Fd master{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    sys::Fd slave;

    void setup() override {
        CHECK_EQUAL(0, ::grantpt(master.get()));
        CHECK_EQUAL(0, ::unlockpt(master.get()));
        slave = sys::Fd(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
        CHECK_TRUE(static_cast<bool>(slave));
    }
    termios now() const {
        termios settings = {};
        CHECK_EQUAL(0, ::tcgetattr(slave.get(), &settings));
        return settings;
    }
    static bool same(const termios& a, const termios& b) {
        return a.c_iflag == b.c_iflag && a.c_oflag == b.c_oflag && a.c_cflag == b.c_cflag &&
               a.c_lflag == b.c_lflag && std::memcmp(a.c_cc, b.c_cc, sizeof a.c_cc) == 0;
    }
    // What becomes of a process that has entered it and then does this.
    template <class Act>
    int in_child(Act act) {
        const auto pid = ::fork();
        if (pid == 0) {
            sys::RawTerminal terminal(slave.get());
            terminal.enter();
            act();
            ::_exit(77);
        }
        int status = 0;
        CHECK_EQUAL(pid, ::waitpid(pid, &status, 0));
        return status;
    }
};

TEST(RawTerminal, gives_each_key_as_it_is_and_is_put_back) {
    const auto before = now();
    {
        sys::RawTerminal terminal(slave.get());
        CHECK_TRUE(terminal.is_terminal());
        CHECK_TRUE(same(before, now()));
        terminal.enter();
        const auto raw = now();
        UNSIGNED_LONGS_EQUAL(0, raw.c_lflag);
        UNSIGNED_LONGS_EQUAL(0, raw.c_iflag & (IXON | ICRNL | ISTRIP));
        UNSIGNED_LONGS_EQUAL(OPOST | ONLCR, raw.c_oflag & (OPOST | ONLCR));
        UNSIGNED_LONGS_EQUAL(before.c_cflag, raw.c_cflag);
        terminal.leave();
        CHECK_TRUE(same(before, now()));
        terminal.enter();
        terminal.enter();
    }
    CHECK_TRUE(same(before, now()));
}

TEST(RawTerminal, is_put_back_by_every_signal_that_ends_us) {
    const auto before = now();
    for (const int number : {SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGUSR1, SIGXCPU}) {
        const int status = in_child([number] { std::raise(number); });
        CHECK_TRUE(WIFSIGNALED(status));
        CHECK_EQUAL(number, WTERMSIG(status));
        CHECK_TRUE(same(before, now()));
    }
}

TEST(RawTerminal, a_signal_that_was_ignored_stays_so) {
    auto* const before = std::signal(SIGHUP, SIG_IGN);
    const int status = in_child([] { std::raise(SIGHUP); });
    std::signal(SIGHUP, before);
    CHECK_TRUE(WIFEXITED(status));
    CHECK_EQUAL(77, WEXITSTATUS(status));
    CHECK_EQUAL(0U, now().c_lflag & ECHO);  // _exit() is the one way that nobody sees
}

TEST(RawTerminal, whoever_had_a_signal_before_has_it_again) {
    struct sigaction own = {};
    own.sa_handler = [](int) {};
    struct sigaction before = {};
    CHECK_EQUAL(0, ::sigaction(SIGUSR2, &own, &before));
    {
        sys::RawTerminal terminal(slave.get());
        struct sigaction meanwhile = {};
        ::sigaction(SIGUSR2, nullptr, &meanwhile);
        CHECK_TRUE(meanwhile.sa_handler != own.sa_handler);
    }
    struct sigaction after = {};
    ::sigaction(SIGUSR2, &before, &after);
    CHECK_TRUE(after.sa_handler == own.sa_handler);
}

TEST(RawTerminal, without_a_terminal_nothing_is_done) {
    int ends[2];
    CHECK_EQUAL(0, ::pipe2(ends, O_CLOEXEC));
    const sys::Fd reading(ends[0]);
    const sys::Fd writing(ends[1]);
    sys::RawTerminal terminal(reading.get());
    CHECK_FALSE(terminal.is_terminal());
    terminal.enter();
    terminal.leave();
    CHECK_FALSE(sys::terminal_size(reading.get()).has_value());
}

TEST(RawTerminal, its_size_is_told) {
    winsize size = {};
    size.ws_col = 132;
    size.ws_row = 50;
    CHECK_EQUAL(0, ::ioctl(master.get(), TIOCSWINSZ, &size));
    const auto told = sys::terminal_size(slave.get());
    CHECK_TRUE(told && told->columns == 132 && told->rows == 50);
}
