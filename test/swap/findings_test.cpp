// SPDX-License-Identifier: Apache-2.0
#include "swap/findings.h"

#include <CppUTest/TestHarness.h>

#include <algorithm>
#include <string>

using namespace vakt::swap;

namespace {

constexpr FileFacts kFile{
    .type = FileType::regular, .uid = 0, .gid = 0, .mode = 0644, .nlink = 1, .size = 10};

}  // namespace

TEST_GROUP(Finding) {
    Situation s;
    HelperFacts helper;
    void setup() override {
        s.flavour = *find_flavour(compiled_flavours(), "inetutils");
        s.fifo_gid = 7;
        s.fifo_path = "/etc/syslog.otp";
        s.orig = {.facts = kFile, .bytes = "kern.*\t/a\n"};
        s.otp = {.facts = kFile, .bytes = "kern.*\t/a\nkern.*\t|/etc/syslog.otp\n"};
        s.conf = s.orig;
        s.daemon = DaemonState::alive;
        helper = {.path = "/m",
                  .file = {.type = FileType::regular,
                           .uid = 0,
                           .gid = 7,
                           .mode = 04750,
                           .nlink = 1,
                           .size = 1},
                  .caller_uid = 5,
                  .extra_rights = true,
                  .own_uid = 0,
                  .gid = 7};
    }
    Findings files() const { return check_files(s, "/etc", "/etc/syslog.conf"); }
    static void only(const Findings& findings, const char* what, const char* cure) {
        CHECK_EQUAL(1U, findings.size());
        STRCMP_CONTAINS(what, findings[0].what.c_str());
        STRCMP_CONTAINS(cure, findings[0].cure.c_str());
    }
};

TEST(Finding, a_good_installation_has_none) {
    CHECK(files().empty());
    CHECK(check_daemon(s).empty());
    CHECK(check_helper(helper).empty());
    s.conf = s.otp;
    s.fifo = {.type = FileType::fifo, .uid = 0, .gid = 7, .mode = 0640, .nlink = 1, .size = 0};
    CHECK(files().empty());
}

TEST(Finding, a_missing_file_has_the_command_that_makes_it) {
    s.otp = {};
    only(files(), "/etc/syslog.conf.OTP does not exist", "make-otp-conf /etc/syslog.conf.ORIG");
    setup();
    s.orig = {};
    only(files(), "/etc/syslog.conf.ORIG does not exist", "cp -p /etc/syslog.conf ");
}

TEST(Finding, a_file_of_another_or_with_another_mode_has_chown_and_chmod) {
    s.orig.facts.uid = 5;
    only(files(), "belongs to uid 5", "chown root:root /etc/syslog.conf.ORIG");
    setup();
    s.conf.facts.mode = 0640;
    only(files(), "has mode 0640, not 0644", "chmod 0644 /etc/syslog.conf");
}

TEST(Finding, otp_is_orig_and_the_rule) {
    s.otp = s.orig;
    only(files(), "has no rule that writes to /etc/syslog.otp", "make-otp-conf");
    setup();
    s.otp.bytes = "kern.*\t|/etc/syslog.otp\n";
    only(files(), "ORIG line 1 is not in", "make-otp-conf");
    setup();
    s.orig.bytes = s.conf.bytes = s.otp.bytes;
    s.fifo = {.type = FileType::fifo, .uid = 0, .gid = 7, .mode = 0640, .nlink = 1, .size = 0};
    only(files(), "names the FIFO too", "take that line out");
}

TEST(Finding, the_rules_syntax_is_that_of_the_flavour) {
    s.otp.bytes = "kern.*\t/a\nkern.*\t/etc/syslog.otp\n";
    only(files(), "line 2 names the FIFO as a plain file", "write |/etc/syslog.otp");
    s.flavour = *find_flavour(compiled_flavours(), "solaris");
    CHECK(files().empty());
    s.otp.bytes = "kern.*\t/a\nkern.* /etc/syslog.otp\n";
    only(files(), "behind blanks", "TAB");
    s.otp.bytes = "kern.*\t/a\nkern.*\t|/etc/syslog.otp\n";
    only(files(), "with a |", "bare path");
}

TEST(Finding, an_edited_configuration_is_told_with_both_ways_out) {
    s.conf.bytes += "#\n";
    only(files(), "it was edited since", "to keep the edit");
}

TEST(Finding, the_fifo_is_there_when_otp_is_and_is_as_it_should_be) {
    s.conf = s.otp;
    only(files(), "does not exist though OTP is installed", "otp again");
    s.fifo = kFile;
    only(files(), "is a regular file, not a FIFO", "move it away");
    s.fifo = {.type = FileType::fifo, .uid = 0, .gid = 7, .mode = 0666, .nlink = 1, .size = 0};
    only(files(), "with mode 0666", "run mod_syslog otp");
}

TEST(Finding, all_that_is_wrong_is_told_at_once) {
    s.orig.facts.mode = 0666;
    s.otp = {};
    s.fifo = kFile;
    CHECK_EQUAL(3U, files().size());
}

TEST(Finding, rsyslogs_files_do_not_count) {
    s.flavour = *find_flavour(compiled_flavours(), "rsyslog");
    s.orig = s.otp = s.conf = {};
    CHECK(files().empty());
}

TEST(Finding, a_daemon_that_is_down_wrong_or_busybox_is_told) {
    s.daemon = DaemonState::absent;
    s.daemon_refusal = {Code::daemon, "the daemon is not running"};
    only(check_daemon(s), "not running", "start the syslog daemon");
    s.daemon = DaemonState::wrong;
    only(check_daemon(s), "not running", "right in the policy");
    s.flavour = *find_flavour(compiled_flavours(), "busybox");
    only(check_daemon(s), "busybox", "run another syslog daemon");
}

TEST(Finding, a_run_that_was_ended_early_is_told) {
    s.untold = true;
    only(check_daemon(s), "before it had told", "again");
}

TEST(Finding, the_helper_is_roots_4750_and_of_the_policys_group) {
    helper.file.mode = 04755;
    only(check_helper(helper), "has mode 4755, not 4750", "chmod 4750 /m");
    setup();
    helper.file.gid = 8;
    only(check_helper(helper), "belongs to group 8, the policy's is 7", "chgrp 7 /m");
    setup();
    helper.file.uid = 5;
    only(check_helper(helper), "belongs to uid 5", "chown root /m");
    setup();
    helper.extra_rights = false;
    only(check_helper(helper), "was started without root's rights", "nosuid");
}

TEST(Finding, a_helper_without_set_uid_does_where_the_directory_is_the_callers) {
    helper.file.mode = 0755;
    helper.extra_rights = false;
    only(check_helper(helper), "is not set-uid, and OWN belongs to uid 0", "chmod 4750");
    helper.own_uid = 5;
    CHECK(check_helper(helper).empty());
    helper.own_uid = 0;
    helper.caller_uid = 0;
    CHECK(check_helper(helper).empty());
}
