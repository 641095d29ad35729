// SPDX-License-Identifier: Apache-2.0
// What the keeper wants noted, as an entry of the ledger with words for people.
#pragma once

#include <cstdint>
#include <string_view>

#include "keeper/action.h"
#include "report/ledger.h"

namespace vakt::report {

/// The times that a note has; whoever carries it out reads them.
struct Moment {
    Instant now{};
    std::int64_t wall_ns = 0;     ///< nanoseconds since the epoch
    std::uint64_t uptime_ms = 0;  ///< CLOCK_BOOTTIME, milliseconds
    /// How long the subject's last good beat is ago, milliseconds; kBeatAgeUnknown for the board.
    std::uint32_t beat_age_ms = kBeatAgeUnknown;
};

///   note                        kind       step                    lease
///   warned, retired, stale      info       none                    the subject's
///   given_up                    note       kill; none: never came  the subject's
///   command (it did not work)   note       heart_command           the subject's
///   recovered                   recovered  none                    the subject's
///   snoozed                     snoozed    none                    the subject's
///   verdict                     note       login1; drill hardware  the subject's
///   drill, disarmed             info       none                    the subject's
///   clean                       clean      none                    none
///   left                        info       none                    none
///
/// A drill is info, since it proves a ladder that has notes of its own; the report tells of it. An
/// evidence is no lease: its name is in the text alone. Makes no heap.
[[nodiscard]] Entry entry_of(const keeper::Note& note, const Moment& when);

[[nodiscard]] Cause cause_of(keeper::Cause cause);

/// "no beat from the VM"; "power off".
[[nodiscard]] std::string_view words_of(keeper::Cause cause);
[[nodiscard]] std::string_view words_of(keeper::EndKind end);

}  // namespace vakt::report
