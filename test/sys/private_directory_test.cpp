// SPDX-License-Identifier: Apache-2.0
#include "sys/private_directory.h"

#include <CppUTest/TestHarness.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "test/support/scratch.h"

using namespace vakt;

TEST_GROUP(PrivateDirectory) {
    Scratch scratch;

    Status make(const char* name) const { return sys::make_private_directory(scratch.at(name)); }
    unsigned mode(const char* name) const { return scratch.status(name).st_mode & 07777U; }
};

TEST(PrivateDirectory, is_made_for_us_alone_whatever_the_umask) {
    for (const mode_t mask : {0U, 0777U}) {
        const auto before = ::umask(mask);
        const auto made = make("a");
        ::umask(before);
        CHECK_TRUE(static_cast<bool>(made));
        UNSIGNED_LONGS_EQUAL(0700, mode("a"));
        CHECK_EQUAL(0, ::rmdir(scratch.at("a").c_str()));
    }
}

TEST(PrivateDirectory, one_of_ours_is_closed_to_others) {
    CHECK_EQUAL(0, ::mkdir(scratch.at("a").c_str(), 0755));
    CHECK_TRUE(static_cast<bool>(make("a")));
    UNSIGNED_LONGS_EQUAL(0700, mode("a"));
}

TEST(PrivateDirectory, one_of_another_user_is_refused_and_stays) {
    if (::geteuid() != 0) return;
    CHECK_EQUAL(0, ::mkdir(scratch.at("a").c_str(), 0755));
    CHECK_EQUAL(0, ::chown(scratch.at("a").c_str(), 1234, 1234));
    const auto made = make("a");
    CHECK_FALSE(static_cast<bool>(made));
    CHECK_TRUE(describe(made.error()).find("another user (uid 1234)") != std::string::npos);
    UNSIGNED_LONGS_EQUAL(0755, mode("a"));
}

TEST(PrivateDirectory, neither_a_link_nor_a_file_is_one) {
    CHECK_EQUAL(0, ::mkdir(scratch.at("a").c_str(), 0755));
    scratch.link("a", "b");
    scratch.put("c", "");
    CHECK_FALSE(static_cast<bool>(make("b")));
    CHECK_FALSE(static_cast<bool>(make("c")));
    CHECK_FALSE(static_cast<bool>(make("nowhere/d")));
    UNSIGNED_LONGS_EQUAL(0755, mode("a"));
}
