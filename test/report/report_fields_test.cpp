// SPDX-License-Identifier: Apache-2.0
// The harness makes a macro of new, so it comes last.
// clang-format off
#include "report/report_fields.h"

#include "report/report_json.h"

#include <CppUTest/TestHarness.h>
// clang-format on

using namespace vakt::report;

TEST_GROUP(ReportFields){static std::string text(std::string_view json, std::string_view key){
    return report_text(json, key);
}
}
;

TEST(ReportFields, a_text_that_was_written_is_read_back) {
    Report report;
    report.cause = Cause::vm_hang;
    report.confidence = Confidence::high;
    report.lease = "otp";
    report.text = R"(said "cause":"power" and \ more)";
    const auto json = report_json(report, BootId{});
    STRCMP_EQUAL("vm_hang", text(json, "cause").c_str());
    STRCMP_EQUAL("high", text(json, "confidence").c_str());
    STRCMP_EQUAL("otp", text(json, "lease").c_str());
    STRCMP_EQUAL(report.text.c_str(), text(json, "text").c_str());
}

TEST(ReportFields, a_key_inside_a_text_is_no_key) {
    Report report;
    report.lease = R"(x","text":"y)";
    STRCMP_EQUAL("", text(report_json(report, BootId{}), "text").c_str());
}

TEST(ReportFields, what_is_not_there_or_broken_off_is_empty) {
    for (const char* json : {"", "{}", R"({"cause":null})", R"({"cause":"vm_)", R"({"cause":"a\)",
                             R"({"cause":"a\u00)"})
        STRCMP_EQUAL("", text(json, "cause").c_str());
    STRCMP_EQUAL("a?b", text(R"({"cause":"a\u0007b"})", "cause").c_str());
}
