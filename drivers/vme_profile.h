// SPDX-License-Identifier: Apache-2.0
// What a VME board's watchdog looks like in its registers: one row a board.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "drivers/register_window.h"
#include "wdt/watchdog_device.h"

namespace vakt::drivers {

/// Bits of a register; `active_low` where the board means "yes" by a zero.
struct Field {
    Register at;
    std::uint32_t mask = 0;  ///< 0: the board has no such thing
    bool active_low = false;
};

/// One timeout the board can count, and its code in the control register (already in place).
struct VmeStep {
    wdt::Millis timeout;
    std::uint32_t code = 0;
};

/// One word of a pet, written in the row's order.
struct ServiceWord {
    Register at;
    std::uint32_t value = 0;
};

/// One bit of the reset status, and what it means.
struct ResetBit {
    std::uint32_t mask = 0;
    wdt::BootFlags flag = 0;
};

/// A board. Another board is another row of vme_boards.h, where the source of each figure stands;
/// no code.
struct VmeProfile {
    std::string_view name;
    std::size_t size = 0;  ///< of the register file, bytes
    wdt::ByteOrder order = wdt::ByteOrder::big;
    Field enable;                    ///< the countdown runs; in the control register
    std::uint32_t timeout_mask = 0;  ///< the step's code, in the same register as `enable`
    std::span<const VmeStep> steps;
    std::span<const ServiceWord> service;
    Field reset_status;  ///< why the board restarted; `mask` is all of reset_bits
    std::span<const ResetBit> reset_bits;
    Field half;               ///< half of the countdown is over
    bool can_disable = true;  ///< clearing `enable` stops it
};

/// The boards known, in the table's order.
[[nodiscard]] std::span<const VmeProfile> vme_profiles();

/// The row of that name; nullptr if there is none.
[[nodiscard]] const VmeProfile* find_vme_profile(std::string_view name);

}  // namespace vakt::drivers
