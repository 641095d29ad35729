// SPDX-License-Identifier: Apache-2.0
#include "wdt/device_settings.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt;
using namespace vakt::wdt;
using namespace std::chrono_literals;

TEST_GROUP(DeviceSettings){static DeviceSettings of(const char* driver){DeviceSettings settings;
settings.driver = driver;
settings.path = "/dev/x";
return settings;
}
static void accepted(const DeviceSettings& settings) {
    const auto checked = check(settings);
    if (!checked) FAIL(describe(checked.error()).c_str());
}
static void refused(const DeviceSettings& settings, const char* key) {
    const auto checked = check(settings);
    CHECK_FALSE(static_cast<bool>(checked));
    STRNCMP_EQUAL(key, describe(checked.error()).c_str(), std::string(key).size());
}
}
;

TEST(DeviceSettings, every_driver_is_accepted_with_nothing_but_a_path) {
    CHECK_EQUAL(6U, driver_names().size());
    for (const auto name : driver_names()) accepted(of(std::string(name).c_str()));
}

TEST(DeviceSettings, an_unknown_driver_is_refused) {
    refused(of("softdog"), "driver: 'softdog'");
    refused(of(""), "driver: ''");
    refused(of("Linux"), "driver: 'Linux'");
}

TEST(DeviceSettings, a_path_that_is_not_absolute_is_refused) {
    auto settings = of("linux");
    settings.path = "";
    refused(settings, "path:");
    settings.path = "dev/watchdog0";
    refused(settings, "path:");
    settings.path = std::string("/dev/x\0y", 8);
    refused(settings, "path:");
}

TEST(DeviceSettings, another_drivers_key_is_refused_by_name) {
    auto settings = of("soft");
    settings.pretimeout = 5s;
    refused(settings, "pretimeout is not a key of the driver 'soft'");
    settings = of("ntwdt");
    settings.governor = "panic";
    refused(settings, "governor is not");
    settings = of("vme");
    settings.set_nowayout = true;
    refused(settings, "set_nowayout is not");
    settings = of("linux");
    settings.profile = "mine";
    refused(settings, "profile is not");
    settings = of("linux");
    settings.offset = 1;
    refused(settings, "offset is not");
    settings = of("ib700");
    settings.byte_order = ByteOrder::big;
    refused(settings, "byte_order is not");
    settings = of("ib700");
    settings.window = VmeWindow{};
    refused(settings, "window is not");
}

TEST(DeviceSettings, a_pretimeout_is_whole_seconds) {
    auto settings = of("linux");
    settings.pretimeout = 1s;
    settings.governor = "panic";
    accepted(settings);
    settings.pretimeout = 999ms;
    refused(settings, "pretimeout:");
    settings.pretimeout = 1001ms;
    refused(settings, "pretimeout:");
}

TEST(DeviceSettings, a_governor_needs_a_pretimeout_and_is_a_name) {
    auto settings = of("linux");
    settings.governor = "noop";
    refused(settings, "governor:");
    settings.pretimeout = 5s;
    accepted(settings);
    settings.governor = "../x";
    refused(settings, "governor:");
}

TEST(DeviceSettings, registers_begin_on_a_multiple_of_four_and_not_beyond_a_file) {
    auto settings = of("vme");
    settings.offset = 0x204;
    accepted(settings);
    settings.offset = 0x206;
    refused(settings, "offset:");
    settings.offset = (std::uint64_t{1} << 62) - 4;
    accepted(settings);
    settings.offset += 4;
    refused(settings, "offset:");
}

TEST(DeviceSettings, a_vme_window_keeps_to_64_kib) {
    auto settings = of("vme");
    settings.window = VmeWindow{0x10000, 0x10000, "a24", 16};
    accepted(settings);
    settings.window->address = 0x10200;
    refused(settings, "window: address");
    settings.window = VmeWindow{0, 0xffff, "a24", 16};
    refused(settings, "window: size");
    settings.window = VmeWindow{0, 0, "a24", 16};
    refused(settings, "window: size");
    settings.window = VmeWindow{0, 0x10000, "a20", 16};
    refused(settings, "window: space 'a20'");
    settings.window = VmeWindow{0, 0x10000, "a16", 24};
    refused(settings, "window: width 24");
}

TEST(DeviceSettings, only_systemd_may_go_without_a_path_or_with_an_abstract_one) {
    DeviceSettings settings;
    settings.driver = "systemd";
    CHECK_TRUE(static_cast<bool>(check(settings)));
    settings.path = "@notify";
    CHECK_TRUE(static_cast<bool>(check(settings)));
    settings.path = "@";
    CHECK_FALSE(static_cast<bool>(check(settings)));
    settings.path = "notify";
    CHECK_FALSE(static_cast<bool>(check(settings)));
    settings.driver = "linux";
    settings.path = "@notify";
    CHECK_FALSE(static_cast<bool>(check(settings)));
}
