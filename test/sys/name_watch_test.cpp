// SPDX-License-Identifier: Apache-2.0
#include "sys/name_watch.h"

#include <CppUTest/TestHarness.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "sys/own_fifo.h"
#include "test/support/scratch.h"

using namespace vakt;

#ifdef __linux__
TEST_GROUP(NameWatch) {
    Scratch scratch;
    Result<sys::NameWatch> watch = sys::NameWatch::make();

    std::string add(const char* name) {
        const auto path = scratch.at(name);
        CHECK_TRUE(static_cast<bool>(sys::make_own_fifo(path)));
        CHECK_TRUE(static_cast<bool>(watch->add(path)));
        return path;
    }
    bool told() {
        pollfd ready = {watch->fd(), POLLIN, 0};
        const bool is = ::poll(&ready, 1, 0) == 1;
        watch->clear();
        return is;
    }
};

TEST(NameWatch, tells_of_each_of_its_files_even_of_one_that_is_open) {
    const auto first = add("first");
    const auto second = add("second");
    const auto open = sys::open_own_fifo(first, O_RDONLY);
    CHECK_FALSE(told());
    CHECK_EQUAL(0, ::unlink(first.c_str()));
    CHECK_TRUE(told());
    CHECK_FALSE(told());
    CHECK_EQUAL(0, std::rename(second.c_str(), scratch.at("third").c_str()));
    CHECK_TRUE(told());
}

TEST(NameWatch, is_not_woken_by_what_goes_through_a_file_nor_by_others_beside_it) {
    const auto path = add("pipe");
    scratch.put("other", "x");
    CHECK_EQUAL(0, ::unlink(scratch.at("other").c_str()));
    const auto reading = sys::open_own_fifo(path, O_RDONLY);
    const auto writing = sys::open_own_fifo(path, O_WRONLY);
    CHECK_EQUAL(1, ::write(writing->fd.get(), "x", 1));
    char byte = 0;
    CHECK_EQUAL(1, ::read(reading->fd.get(), &byte, 1));
    CHECK_FALSE(told());
}

TEST(NameWatch, a_name_that_is_not_there_cannot_be_watched) {
    CHECK_FALSE(static_cast<bool>(watch->add(scratch.at("nothing"))));
}
#endif
