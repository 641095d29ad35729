// SPDX-License-Identifier: Apache-2.0
#include "drivers/vme_wdt.h"

#include <CppUTest/TestHarness.h>

#include <array>
#include <memory>

#include "test/support/fake_boards.h"
#include "test/support/mock_traffic.h"

using namespace vakt;
using namespace vakt::drivers;
using namespace std::chrono_literals;
using fake::expect_read;
using fake::expect_write;

namespace {
constexpr Register kResetStat{0x188, Width::byte};
constexpr Register kMcsr1{0x1e4, Width::byte};
constexpr Register kRestart{0x1e5, Width::byte};
constexpr Register kIntrStat{0x1e8, Width::word};
}  // namespace

TEST_GROUP(VmeWdt){void setup() override{mock().strictOrder();
}
void teardown() override {
    mock().checkExpectations();
    mock().clear();
}
std::unique_ptr<VmeWdt> make(std::uint32_t reset_status = 0, const char* profile = "fga5000") {
    expect_read(kResetStat, reset_status);
    return std::move(
        *VmeWdt::make(std::make_unique<fake::MockWindow>(), *find_vme_profile(profile)));
}
std::unique_ptr<VmeWdt> make_armed() {
    auto wdt = make();
    expect_read(kMcsr1, 0x00);
    expect_write(kMcsr1, 0xc0);
    expect_write(kRestart, 0);
    expect_read(kMcsr1, 0xc0);
    CHECK_TRUE(static_cast<bool>(wdt->arm(120s)));
    return wdt;
}
}
;

TEST(VmeWdt, arm_writes_enable_and_step_then_restarts_then_reads_back) {
    auto wdt = make();
    expect_read(kMcsr1, 0x00);
    expect_write(kMcsr1, 0xb0);
    expect_write(kRestart, 0);
    expect_read(kMcsr1, 0xb0);
    CHECK(*wdt->arm(60s) == 26800ms);
}

TEST(VmeWdt, arm_leaves_the_other_bits_of_the_register_alone) {
    auto wdt = make();
    expect_read(kMcsr1, 0x7f);
    expect_write(kMcsr1, 0x8f);
    expect_write(kRestart, 0);
    expect_read(kMcsr1, 0x8f);
    CHECK(*wdt->arm(500ms) == 408ms);
}

TEST(VmeWdt, arming_again_never_passes_through_a_disabled_watchdog) {
    auto wdt = make_armed();
    expect_read(kMcsr1, 0xc0);
    expect_write(kRestart, 0);   // a shorter step may be over already
    expect_write(kMcsr1, 0xa0);  // the enable bit stays
    expect_write(kRestart, 0);
    expect_read(kMcsr1, 0xa0);
    CHECK(*wdt->arm(7s) == 6700ms);
}

TEST(VmeWdt, pet_touches_the_restart_register_once) {
    auto wdt = make_armed();
    expect_write(kRestart, 0);
    CHECK_TRUE(static_cast<bool>(wdt->pet()));
}

TEST(VmeWdt, disarm_clears_the_enable_bit_alone_and_reads_back) {
    auto wdt = make_armed();
    expect_read(kMcsr1, 0xc8);
    expect_write(kMcsr1, 0x48);
    expect_read(kMcsr1, 0x48);
    CHECK_TRUE(static_cast<bool>(wdt->disarm()));
}

TEST(VmeWdt, destroying_it_writes_nothing) { make_armed().reset(); }

TEST(VmeWdt, making_it_for_an_armed_board_reads_the_reset_status_alone) {
    expect_read(kResetStat, 0);
    const auto wdt =
        VmeWdt::make(std::make_unique<fake::MockWindow>(), *find_vme_profile("fga5000"), true);
    expect_write(kRestart, 0);
    CHECK_TRUE(static_cast<bool>((*wdt)->pet()));
}

TEST(VmeWdt, each_of_the_eight_steps_has_its_code) {
    struct Step {
        wdt::Millis timeout;
        std::uint32_t written;
    };
    constexpr std::array<Step, 8> kSteps{{{408ms, 0x80},
                                          {1680ms, 0x90},
                                          {6700ms, 0xa0},
                                          {26800ms, 0xb0},
                                          {108s, 0xc0},
                                          {429s, 0xd0},
                                          {1718s, 0xe0},
                                          {6840s, 0xf0}}};
    auto wdt = make();
    std::uint32_t held = 0;
    for (std::size_t i = 0; i < kSteps.size(); ++i) {
        // On the step, and one millisecond before the next.
        const auto last = i + 1 < kSteps.size() ? kSteps[i + 1].timeout - 1ms : 48h;
        for (const auto wanted : {kSteps[i].timeout, wdt::Millis(last)}) {
            expect_read(kMcsr1, held);
            if (held != 0) expect_write(kRestart, 0);
            expect_write(kMcsr1, kSteps[i].written);
            expect_write(kRestart, 0);
            expect_read(kMcsr1, kSteps[i].written);
            CHECK(*wdt->arm(wanted) == kSteps[i].timeout);
            held = kSteps[i].written;
        }
    }
    CHECK_FALSE(static_cast<bool>(wdt->arm(407ms)));
    CHECK(*wdt->capabilities().shortest == 408ms);
    CHECK(*wdt->capabilities().longest == 6840s);
}

TEST(VmeWdt, the_reset_status_tells_the_watchdog_from_the_bus) {
    CHECK(*make(0x20)->boot_status() == wdt::kCardReset);
    CHECK(*make(0x40)->boot_status() == wdt::kExtern1);
    CHECK(*make(0x60)->boot_status() == (wdt::kCardReset | wdt::kExtern1));
    CHECK(*make(0x87)->boot_status() == 0);
}

TEST(VmeWdt, the_reset_status_is_read_once_since_a_board_may_clear_it) {
    auto wdt = make(0x20);
    CHECK(*wdt->boot_status() == wdt::kCardReset);
    CHECK(*wdt->boot_status() == wdt::kCardReset);
}

TEST(VmeWdt, a_board_of_negative_logic_is_another_row) {
    auto wdt = make(0xdf, "fga5000-negative");  // all ones but the watchdog's
    CHECK(*wdt->boot_status() == wdt::kCardReset);
    expect_read(kMcsr1, 0x88);
    expect_write(kMcsr1, 0x48);
    expect_write(kRestart, 0);
    expect_read(kMcsr1, 0x48);
    CHECK(*wdt->arm(108s) == 108s);
    expect_read(kMcsr1, 0x48);
    expect_write(kMcsr1, 0xc8);
    expect_read(kMcsr1, 0xc8);
    CHECK_TRUE(static_cast<bool>(wdt->disarm()));
}

TEST(VmeWdt, the_half_timeout_bit_means_pending_when_it_is_zero) {
    auto wdt = make();
    expect_read(kIntrStat, 0xffffffff);
    CHECK_FALSE(*wdt->past_half());
    expect_read(kIntrStat, 0xffbfffff);
    CHECK_TRUE(*wdt->past_half());
    CHECK_TRUE(wdt->capabilities().has_pretimeout);
}

TEST(VmeWdt, registers_that_do_not_keep_what_was_written_are_an_error) {
    auto wdt = make();
    expect_read(kMcsr1, 0x00);
    expect_write(kMcsr1, 0xb0);
    expect_write(kRestart, 0);
    expect_read(kMcsr1, 0xff);  // what an empty slot answers
    expect_write(kMcsr1, 0x00);
    const auto armed = wdt->arm(60s);
    CHECK_FALSE(static_cast<bool>(armed));
    CHECK(armed.error().code == std::errc::io_error);
    CHECK(wdt->pet().error().code == std::errc::operation_not_permitted);  // it does not count
}

TEST(VmeWdt, a_change_that_fails_leaves_the_step_and_the_countdown) {
    auto wdt = make_armed();
    expect_read(kMcsr1, 0xc0);
    expect_write(kRestart, 0);
    expect_write(kMcsr1, 0xa0);
    expect_write(kRestart, 0);
    expect_read(kMcsr1, 0x80);
    expect_write(kMcsr1, 0xc0);
    CHECK_FALSE(static_cast<bool>(wdt->arm(7s)));
    expect_write(kRestart, 0);
    CHECK_TRUE(static_cast<bool>(wdt->pet()));
}

TEST(VmeWdt, one_that_counts_already_and_cannot_be_armed_can_be_petted_and_stopped) {
    auto wdt = make();
    expect_read(kMcsr1, 0xc0);
    expect_write(kRestart, 0);
    expect_write(kMcsr1, 0xa0);
    expect_write(kRestart, 0);
    expect_read(kMcsr1, 0x80);
    expect_write(kMcsr1, 0xc0);
    CHECK_FALSE(static_cast<bool>(wdt->arm(7s)));
    expect_read(kMcsr1, 0xc0);
    expect_write(kMcsr1, 0x40);
    expect_read(kMcsr1, 0x40);
    CHECK_TRUE(static_cast<bool>(wdt->disarm()));
}

TEST(VmeWdt, a_watchdog_that_stays_enabled_is_said_to_and_stays_armed) {
    auto wdt = make_armed();
    expect_read(kMcsr1, 0xc0);
    expect_write(kMcsr1, 0x40);
    expect_read(kMcsr1, 0xc0);
    CHECK(wdt->disarm().error().code == std::errc::operation_not_supported);
    expect_write(kRestart, 0);
    CHECK_TRUE(static_cast<bool>(wdt->pet()));
}

TEST_GROUP(VmeProfile) {
    static constexpr std::array<VmeStep, 1> kSteps{{{5s, 0}}};
    static constexpr Register kService{0x04, Width::half};
    static constexpr std::array<ServiceWord, 2> kWords{{{kService, 0x5555}, {kService, 0xAAAA}}};
    VmeProfile row() {
        VmeProfile profile;
        profile.name = "two words";
        profile.enable = {{0x00, Width::half}, 0x1, false};
        profile.steps = kSteps;
        profile.service = kWords;
        profile.can_disable = false;
        return profile;
    }
    void setup() override { mock().strictOrder(); }
    void teardown() override {
        mock().checkExpectations();
        mock().clear();
    }
};

TEST(VmeProfile, pet_writes_both_service_words_in_order) {
    const auto profile = row();
    const auto wdt = VmeWdt::make(std::make_unique<fake::MockWindow>(), profile, true);
    expect_write(kService, 0x5555);
    expect_write(kService, 0xAAAA);
    CHECK_TRUE(static_cast<bool>((*wdt)->pet()));
}

TEST(VmeProfile, a_board_that_cannot_be_disabled_refuses_without_a_write) {
    const auto profile = row();
    const auto wdt = VmeWdt::make(std::make_unique<fake::MockWindow>(), profile, true);
    CHECK((*wdt)->capabilities().disarms == wdt::DisarmAbility::cannot);
    CHECK((*wdt)->disarm().error().code == std::errc::operation_not_supported);
    CHECK((*wdt)->past_half().error().code == std::errc::operation_not_supported);
    CHECK((*wdt)->boot_status().error().code == std::errc::operation_not_supported);
}

TEST(VmeProfile, every_row_lies_within_its_window_and_its_codes_within_its_mask) {
    for (const auto& profile : vme_profiles()) {
        CHECK(find_vme_profile(profile.name) == &profile);
        for (const auto& at : {profile.enable.at, profile.reset_status.at, profile.half.at})
            CHECK_TRUE(fits(at, profile.size));
        for (const auto& word : profile.service) CHECK_TRUE(fits(word.at, profile.size));
        for (const auto& step : profile.steps) CHECK_EQUAL(0U, step.code & ~profile.timeout_mask);
        CHECK_EQUAL(0U, profile.enable.mask & profile.timeout_mask);
    }
    CHECK(find_vme_profile("fga6000") == nullptr);
}

TEST_GROUP(VmeWdtOnABadBus){};

TEST(VmeWdtOnABadBus, a_bus_error_while_petting_is_returned) {
    fake::Hardware hardware;
    const auto& profile = *find_vme_profile("fga5000");
    auto board = std::make_unique<fake::Board>(hardware, profile);
    auto* bus = board.get();
    const auto wdt = VmeWdt::make(std::move(board), profile);
    CHECK_TRUE(static_cast<bool>((*wdt)->arm(10s)));
    bus->fails = true;
    CHECK((*wdt)->pet().error().code == std::errc::io_error);
    CHECK_TRUE(hardware.counting);
}

TEST(VmeWdtOnABadBus, what_cannot_be_petted_does_not_count) {
    fake::Hardware hardware;
    const auto& profile = *find_vme_profile("fga5000");
    auto board = std::make_unique<fake::Board>(hardware, profile);
    board->refuses_pets = true;
    const auto wdt = VmeWdt::make(std::move(board), profile);
    CHECK_FALSE(static_cast<bool>((*wdt)->arm(10s)));
    CHECK_FALSE(hardware.counting);
}

TEST(VmeWdtOnABadBus, what_counts_and_cannot_be_stopped_can_be_petted_though_it_was_not_armed) {
    fake::Hardware hardware;
    auto profile = *find_vme_profile("fga5000");
    profile.can_disable = false;
    auto board = std::make_unique<fake::Board>(hardware, profile);
    auto* bus = board.get();
    bus->keeps_running = true;
    bus->refuses_pets = true;
    const auto wdt = VmeWdt::make(std::move(board), profile);
    CHECK_FALSE(static_cast<bool>((*wdt)->arm(10s)));
    CHECK_TRUE(hardware.counting);
    CHECK(hardware.timeout == 6700ms);  // and not the step that the register held before
    CHECK((*wdt)->disarm().error().code == std::errc::operation_not_supported);
    bus->refuses_pets = false;
    hardware.advance(5s);
    CHECK_TRUE(static_cast<bool>((*wdt)->pet()));
    CHECK(hardware.left == 6700ms);
}

TEST(VmeWdtOnABadBus, a_shorter_step_that_is_over_already_does_not_bite) {
    fake::Hardware hardware;
    const auto& profile = *find_vme_profile("fga5000");
    const auto wdt = VmeWdt::make(std::make_unique<fake::Board>(hardware, profile), profile);
    CHECK(*(*wdt)->arm(26800ms) == 26800ms);
    hardware.advance(10s);
    CHECK(*(*wdt)->arm(7s) == 6700ms);
    CHECK_FALSE(hardware.bitten);
    CHECK(hardware.left == 6700ms);
}

TEST(VmeWdtOnABadBus, half_of_the_countdown_shows) {
    fake::Hardware hardware;
    const auto& profile = *find_vme_profile("fga5000");
    const auto wdt = VmeWdt::make(std::make_unique<fake::Board>(hardware, profile), profile);
    CHECK(*(*wdt)->arm(26800ms) == 26800ms);
    hardware.advance(13399ms);
    CHECK_FALSE(*(*wdt)->past_half());
    hardware.advance(1ms);
    CHECK_TRUE(*(*wdt)->past_half());
}
