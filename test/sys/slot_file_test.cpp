// SPDX-License-Identifier: Apache-2.0
#include "sys/slot_file.h"

#include <CppUTest/TestHarness.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "test/support/scratch.h"

using namespace vakt;
using sys::SlotFile;

TEST_GROUP(SlotFile) {
    Scratch scratch;
    static std::vector<std::uint8_t> bytes(const std::string& text) {
        return {text.begin(), text.end()};
    }
};

TEST(SlotFile, is_made_for_its_owner_alone_and_empty) {
    const auto file = SlotFile::open(scratch.at("ledger"));
    CHECK_TRUE(static_cast<bool>(file));
    CHECK_TRUE(file->read(100)->empty());
    CHECK_EQUAL(0600U, scratch.status("ledger").st_mode & 07777U);
}

TEST(SlotFile, what_is_written_in_a_place_is_read_from_it) {
    {
        const auto file = SlotFile::open(scratch.at("ledger"));
        CHECK_TRUE(static_cast<bool>(file->write(4, bytes("abcd"))));
        CHECK_TRUE(static_cast<bool>(file->write(5, bytes("X"))));
    }
    const auto file = SlotFile::open(scratch.at("ledger"));
    CHECK(*file->read(100) == bytes(std::string("\0\0\0\0aXcd", 8)));
    CHECK(*file->read(5) == bytes(std::string("\0\0\0\0a", 5)));
}

TEST(SlotFile, has_one_writer_at_a_time) {
    const auto path = scratch.at("ledger");
    {
        const auto first = SlotFile::open(path);
        CHECK_TRUE(static_cast<bool>(first));
        CHECK(SlotFile::open(path).error().code == std::errc::resource_unavailable_try_again);
    }
    CHECK_TRUE(static_cast<bool>(SlotFile::open(path)));
}

TEST(SlotFile, follows_no_link_and_opens_nothing_but_a_plain_file) {
    scratch.put("target", "x");
    scratch.link("target", "link");
    CHECK(SlotFile::open(scratch.at("link")).error().code ==
          std::errc::too_many_symbolic_link_levels);
    LONGS_EQUAL(0, ::mkfifo(scratch.at("fifo").c_str(), 0600));
    CHECK_FALSE(static_cast<bool>(SlotFile::open(scratch.at("fifo"))));
    CHECK_FALSE(static_cast<bool>(SlotFile::open(scratch.path())));
    CHECK_FALSE(static_cast<bool>(SlotFile::open(scratch.at("none/ledger"))));
}

TEST(SlotFile, room_set_aside_is_zeros_and_changes_nothing_that_is_there) {
    const auto file = SlotFile::open(scratch.at("ledger"));
    CHECK_TRUE(static_cast<bool>(file->write(0, bytes("ab"))));
    CHECK_TRUE(static_cast<bool>(file->reserve(4)));
    CHECK(*file->read(100) == bytes(std::string("ab\0\0", 4)));
    CHECK_TRUE(static_cast<bool>(file->reserve(4)));
    CHECK_TRUE(static_cast<bool>(file->reserve(1)));
    CHECK(*file->read(100) == bytes(std::string("ab\0\0", 4)));
}

TEST(SlotFile, another_size_has_zeros_where_it_grows_and_loses_what_is_beyond) {
    const auto file = SlotFile::open(scratch.at("box"));
    CHECK_TRUE(static_cast<bool>(file->put(0, bytes("abcd"))));
    CHECK_TRUE(static_cast<bool>(file->resize(6)));
    CHECK(*file->read(100) == bytes(std::string("abcd\0\0", 6)));
    CHECK_TRUE(static_cast<bool>(file->resize(2)));
    CHECK_TRUE(static_cast<bool>(file->sync()));
    CHECK(*file->read(100) == bytes("ab"));
    CHECK_TRUE(static_cast<bool>(file->resize(0)));
    CHECK_TRUE(file->read(100)->empty());
}

TEST(SlotFile, a_part_is_read_as_far_as_the_file_goes) {
    const auto file = SlotFile::open(scratch.at("box"));
    CHECK_TRUE(static_cast<bool>(file->put(0, bytes("abcd"))));
    std::vector<std::uint8_t> room(3);
    CHECK_EQUAL(3U, *file->read_at(1, room));
    CHECK(room == bytes("bcd"));
    CHECK_EQUAL(1U, *file->read_at(3, room));
    CHECK_EQUAL(0U, *file->read_at(9, room));
}
