// SPDX-License-Identifier: Apache-2.0
// Deliberately broken keepers: the real one, with its events or actions bent on the way.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "keeper/keeper.h"
#include "test/sim/oracle.h"

namespace vakt::sim {

enum class Mutant : std::uint8_t {
    none,
    reads_too_late,        ///< ticks for 8 s while beats wait in its socket
    gives_up_at_half,      ///< takes the warning at 50 % for the verdict
    pets_regardless_of_d,  ///< pets in its rhythm until the verdict
    takes_beats_as_new,    ///< reckons a beat from when it came in, not from when it was read
    honours_old_hearts,    ///< an older heart's SHUT_DOWN retires the lease
    pets_after_verdict,    ///< goes on petting
    forgets_its_state,     ///< does not read keeper.state
    saves_too_late,        ///< writes keeper.state after the acts instead of before
    never_notes,           ///< acts without a word
    notes_afterwards,      ///< the same, and then says it
    acts_at_once,          ///< does not wait for the note at all
    waits_for_the_disk,    ///< waits for the note for ever
    disarms_when_leaving,  ///< writes the V when it ends
    forgets_to_resume,     ///< does not pet again when a good beat has moved D
    wakes_each_second,     ///< polls
};

struct MutantFacts {
    std::string_view name;
    Broken caught_by;  ///< at least this invariant must see it
};
inline constexpr std::array<MutantFacts, 16> kMutants = {{
    {"none", Broken::none},
    {"reads-too-late", Broken::healthy_given_up},
    {"gives-up-at-half", Broken::healthy_given_up},
    {"pets-regardless-of-d", Broken::late_reset},
    {"takes-beats-as-new", Broken::late_reset},
    {"honours-old-hearts", Broken::late_reset},
    {"pets-after-verdict", Broken::pet_after_verdict},
    {"forgets-its-state", Broken::pet_in_found_ladder},
    {"saves-too-late", Broken::pet_after_verdict},
    {"never-notes", Broken::act_before_note},
    {"notes-afterwards", Broken::act_before_note},
    {"acts-at-once", Broken::act_too_early},
    {"waits-for-the-disk", Broken::act_waits},
    {"disarms-when-leaving", Broken::disarmed},
    {"forgets-to-resume", Broken::good_board_reset},
    {"wakes-each-second", Broken::idle_wake_up},
}};

}  // namespace vakt::sim
