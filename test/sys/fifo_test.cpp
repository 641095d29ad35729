// SPDX-License-Identifier: Apache-2.0
#include "sys/fifo.h"

#include <CppUTest/TestHarness.h>
#include <sys/xattr.h>

#include "sys/lock.h"
#include "sys/open.h"
#include "sys/rename.h"
#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::sys;

TEST_GROUP(Fifo) {
    Scratch scratch;
    Fd dir = scratch.dir();
    const FifoOwner owner{.uid = ::getuid(), .gid = ::getgid(), .mode = 0640};
    void is_fifo(const char* name) const {
        const auto status = scratch.status(name);
        CHECK_TRUE(S_ISFIFO(status.st_mode));
        CHECK_EQUAL(0640U, status.st_mode & 07777U);
    }
};

TEST(Fifo, is_made_with_owner_and_mode_whatever_the_umask) {
    for (const mode_t mask : {0U, 0777U}) {
        const auto before = ::umask(mask);
        const auto made = make_fifo(dir, "fifo", ".temp", owner);
        ::umask(before);
        CHECK_TRUE(static_cast<bool>(made));
        is_fifo("fifo");
        CHECK_FALSE(scratch.has(".temp"));
    }
}

TEST(Fifo, a_temporary_name_left_by_a_killed_run_is_no_obstacle) {
    scratch.put(".temp", "stale");
    CHECK_TRUE(static_cast<bool>(make_fifo(dir, "fifo", ".temp", owner)));
    is_fifo("fifo");
    CHECK_FALSE(scratch.has(".temp"));
}

TEST(Fifo, a_directory_in_the_place_of_the_temporary_name_is_an_error) {
    ::mkdir(scratch.at(".temp").c_str(), 0755);
    CHECK_FALSE(static_cast<bool>(make_fifo(dir, "fifo", ".temp", owner)));
    CHECK_FALSE(scratch.has("fifo"));
}

TEST(Fifo, repaired_it_is_the_same_one) {
    ::mkfifo(scratch.at("fifo").c_str(), 0666);
    const auto before = scratch.status("fifo").st_ino;
    CHECK_TRUE(static_cast<bool>(repair_fifo(dir, "fifo", owner)));
    is_fifo("fifo");
    CHECK_EQUAL(before, scratch.status("fifo").st_ino);
}

TEST(Fifo, nothing_but_a_fifo_is_repaired_or_removed) {
    scratch.put("file", "precious");
    ::chmod(scratch.at("file").c_str(), 0604);
    scratch.link("file", "link");
    ::mkdir(scratch.at("dir").c_str(), 0755);
    for (const auto* name : {"file", "link", "dir"}) {
        CHECK_FALSE(static_cast<bool>(repair_fifo(dir, name, owner)));
        CHECK_FALSE(static_cast<bool>(remove_fifo(dir, name)));
        CHECK_TRUE(scratch.has(name));
    }
    STRCMP_EQUAL("precious", scratch.get("file").c_str());
    CHECK_EQUAL(0604U, scratch.status("file").st_mode & 07777U);
}

TEST(Fifo, removing_one_that_is_not_there_is_good) {
    CHECK_TRUE(static_cast<bool>(remove_fifo(dir, "fifo")));
    ::mkfifo(scratch.at("fifo").c_str(), 0600);
    CHECK_TRUE(static_cast<bool>(remove_fifo(dir, "fifo")));
    CHECK_FALSE(scratch.has("fifo"));
}

TEST_GROUP(ReplaceFile) {
    Scratch scratch;
    Fd dir = scratch.dir();
    void setup() override {
        scratch.put("conf", "old");
        ::chmod(scratch.at("conf").c_str(), 0604);
    }
    Status replace(const std::string& bytes) const {
        const auto old = open_regular(dir, "conf");
        return replace_file(dir, "conf", ".conf.temp", bytes, *old);
    }
};

TEST(ReplaceFile, the_new_one_has_the_bytes_and_the_old_ones_mode) {
    const std::string bytes = std::string("a\0b\xff", 4) + std::string(100000, 'x');
    const auto before = scratch.status("conf");
    CHECK_TRUE(static_cast<bool>(replace(bytes)));
    CHECK(scratch.get("conf") == bytes);
    CHECK_EQUAL(0604U, scratch.status("conf").st_mode & 07777U);
    CHECK_EQUAL(before.st_uid, scratch.status("conf").st_uid);
    CHECK(before.st_ino != scratch.status("conf").st_ino);
    CHECK_FALSE(scratch.has(".conf.temp"));
}

TEST(ReplaceFile, who_has_the_old_one_open_keeps_it) {
    const auto reader = open_regular(dir, "conf");
    CHECK_TRUE(static_cast<bool>(replace("new")));
    STRCMP_EQUAL("old", read_all(*reader, 10, "conf")->c_str());
}

TEST(ReplaceFile, a_temporary_name_left_by_a_killed_run_is_no_obstacle_and_is_not_followed) {
    scratch.put("victim", "precious");
    scratch.link("victim", ".conf.temp");
    CHECK_TRUE(static_cast<bool>(replace("new")));
    STRCMP_EQUAL("new", scratch.get("conf").c_str());
    STRCMP_EQUAL("precious", scratch.get("victim").c_str());
}

TEST(ReplaceFile, a_failure_before_the_rename_leaves_the_old_one_and_no_temporary) {
    ::mkdir(scratch.at(".conf.temp").c_str(), 0755);
    CHECK_FALSE(static_cast<bool>(replace("new")));
    STRCMP_EQUAL("old", scratch.get("conf").c_str());
}

TEST(ReplaceFile, one_that_was_not_there_is_made_with_the_mode_asked_for) {
    CHECK_TRUE(static_cast<bool>(put_file(dir, "report", ".temp", "{}", 0644)));
    STRCMP_EQUAL("{}", scratch.get("report").c_str());
    CHECK_EQUAL(0644U, scratch.status("report").st_mode & 07777U);
    CHECK_TRUE(static_cast<bool>(put_file(dir, "report", ".temp", "{1}", 0600)));
    STRCMP_EQUAL("{1}", scratch.get("report").c_str());
    CHECK_EQUAL(0600U, scratch.status("report").st_mode & 07777U);
    CHECK_FALSE(scratch.has(".temp"));
}

TEST(ReplaceFile, attributes_of_the_old_one_are_carried_over) {
    if (::setxattr(scratch.at("conf").c_str(), "user.vakt", "kept", 4, 0) != 0) return;
    CHECK_TRUE(static_cast<bool>(replace("new")));
    char value[5] = {};
    CHECK_EQUAL(4, ::getxattr(scratch.at("conf").c_str(), "user.vakt", value, 4));
    STRCMP_EQUAL("kept", value);
}

TEST_GROUP(LockFile) {
    Scratch scratch;
    Fd dir = scratch.dir();
    const Trust trust{.uid = ::getuid(), .group = {}};
    Result<Lock> take(int milliseconds = 20) const {
        return Lock::take(dir, "lock", trust, std::chrono::milliseconds(milliseconds));
    }
};

TEST(LockFile, is_made_for_its_owner_alone_and_stays) {
    {
        const auto lock = take();
        CHECK_TRUE(static_cast<bool>(lock));
        CHECK_EQUAL(0600U, scratch.status("lock").st_mode & 07777U);
        STRCMP_EQUAL("", lock->read(100)->c_str());
    }
    CHECK_TRUE(scratch.has("lock"));
}

TEST(LockFile, a_second_one_waits_and_then_says_so) {
    {
        const auto first = take();
        const auto second = take();
        CHECK_FALSE(static_cast<bool>(second));
        STRCMP_CONTAINS("held it too long", describe(second.error()).c_str());
    }
    CHECK_TRUE(static_cast<bool>(take()));
}

TEST(LockFile, a_record_is_read_by_the_next_and_replaced_whole) {
    CHECK_TRUE(static_cast<bool>(take()->write("one  \n")));
    CHECK_TRUE(static_cast<bool>(take()->write("other\n")));
    STRCMP_EQUAL("other\n", take()->read(100)->c_str());
    STRCMP_EQUAL("oth", take()->read(3)->c_str());
}

TEST(LockFile, one_that_others_could_hold_for_ever_is_refused) {
    scratch.put("lock", "");
    ::chmod(scratch.at("lock").c_str(), 0644);
    STRCMP_CONTAINS("may be opened by others", describe(take().error()).c_str());
    ::chmod(scratch.at("lock").c_str(), 0600);
    std::filesystem::create_hard_link(scratch.at("lock"), scratch.at("other"));
    STRCMP_CONTAINS("more than one name", describe(take().error()).c_str());
}

TEST(LockFile, a_link_a_fifo_and_a_directory_are_refused_at_once) {
    scratch.link("file", "lock");
    CHECK_FALSE(static_cast<bool>(take()));
    CHECK_FALSE(scratch.has("file"));
    ::unlink(scratch.at("lock").c_str());
    ::mkfifo(scratch.at("lock").c_str(), 0600);
    CHECK_FALSE(static_cast<bool>(take()));
    ::unlink(scratch.at("lock").c_str());
    ::mkdir(scratch.at("lock").c_str(), 0700);
    CHECK_FALSE(static_cast<bool>(take()));
}
