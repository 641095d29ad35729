// SPDX-License-Identifier: Apache-2.0
#include "ctl/event_text.h"

#include <CppUTest/TestHarness.h>

#include <string>

#include "ctl/json_value.h"

using namespace vakt;
using namespace vakt::syslog;

namespace {

constexpr report::BootId kBoot{0xab};

wire::StampedEntry event() {
    return {.stamp = {.seq = 7},
            .entry = {.record = {.pri = Pri(3, Severity::err),
                                 .time_ns = 1795284255123456789,
                                 .host = "board",
                                 .app = "sshd",
                                 .pid = "77",
                                 .text = "session opened"},
                      .raw = "as it came",
                      .source = Source::fifo}};
}
std::string line(const wire::StampedEntry& e, bool colour = false) {
    return ctl::event_line(e, "WHEN", colour);
}

}  // namespace

TEST_GROUP(EventText){};

TEST(EventText, a_line_has_time_host_priority_tag_and_text) {
    STRCMP_EQUAL("WHEN board daemon.err sshd[77]: session opened\n", line(event()).c_str());
}

TEST(EventText, what_is_not_known_is_left_out) {
    auto e = event();
    e.entry.record.host = {};
    e.entry.record.pri.reset();
    e.entry.record.pid = {};
    STRCMP_EQUAL("WHEN sshd: session opened\n", line(e).c_str());
    e.entry.record.app = {};
    STRCMP_EQUAL("WHEN session opened\n", line(e).c_str());
    e.entry.unit = "ssh.service";
    e.entry.sender = Sender{42, 0};
    STRCMP_EQUAL("WHEN ssh.service[42]: session opened\n", line(e).c_str());
    e.entry.record.text = {};
    STRCMP_EQUAL("WHEN ssh.service[42]:\n", line(e).c_str());
}

TEST(EventText, cut_and_repeated_ones_say_so) {
    auto e = event();
    e.entry.cut = true;
    e.stamp.repeats = 3;
    STRCMP_EQUAL("WHEN board daemon.err sshd[77]: session opened (cut) (and 3 more like it)\n",
                 line(e).c_str());
}

TEST(EventText, nothing_of_it_commands_a_terminal_or_looks_like_another_event) {
    auto e = event();
    e.entry.record.host = "\x1b[2J";
    e.entry.record.app = "a\nb";
    e.entry.record.pid = "\r";
    e.entry.record.text = "one\ttab\nWHEN board two\x07\xff\n\n";
    STRCMP_EQUAL("WHEN ?[2J daemon.err a?b[?]: one tab\n    WHEN board two??\n", line(e).c_str());
}

TEST(EventText, colour_tells_the_severity) {
    auto e = event();
    CHECK_TRUE(line(e, true) ==
               "WHEN board daemon.err sshd[77]: \x1b[1;31msession opened\x1b[0m\n");
    e.entry.record.pri = Pri(3, Severity::info);
    STRCMP_EQUAL(line(e).c_str(), line(e, true).c_str());
}

TEST(EventText, a_gap_is_a_line_of_its_own) {
    wire::StampedGap gap{
        .gap = {
            .source = Source::fifo, .reason = Loss::overrun, .count = 300, .from = 5, .to = 304}};
    STRCMP_EQUAL("-- 300 lost of fifo (overrun), numbers 5 to 304\n",
                 ctl::gap_line(gap, false).c_str());
    gap.gap = {.source = Source::socket, .reason = Loss::rate_guard, .words = "pid 4\x1b"};
    STRCMP_EQUAL("-- an unknown number of lost of socket (rate_guard): pid 4?\n",
                 ctl::gap_line(gap, false).c_str());
}

TEST(EventText, json_has_the_keys_of_an_event_in_erlang) {
    auto e = event();
    STRCMP_EQUAL(
        "{\"boot_id\":\"ab000000-0000-0000-0000-000000000000\",\"seq\":7,"
        "\"source\":\"fifo\",\"time\":1795284255123456789,\"facility\":\"daemon\","
        "\"severity\":\"err\",\"host\":\"board\",\"app\":\"sshd\",\"pid\":\"77\","
        "\"text\":\"session opened\",\"raw\":\"as it came\"}\n",
        ctl::event_json(e, kBoot).c_str());
    e.entry = {.record = {.malformed = true, .msgid = "ID47", .structured = "[a]", .text = "t"},
               .source = Source::journal,
               .mono_ns = 5,
               .sender = Sender{42, 0},
               .unit = "u",
               .cut = true};
    e.stamp.repeats = 9;
    STRCMP_EQUAL(
        "{\"boot_id\":\"ab000000-0000-0000-0000-000000000000\",\"seq\":7,"
        "\"source\":\"journal\",\"time\":0,\"facility\":null,\"severity\":null,"
        "\"host\":null,\"app\":null,\"pid\":\"42\",\"text\":\"t\",\"mono\":5,"
        "\"msgid\":\"ID47\",\"structured\":\"[a]\",\"unit\":\"u\",\"uid\":0,"
        "\"sender_pid\":42,\"repeats\":9,\"malformed\":true,\"cut\":true}\n",
        ctl::event_json(e, kBoot).c_str());
}

TEST(EventText, a_pid_is_the_kernels_word_and_another_one_is_a_claim) {
    auto e = event();
    e.entry.sender = Sender{42, 0};
    STRCMP_EQUAL("WHEN board daemon.err sshd[42]: session opened\n", line(e).c_str());
    const auto claims = [&e] {
        const auto json = ctl::event_json(e, kBoot);
        CHECK(json.find("\"pid\":\"42\"") != std::string::npos);
        return json.find("\"claimed_pid\":\"77\"") != std::string::npos;
    };
    CHECK(claims());
    e.entry.record.pid = "42";
    CHECK_FALSE(claims());
}

TEST(EventText, json_is_valid_whatever_the_bytes_are) {
    auto e = event();
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
    e.entry.record.text = e.entry.record.host = e.entry.raw = every;
    const auto json = ctl::event_json(e, kBoot);
    CHECK_TRUE(ctl::read_json(json).has_value());
    CHECK_EQUAL(json.size() - 1, json.find_first_of("\n\x1b\x7f"));
}

TEST(EventText, a_gap_in_json_has_the_keys_of_a_gap_in_erlang) {
    const auto boot = "{\"boot_id\":\"ab000000-0000-0000-0000-000000000000\",";
    wire::StampedGap gap{
        .gap = {
            .source = Source::fifo, .reason = Loss::overrun, .count = 300, .from = 5, .to = 304}};
    STRCMP_EQUAL((std::string(boot) + "\"gap\":300,\"source\":\"fifo\",\"dropped_by\":\"bridge\","
                                      "\"reason\":\"overrun\",\"from\":5,\"to\":304}\n")
                     .c_str(),
                 ctl::gap_json(gap, kBoot).c_str());
    gap.gap = {.source = Source::udp, .reason = Loss::restart, .words = "w"};
    STRCMP_EQUAL((std::string(boot) + "\"gap\":\"unknown\",\"source\":\"udp\",\"dropped_by\":"
                                      "\"source\",\"reason\":\"restart\",\"words\":\"w\"}\n")
                     .c_str(),
                 ctl::gap_json(gap, kBoot).c_str());
}
