// SPDX-License-Identifier: Apache-2.0
#include "ctl/report_text.h"

#include <CppUTest/TestHarness.h>

#include "report/report_json.h"

using namespace vakt;

namespace {

report::Report hang() {
    report::Report report;
    report.cause = report::Cause::vm_hang;
    report.confidence = report::Confidence::high;
    report.boot = report::BootId{1};
    report.lease = "otp";
    report.text = "given up: no beat from the VM";
    report.wall_ns = 1'700'000'000'000'000'000;
    report.beat_age_ms = 11'000;
    report.boots = 7;
    report.failed_boots = 2;
    report.evidence = {"noted before: vm_hang", "/dev/watchdog0 says: the watchdog did it"};
    report.last_lines = {"one\x1b[31m", "two \xff"};
    return report;
}

std::string text(const std::string& json) {
    const auto words = ctl::report_text(json, {.width = 100, .colour = false});
    return words ? *words : "error: " + describe(words.error());
}
bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_GROUP(ReportText){};

TEST(ReportText, everything_the_report_says_is_shown) {
    const auto shown = text(report::report_json(hang(), {}));
    CHECK_TRUE(has(shown, "Cause     vm_hang  the VM gave no beat, or its heart was lost"));
    CHECK_TRUE(has(shown, "confidence: high"));
    CHECK_TRUE(has(shown, "Lease     otp\n"));
    CHECK_TRUE(has(shown, "Noted     given up: no beat from the VM\n"));
    CHECK_TRUE(has(shown, "2023-11-14 22:13:20 UTC  last good beat 11.0 s before"));
    CHECK_TRUE(has(shown, "number 7  2 failed in a row  01000000-"));
    CHECK_TRUE(has(shown, "Evidence  noted before: vm_hang\n          /dev/watchdog0 says"));
    CHECK_TRUE(has(shown, "Last lines before it\n  one?[31m\n  two ?\n"));
}

TEST(ReportText, of_a_beat_that_never_came_nothing_is_said) {
    auto report = hang();
    report.beat_age_ms = report::kBeatAgeUnknown;
    const auto shown = text(report::report_json(report, {}));
    CHECK_TRUE(has(shown, "2023-11-14 22:13:20 UTC\n"));
    CHECK_FALSE(has(shown, "last good beat"));
}

TEST(ReportText, what_nobody_knows_is_left_out) {
    const auto shown = text(report::report_json({}, {}));
    CHECK_TRUE(has(shown, "Cause     unknown"));
    for (const char* label : {"Lease", "Noted", "When", "Boot", "Evidence", "Last lines"})
        CHECK_FALSE_TEXT(has(shown, label), label);
}

TEST(ReportText, a_file_that_is_no_report_is_refused_in_words) {
    STRCMP_EQUAL("error: it is not a JSON object", text("").c_str());
    STRCMP_EQUAL("error: it is not a JSON object", text("[]").c_str());
    CHECK_TRUE(has(text("{\"version\":2,\"cause\":\"x\"}"), "it is not of version 1"));
    CHECK_TRUE(has(text("{\"version\":1}"), "it names no cause"));
    CHECK_FALSE(has(text("{\"version\":1,\"cause\":7,\"evidence\":3}"), "Cause"));
}

TEST(ReportText, for_programs_it_stays_what_it_is_and_no_control_character_is_raw) {
    const auto json = report::report_json(hang(), {});
    const auto same = ctl::report_json(json);
    STRCMP_EQUAL(json.c_str(), same->c_str());
    const auto other = ctl::report_json(" {\"a\" : \"\xc2\x9b\\u001b\", \"b\":[1.50,{}]}");
    STRCMP_EQUAL("{\"a\":\"\\u009b\\u001b\",\"b\":[1.50,{}]}\n", other->c_str());
    CHECK_FALSE(static_cast<bool>(ctl::report_json("{")));
}
