// SPDX-License-Identifier: Apache-2.0
// What a VME board's watchdog looks like in its registers: one row a board.
#include "drivers/vme_profile.h"

#include <array>

namespace vakt::drivers {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using wdt::Millis;

constexpr Register kResetStat{0x188, Width::byte};
constexpr Register kMcsr1{0x1e4, Width::byte};
constexpr Register kWdtRestart{0x1e5, Width::byte};
constexpr Register kIntrStat{0x1e8, Width::word};

// As the manual names them. It gives the last one in whole minutes.
constexpr std::array<VmeStep, 8> kFgaSteps{{
    {Millis(408), 0x00},
    {Millis(1680), 0x10},
    {Millis(6700), 0x20},
    {Millis(26800), 0x30},
    {minutes(1) + seconds(48), 0x40},
    {minutes(7) + seconds(9), 0x50},
    {minutes(28) + seconds(38), 0x60},
    {hours(1) + minutes(54), 0x70},
}};

// "Any read/write resets the watchdog timer": the value does not matter.
constexpr std::array<ServiceWord, 1> kFgaService{{{kWdtRestart, 0x00}}};

// SYSRESET of the VMEbus is a reset from outside the board.
constexpr std::array<ResetBit, 2> kFgaResets{{{0x20, wdt::kCardReset}, {0x40, wdt::kExtern1}}};

constexpr VmeProfile fga(std::string_view name, bool negative) {
    return VmeProfile{
        .name = name,
        .size = 512,
        .order = wdt::ByteOrder::big,
        .enable = {kMcsr1, 0x80, negative},
        .timeout_mask = 0x70,
        .steps = kFgaSteps,
        .service = kFgaService,
        .reset_status = {kResetStat, 0x60, negative},
        .reset_bits = kFgaResets,
        .half = {kIntrStat, 0x00400000, true},
        .can_disable = true,
    };
}

constexpr std::array<VmeProfile, 2> kProfiles{{
    fga("fga5000", false),
    fga("fga5000-negative", true),
}};

}  // namespace

std::span<const VmeProfile> vme_profiles() { return kProfiles; }

const VmeProfile* find_vme_profile(std::string_view name) {
    for (const auto& profile : kProfiles)
        if (profile.name == name) return &profile;
    return nullptr;
}

}  // namespace vakt::drivers
