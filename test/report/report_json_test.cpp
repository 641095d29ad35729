// SPDX-License-Identifier: Apache-2.0
#include "report/report_json.h"

#include <CppUTest/TestHarness.h>

#include <fstream>
#include <iterator>
#include <string>

#include "base/utf8.h"

using namespace vakt;
using namespace vakt::report;

namespace {

constexpr BootId kThis{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                       0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
constexpr BootId kLast{0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
                       0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};

Report full() {
    Report report;
    report.cause = Cause::vm_hang;
    report.confidence = Confidence::high;
    report.boot = kLast;
    report.lease = "uid-1000";
    report.text = "given up: no beat from the VM";
    report.wall_ns = 1'700'000'000'123'456'789;
    report.beat_age_ms = 11003;
    report.boots = 7;
    report.failed_boots = 2;
    report.evidence = {"noted before: vm_hang", R"(/dev/watchdog0 says: "it" \ did)"};
    report.last_lines = {"caf\xc3\xa9", "tab\there", "broken \xff\xc3"};
    return report;
}

std::string text_of(std::string_view lease) {
    Report report;
    report.lease = lease;
    const auto json = report_json(report, kThis);
    const auto from = json.find("\"lease\":") + 8;
    return json.substr(from, json.find(",\"text\"") - from);
}

}  // namespace

TEST_GROUP(ReportJson){};

TEST(ReportJson, the_golden_file_is_what_is_written) {
    std::ifstream in("test/data/report/reset_report.json", std::ios::binary);
    const std::string golden{std::istreambuf_iterator<char>(in), {}};
    STRCMP_EQUAL(golden.c_str(), report_json(full(), kThis).c_str());
}

TEST(ReportJson, what_is_not_known_is_null) {
    const auto json = report_json(Report{}, kThis);
    STRCMP_EQUAL(
        "{\"version\":1,\"this_boot\":\"01234567-89ab-cdef-0123-456789abcdef\",\"boot\":null,"
        "\"cause\":\"unknown\",\"confidence\":\"low\",\"lease\":\"\",\"text\":\"\","
        "\"noted_at_ns\":null,\"beat_age_ms\":null,\"boots\":0,\"failed_boots\":0,"
        "\"evidence\":[],\"last_lines\":[]}\n",
        json.c_str());
}

TEST(ReportJson, a_clock_before_the_epoch_is_a_number) {
    Report report;
    report.wall_ns = INT64_MIN;
    report.beat_age_ms = 0;
    const auto json = report_json(report, kThis);
    STRCMP_CONTAINS("\"noted_at_ns\":-9223372036854775808,\"beat_age_ms\":0,", json.c_str());
}

TEST(ReportJson, quotes_and_controls_are_escaped_and_broken_bytes_replaced) {
    STRCMP_EQUAL(R"("\"\\/")", text_of(R"("\/)").c_str());
    STRCMP_EQUAL("\"\\u0000\\u001f \\u007f\"", text_of(std::string_view("\0\x1f \x7f", 4)).c_str());
    STRCMP_EQUAL("\"\xc3\xa9??\xe2\x82\xac?\"",
                 text_of("\xc3\xa9\xed\xa0\xe2\x82\xac\xc3").c_str());
}

TEST(ReportJson, any_two_bytes_make_valid_utf8_without_controls) {
    for (int high = 0; high < 256; ++high) {
        for (int low = 0; low < 256; ++low) {
            const auto json = text_of(std::string{static_cast<char>(high), static_cast<char>(low)});
            std::string_view rest = json;
            while (!rest.empty()) {
                const auto length = utf8_length(rest);
                CHECK_TRUE(length != 0 && static_cast<unsigned char>(rest.front()) >= 0x20);
                rest.remove_prefix(length == 0 ? 1 : length);
            }
        }
    }
}

TEST(ReportJson, a_report_is_known_for_the_boot_that_made_it) {
    const auto json = report_json(full(), kThis);
    CHECK_TRUE(is_report_of(json, kThis));
    CHECK_FALSE(is_report_of(json, kLast));
    CHECK_FALSE(is_report_of("", kThis));
}

TEST(ReportJson, one_that_was_cut_at_any_byte_is_none) {
    const auto json = report_json(full(), kThis);
    for (std::size_t size = 0; size < json.size(); ++size)
        CHECK_FALSE(is_report_of(std::string_view(json).substr(0, size), kThis));
}
