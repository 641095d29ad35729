// SPDX-License-Identifier: Apache-2.0
#include "sys/pty.h"

#include <CppUTest/TestHarness.h>
#include <poll.h>
#include <sys/wait.h>
#include <termios.h>

#include <array>
#include <cerrno>
#include <string>

#include "sys/nonblock.h"

using namespace vakt;
using sys::FlowControl;

TEST_GROUP(Pty){static sys::Pty opened(FlowControl flow){auto pty = sys::open_pty(flow);
CHECK_TRUE(static_cast<bool>(pty));
return std::move(*pty);
}
static bool has_flow_control(const sys::Pty& pty) {
    termios settings{};
    LONGS_EQUAL(0, ::tcgetattr(pty.slave.get(), &settings));
    return (settings.c_iflag & IXON) != 0;
}
/// All that `command` prints, and as what it ends.
static std::string run(sys::Pty& pty, const char* command, int& status) {
    const std::array<const char*, 4> words = {"sh", "-c", command, nullptr};
    const auto child = sys::start_on_pty(pty, "/bin/sh", words);
    CHECK_TRUE(static_cast<bool>(child));
    std::string all;
    for (;;) {
        pollfd output{pty.master.get(), POLLIN, 0};
        if (::poll(&output, 1, 10'000) != 1) break;
        std::array<char, 4096> piece;
        const auto got = sys::read_some(pty.master.get(), piece);
        if (got.how != sys::Moved::How::some) break;
        all.append(piece.data(), got.bytes);
    }
    LONGS_EQUAL(*child, ::waitpid(*child, &status, 0));
    return all;
}
}
;

TEST(Pty, flow_control_is_there_only_when_wanted) {
    CHECK_FALSE(has_flow_control(opened(FlowControl::none)));
    CHECK_TRUE(has_flow_control(opened(FlowControl::by_keys)));
}

TEST(Pty, a_command_runs_on_it_and_its_end_is_the_end) {
    auto pty = opened(FlowControl::none);
    int status = -1;
    STRCMP_EQUAL("here\r\n", run(pty, "echo here; exit 3", status).c_str());
    LONGS_EQUAL(3, WEXITSTATUS(status));
    CHECK_FALSE(static_cast<bool>(pty.slave));
}

TEST(Pty, it_is_the_terminal_of_the_command) {
    auto pty = opened(FlowControl::none);
    const auto name = pty.name;
    int status = -1;
    STRCMP_EQUAL((name + "\r\nhere\r\n").c_str(),
                 run(pty, "tty; echo here >/dev/tty", status).c_str());
}

TEST(Pty, it_has_the_size_it_is_given_up_to_65535) {
    auto pty = opened(FlowControl::none);
    CHECK_TRUE(static_cast<bool>(sys::set_window_size(pty.master, 70'000, 40)));
    int status = -1;
    STRCMP_EQUAL("40 65535\r\n", run(pty, "stty size", status).c_str());
}

TEST(Pty, what_cannot_be_run_ends_with_127) {
    auto pty = opened(FlowControl::none);
    const std::array<const char*, 2> words = {"absent", nullptr};
    const auto child = sys::start_on_pty(pty, "/absent", words);
    CHECK_TRUE(static_cast<bool>(child));
    int status = -1;
    LONGS_EQUAL(*child, ::waitpid(*child, &status, 0));
    LONGS_EQUAL(127, WEXITSTATUS(status));
}
