// SPDX-License-Identifier: Apache-2.0
#include "doctor/node_facts.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::doctor;

TEST_GROUP(OsSupKeys){};

TEST(OsSupKeys, are_those_of_the_one_application) {
    const char* config =
        "[{kernel, [{x, [1, \"]\"]}]},\n"
        " {os_mon,[{start_os_sup, true}, {os_sup_own,\"/etc\"},\n"
        "          {os_sup_syslogconf, \"/etc/syslog.conf\"}, {os_sup_errortag, std_error}]},\n"
        " {vakt, [{start_os_sup,false}]}].\n";
    CHECK((read_os_sup(config, "os_mon") == OsSupKeys{true, "/etc", "/etc/syslog.conf"}));
    CHECK((read_os_sup(config, "vakt") == OsSupKeys{false, {}, {}}));
    CHECK((read_os_sup(config, "kernel") == OsSupKeys{}));
    CHECK((read_os_sup(config, "sasl") == OsSupKeys{}));
}

TEST(OsSupKeys, a_comment_says_nothing_and_a_percent_in_a_string_is_none) {
    CHECK((read_os_sup("[{vakt,[%{start_os_sup,true}\n]}].", "vakt") == OsSupKeys{}));
    CHECK((read_os_sup("[{a,[{p,\"50%\"}]},{vakt,[{start_os_sup,true}]}].", "vakt") ==
           OsSupKeys{true, {}, {}}));
    CHECK((read_os_sup("[{a,[{p,\"\\\"%\"}]},{vakt,[{start_os_sup,true}]}].", "vakt") ==
           OsSupKeys{true, {}, {}}));
}

TEST(OsSupKeys, what_is_cut_off_says_nothing) {
    CHECK((read_os_sup("[{vakt,[{start_os_sup,true}", "vakt") == OsSupKeys{}));
    CHECK((read_os_sup("[{vakt,[{os_sup_own,\"/etc]}].", "vakt") == OsSupKeys{}));
    CHECK((read_os_sup("", "vakt") == OsSupKeys{}));
}

TEST_GROUP(Setting){};

TEST(Setting, the_last_counts_and_its_quotes_do_not) {
    const char* text = "A=1\n#A=2\nAB=3\nB=\"x y\"\nC='z'\nD=\"\nE=\nA=4\n";
    CHECK(setting(text, "A") == "4");
    CHECK(setting(text, "B") == "x y");
    CHECK(setting(text, "C") == "z");
    CHECK(setting(text, "D") == "\"");
    CHECK(setting(text, "E") == "");
    CHECK_FALSE(setting(text, "F").has_value());
    CHECK_FALSE(setting("A", "A").has_value());
}

TEST_GROUP(TermOf){};

TEST(TermOf, a_script_sets_it_in_one_of_three_ways) {
    CHECK(term_of("TERM=linux; export TERM\n") == "linux");
    CHECK(term_of("TERM=\"vt100\"\nexport TERM") == "vt100");
    CHECK(term_of(": \"${TERM:=sun}\"\n") == "sun");
    CHECK(term_of("TERM=${TERM:-vt100}\n") == "");
    CHECK(term_of("TERM=sun\nTERM=vt220\n") == "vt220");
}

TEST(TermOf, comments_and_other_names_do_not_set_it) {
    CHECK_FALSE(term_of("# TERM=sun\nXTERM=a\nMY_TERM=b\nexport TERM\n").has_value());
    CHECK_FALSE(term_of("").has_value());
    CHECK_FALSE(term_of("echo x # TERM=sun\n").has_value());
}
