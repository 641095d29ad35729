// SPDX-License-Identifier: Apache-2.0
#include "swap/allow.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace vakt;
using namespace vakt::swap;

TEST_GROUP(Allow) {
    static Result<Allow> parse(const std::string& text) {
        return parse_allow(text, compiled_flavours());
    }
    static void refused(const std::string& text, const char* words) {
        const auto allow = parse(text);
        CHECK_TEXT(!allow, text.c_str());
        STRCMP_CONTAINS(words, describe(allow.error()).c_str());
    }
    const std::string good = "/etc /etc/syslog.conf inetutils /run/syslog.pid /usr/sbin/syslogd 7";
};

TEST(Allow, a_row_is_read_word_by_word) {
    const auto allow = parse("# all\n\n \t" + good + "\tuid:5,gid:6\n");
    CHECK_TRUE(static_cast<bool>(allow));
    CHECK_EQUAL(1U, allow->size());
    const AllowRow expected{.own = "/etc",
                            .conf = "/etc/syslog.conf",
                            .flavour = "inetutils",
                            .daemon = "/run/syslog.pid",
                            .exe = "/usr/sbin/syslogd",
                            .gid = 7,
                            .callers = {{.is_group = false, .id = 5}, {.is_group = true, .id = 6}}};
    CHECK(allow->front() == expected);
    CHECK_FALSE(allow->front().is_unit());
}

TEST(Allow, without_callers_the_rows_group_may_call) {
    const auto allow = parse(good);
    CHECK(allow->front().callers == (std::vector<AllowedCaller>{{.is_group = true, .id = 7}}));
}

TEST(Allow, no_row_is_good_and_allows_nothing) {
    const auto allow = parse("# nothing\n\n");
    CHECK_TRUE(static_cast<bool>(allow));
    POINTERS_EQUAL(nullptr, find_row(*allow, "/etc", "/etc/syslog.conf"));
}

TEST(Allow, a_unit_may_stand_for_the_pid_file) {
    const auto allow = parse("/etc /etc/syslog.conf rsyslog rsyslog.service /usr/sbin/rsyslogd 7");
    CHECK_TRUE(allow->front().is_unit());
}

TEST(Allow, one_malformed_row_refuses_the_file_with_its_line) {
    refused("# first\n" + good + "\nx\n", "line 3: ");
}

TEST(Allow, too_few_and_too_many_words_are_refused) {
    refused("/etc /etc/syslog.conf inetutils /run/syslog.pid /usr/sbin/syslogd\n", "5 words");
    refused(good + " uid:1 uid:2\n", "8 words");
}

TEST(Allow, each_word_is_refused_when_it_is_not_what_it_should_be) {
    refused("etc /c inetutils /p /e 7", "OWN");
    refused("/etc/ /c inetutils /p /e 7", "OWN");
    refused("/ /c inetutils /p /e 7", "OWN");
    refused("/etc /c/../d inetutils /p /e 7", "CONF");
    refused("/etc /c//d inetutils /p /e 7", "CONF");
    refused("/etc /c minix /p /e 7", "no flavour");
    refused("/etc /c inetutils p /e 7", "PIDFILE");
    refused("/etc /c inetutils a/b.service /e 7", "PIDFILE");
    refused("/etc /c inetutils - /e 7", "PIDFILE");
    refused("/etc /c inetutils /p e 7", "EXE");
    refused("/etc /c auto /p - 7", "EXE");
    for (const auto* gid : {"-1", "x", "4294967295", "4294967296", "0x1"})
        refused(std::string("/etc /c inetutils /p /e ") + gid, "GID");
    for (const auto* callers : {"5", "uid:", "uid:x", "uid:1,", ",uid:1", "uid:1,,uid:2", "pid:1",
                                "uid:4294967295", "uid:1,gid:-2"})
        refused("/etc /c inetutils /p /e 7 " + std::string(callers), "CALLERS");
}

TEST(Allow, the_largest_ids_are_read) {
    const auto allow = parse("/etc /c inetutils /p /e 4294967294 uid:4294967294");
    CHECK_EQUAL(4294967294U, allow->front().gid);
}

TEST(Allow, where_nobody_is_told_the_daemon_may_be_left_out) {
    CHECK_TRUE(static_cast<bool>(parse("/etc /c bridge - - 7")));
}

TEST(Allow, where_nobody_is_told_the_fifo_may_be_its_writers) {
    const auto allow = parse("/etc /c bridge uid:990 - 7");
    CHECK_EQUAL(990U, allow->front().writer.value());
    STRCMP_EQUAL("-", allow->front().daemon.c_str());
    CHECK_FALSE(parse("/etc /c bridge - - 7")->front().writer.has_value());
    refused("/etc /c bridge uid: - 7", "uid:N wants a decimal number");
    refused("/etc /c bridge uid:4294967295 - 7", "uid:N wants a decimal number");
    refused("/etc /c bridge uid:-1 - 7", "uid:N wants a decimal number");
    refused("/etc /c inetutils uid:990 /e 7", "PIDFILE|UNIT");
}

TEST(Allow, control_bytes_are_refused) {
    refused(good + "\r\n", "line 1: a control byte");
    refused(good + std::string("\0", 1), "a control byte");
    refused("# even in a comment \x1b[2J\n", "a control byte");
}

TEST(Allow, a_configuration_named_twice_is_refused) {
    refused(good + "\n/other /etc/syslog.conf inetutils /p /e 7\n", "line 2: an earlier row");
}

TEST(Allow, a_row_is_found_only_by_its_own_bytes) {
    const auto allow = parse(good + "\n/etc/a /etc/b inetutils /p /e 7\n");
    CHECK(find_row(*allow, "/etc/a", "/etc/b") == &(*allow)[1]);
    for (const auto* own : {"/etc/a/", "/etc//a", "/etc/A", "/etc/a ", ""})
        POINTERS_EQUAL(nullptr, find_row(*allow, own, "/etc/b"));
    POINTERS_EQUAL(nullptr, find_row(*allow, "/etc", "/etc/b"));
    POINTERS_EQUAL(nullptr, find_row(*allow, "/etc/a", std::string("/etc/b\0", 7)));
}

TEST(Allow, root_may_call_and_else_only_who_is_named) {
    const AllowRow row{.own = {},
                       .conf = {},
                       .flavour = {},
                       .daemon = {},
                       .exe = {},
                       .gid = 9,
                       .callers = {{.is_group = false, .id = 5}, {.is_group = true, .id = 6}}};
    const std::vector<std::uint32_t> none;
    const std::vector<std::uint32_t> six{3, 6};
    const std::vector<std::uint32_t> five{5, 9};
    CHECK_TRUE(may_call(row, {.uid = 0, .gid = 1, .groups = none}));
    CHECK_TRUE(may_call(row, {.uid = 5, .gid = 1, .groups = none}));
    CHECK_TRUE(may_call(row, {.uid = 4, .gid = 6, .groups = none}));
    CHECK_TRUE(may_call(row, {.uid = 4, .gid = 1, .groups = six}));
    CHECK_FALSE(may_call(row, {.uid = 6, .gid = 5, .groups = five}));
    CHECK_FALSE(may_call(row, {.uid = 4, .gid = 1, .groups = none}));
}

TEST(Allow, a_unit_has_a_name_of_at_most_255_bytes_that_is_no_path) {
    CHECK_TRUE(is_unit_name("rsyslog.service"));
    CHECK_TRUE(is_unit_name("syslog@0.service"));
    CHECK_TRUE(is_unit_name(std::string(247, 'a') + ".service"));
    CHECK_FALSE(is_unit_name(std::string(248, 'a') + ".service"));
    for (const auto* bad :
         {".service", "..service", "a/b.service", "rsyslog", "a b.service", "rsyslog.service "})
        CHECK_FALSE(is_unit_name(bad));
}
