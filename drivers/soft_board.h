// SPDX-License-Identifier: Apache-2.0
// The simulated board's side of the soft watchdog: its countdown and its answers.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "drivers/soft_protocol.h"
#include "wdt/watchdog_device.h"

namespace vakt::drivers {

/// Pure: time comes in as an argument, the simulator carries out.
///
///   loop: wait for a message until bites_at();
///         message:  send what on() returns, if anything
///         bitten():  end the process tree, restarted(wdt::kCardReset), start the tree anew
class SoftBoard {
 public:
    using Instant = std::chrono::steady_clock::time_point;

    struct Settings {
        wdt::Millis shortest{100};
        wdt::Millis longest{std::chrono::hours(24)};
        bool nowayout = false;
    };

    SoftBoard() = default;
    explicit SoftBoard(Settings settings) : settings_(settings) {}

    /// The answer to one message, none where none is due. A countdown that is over answers nothing
    /// any more: the board is being reset.
    [[nodiscard]] std::optional<SoftMessage> on(Instant now, std::string_view text);

    [[nodiscard]] bool bitten(Instant now) const { return bites_at_ && now >= *bites_at_; }
    /// When the countdown is over; none while idle.
    [[nodiscard]] std::optional<Instant> bites_at() const { return bites_at_; }
    [[nodiscard]] bool counting() const { return bites_at_.has_value(); }

    /// The board came up again because of `why`: idle, and boot says so.
    void restarted(wdt::BootFlags why);

 private:
    Settings settings_;
    wdt::Millis timeout_{};
    std::optional<Instant> bites_at_;
    wdt::BootFlags boot_ = 0;
};

}  // namespace vakt::drivers
