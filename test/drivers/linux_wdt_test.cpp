// SPDX-License-Identifier: Apache-2.0
#include "drivers/linux_wdt.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "test/support/fake_linux_node.h"
#include "test/support/mock_traffic.h"
#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::drivers;
using namespace std::chrono_literals;
using fake::expect_control;
using fake::expect_write;

namespace {

bool says(const LinuxWdt& wdt, const char* words) {
    for (const auto& remark : wdt.remarks())
        if (remark.find(words) != std::string::npos) return true;
    return false;
}

}  // namespace

TEST_GROUP(LinuxWdtTraffic) {
    void setup() override { mock().strictOrder(); }
    void teardown() override {
        mock().checkExpectations();
        mock().clear();
    }
    /// GETSUPPORT's answer begins with the options; the identity stays empty.
    static void expect_questions(const char* options) {
        expect_control(WDIOC_GETSUPPORT, "", options);
        expect_control(WDIOC_GETBOOTSTATUS, "", "32");
        expect_control(WDIOC_GETTIMELEFT, "", "58");
    }
    static std::unique_ptr<LinuxWdt> make(std::unique_ptr<fake::MockNode> node,
                                          LinuxOptions options) {
        return std::move(*LinuxWdt::make(std::move(node), std::move(options)));
    }
    static std::unique_ptr<LinuxWdt> open(const char* options = kCommon, LinuxOptions with = {}) {
        fake::expect_open();
        expect_questions(options);
        return make(std::make_unique<fake::MockNode>("/dev/watchdog0"), std::move(with));
    }
    static void expect_arming(const char* seconds) {
        expect_control(WDIOC_SETTIMEOUT, seconds, seconds);
        expect_control(WDIOC_GETTIMEOUT, "", seconds);
        expect_control(WDIOC_SETOPTIONS, "2");  // WDIOS_ENABLECARD
        expect_control(WDIOC_KEEPALIVE);
    }
    static std::unique_ptr<LinuxWdt> open_armed(const char* options = kCommon,
                                                LinuxOptions with = {}) {
        auto wdt = open(options, std::move(with));
        expect_arming("60");
        CHECK(*wdt->arm(60s) == 60s);
        return wdt;
    }
    // SETTIMEOUT 0x80, MAGICCLOSE 0x100, PRETIMEOUT 0x200, ALARMONLY 0x400, KEEPALIVEPING 0x8000
    static constexpr const char* kCommon = "33152";
};

TEST(LinuxWdtTraffic, opening_asks_and_commands_nothing) {
    const auto wdt = open();
    CHECK(*wdt->boot_status() == wdt::kCardReset);
    CHECK_TRUE(wdt->capabilities().knows_time_left);
    CHECK_TRUE(wdt->capabilities().sets_timeout);
}

TEST(LinuxWdtTraffic, arm_sets_reads_back_enables_and_pets) { open_armed(); }

TEST(LinuxWdtTraffic, pet_is_one_keepalive) {
    const auto wdt = open_armed();
    expect_control(WDIOC_KEEPALIVE);
    CHECK_TRUE(static_cast<bool>(wdt->pet()));
}

TEST(LinuxWdtTraffic, pet_writes_a_byte_that_is_no_v_where_keepalive_is_not_offered) {
    const auto wdt = open("384");
    expect_control(WDIOC_SETTIMEOUT, "60", "60");
    expect_control(WDIOC_GETTIMEOUT, "", "60");
    expect_control(WDIOC_SETOPTIONS, "2");
    expect_write("NUL");
    CHECK(*wdt->arm(60s) == 60s);
    expect_write("NUL");
    CHECK_TRUE(static_cast<bool>(wdt->pet()));
}

TEST(LinuxWdtTraffic, disarm_disables_then_writes_the_magic_v_then_closes) {
    const auto wdt = open_armed();
    expect_control(WDIOC_SETOPTIONS, "1");  // WDIOS_DISABLECARD
    expect_write("V");
    fake::expect_close();
    CHECK_TRUE(static_cast<bool>(wdt->disarm()));
}

TEST(LinuxWdtTraffic, destroying_it_writes_no_v) { open_armed().reset(); }

TEST(LinuxWdtTraffic, nowayout_that_shows_in_the_disabling_leaves_v_unwritten) {
    const auto wdt = open_armed();
    expect_control(WDIOC_SETOPTIONS, "1", "", EBUSY);
    const auto disarmed = wdt->disarm();
    CHECK(disarmed.error().code == std::errc::operation_not_supported);
    expect_control(WDIOC_KEEPALIVE);
    CHECK_TRUE(static_cast<bool>(wdt->pet()));
}

TEST(LinuxWdtTraffic, a_pretimeout_is_set_after_the_timeout_and_before_the_enabling) {
    auto wdt =
        open("33664", {.sysfs = "", .pretimeout = 10s, .governor = "", .set_nowayout = false});
    expect_control(WDIOC_SETTIMEOUT, "60", "60");
    expect_control(WDIOC_GETTIMEOUT, "", "60");
    expect_control(WDIOC_SETPRETIMEOUT, "10");
    expect_control(WDIOC_GETPRETIMEOUT, "", "10");
    expect_control(WDIOC_SETOPTIONS, "2");
    expect_control(WDIOC_KEEPALIVE);
    CHECK(*wdt->arm(60s) == 60s);
    CHECK_TRUE(wdt->remarks().empty());
}

TEST(LinuxWdtTraffic, handed_over_it_is_asked_and_neither_opened_nor_petted) {
    auto node = std::make_unique<fake::MockNode>("/dev/watchdog0");
    fake::expect_open();
    CHECK_TRUE(static_cast<bool>(node->open()));
    expect_questions(kCommon);
    const auto wdt = make(std::move(node), {});
    expect_control(WDIOC_KEEPALIVE);
    CHECK_TRUE(static_cast<bool>(wdt->pet()));
}

TEST_GROUP(LinuxWdt) {
    fake::Hardware hardware;
    fake::LinuxTraits traits;
    fake::LinuxNode* node = nullptr;

    Result<std::unique_ptr<LinuxWdt>> make(LinuxOptions options = {}) {
        auto made = std::make_unique<fake::LinuxNode>(hardware, traits);
        node = made.get();
        return LinuxWdt::make(std::move(made), std::move(options));
    }
    std::unique_ptr<LinuxWdt> open(LinuxOptions options = {}) {
        auto made = make(std::move(options));
        if (!made) FAIL(describe(made.error()).c_str());
        return std::move(*made);
    }
    wdt::Millis granted(wdt::Millis wanted) {
        const auto wdt = open();
        const auto armed = wdt->arm(wanted);
        if (!armed) FAIL(describe(armed.error()).c_str());
        CHECK(hardware.timeout == *armed);
        CHECK_TRUE(hardware.counting);
        return *armed;
    }
};

TEST(LinuxWdt, a_node_that_another_program_has_is_said_so) {
    hardware.in_use = true;
    STRCMP_EQUAL("open /dev/watchdog0 (another program has it): Device or resource busy",
                 describe(make().error()).c_str());
}

TEST(LinuxWdt, a_node_that_is_no_watchdog_is_refused) {
    traits.support_errno = ENOTTY;
    STRCMP_EQUAL("WDIOC_GETSUPPORT /dev/watchdog0: Inappropriate ioctl for device",
                 describe(make().error()).c_str());
}

TEST(LinuxWdt, nought_is_the_boot_status_of_a_board_that_no_watchdog_has_reset) {
    const auto wdt = open();
    CHECK_TRUE(wdt->capabilities().knows_boot_status);
    CHECK(*wdt->boot_status() == 0);
}

TEST(LinuxWdt, nought_from_a_driver_that_never_says_otherwise_is_no_boot_status) {
    for (const auto* identity : {"z Watchdog", "Software Watchdog"}) {
        traits.identity = identity;
        const auto wdt = open();
        CHECK_FALSE(wdt->capabilities().knows_boot_status);
        CHECK(wdt->boot_status().error().code == std::errc::operation_not_supported);
    }
}

TEST(LinuxWdt, a_driver_that_says_more_than_its_kind_ever_did_is_believed) {
    traits.identity = "z Watchdog";
    traits.boot_status = WDIOF_CARDRESET;
    CHECK(*open()->boot_status() == wdt::kCardReset);
}

TEST(LinuxWdt, seconds_are_rounded_down) {
    CHECK(granted(20999ms) == 20s);
    CHECK(granted(1s) == 1s);
}

TEST(LinuxWdt, a_wish_beyond_the_hardware_gets_the_longest_it_has) {
    traits.most = 16;
    CHECK(granted(100s) == 16s);
    traits.most = 99;
    CHECK(granted(100s) == 99s);
    traits.most = 1;
    CHECK(granted(100s) == 1s);
    traits.most = 613;
    CHECK(granted(100000s) == 613s);
}

TEST(LinuxWdt, a_range_that_begins_high_is_found) {
    traits.least = 30;
    traits.most = 63;
    CHECK(granted(1000s) == 63s);
}

TEST(LinuxWdt, a_wish_below_the_hardware_is_refused) {
    traits.least = 30;
    const auto wdt = open();
    CHECK(wdt->arm(29s).error().code == std::errc::invalid_argument);
    CHECK(*wdt->arm(30s) == 30s);
}

TEST(LinuxWdt, a_driver_that_rounds_up_is_asked_for_less) {
    traits.rounds_to = 16;
    CHECK(granted(100s) == 96s);
    CHECK(granted(16s) == 16s);
    traits.rounds_to = 60;  // minutes
    CHECK(granted(110s) == 60s);
}

TEST(LinuxWdt, a_driver_that_keeps_its_own_timeout_grants_that_though_it_be_longer) {
    traits.fixed = 120;
    CHECK(granted(60s) == 120s);
    CHECK(granted(200s) == 120s);
}

TEST(LinuxWdt, a_driver_whose_shortest_step_is_longer_than_the_wish_grants_that) {
    traits.rounds_to = 64;
    CHECK(granted(60s) == 64s);
}

TEST(LinuxWdt, hardware_without_a_settable_timeout_grants_what_it_has) {
    traits.options = WDIOF_KEEPALIVEPING | WDIOF_MAGICCLOSE;
    CHECK(granted(20s) == 60s);
    CHECK_FALSE(open()->capabilities().sets_timeout);
}

TEST(LinuxWdt, a_driver_that_offers_the_timeout_and_then_has_no_such_request_grants_what_it_has) {
    for (const int absent : {ENOTTY, EOPNOTSUPP}) {
        traits.set_errno = absent;
        CHECK(granted(20s) == 60s);
    }
}

TEST(LinuxWdt, without_a_read_back_the_answer_to_the_setting_counts) {
    traits.get_errno = EOPNOTSUPP;
    traits.rounds_to = 16;
    CHECK(granted(100s) == 96s);
}

TEST(LinuxWdt, hardware_that_neither_sets_nor_tells_its_timeout_is_an_error) {
    traits.options = WDIOF_KEEPALIVEPING | WDIOF_MAGICCLOSE;
    traits.get_errno = EOPNOTSUPP;
    const auto wdt = open();
    CHECK(wdt->arm(20s).error().code == std::errc::operation_not_supported);
}

TEST(LinuxWdt, another_failure_of_the_setting_is_returned_at_once) {
    traits.set_errno = EIO;
    const auto wdt = open();
    const int touched = hardware.touched;
    STRCMP_EQUAL("WDIOC_SETTIMEOUT /dev/watchdog0: Input/output error",
                 describe(wdt->arm(20s).error()).c_str());
    CHECK_EQUAL(touched, hardware.touched);
}

TEST(LinuxWdt, hardware_that_always_runs_needs_no_enabling) {
    for (const int absent : {ENOTTY, EOPNOTSUPP, EINVAL}) {
        traits.options_errno = absent;
        CHECK(granted(20s) == 20s);
    }
    traits.options_errno = EIO;
    const auto wdt = open();
    STRCMP_EQUAL("WDIOS_ENABLECARD /dev/watchdog0: Input/output error",
                 describe(wdt->arm(20s).error()).c_str());
}

TEST(LinuxWdt, a_keepalive_that_is_offered_and_absent_is_replaced_by_a_write) {
    for (const int absent : {ENOTTY, EOPNOTSUPP}) {
        traits.keepalive_errno = absent;
        const auto wdt = open();
        CHECK(*wdt->arm(20s) == 20s);
        hardware.advance(19s);
        CHECK_TRUE(static_cast<bool>(wdt->pet()));
        CHECK(hardware.left == 20s);
    }
}

TEST(LinuxWdt, a_keepalive_that_fails_is_returned_and_not_replaced) {
    const auto wdt = open();
    CHECK(*wdt->arm(20s) == 20s);
    traits.keepalive_errno = EIO;
    hardware.advance(5s);
    STRCMP_EQUAL("WDIOC_KEEPALIVE /dev/watchdog0: Input/output error",
                 describe(wdt->pet().error()).c_str());
    CHECK(hardware.left == 15s);
}

TEST(LinuxWdt, without_magic_close_a_crash_would_disarm_and_it_says_so) {
    traits.options = WDIOF_SETTIMEOUT | WDIOF_KEEPALIVEPING;
    auto wdt = open();
    CHECK_TRUE(wdt->capabilities().closing_disarms);
    CHECK_TRUE(says(*wdt, "nowayout=1"));
    CHECK(*wdt->arm(20s) == 20s);
    wdt.reset();
    CHECK_FALSE(hardware.counting);  // which is what it warned of
}

TEST(LinuxWdt, a_device_that_only_rings_is_said_to) {
    traits.options |= WDIOF_ALARMONLY;
    const auto wdt = open();
    CHECK_TRUE(wdt->capabilities().alarm_only);
    CHECK_TRUE(says(*wdt, "does not reset the board"));
}

TEST(LinuxWdt, a_pretimeout_not_shorter_than_the_granted_timeout_is_remarked_and_not_fatal) {
    traits.options |= WDIOF_PRETIMEOUT;
    traits.most = 16;
    const auto wdt = open({.sysfs = "", .pretimeout = 16s, .governor = "", .set_nowayout = false});
    CHECK(*wdt->arm(20s) == 16s);
    CHECK_TRUE(says(*wdt, "is not shorter than the timeout of 16 s"));
    CHECK_EQUAL(0, node->pretimeout);
    traits.most = 17;
    CHECK(*wdt->arm(20s) == 17s);
    CHECK_EQUAL(16, node->pretimeout);
}

TEST(LinuxWdt, a_pretimeout_the_driver_refuses_is_remarked_and_not_fatal) {
    traits.options |= WDIOF_PRETIMEOUT;
    traits.max_pretimeout = 4;
    const auto wdt = open({.sysfs = "", .pretimeout = 5s, .governor = "", .set_nowayout = false});
    CHECK(*wdt->arm(20s) == 20s);
    CHECK_TRUE(says(*wdt, "WDIOC_SETPRETIMEOUT /dev/watchdog0: Invalid argument"));
    CHECK(*wdt->arm(20s) == 20s);
    CHECK_EQUAL(1U, wdt->remarks().size());  // said once
}

TEST(LinuxWdt, a_pretimeout_that_the_driver_makes_longer_is_taken_back_and_remarked) {
    traits.options |= WDIOF_PRETIMEOUT;
    traits.fixed_pretimeout = 9;
    {
        const auto wdt =
            open({.sysfs = "", .pretimeout = 8s, .governor = "", .set_nowayout = false});
        CHECK(*wdt->arm(20s) == 20s);
        CHECK_EQUAL(0, node->pretimeout);
        CHECK_TRUE(says(*wdt, "say pretimeout = 9"));
    }
    const auto wdt = open({.sysfs = "", .pretimeout = 9s, .governor = "", .set_nowayout = false});
    CHECK(*wdt->arm(20s) == 20s);
    CHECK_EQUAL(9, node->pretimeout);
    CHECK_TRUE(wdt->remarks().empty());
}

TEST(LinuxWdt, a_pretimeout_that_the_driver_makes_shorter_is_remarked) {
    traits.options |= WDIOF_PRETIMEOUT;
    traits.fixed_pretimeout = 7;
    const auto wdt = open({.sysfs = "", .pretimeout = 8s, .governor = "", .set_nowayout = false});
    CHECK(*wdt->arm(20s) == 20s);
    CHECK_EQUAL(7, node->pretimeout);
    CHECK_TRUE(says(*wdt, "its pretimeout is 7 s and not 8 s"));
}

TEST(LinuxWdt, a_panic_before_the_last_10_s_is_refused) {
    traits.options |= WDIOF_PRETIMEOUT;
    for (const auto pretimeout : {10s, 11s}) {
        const auto wdt = open(
            {.sysfs = "", .pretimeout = pretimeout, .governor = "panic", .set_nowayout = false});
        CHECK(*wdt->arm(20s) == 20s);
        CHECK_EQUAL(pretimeout == 10s ? 10 : 0, node->pretimeout);
        CHECK_EQUAL(pretimeout != 10s, says(*wdt, "the pretimeout is not set: a panic 11 s"));
    }
}

TEST(LinuxWdt, a_pretimeout_that_hardware_lacks_is_remarked) {
    const auto wdt =
        open({.sysfs = "", .pretimeout = 5s, .governor = "panic", .set_nowayout = false});
    CHECK_TRUE(says(*wdt, "has no pretimeout"));
}

TEST(LinuxWdt, an_unverifiable_disarm_is_remarked) {
    traits.options_errno = ENOTTY;
    const auto wdt = open();
    CHECK(*wdt->arm(20s) == 20s);
    CHECK_TRUE(static_cast<bool>(wdt->disarm()));
    CHECK_FALSE(hardware.counting);
    CHECK_TRUE(says(*wdt, "nothing tells whether it stops"));
}

TEST(LinuxWdt, an_opened_device_that_was_never_armed_can_be_stopped) {
    const auto wdt = open();
    CHECK_TRUE(hardware.counting);  // opening started it
    CHECK_TRUE(static_cast<bool>(wdt->disarm()));
    CHECK_FALSE(hardware.counting);
}

TEST(LinuxWdt, a_failed_arm_leaves_one_that_counts_and_can_be_petted_where_it_cannot_be_stopped) {
    traits.nowayout = true;
    traits.set_errno = EIO;
    const auto wdt = open();
    CHECK_FALSE(static_cast<bool>(wdt->arm(20s)));
    CHECK(wdt->disarm().error().code == std::errc::operation_not_supported);
    hardware.advance(59s);
    CHECK_TRUE(static_cast<bool>(wdt->pet()));
    CHECK(hardware.left == 60s);
}

TEST(LinuxWdt, arming_after_a_disarm_finds_the_node_taken_and_says_so) {
    const auto wdt = open();
    CHECK(*wdt->arm(20s) == 20s);
    CHECK_TRUE(static_cast<bool>(wdt->disarm()));
    hardware.in_use = true;
    CHECK(wdt->arm(20s).error().code == std::errc::device_or_resource_busy);
    hardware.in_use = false;
    CHECK(*wdt->arm(20s) == 20s);
}

TEST_GROUP(LinuxWdtSysfs) {
    Scratch sysfs;
    fake::Hardware hardware;
    fake::LinuxTraits traits;

    void setup() override {
        sysfs.put("identity", "fake hardware\n");
        sysfs.put("nowayout", "0\n");
        sysfs.put("min_timeout", "2\n");
        sysfs.put("max_timeout", "40\n");
        sysfs.put("state", "inactive\n");
    }
    std::unique_ptr<LinuxWdt> open(LinuxOptions options = {}) {
        options.sysfs = sysfs.path();
        auto made = LinuxWdt::make(std::make_unique<fake::LinuxNode>(hardware, traits), options);
        if (!made) FAIL(describe(made.error()).c_str());
        return std::move(*made);
    }
};

TEST(LinuxWdtSysfs, nowayout_off_means_it_can_be_disarmed) {
    CHECK(open()->capabilities().disarms == wdt::DisarmAbility::can);
}

TEST(LinuxWdtSysfs, nowayout_on_refuses_the_disarm_before_anything_is_touched) {
    sysfs.put("nowayout", "1\n");
    traits.nowayout = true;
    const auto wdt = open();
    CHECK(wdt->capabilities().disarms == wdt::DisarmAbility::cannot);
    CHECK(*wdt->arm(20s) == 20s);
    const int touched = hardware.touched;
    STRCMP_EQUAL("disarm (nowayout is set) of /dev/watchdog0: Operation not supported",
                 describe(wdt->disarm().error()).c_str());
    CHECK_EQUAL(touched, hardware.touched);
}

TEST(LinuxWdtSysfs, the_bounds_are_asked_for_no_more_than_the_longest) {
    const auto wdt = open();
    CHECK(*wdt->capabilities().shortest == 2s);
    CHECK(*wdt->capabilities().longest == 40s);
    CHECK(*wdt->arm(100s) == 40s);
    CHECK(wdt->arm(1s).error().code == std::errc::invalid_argument);
    CHECK(wdt->arm(1999ms).error().code == std::errc::invalid_argument);
    CHECK(*wdt->arm(2s) == 2s);
}

TEST(LinuxWdtSysfs, a_bound_of_nought_is_no_bound) {
    sysfs.put("max_timeout", "0\n");
    sysfs.put("min_timeout", "0\n");
    const auto wdt = open();
    CHECK_FALSE(wdt->capabilities().longest.has_value());
    CHECK(*wdt->arm(100s) == 100s);
}

TEST(LinuxWdtSysfs, another_devices_directory_is_not_believed) {
    sysfs.put("identity", "the other one\n");
    sysfs.put("nowayout", "1\n");
    const auto wdt = open();
    CHECK(wdt->capabilities().disarms == wdt::DisarmAbility::unknown);
    CHECK(*wdt->arm(100s) == 100s);
}

TEST(LinuxWdtSysfs, set_nowayout_sets_it_and_then_closing_disarms_nothing) {
    traits.options &= ~static_cast<unsigned>(WDIOF_MAGICCLOSE);
    const auto wdt = open({.sysfs = "", .pretimeout = {}, .governor = "", .set_nowayout = true});
    STRCMP_EQUAL("1", sysfs.get("nowayout").substr(0, 1).c_str());
    CHECK(wdt->capabilities().disarms == wdt::DisarmAbility::cannot);
    CHECK_FALSE(wdt->capabilities().closing_disarms);
    CHECK_TRUE(wdt->remarks().empty());
}

TEST(LinuxWdtSysfs, the_governor_is_written_when_it_is_opened) {
    traits.options |= WDIOF_PRETIMEOUT;
    sysfs.put("pretimeout_governor", "noop\n");
    const auto wdt =
        open({.sysfs = "", .pretimeout = 5s, .governor = "panic", .set_nowayout = false});
    STRCMP_EQUAL("panic", sysfs.get("pretimeout_governor").substr(0, 5).c_str());
    CHECK_TRUE(wdt->remarks().empty());
}

TEST(LinuxWdtSysfs, a_governor_that_cannot_be_set_is_remarked_with_what_there_is) {
    traits.options |= WDIOF_PRETIMEOUT;
    sysfs.put("pretimeout_available_governors", "noop\npanic\n");
    const auto wdt =
        open({.sysfs = "", .pretimeout = 5s, .governor = "beep", .set_nowayout = false});
    CHECK_EQUAL(1U, wdt->remarks().size());
    CHECK(wdt->remarks()[0].find("the kernel offers: noop panic") != std::string::npos);
}

TEST(LinuxWdtSysfs, a_panic_that_nobody_asked_for_is_refused_before_the_last_10_s) {
    traits.options |= WDIOF_PRETIMEOUT;
    sysfs.put("pretimeout_governor", "panic\n");
    const LinuxOptions none{.sysfs = "", .pretimeout = 11s, .governor = "", .set_nowayout = false};
    {
        const auto wdt = open(none);
        CHECK(*wdt->arm(20s) == 20s);
        CHECK_TRUE(says(*wdt, "the pretimeout is not set: a panic 11 s"));
    }
    sysfs.put("pretimeout_governor", "noop\n");
    const auto wdt = open(none);
    CHECK(*wdt->arm(20s) == 20s);
    CHECK_TRUE(wdt->remarks().empty());
}

TEST(LinuxWdtSysfs, the_governor_that_the_kernel_has_counts_and_not_one_that_could_not_be_set) {
    traits.options |= WDIOF_PRETIMEOUT;
    // What root, too, can read and not write.
    const sys::Fd governor(::memfd_create("governor", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    CHECK_EQUAL(6, ::write(governor.get(), "panic\n", 6));
    CHECK_EQUAL(0, ::fcntl(governor.get(), F_ADD_SEALS, F_SEAL_WRITE));
    sysfs.link("/proc/self/fd/" + std::to_string(governor.get()), "pretimeout_governor");
    const auto wdt =
        open({.sysfs = "", .pretimeout = 11s, .governor = "noop", .set_nowayout = false});
    CHECK(*wdt->arm(20s) == 20s);
    CHECK_TRUE(says(*wdt, "'noop' cannot be set"));
    CHECK_TRUE(says(*wdt, "the pretimeout is not set: a panic 11 s"));
}

TEST(LinuxWdtSysfs, a_disarm_the_kernel_contradicts_is_refused_and_the_device_taken_back) {
    sysfs.put("state", "active\n");
    const auto wdt = open();
    CHECK(*wdt->arm(20s) == 20s);
    CHECK(wdt->disarm().error().code == std::errc::operation_not_supported);
    CHECK(wdt->descriptor() >= 0);
    CHECK_TRUE(static_cast<bool>(wdt->pet()));
}
