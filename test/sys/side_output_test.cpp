// SPDX-License-Identifier: Apache-2.0
#include "sys/side_output.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

using vakt::sys::SideOutput;

namespace {

std::string take(int fd) {
    char buffer[65536];
    const auto n = ::read(fd, buffer, sizeof buffer);
    return {buffer, static_cast<std::size_t>(n > 0 ? n : 0)};
}

}  // namespace

TEST_GROUP(SideOutput) {
    int ends[2] = {-1, -1};

    void fill() const {
        const int flags = ::fcntl(ends[1], F_GETFL);
        ::fcntl(ends[1], F_SETFL, flags | O_NONBLOCK);
        while (::write(ends[1], "x", 1) == 1) {
        }
        ::fcntl(ends[1], F_SETFL, flags);
    }
    void teardown() override {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    void drops_and_tells() {
        fill();
        SideOutput output(ends[1]);
        output.say("one\n");
        output.say("two\n");
        LONGS_EQUAL(2, output.dropped());
        LONGS_EQUAL(0, ::fcntl(ends[1], F_GETFL) & O_NONBLOCK);
        for (int i = 0; i < 10000 && take(ends[0]).find('x') != std::string::npos; ++i) {
            ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
        }
        output.say("three\n");
        LONGS_EQUAL(0, output.dropped());
        STRCMP_EQUAL("(2 lines could not be written)\r\nthree\n", take(ends[0]).c_str());
    }
};

// Of what can be neither opened anew nor sent to.
TEST(SideOutput, a_child_that_has_written_is_no_zombie) {
    ends[0] = ::eventfd(0, EFD_CLOEXEC);
    SideOutput output(ends[0]);
    output.say("8 bytes!");
    CHECK_EQUAL(0, output.dropped());
    STRCMP_EQUAL("8 bytes!", take(ends[0]).c_str());
    siginfo_t ended = {};
    CHECK_EQUAL(0, ::waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT));
    output.collect();
    CHECK_EQUAL(-1, ::waitpid(-1, nullptr, WNOHANG));
    CHECK_EQUAL(ECHILD, errno);
}

TEST(SideOutput, what_a_full_pipe_does_not_take_is_dropped_counted_and_told) {
    CHECK_EQUAL(0, ::pipe(ends));
    drops_and_tells();
}

TEST(SideOutput, what_a_full_socket_does_not_take_is_dropped_counted_and_told) {
    CHECK_EQUAL(0, ::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
    SideOutput output(ends[1]);
    for (int i = 0; i < 10000 && output.dropped() == 0; ++i) output.say("x");
    LONGS_EQUAL(1, output.dropped());
    static_cast<void>(take(ends[0]));
    static_cast<void>(take(ends[0]));
    output.say("on\n");
    LONGS_EQUAL(0, output.dropped());
}

TEST(SideOutput, words_are_cut_at_4096_bytes) {
    CHECK_EQUAL(0, ::pipe(ends));
    SideOutput output(ends[1]);
    output.say(std::string(5000, 'y'));
    LONGS_EQUAL(4096, take(ends[0]).size());
}

TEST(SideOutput, a_closed_descriptor_takes_everything_and_nothing_happens) {
    CHECK_EQUAL(0, ::pipe(ends));
    SideOutput output(900);
    output.say("x");
    LONGS_EQUAL(1, output.dropped());
}
