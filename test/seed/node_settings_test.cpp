// SPDX-License-Identifier: Apache-2.0
#include "seed/node_settings.h"

#include <CppUTest/TestHarness.h>

#include "test/support/seed_case.h"

using namespace vakt;
using namespace vakt::seed;

TEST_GROUP(NodeSettings) {
    std::string said;
    Surroundings around{
        .places = {"/data/etc"}, .etc = "/data/etc/seed", .passwd = "", .groups = ""};

    NodeSettings read(const std::string& text) {
        return read_document(text, said, [&](const yaml::Node& node, Complaints& complaints) {
            return read_node_settings(node, around, complaints);
        });
    }
    void args(const char* wanted, const std::string& text) {
        const auto node = read(text);
        STRCMP_EQUAL("", said.c_str());
        STRCMP_EQUAL(wanted, args_text(node).c_str());
    }
    void refused(const char* words, const std::string& text) {
        (void)read(text);
        STRCMP_CONTAINS(words, said.c_str());
    }
};

TEST(NodeSettings, nothing_said_writes_nothing) { args("", "{}"); }

TEST(NodeSettings, a_node_is_short_or_long_by_its_host) {
    args("-sname cp1\n", "node: cp1");
    args("-sname cp1@board7\n", "node: cp1@board7");
    args("-name cp1@board7.example\n", "node: cp1@board7.example");
    refused("D:1: node: 'a b' is not like cp1", "node: a b");
}

TEST(NodeSettings, hearts_settings_are_its_environment) {
    args(
        "-env HEART_BEAT_TIMEOUT 11\n-env HEART_BEAT_BOOT_DELAY 65535\n"
        "-env HEART_COMMAND '/sbin/reboot -f'\n-env HEART_KILL_SIGNAL 'SIGABRT'\n-env VAKT_LEASE "
        "'a-1'\n",
        "heart: {beat_timeout: 11, boot_delay: 65535, command: /sbin/reboot -f, "
        "kill_signal: SIGABRT, lease: a-1}");
}

TEST(NodeSettings, hearts_settings_are_within_hearts_limits) {
    refused("D:1: beat_timeout: '10' is no number from 11 to 65535", "heart: {beat_timeout: 10}");
    refused("beat_timeout", "heart: {beat_timeout: 65536}");
    refused("boot_delay: '011'", "heart: {boot_delay: 011}");
    refused("kill_signal: SIGKILL or SIGABRT", "heart: {kill_signal: SIGTERM}");
    refused("command: printable text without '", "heart: {command: \"a'b\"}");
    refused("command: printable", "heart: {command: \"a\\nb\"}");
    refused("lease: 1 to 32", "heart: {lease: 'a b'}");
    refused("'timeout' is no key of heart", "heart: {timeout: 60}");
}

TEST(NodeSettings, arguments_come_last_and_end_in_a_line) {
    args("-sname a\n-args_file /data/etc/b\n+P 1024 # few\n",
         "node: a\nargs: '+P 1024 # few'\nargs_file: /data/etc/b\n");
    args("+A 1\n+S 1\n", "args: |\n  +A 1\n  +S 1\n");
}

TEST(NodeSettings, a_quote_that_is_left_open_is_refused_with_its_line) {
    refused("D:1: args: a quote in its line 2 is never closed", "args: |\n  +A 1\n  -eval 'x\n");
}

TEST(NodeSettings, what_another_key_says_is_not_said_again) {
    refused("args: -sname in its line 1 is said by another key", "node: a\nargs: -sname b");
    refused("args: -setcookie in its line 2", "cookie: a\nargs: |\n  +A 1\n  -setcookie b");
    args("-sname b\n", "args: -sname b");
}

TEST(NodeSettings, an_args_file_lies_in_an_allowed_place_under_a_plain_name) {
    refused("args_file: '/etc/x': it is not below", "args_file: /etc/x");
    refused("args_file: no quotes", "args_file: /data/etc/a b");
}

TEST(NodeSettings, a_cookie_is_printable_and_fits_an_atom) {
    STRCMP_EQUAL("a!b", read("cookie: a!b").cookie.c_str());
    refused("cookie: 1 to 255", "cookie: ''");
    refused("cookie: 1 to 255", "cookie: 'a b'");
    (void)read("cookie: " + std::string(255, 'a'));
    STRCMP_EQUAL("", said.c_str());
    refused("cookie: 1 to 255", "cookie: " + std::string(256, 'a'));
}

TEST(NodeSettings, no_key_is_passed_over) { refused("D:1: 'nod' is no key of vakt", "nod: a"); }
