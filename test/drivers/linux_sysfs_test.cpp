// SPDX-License-Identifier: Apache-2.0
#include "drivers/linux_sysfs.h"

#include <CppUTest/TestHarness.h>

#include <filesystem>

#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::drivers;

TEST_GROUP(LinuxSysfs) { Scratch scratch; };

TEST(LinuxSysfs, an_empty_directory_tells_nothing) {
    const auto facts = read_sysfs(scratch.path());
    CHECK_FALSE(facts.nowayout.has_value());
    CHECK_FALSE(facts.max_timeout.has_value());
    CHECK_TRUE(facts.identity.empty());
    CHECK_FALSE(read_sysfs("").nowayout.has_value());
    CHECK_FALSE(sysfs_active(scratch.path()).has_value());
    CHECK_FALSE(sysfs_active("").has_value());
}

TEST(LinuxSysfs, nonsense_tells_nothing) {
    scratch.put("nowayout", "maybe\n");
    scratch.put("max_timeout", "-1\n");
    scratch.put("min_timeout", "99999999999999\n");
    scratch.put("state", "\n");
    const auto facts = read_sysfs(scratch.path());
    CHECK_FALSE(facts.nowayout.has_value());
    CHECK_FALSE(facts.max_timeout.has_value());
    CHECK_FALSE(facts.min_timeout.has_value());
    CHECK_FALSE(sysfs_active(scratch.path()).has_value());
}

TEST(LinuxSysfs, the_boot_status_is_read_without_the_device) {
    scratch.put("bootstatus", "32\n");
    CHECK(*sysfs_boot_status(scratch.path()) == wdt::kCardReset);
    scratch.put("bootstatus", "0x20\n");
    CHECK(sysfs_boot_status(scratch.path()).error().code == std::errc::invalid_argument);
    std::filesystem::remove(scratch.at("bootstatus"));
    CHECK(sysfs_boot_status(scratch.path()).error().code == std::errc::no_such_file_or_directory);
}

TEST(LinuxSysfs, an_attribute_that_is_not_there_is_not_made) {
    const auto written = write_sysfs(scratch.path(), "nowayout", "1");
    CHECK(written.error().code == std::errc::no_such_file_or_directory);
    CHECK_FALSE(std::filesystem::exists(scratch.at("nowayout")));
}

TEST(LinuxSysfs, a_node_that_is_no_character_device_has_no_directory) {
    CHECK_TRUE(sysfs_of(scratch.put("plain", "")).empty());
    CHECK_TRUE(sysfs_of(scratch.at("none")).empty());
    CHECK_TRUE(sysfs_of("/dev/null").empty());  // a character device, but no watchdog
}

TEST(LinuxSysfs, a_watchdogs_directory_is_found_by_its_number) {
    std::filesystem::create_directories(scratch.at("dev/char/1:3"));
    scratch.put("dev/char/1:3/identity", "played by the null device\n");
    STRCMP_EQUAL(scratch.at("dev/char/1:3").c_str(), sysfs_of("/dev/null", scratch.path()).c_str());
}
