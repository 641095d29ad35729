// SPDX-License-Identifier: Apache-2.0
// Which release is started now, from how the starts before went and what is on the disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "release/start_data.h"

namespace vakt::release {

/// Where a release was found.
enum class Origin : std::uint8_t {
    data,    ///< the data file names it: the plain choice
    kept,    ///< the kept copy of the last data file whose release became healthy
    listed,  ///< RELEASES has it as permanent or old
    safe,    ///< start_clean with a console and nothing else
};

enum class Outcome : std::uint8_t { healthy, ended, failed };

/// What a start knew of the release in its data file, so that it is still known when the ledger has
/// gone round.
struct Memory {
    std::uint32_t release = 0;  ///< tag_of() it; 0: there was none
    std::uint32_t failures = 0;
    bool proven = false;  ///< it has been healthy
    bool operator==(const Memory&) const = default;
};
[[nodiscard]] std::uint32_t tag_of(const Release& release);

/// A boot of the board by the CRC-32 of its name; entries of before that was noted, and systems
/// whose boots have no name, have none.
inline constexpr std::uint32_t kBootUnknown = 0;

/// One start, as the ledger has it.
struct PastStart {
    Release release;
    Origin origin = Origin::data;
    Outcome outcome = Outcome::failed;
    Memory memory;  ///< as it was before this start
    std::uint64_t uptime_ms = 0;
    std::int64_t wall_ns = 0;
    std::uint32_t boot = kBootUnknown;  ///< in which boot of the board
};
struct History {
    std::vector<PastStart> starts;      ///< oldest first
    std::uint32_t failed_in_a_row = 0;  ///< as report::LedgerWriter counts them
};

/// What could be started. `lacks`: why it cannot, "" when it can.
struct Candidate {
    Origin origin = Origin::data;
    Release release;
    std::string lacks;
};

struct Clocks {
    std::uint64_t uptime_ms = 0;
    std::int64_t wall_ns = 0;
    std::uint32_t boot = kBootUnknown;  ///< this one
};

struct Choice {
    std::optional<std::size_t> candidate;  ///< none: nothing can be started
    std::chrono::seconds pause{};          ///< before it is
    std::string why;                       ///< for people; "" for the plain one
    Memory memory;                         ///< to be noted with this start
};

inline constexpr std::chrono::seconds kLongestPause{300};

/// Before a start after `count` bad ones: 0, 0, 1, 2, 4 ... 300 s.
[[nodiscard]] std::chrono::seconds pause_after(std::uint32_t count);

/// `candidates`: the data file's first, the safe one last, each release once. The rules, first one
/// that holds; a release that cannot be started is passed over.
///
///  1 of the others, in order, the first that failed less than `tries` times since it was healthy;
///    or the data file's that has been healthy once, where the start before was another's and a
///    good one: three power cuts are no proof against a release that was good
///  2 where the start before was the safe one, the one that failed least: on a board that nobody
///    attends the safe one serves nobody
///  3 the safe one
///  4 the one that failed least
///
/// The pause grows with the starts that failed one after the other, and with those of the last
/// `kLongestPause` in this boot of the board which did not end in order: who says healthy at once
/// and then crashes does not loop fast either. Where a start's boot is not known, the uptimes tell
/// it, which only rise within one.
[[nodiscard]] Choice choose(const History& history, const std::vector<Candidate>& candidates,
                            std::uint32_t tries, const Clocks& now);

}  // namespace vakt::release
