// SPDX-License-Identifier: Apache-2.0
#include "console/pipe_names.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::console;

TEST_GROUP(PipeNames){};

TEST(PipeNames, they_are_otps_and_a_socket_beside_them) {
    const auto pipes = numbered_pipe("/tmp/", 7);
    CHECK(pipes.to_viewer() == "/tmp/erlang.pipe.7.r");
    CHECK(pipes.from_viewer() == "/tmp/erlang.pipe.7.w");
    CHECK(pipes.socket() == "/tmp/erlang.pipe.7.s");
}

TEST(PipeNames, a_number_is_read_from_a_files_name) {
    CHECK_EQUAL(12, pipe_number("erlang.pipe.12.r"));
    CHECK_EQUAL(1, pipe_number("erlang.pipe.1"));
    CHECK_EQUAL(999'999, pipe_number("erlang.pipe.999999.w"));
    CHECK_EQUAL(0, pipe_number("erlang.pipe.1000000.w"));
    CHECK_EQUAL(0, pipe_number("erlang.pipe.99999999999999999999.r"));
}

TEST(PipeNames, what_has_another_name_has_no_number) {
    CHECK_EQUAL(0, pipe_number("erlang.pipe"));
    CHECK_EQUAL(0, pipe_number("erlang.pipe."));
    CHECK_EQUAL(0, pipe_number("erlang.pipe.r"));
    CHECK_EQUAL(0, pipe_number("erlang.pipe.-1.r"));
    CHECK_EQUAL(0, pipe_number("erlang.pipes.1.r"));
    CHECK_EQUAL(0, pipe_number("rlang.pipe.1.r"));
    CHECK_EQUAL(0, pipe_number(""));
}

TEST(PipeNames, a_slash_at_the_end_asks_for_a_number) {
    CHECK_TRUE(names_directory("/tmp/"));
    CHECK_FALSE(names_directory("/tmp"));
    CHECK_FALSE(names_directory(""));
}

TEST(PipeNames, the_private_directory_takes_the_place_of_the_one_that_was_named) {
    CHECK(in_private_directory("/run/mine", "/tmp/") == "/run/mine/");
    CHECK(in_private_directory("/run/mine/", "/tmp/node") == "/run/mine/node");
    CHECK(in_private_directory("/run/mine", "node") == "/run/mine/node");
    CHECK_TRUE(names_directory(in_private_directory("/run/mine", "")));
}
