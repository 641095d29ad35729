// SPDX-License-Identifier: Apache-2.0
#include "sys/open.h"

#include <CppUTest/TestHarness.h>

#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::sys;

TEST_GROUP(OpenDirectory) {
    Scratch scratch;
    Trust trust{.uid = ::getuid(), .group = ::getgid()};
    Result<Fd> open(const std::string& name, Reach reach = Reach::strict) const {
        return open_directory(scratch.at(name), trust, reach);
    }
    void refused(const std::string& path, const char* words, Reach reach = Reach::strict) const {
        const auto dir = open_directory(path, trust, reach);
        CHECK_TEXT(!dir, path.c_str());
        STRCMP_CONTAINS(words, describe(dir.error()).c_str());
    }
};

TEST(OpenDirectory, a_good_one_is_opened_and_is_the_one_at_the_path) {
    ::mkdir(scratch.at("a").c_str(), 0755);
    const auto dir = open("a");
    CHECK_TRUE(static_cast<bool>(dir));
    CHECK_EQUAL(scratch.status("a").st_ino, status_of(*dir).st_ino);
    CHECK_EQUAL(0, ::fsync(dir->get()));
    CHECK_TRUE((::fcntl(dir->get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST(OpenDirectory, a_link_anywhere_on_the_way_is_not_followed) {
    std::filesystem::create_directories(scratch.at("real/below"));
    scratch.link("real", "link");
    refused(scratch.at("link"), "/link");
    refused(scratch.at("link/below"), "/link");
    CHECK_TRUE(static_cast<bool>(open("real/below")));
}

TEST(OpenDirectory, other_spellings_are_refused) {
    ::mkdir(scratch.at("a").c_str(), 0755);
    refused("a", "absolute");
    refused("", "absolute");
    refused(scratch.at("a/."), "component");
    refused(scratch.at("a/../a"), "component");
    refused(scratch.path() + "//a", "component");
    refused(scratch.at("a/"), "component");
}

TEST(OpenDirectory, a_file_and_nothing_are_errors_that_name_it) {
    scratch.put("file", "x");
    refused(scratch.at("file"), "/file: Not a directory");
    refused(scratch.at("none"), "/none: No such file");
}

TEST(OpenDirectory, the_last_may_be_written_by_its_owner_alone_sticky_or_not) {
    ::mkdir(scratch.at("a").c_str(), 0755);
    for (const mode_t mode : {0775U, 0757U, 01777U, 01775U}) {
        ::chmod(scratch.at("a").c_str(), mode);
        refused(scratch.at("a"), "may be written by others");
    }
    ::chmod(scratch.at("a").c_str(), 0700);
    CHECK_TRUE(static_cast<bool>(open("a")));
}

TEST(OpenDirectory, an_inner_one_may_be_written_by_all_when_sticky) {
    std::filesystem::create_directories(scratch.at("a/b"));
    ::chmod(scratch.at("a").c_str(), 01777);
    CHECK_TRUE(static_cast<bool>(open("a/b")));
    ::chmod(scratch.at("a").c_str(), 0777);
    refused(scratch.at("a/b"), "/a may be written by others than its owner (mode 00777)");
}

TEST(OpenDirectory, an_inner_one_may_be_written_by_the_callers_group_alone_when_that_is_trusted) {
    std::filesystem::create_directories(scratch.at("a/b"));
    ::chmod(scratch.at("a").c_str(), 0775);
    CHECK_TRUE(static_cast<bool>(open("a/b")));
    ::chmod(scratch.at("a").c_str(), 0777);
    refused(scratch.at("a/b"), "may be written");
    ::chmod(scratch.at("a").c_str(), 0775);
    trust.group = ::getgid() + 1;
    refused(scratch.at("a/b"), "may be written");
}

TEST(OpenDirectory, one_of_another_user_is_refused) {
    if (::getuid() != 0) return;
    std::filesystem::create_directories(scratch.at("a/b"));
    CHECK_EQUAL(0, ::chown(scratch.at("a").c_str(), 12345, 0));
    refused(scratch.at("a"), "/a belongs to uid 12345");
    refused(scratch.at("a/b"), "/a belongs to uid 12345");
    trust.uid = 12345;
    CHECK_TRUE(static_cast<bool>(open("a/b")));
}

TEST_GROUP(OpenRegular) {
    Scratch scratch;
    Fd dir = scratch.dir();
};

TEST(OpenRegular, a_file_is_read_whole_up_to_the_limit) {
    scratch.put("file", std::string(20000, 'x'));
    const auto file = open_regular(dir, "file");
    CHECK_TRUE(static_cast<bool>(file));
    CHECK_EQUAL(20000U, read_all(*file, 20000, "file")->size());
    const auto again = open_regular(dir, "file");
    const auto over = read_all(*again, 19999, "file");
    CHECK_FALSE(static_cast<bool>(over));
    STRCMP_EQUAL("read file: File too large", describe(over.error()).c_str());
}

TEST(OpenRegular, what_is_no_file_is_refused_and_a_fifo_does_not_block) {
    ::mkfifo(scratch.at("fifo").c_str(), 0600);
    ::mkdir(scratch.at("dir").c_str(), 0755);
    scratch.put("file", "x");
    scratch.link("file", "link");
    for (const auto* name : {"fifo", "dir", "link"}) {
        const auto file = open_regular(dir, name);
        CHECK_TEXT(!file, name);
        STRCMP_CONTAINS("is not a regular file", describe(file.error()).c_str());
    }
    CHECK(open_regular(dir, "none").error().code == std::errc::no_such_file_or_directory);
}
