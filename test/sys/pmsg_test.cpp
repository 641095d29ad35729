// SPDX-License-Identifier: Apache-2.0
#include "sys/pmsg.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "sys/nonblock.h"
#include "test/support/scratch.h"

using namespace vakt::sys;

TEST_GROUP(Pmsg) {
    Scratch scratch;
    void setup() override { ignore_broken_pipes(); }
};

TEST(Pmsg, lines_follow_one_another_in_a_file) {
    const auto path = scratch.put("pmsg", "before\n");
    const auto pmsg = Pmsg::open(path);
    CHECK_TRUE(static_cast<bool>(pmsg));
    CHECK_TRUE(pmsg->write("one\n"));
    CHECK_TRUE(pmsg->write("two\n"));
    STRCMP_EQUAL("before\none\ntwo\n", scratch.get("pmsg").c_str());
}

TEST(Pmsg, none_is_made_where_there_is_none) {
    const auto pmsg = Pmsg::open(scratch.at("pmsg"));
    CHECK_FALSE(static_cast<bool>(pmsg));
    CHECK(pmsg.error().code == std::errc::no_such_file_or_directory);
    CHECK_FALSE(scratch.has("pmsg"));
}

TEST(Pmsg, a_fifo_that_nobody_reads_is_refused_at_once) {
    ::mkfifo(scratch.at("pmsg").c_str(), 0600);
    const auto pmsg = Pmsg::open(scratch.at("pmsg"));
    CHECK_FALSE(static_cast<bool>(pmsg));
    CHECK(pmsg.error().code == std::errc::no_such_device_or_address);
}

TEST(Pmsg, what_would_wait_is_lost_and_said) {
    ::mkfifo(scratch.at("pmsg").c_str(), 0600);
    Fd reader(::open(scratch.at("pmsg").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    const auto pmsg = Pmsg::open(scratch.at("pmsg"));
    const std::string line(4096, 'x');
    int written = 0;
    while (pmsg->write(line)) ++written;
    CHECK_TRUE(written > 0);
    reader = Fd{};
    CHECK_FALSE(pmsg->write("x"));
}
