// SPDX-License-Identifier: Apache-2.0
#include "swap/conf_lines.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt::swap;

TEST_GROUP(FifoLines){
    static FifoLines find(const std::string& conf){return find_fifo(conf, "/etc/syslog.otp");
}
static void is_plain(const std::string& conf) {
    CHECK_TEXT(!find(conf).plain.empty(), conf.c_str());
    CHECK_TEXT(find(conf).piped.empty(), conf.c_str());
}
static void is_piped(const std::string& conf) {
    CHECK_TEXT(find(conf).plain.empty(), conf.c_str());
    CHECK_TEXT(!find(conf).piped.empty(), conf.c_str());
}
static void is_neither(const std::string& conf) {
    CHECK_TEXT(find(conf) == FifoLines{}, conf.c_str());
}
}
;

TEST(FifoLines, a_bare_path_as_action_is_plain) {
    is_plain("kern.err\t/etc/syslog.otp\n");
    is_plain("kern.err /etc/syslog.otp");
    is_plain("kern.err  \t -/etc/syslog.otp\n");
    is_plain("*.*;mail.none\t/etc/syslog.otp;RSYSLOG_TraditionalFileFormat\n");
    is_plain("kern.err; mail.*\t/etc/syslog.otp\n");
    is_plain("  kern.err\t/etc/syslog.otp   \r\n");
    is_plain("& /etc/syslog.otp\n");
    is_plain("if $msg contains 'x' then /etc/syslog.otp\n");
    is_plain("kern.err \\\n\t/etc/syslog.otp\n");
    is_plain("kern.err\t/etc/syslog.otp # for Erlang\n");
}

TEST(FifoLines, the_line_is_numbered_and_a_missing_tab_noted) {
    const auto lines =
        find("#\n\nkern.err\t/etc/syslog.otp\n\nmail.* /etc/syslog.otp\n*.*\t|/etc/syslog.otp\n");
    CHECK(lines.plain == (std::vector<std::size_t>{3, 5}));
    CHECK(lines.without_tab == (std::vector<std::size_t>{5}));
    CHECK(lines.piped == (std::vector<std::size_t>{6}));
}

TEST(FifoLines, a_path_behind_a_pipe_sign_is_piped) {
    is_piped("kern.err\t|/etc/syslog.otp\n");
    is_piped("kern.err |/etc/syslog.otp;RSYSLOG_TraditionalFileFormat\n");
    is_piped("kern.err | /etc/syslog.otp\n");
    is_piped("& |/etc/syslog.otp\n");
}

TEST(FifoLines, rsyslogs_and_syslog_ngs_pipes_are_piped) {
    is_piped("*.* action(type=\"ompipe\" pipe=\"/etc/syslog.otp\" template=\"t\")\n");
    is_piped("action(type=\"ompipe\"\n  pipe = \"/etc/syslog.otp\")\n");
    is_piped("destination d { pipe(\"/etc/syslog.otp\" perm(0640)); };\n");
    is_piped("destination d { pipe( '/etc/syslog.otp' ); };\n");
    is_piped("destination d { pipe(/etc/syslog.otp); };\n");
    is_piped("destination d {\n pipe(\n  \"/etc/syslog.otp\"\n );\n};\n");
}

TEST(FifoLines, rsyslogs_and_syslog_ngs_files_are_plain) {
    is_plain("*.* action(type=\"omfile\" file=\"/etc/syslog.otp\")\n");
    is_plain("*.* action(type=\"omfile\" File=\"/etc/syslog.otp\")\n");
    is_plain("destination d { file(\"/etc/syslog.otp\"); };\n");
    is_plain("destination d { file (\n '/etc/syslog.otp' ); };\n");
    is_plain("destination d { file(/etc/syslog.otp); };\n");
}

TEST(FifoLines, comments_and_other_paths_do_not_count) {
    is_neither("# kern.err\t/etc/syslog.otp\n");
    is_neither("   # kern.err\t/etc/syslog.otp\n");
    is_neither("kern.err\t/x # not /etc/syslog.otp\n");
    is_neither("kern.err\t/etc/syslog.otp.lock\n");
    is_neither("kern.err\t/etc/syslog.otp/x\n");
    is_neither("kern.err\t/chroot/etc/syslog.otp\n");
    is_neither("/etc/syslog.otp\n");
    is_neither("");
    CHECK(find_fifo("kern.*\t/x", "") == FifoLines{});
}

TEST(FifoLines, a_stray_quote_hides_nothing_on_the_next_line) {
    is_plain("# don't\nkern.err\t/var/it's # x\nmail.*\t/etc/syslog.otp\n");
}

TEST(FifoLines, a_hash_inside_a_word_or_quotes_is_no_comment) {
    is_plain("local0.*;x#y.*\t/etc/syslog.otp\n");
    is_piped("*.* action(name=\"a # b\" pipe=\"/etc/syslog.otp\")\n");
}
