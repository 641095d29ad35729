// SPDX-License-Identifier: Apache-2.0
// A watchdog of heart's own as a pure machine: when to pet it, and when to let go of it.
#pragma once

#include "base/instant.h"
#include "keeper/petting.h"

namespace vakt::guard {

/// What is to be done with the device now.
enum class SoloAct {
    nothing,
    pet,
    /// Arm it with Solo::last_countdown(), tell Solo what was granted, and let go of it when that
    /// is let_go(): it is free for the next heart then, and bites at D all the same.
    arm_the_rest,
};

/// The hardware is petted in its rhythm until its own expiry meets the hard deadline D, then left
/// to run; a good beat moves D. heart's verdict changes nothing but the end: a device is closed by
/// a heart that ends, and Linux pets on every close (watchdog_dev.c), which would put the reset off
/// beyond D. So after the verdict its last countdown is armed to end at D before it is let go of.
///
///   state    | armed        beat     verdict                  due
///   unarmed  | counting     -        -                        -
///   counting | -            moves D  ending                   pet
///   ending   | let go, when it ends  -                        pet; arm_the_rest once no pet is due
///            | near D; else ending
///   let go   | -            -        -                        -
class Solo {
 public:
    /// The longest timeout that keeps D (wdt/timing.h): beat timeout + boot delay - 10 s.
    [[nodiscard]] static Duration longest(Duration beat_timeout, Duration boot_delay) {
        return beat_timeout + boot_delay - keeper::kSystemShare;
    }

    /// Its countdown began at `now`, or a little later.
    void armed(Instant now, Duration granted);
    void beat(Instant hard_deadline) { deadline_ = hard_deadline; }
    void give_up() { gave_up_ = true; }
    /// It cannot be told another timeout, or stops when it is closed: it is held until it bites.
    void cannot_let_go() {
        holds_on_ = true;
        resting_ = false;
    }

    /// Says each act once; call it again for the next.
    [[nodiscard]] SoloAct due(Instant now);
    void pet_failed(Instant now);
    [[nodiscard]] Instant wake_at(Instant now) const;

    /// What is left until D, a little less.
    [[nodiscard]] Duration last_countdown(Instant now) const {
        return deadline_ - keeper::kPetMargin - now;
    }
    [[nodiscard]] bool let_go() const { return let_go_; }
    /// Nothing is left to do: let go, or its time is over and it has not bitten.
    [[nodiscard]] bool over(Instant now) const { return now >= over_at(); }

 private:
    [[nodiscard]] Instant over_at() const;

    keeper::Device device_;
    Instant deadline_ = kNever;
    Instant not_before_{};  // after a pet that failed
    bool gave_up_ = false;
    bool holds_on_ = false;
    bool resting_ = false;  // arm_the_rest was said
    bool let_go_ = false;
};

}  // namespace vakt::guard
