// SPDX-License-Identifier: Apache-2.0
#include "sys/local_listener.h"

#include <CppUTest/TestHarness.h>
#include <sys/socket.h>

#include "sys/local_socket.h"
#include "test/support/scratch.h"

using namespace vakt;

TEST_GROUP(LocalListener) { Scratch scratch; };

TEST(LocalListener, has_its_mode_and_group_and_no_other_name) {
    const auto listener =
        sys::listen_local(scratch.at("sock"), {.mode = 0620, .group = ::getegid()});
    CHECK_TRUE(static_cast<bool>(listener));
    CHECK_TRUE(S_ISSOCK(scratch.status("sock").st_mode));
    CHECK_EQUAL(0620U, scratch.status("sock").st_mode & 07777U);
    CHECK_EQUAL(::getegid(), scratch.status("sock").st_gid);
    CHECK_FALSE(scratch.has("soc~"));
}

TEST(LocalListener, one_that_lives_is_left_alone) {
    const auto first = sys::listen_local(scratch.at("sock"), {});
    const auto second = sys::listen_local(scratch.at("sock"), {});
    CHECK_TRUE(second.error().code == std::errc::address_in_use);
    CHECK_TRUE(static_cast<bool>(sys::connect_local(scratch.at("sock"))));
}

TEST(LocalListener, what_a_dead_one_left_is_taken_over) {
    { const auto first = sys::listen_local(scratch.at("sock"), {}); }
    CHECK_TRUE(scratch.has("sock"));
    const auto second = sys::listen_local(scratch.at("sock"), {});
    CHECK_TRUE(static_cast<bool>(second));
    CHECK_TRUE(static_cast<bool>(sys::connect_local(scratch.at("sock"))));
}

TEST(LocalListener, a_temporary_one_that_was_left_is_no_hindrance) {
    { const auto left = sys::listen_local(scratch.at("soc~"), {}); }
    CHECK_TRUE(static_cast<bool>(sys::listen_local(scratch.at("sock"), {})));
    CHECK_FALSE(scratch.has("soc~"));
}

TEST(LocalListener, anything_else_of_that_name_stays) {
    scratch.put("sock", "precious");
    CHECK_FALSE(static_cast<bool>(sys::listen_local(scratch.at("sock"), {})));
    STRCMP_EQUAL("precious", scratch.get("sock").c_str());
    scratch.link("nowhere", "link");
    CHECK_FALSE(static_cast<bool>(sys::listen_local(scratch.at("link"), {})));
    CHECK_TRUE(S_ISLNK(scratch.status("link").st_mode));
}

TEST(LocalListener, a_path_of_107_bytes_will_do_and_one_of_108_is_too_long) {
    const auto directory = scratch.path() + "/";
    const std::string name(107 - directory.size(), 'x');
    CHECK_TRUE(static_cast<bool>(sys::listen_local(directory + name, {})));
    CHECK_TRUE(sys::listen_local(directory + name + "x", {}).error().code ==
               std::errc::filename_too_long);
}
