// SPDX-License-Identifier: Apache-2.0
#include "sys/nonblock.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "sys/fd.h"

using namespace vakt::sys;

TEST_GROUP(NonBlock) {
    Fd reading;
    Fd writing;

    void setup() override {
        int ends[2];
        CHECK_EQUAL(0, ::pipe2(ends, O_CLOEXEC));
        reading = Fd(ends[0]);
        writing = Fd(ends[1]);
    }
    static bool nonblocking(const Fd& fd) { return (::fcntl(fd.get(), F_GETFL) & O_NONBLOCK) != 0; }
    void fill() const {
        const NonBlocking guard(writing.get());
        const std::vector<unsigned char> page(4096);
        while (write_some(writing.get(), page).how == Moved::How::some) {
        }
    }
};

TEST(NonBlock, the_flag_is_set_within_the_scope_and_put_back_after_it) {
    {
        const NonBlocking guard(reading.get());
        CHECK_TRUE(nonblocking(reading));
    }
    CHECK_FALSE(nonblocking(reading));
}

TEST(NonBlock, a_flag_that_was_set_before_stays) {
    CHECK_EQUAL(0, ::fcntl(reading.get(), F_SETFL, O_NONBLOCK));
    { const NonBlocking guard(reading.get()); }
    CHECK_TRUE(nonblocking(reading));
}

TEST(NonBlock, an_empty_pipe_blocks_and_a_left_one_has_ended) {
    const NonBlocking guard(reading.get());
    std::array<char, 4> bytes;
    CHECK_TRUE(read_some(reading.get(), bytes).how == Moved::How::blocked);
    writing = Fd{};
    CHECK_TRUE(read_some(reading.get(), bytes).how == Moved::How::end);
}

TEST(NonBlock, a_write_nobody_reads_has_ended_and_a_bad_descriptor_fails) {
    ignore_broken_pipes();
    reading = Fd{};
    const std::array<unsigned char, 1> byte = {'x'};
    CHECK_TRUE(write_some(writing.get(), byte).how == Moved::How::end);
    CHECK_TRUE(write_some(-1, byte).how == Moved::How::failed);
}

TEST(NonBlock, words_are_said_as_one_line) {
    say(writing.get(), "words");
    std::array<char, 16> bytes;
    CHECK_EQUAL(6u, read_some(reading.get(), bytes).bytes);
    CHECK_TRUE(std::string(bytes.data(), 6) == "words\n");
}

TEST(NonBlock, a_full_pipe_is_told_nothing_and_does_not_wait) {
    fill();
    say(writing.get(), "words");
    CHECK_FALSE(nonblocking(writing));
}

TEST(NonBlock, too_many_words_are_cut_to_what_is_never_torn) {
    say(writing.get(), std::string(5000, 'x'));
    std::array<char, 8192> bytes;
    CHECK_EQUAL(4096u, read_some(reading.get(), bytes).bytes);
    CHECK_EQUAL('\n', bytes[4095]);
}
