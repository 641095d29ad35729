// SPDX-License-Identifier: Apache-2.0
#include "source/kmsg_input.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "sys/fd.h"
#include "test/support/scratch.h"

using namespace vakt;
using source::KmsgRead;
using source::open_kmsg;

TEST_GROUP(KmsgInput) {
    Scratch scratch;
    std::array<char, 8192> room = {};
};

TEST(KmsgInput, what_is_not_there_is_an_error_that_names_it) {
    const auto opened = open_kmsg(scratch.at("absent"));
    CHECK_FALSE(static_cast<bool>(opened));
    CHECK_EQUAL("open " + scratch.at("absent"), opened.error().doing);
}

TEST(KmsgInput, a_fifo_in_its_place_is_read_without_waiting) {
    CHECK_EQUAL(0, ::mkfifo(scratch.at("kmsg").c_str(), 0600));
    const auto opened = open_kmsg(scratch.at("kmsg"));
    CHECK_TRUE(static_cast<bool>(opened));
    auto& input = **opened;
    CHECK_TRUE(input.read(room).how == KmsgRead::How::end);
    const sys::Fd writer(::open(scratch.at("kmsg").c_str(), O_WRONLY | O_CLOEXEC));
    CHECK_TRUE(input.read(room).how == KmsgRead::How::nothing);
    CHECK_EQUAL(3, ::write(writer.get(), "abc", 3));
    const auto got = input.read(room);
    CHECK_TRUE(got.how == KmsgRead::How::some);
    CHECK_EQUAL(3U, got.bytes);
}

TEST(KmsgInput, what_cannot_be_read_is_a_failure) {
    const auto opened = open_kmsg(scratch.path());
    CHECK_TRUE(static_cast<bool>(opened));
    CHECK_TRUE((*opened)->read(room).how == KmsgRead::How::failed);
}
