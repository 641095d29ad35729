// SPDX-License-Identifier: Apache-2.0
#include "loop/loop.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "sys/clock.h"
#include "sys/fd.h"

using namespace std::chrono_literals;
using namespace vakt;

TEST_GROUP(Loop) {
    Result<loop::Loop> made = loop::Loop::make();
    loop::Loop& loop = *made;
    sys::Fd reading;
    sys::Fd writing;

    void setup() override {
        int ends[2];
        CHECK_EQUAL(0, ::pipe2(ends, O_CLOEXEC | O_NONBLOCK));
        reading = sys::Fd(ends[0]);
        writing = sys::Fd(ends[1]);
    }
    void put(const char* text) const { CHECK_EQUAL(1, ::write(writing.get(), text, 1)); }
};

TEST(Loop, a_watch_calls_when_its_descriptor_is_ready) {
    bool called = false;
    loop::Watch watch(loop, reading.get(), loop::Ready::read, [&] {
        called = true;
        loop.stop();
    });
    CHECK_TRUE(watch.on());
    put("x");
    loop.run();
    CHECK_TRUE(called);
}

TEST(Loop, run_ends_when_nothing_is_left_to_wait_for) {
    loop::Watch watch(loop, reading.get(), loop::Ready::read, [] { FAIL("called while off"); });
    put("x");
    loop.run();
    CHECK_FALSE(watch.is_on());
}

TEST(Loop, a_level_watch_calls_again_as_long_as_there_is_something) {
    int calls = 0;
    loop::Watch watch(loop, reading.get(), loop::Ready::read, [&] {
        if (++calls == 3) loop.stop();
    });
    CHECK_TRUE(watch.on());
    put("x");
    loop.run();
    CHECK_EQUAL(3, calls);
}

TEST(Loop, an_edge_watch_calls_once_for_a_writer_that_is_gone) {
    if (!loop.has_edge()) return;
    int calls = 0;
    loop::Watch watch(loop, reading.get(), loop::Ready::read, [&] { ++calls; });
    loop::Timer end(loop, [&] { loop.stop(); });
    CHECK_TRUE(watch.on(loop::Trigger::edge));
    writing = sys::Fd{};
    end.start(50ms);
    loop.run();
    CHECK_EQUAL(1, calls);
}

TEST(Loop, a_watch_may_go_from_level_to_edge_within_its_own_call) {
    if (!loop.has_edge()) return;
    int calls = 0;
    loop::Watch watch(loop, reading.get(), loop::Ready::read, [&] {
        ++calls;
        CHECK_TRUE(watch.on(loop::Trigger::edge));
    });
    loop::Timer end(loop, [&] { loop.stop(); });
    CHECK_TRUE(watch.on());
    writing = sys::Fd{};
    end.start(50ms);
    loop.run();
    CHECK_TRUE(calls >= 1 && calls <= 2);
}

TEST(Loop, a_regular_file_cannot_be_waited_for) {
    const sys::Fd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    loop::Watch watch(loop, file.get(), loop::Ready::read, [] {});
    CHECK_FALSE(watch.on());
    CHECK_FALSE(watch.is_on());
}

TEST(Loop, a_timer_calls_once_and_not_before_its_time) {
    const auto began = sys::now();
    int calls = 0;
    loop::Timer timer(loop, [&] { ++calls; });
    timer.start(30ms);
    CHECK_TRUE(timer.running());
    loop.run();
    CHECK_EQUAL(1, calls);
    CHECK_FALSE(timer.running());
    CHECK_TRUE(sys::now() - began >= 29ms);  // libevent rounds to its clock's tick
}

TEST(Loop, a_cancelled_timer_does_not_call) {
    loop::Timer timer(loop, [] { FAIL("called"); });
    timer.start(1ms);
    timer.cancel();
    loop.run();
    CHECK_FALSE(timer.running());
}

TEST(Loop, a_signal_calls_in_the_loop_even_if_it_was_blocked) {
    sigset_t usr1;
    ::sigemptyset(&usr1);
    ::sigaddset(&usr1, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &usr1, nullptr);
    int calls = 0;
    {
        loop::Signal signal(loop, SIGUSR1, [&] {
            ++calls;
            loop.stop();
        });
        ::raise(SIGUSR1);
        CHECK_EQUAL(0, calls);
        loop.run();
    }
    CHECK_EQUAL(1, calls);
}
