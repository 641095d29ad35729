// SPDX-License-Identifier: Apache-2.0
#include "source/fifo_source.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace vakt;

namespace {

// Keeps what it is given, and ends the loop once it has so many lines.
struct Spy : source::LineSink {
    explicit Spy(loop::Loop& with) : loop(with) {}
    void line(const syslog::Line& line) override { lines.emplace_back(line.text); }
    bool read_over() override {
        if (lines.size() >= enough) loop.stop();
        return go_on;
    }
    void trouble(const Error& error) override {
        troubles.push_back(describe(error));
        loop.stop();
    }
    void opened() override { ++openings; }

    loop::Loop& loop;
    std::vector<std::string> lines;
    std::vector<std::string> troubles;
    std::size_t enough = 1;
    int openings = 0;
    bool go_on = true;
};

}  // namespace

TEST_GROUP(FifoSource) {
    Result<loop::Loop> made = loop::Loop::make();
    loop::Loop& loop = *made;
    Spy spy{loop};
    std::string folder;
    std::string path;

    void setup() override {
        char name[] = "/tmp/vakt-source.XXXXXX";
        CHECK_TRUE(::mkdtemp(name) != nullptr);
        folder = name;
        path = folder + "/syslog.otp";
    }
    void teardown() override {
        ::unlink(path.c_str());
        ::rmdir(folder.c_str());
    }
    void make_fifo(const std::string& at) const { CHECK_EQUAL(0, ::mkfifo(at.c_str(), 0600)); }
    sys::Fd writer() const {
        return sys::Fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    }
    static void put(const sys::Fd& fd, const std::string& text) {
        CHECK_EQUAL(static_cast<ssize_t>(text.size()), ::write(fd.get(), text.data(), text.size()));
    }
    // Runs until the spy has `count` lines; a while without them is a failure.
    void run_until(std::size_t count) {
        spy.enough = count;
        if (spy.lines.size() >= count) return;
        loop::Timer limit(loop, [this] { loop.stop(); });
        limit.start(20s);
        loop.run();
        CHECK_EQUAL(count, spy.lines.size());
    }
    void run_for(std::chrono::milliseconds time) {
        spy.enough = 1000000;
        loop::Timer limit(loop, [this] { loop.stop(); });
        limit.start(time);
        loop.run();
    }
};

TEST(FifoSource, lines_written_before_and_after_it_started_are_given) {
    make_fifo(path);
    const auto daemon = writer();
    put(daemon, "before\n");
    source::FifoSource source(loop, folder, "syslog.otp", spy);
    source.start();
    put(daemon, "after\n");
    run_until(2);
    STRCMP_EQUAL("before", spy.lines[0].c_str());
    STRCMP_EQUAL("after", spy.lines[1].c_str());
    CHECK_EQUAL(2u, source.counts().read);
    CHECK_EQUAL(13u, source.counts().bytes);
}

TEST(FifoSource, a_missing_fifo_is_taken_when_it_comes) {
    source::FifoSource source(loop, folder, "syslog.otp", spy);
    source.start();
    CHECK_FALSE(source.is_open());
    CHECK_TRUE(source.why_not()->code == std::errc::no_such_file_or_directory);
    make_fifo(path);
    const auto daemon = writer();
    put(daemon, "line\n");
    run_until(1);
    CHECK_TRUE(source.is_open());
    CHECK_FALSE(source.why_not().has_value());
    CHECK_EQUAL(1, spy.openings);
}

TEST(FifoSource, a_paused_source_gives_nothing_until_resumed) {
    make_fifo(path);
    const auto daemon = writer();
    source::FifoSource source(loop, folder, "syslog.otp", spy);
    source.start();
    source.pause();
    put(daemon, "line\n");
    run_for(50ms);
    CHECK_EQUAL(0u, spy.lines.size());
    source.resume();
    run_until(1);
}

TEST(FifoSource, lines_that_gather_are_given_and_paused_meanwhile_they_are_not) {
    make_fifo(path);
    const auto daemon = writer();
    source::FifoSource source(loop, folder, "syslog.otp", spy);
    source.start();
    for (std::size_t i = 1; i <= 50; ++i) {  // one by one, each read soon after the one before
        put(daemon, "line\n");
        run_until(i);
    }
    put(daemon, "held\n");
    source.pause();
    run_for(50ms);
    CHECK_EQUAL(50u, spy.lines.size());
    source.resume();
    run_until(51);
}

TEST(FifoSource, a_sink_that_has_enough_pauses_it) {
    make_fifo(path);
    const auto daemon = writer();
    source::FifoSource source(loop, folder, "syslog.otp", spy);
    spy.go_on = false;
    source.start();
    put(daemon, "one\n");
    run_until(1);
    put(daemon, "two\n");
    run_for(50ms);
    CHECK_EQUAL(1u, spy.lines.size());
    spy.go_on = true;
    source.resume();
    run_until(2);
}

TEST(FifoSource, stopped_it_gives_the_unfinished_line_and_nothing_more) {
    make_fifo(path);
    const auto daemon = writer();
    source::FifoSource source(loop, folder, "syslog.otp", spy);
    put(daemon, "half");
    source.start();
    source.stop();
    CHECK_EQUAL(1u, spy.lines.size());
    put(daemon, "more\n");
    source.resume();
    source.look();
    run_for(50ms);
    CHECK_EQUAL(1u, spy.lines.size());
}

TEST(FifoSource, an_unfinished_line_is_given_after_a_silence) {
    make_fifo(path);
    const auto daemon = writer();
    source::FifoSource source(loop, folder, "syslog.otp", spy);
    put(daemon, "half");
    source.start();
    CHECK_EQUAL(0u, spy.lines.size());
    run_until(1);
    STRCMP_EQUAL("half", spy.lines[0].c_str());
}

TEST(FifoSource, the_counts_go_on_over_a_replaced_fifo) {
    make_fifo(path);
    source::FifoSource source(loop, folder, "syslog.otp", spy);
    source.start();
    {
        const auto daemon = writer();
        put(daemon, "one\n\n");
        run_until(1);
    }
    make_fifo(folder + "/new");
    CHECK_EQUAL(0, ::rename((folder + "/new").c_str(), path.c_str()));
    const auto daemon = writer();
    put(daemon, "two\n");
    run_until(2);
    CHECK_EQUAL(3u, source.counts().read);
    CHECK_EQUAL(1u, source.counts().empty);
    CHECK_EQUAL(2, spy.openings);
}

TEST(FifoSource, a_third_fifo_gives_up_the_first_but_not_its_lines) {
    make_fifo(path);
    source::FifoSource source(loop, folder, "syslog.otp", spy);
    source.start();
    const auto first = writer();
    put(first, "1\n");
    run_until(1);
    for (const char* text : {"2\n", "3\n"}) {
        make_fifo(folder + "/new");
        CHECK_EQUAL(0, ::rename((folder + "/new").c_str(), path.c_str()));
        put(first, std::string("first ") + text);
        source.look();
        const auto daemon = writer();
        put(daemon, text);
        run_until(spy.lines.size() + 1);
    }
    CHECK_EQUAL(5u, spy.lines.size());
    STRCMP_EQUAL("first 2", spy.lines[1].c_str());
    STRCMP_EQUAL("first 3", spy.lines[3].c_str());
    STRCMP_EQUAL("3", spy.lines[4].c_str());
}

TEST(FifoSource, something_else_in_its_place_is_said_once_and_the_old_one_is_read_on) {
    make_fifo(path);
    source::FifoSource source(loop, folder, "syslog.otp", spy);
    source.start();
    const auto daemon = writer();
    CHECK_EQUAL(0, ::unlink(path.c_str()));
    { const sys::Fd file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)); }
    source.look();
    source.look();
    CHECK_EQUAL(1u, spy.troubles.size());
    put(daemon, "line\n");
    run_until(1);
}
