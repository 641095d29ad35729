// SPDX-License-Identifier: Apache-2.0
// The countdown behind every fake watchdog, with a hand-cranked clock.
#pragma once

#include <cstdint>

#include "wdt/watchdog_device.h"

namespace vakt::fake {

/// What the silicon does. Outlives the fake nodes and windows in front of it, as hardware does.
struct Hardware {
    wdt::Millis timeout{};
    wdt::Millis left{};
    bool counting = false;
    bool bitten = false;
    bool in_use = false;  ///< some program has the node open
    int touched = 0;      ///< writes and commands that reached it, questions not counted

    void start(wdt::Millis length) {
        timeout = length;
        left = length;
        counting = true;
    }
    void restart() { left = timeout; }
    void stop() { counting = false; }
    void advance(wdt::Millis time) {
        if (!counting) return;
        left -= time;
        if (left > wdt::Millis::zero()) return;
        counting = false;
        bitten = true;
    }
};

}  // namespace vakt::fake
