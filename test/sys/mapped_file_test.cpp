// SPDX-License-Identifier: Apache-2.0
#include "sys/mapped_file.h"

#include <CppUTest/TestHarness.h>
#include <sys/stat.h>

#include "test/support/scratch.h"

using namespace vakt;
using namespace std::chrono_literals;
using sys::MappedFile;

TEST_GROUP(MappedFile) { Scratch scratch; };

TEST(MappedFile, keeps_what_was_written_and_belongs_to_its_owner_alone) {
    { MappedFile::open_alone(scratch.at("ring"), 4096, 0ms)->bytes()[4095] = 'x'; }
    const auto again = MappedFile::open_alone(scratch.at("ring"), 4096, 0ms);
    CHECK_TRUE(static_cast<bool>(again));
    CHECK_EQUAL('x', again->bytes()[4095]);
    CHECK_EQUAL(0600U, scratch.status("ring").st_mode & 07777U);
}

TEST(MappedFile, another_size_begins_anew) {
    { MappedFile::open_alone(scratch.at("ring"), 8192, 0ms)->bytes()[0] = 'x'; }
    for (const std::size_t size : {8191U, 8192U}) {
        const auto again = MappedFile::open_alone(scratch.at("ring"), size, 0ms);
        CHECK_EQUAL(0, again->bytes()[0]);
        CHECK_EQUAL(static_cast<off_t>(size), scratch.status("ring").st_size);
    }
}

TEST(MappedFile, is_held_by_one_at_a_time_and_not_touched_by_another) {
    {
        const auto first = MappedFile::open_alone(scratch.at("ring"), 4096, 0ms);
        first->bytes()[0] = 'x';
        const auto second = MappedFile::open_alone(scratch.at("ring"), 8192, 10ms);
        CHECK_TRUE(second.error().code == std::errc::operation_would_block);
        CHECK_EQUAL('x', first->bytes()[0]);
        const auto shared = MappedFile::open(scratch.at("ring"), 4096);
        CHECK_FALSE(shared->hold(0ms));
    }
    CHECK_TRUE(static_cast<bool>(MappedFile::open_alone(scratch.at("ring"), 4096, 0ms)));
}

TEST(MappedFile, follows_no_link_and_is_nothing_but_a_plain_file) {
    scratch.put("target", "x");
    scratch.link("target", "link");
    CHECK(MappedFile::open_alone(scratch.at("link"), 4096, 0ms).error().code ==
          std::errc::too_many_symbolic_link_levels);
    LONGS_EQUAL(0, ::mkfifo(scratch.at("fifo").c_str(), 0600));
    CHECK_FALSE(static_cast<bool>(MappedFile::open_alone(scratch.at("fifo"), 4096, 0ms)));
}
