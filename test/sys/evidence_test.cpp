// SPDX-License-Identifier: Apache-2.0
#include "sys/evidence.h"

#include <CppUTest/TestHarness.h>
#include <sys/stat.h>

#include <string>

#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::sys;

namespace {

constexpr const char* kPressure =
    "some avg10=2.50 avg60=1.00 avg300=0.20 total=12345\n"
    "full avg10=1.05 avg60=0.40 avg300=0.08 total=2345\n";
constexpr const char* kMeminfo =
    "MemTotal:       10000 kB\nMemFree:  1 kB\nMemAvailable:     200 kB\n";

}  // namespace

TEST_GROUP(Evidence) {
    Scratch scratch;
    std::string says(const Status& status) { return status ? "" : describe(status.error()); }
};

TEST(Evidence, a_file_of_any_size_but_none_is_read) {
    for (const auto size : {1U, 4095U, 4096U, 4097U, 100000U})
        CHECK_TRUE(static_cast<bool>(read_from_disk(scratch.put("file", std::string(size, 'x')))));
    STRCMP_CONTAINS("it is empty", says(read_from_disk(scratch.put("none", ""))).c_str());
}

TEST(Evidence, a_file_in_memory_is_read_all_the_same) {
    if (::access("/dev/shm", W_OK) != 0) return;
    char path[] = "/dev/shm/vakt.XXXXXX";
    const Fd file(::mkstemp(path));
    LONGS_EQUAL(1, ::write(file.get(), "x", 1));
    CHECK_TRUE(static_cast<bool>(read_from_disk(path)));
    ::unlink(path);
}

TEST(Evidence, what_is_no_file_is_refused_and_does_not_hang) {
    ::mkfifo(scratch.at("fifo").c_str(), 0600);
    STRCMP_CONTAINS("neither a file", says(read_from_disk(scratch.at("fifo"))).c_str());
    STRCMP_CONTAINS("neither a file", says(read_from_disk("/dev/null")).c_str());
    STRCMP_CONTAINS("neither a file", says(read_from_disk(scratch.path())).c_str());
    CHECK(read_from_disk(scratch.at("absent")).error().code ==
          std::errc::no_such_file_or_directory);
    CHECK_FALSE(static_cast<bool>(write_to_disk(scratch.at("fifo"))));
    CHECK_FALSE(static_cast<bool>(write_to_disk("/dev/null")));
    CHECK_FALSE(static_cast<bool>(write_to_disk(scratch.path())));
}

TEST(Evidence, a_file_is_made_written_and_does_not_grow) {
    for (int i = 0; i < 3; ++i) {
        CHECK_TRUE(static_cast<bool>(write_to_disk(scratch.at("probe"))));
        CHECK_EQUAL(64U, scratch.get("probe").size());
    }
    CHECK_EQUAL(0600U, scratch.status("probe").st_mode & 07777U);
}

TEST(Evidence, no_link_is_followed_when_writing) {
    scratch.put("victim", "precious");
    scratch.link("victim", "probe");
    CHECK_FALSE(static_cast<bool>(write_to_disk(scratch.at("probe"))));
    STRCMP_EQUAL("precious", scratch.get("victim").c_str());
}

TEST(Evidence, the_full_disk_of_dev_full_is_no_file_to_write) {
    CHECK_FALSE(static_cast<bool>(write_to_disk("/dev/full")));
}

TEST(Evidence, the_full_pressure_of_ten_seconds_is_read) {
    CHECK(parse_full_pressure(kPressure) == 105U);
    CHECK(parse_full_pressure("full avg10=100.00 x\n") == 10000U);
    CHECK(parse_full_pressure("full avg10=0.00") == 0U);
}

TEST(Evidence, no_other_text_is_a_pressure) {
    for (const auto* bad :
         {"", "some avg10=1.00\n", "full\n", "full avg60=1.00\n", "full avg10=1\n",
          "full avg10=1.0\n", "full avg10=1.000\n", "full avg10=-1.00\n", "full avg10=101.00\n",
          "full avg10=.00\n", "full avg10=4294967296.00\n", "fullavg10=1.00\n"})
        CHECK_TEXT(!parse_full_pressure(bad), bad);
}

TEST(Evidence, the_available_memory_is_a_share_of_all) {
    CHECK(parse_available(kMeminfo) == 200U);
    CHECK(parse_available("MemAvailable: 5 kB\nMemTotal: 5 kB\n") == 10000U);
    for (const auto* bad :
         {"", "MemTotal: 5 kB\n", "MemAvailable: 5 kB\n", "MemTotal: 0 kB\nMemAvailable: 0 kB\n",
          "MemTotal: 5 kB\nMemAvailable: 6 kB\n",
          "MemTotal: 18446744073709551615 kB\nMemAvailable: 1 kB\n"})
        CHECK_TEXT(!parse_available(bad), bad);
}

TEST(Evidence, memory_is_at_ease_up_to_the_limit_and_not_above) {
    const auto pressure = scratch.put("pressure", kPressure);
    CHECK_TRUE(static_cast<bool>(memory_is_at_ease(105, pressure)));
    const auto above = memory_is_at_ease(104, pressure);
    STRCMP_EQUAL("all tasks waited for memory 1.05 % of 10 s, more than 1.04 %",
                 says(above).c_str());
}

TEST(Evidence, without_pressure_what_is_available_counts) {
    const auto none = scratch.at("absent");
    CHECK_TRUE(static_cast<bool>(memory_is_at_ease(0, none, scratch.put("mem", kMeminfo))));
    const auto less = scratch.put("mem", "MemTotal: 10000 kB\nMemAvailable: 199 kB\n");
    STRCMP_EQUAL("only 1.99 % of memory is available, less than 2.00 %",
                 says(memory_is_at_ease(0, none, less)).c_str());
    CHECK_FALSE(static_cast<bool>(memory_is_at_ease(0, none, scratch.put("mem", "none"))));
    CHECK_FALSE(static_cast<bool>(memory_is_at_ease(0, none, none)));
}
