// SPDX-License-Identifier: Apache-2.0
// nerves_heart lives by the calls of Linux' watchdogs; elsewhere there is one heart.
#include "prog/heart_personality.h"
#include "sys/nonblock.h"

namespace vakt::prog {

int run_as_nerves(std::span<const char* const> arguments) {
    sys::say(2, "heart: VAKT_HEART_PERSONALITY: nerves is for Linux alone; this is OTP's heart");
    return run_as_otp("heart", arguments);
}

}  // namespace vakt::prog
