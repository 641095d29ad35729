// SPDX-License-Identifier: Apache-2.0
#include "console/log_names.h"

#include <CppUTest/TestHarness.h>

#include <initializer_list>

using namespace vakt::console;

TEST_GROUP(LogsThere){static std::uint32_t newest(std::uint32_t generations,
                                                  std::initializer_list<std::uint32_t> files){
    LogsThere there(generations);
for (const auto number : files) there.saw(log_name(number));
return there.newest();
}
}
;

TEST(LogsThere, the_first_one_is_1) { CHECK_EQUAL(1, newest(5, {})); }

TEST(LogsThere, the_newest_is_before_the_hole) {
    CHECK_EQUAL(1, newest(3, {1, 3}));
    CHECK_EQUAL(2, newest(3, {1, 2}));
    CHECK_EQUAL(3, newest(5, {1, 2, 3, 5}));
}

TEST(LogsThere, files_that_were_never_there_are_a_hole_too) {
    CHECK_EQUAL(1, newest(5, {1}));
    CHECK_EQUAL(3, newest(5, {1, 2, 3}));
    CHECK_EQUAL(4, newest(1000, {1, 2, 3, 4}));
}

TEST(LogsThere, of_several_holes_the_highest_counts) {
    CHECK_EQUAL(3, newest(5, {1, 3, 5}));
    CHECK_EQUAL(1, newest(5, {1, 4, 5}));
}

TEST(LogsThere, without_a_hole_or_with_the_hole_at_1_it_begins_at_1) {
    CHECK_EQUAL(1, newest(3, {1, 2, 3}));
    CHECK_EQUAL(1, newest(3, {2, 3}));
    CHECK_EQUAL(1, newest(2, {2}));
}

TEST(LogsThere, files_beyond_the_generations_do_not_count) {
    CHECK_EQUAL(1, newest(2, {1, 3, 4, 1000}));
    LogsThere there(2);
    there.saw("erlang.log.4294967297");
    there.saw("erlang.log.0");
    CHECK_EQUAL(1, there.newest());
}

TEST(LogsThere, only_logs_count) {
    for (const auto* name : {"erlang.log.2.gz", "erlang.log.02", "erlang.log.", "erlang.log.-2",
                             "run_erl.log", "xerlang.log.2", "erlang.log.2 "})
        CHECK_EQUAL(0, log_number(name));
    CHECK_EQUAL(2, log_number("erlang.log.2"));
}

TEST(LogsThere, after_the_last_comes_1) {
    CHECK_EQUAL(3, next_log(2, 3));
    CHECK_EQUAL(1, next_log(3, 3));
    CHECK_EQUAL(1, next_log(7, 3));
}
