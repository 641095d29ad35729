// SPDX-License-Identifier: Apache-2.0
// What the bridge did with all that it was given: numbers that add up, and their text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "relay/store_memory.h"
#include "report/boot_id.h"
#include "syslog/entry.h"

namespace vakt::bridge {

/// next - begin = kept + dropped: records and gaps of all sources alike. kept = urgent + other.
struct RingFigures {
    std::uint64_t size = 0;      ///< of the memory, bytes
    std::uint64_t segments = 0;  ///< it drops one of them at a time
    report::BootId boot{};
    std::uint64_t begin = 0;   ///< first number given out of this memory
    std::uint64_t oldest = 0;  ///< lowest number kept; next when nothing is
    std::uint64_t next = 0;    ///< the next number
    std::uint64_t kept = 0;
    std::uint64_t urgent = 0;  ///< emerg to err, and gaps
    std::uint64_t other = 0;
    std::uint64_t bytes = 0;  ///< that the kept take
    std::uint64_t dropped = 0;
    bool went_on = false;  ///< from what an earlier process left
    bool operator==(const RingFigures&) const = default;
};

/// received = accepted + folded + held_back + withheld, for as long as the memory lives. After a
/// kill -9 `accepted`, `bytes`, `malformed`, `repeats` and `gaps` may be off by the one entry that
/// was being taken; of a source that can be read again, what came behind its last kept entry is
/// counted when it comes again.
struct SourceAccount {
    std::string name;
    syslog::Source source = syslog::Source::bridge;
    bool open = false;  ///< it is read
    relay::SourceFigures figures{};

    [[nodiscard]] std::uint64_t received() const {
        return figures.accepted + figures.folded + figures.held_back + figures.withheld;
    }
    bool operator==(const SourceAccount&) const = default;
};

/// offered = delivered + filtered + dropped + queued, in records and gaps of the ring;
/// granted = credit + delivered + gaps.
struct ClientAccount {
    std::uint32_t number = 0;
    std::string name;
    std::uint32_t pid = 0;
    std::uint32_t uid = 0;
    std::uint64_t offered = 0;    ///< came into the ring behind the place where it began
    std::uint64_t delivered = 0;  ///< put into its output, be they written or not
    std::uint64_t filtered = 0;   ///< did not pass its filter
    std::uint64_t dropped = 0;    ///< passed, but the ring dropped them first; gaps said so
    std::uint64_t queued = 0;     ///< in the ring behind its place, whether they will pass or not
    std::uint64_t gaps = 0;       ///< put into its output for it alone (numbered 0)
    std::uint64_t credit = 0;
    std::uint64_t granted = 0;
    std::uint64_t acked = 0;  ///< number; 0: none
    bool operator==(const ClientAccount&) const = default;
};

struct Account {
    RingFigures ring;
    std::vector<SourceAccount> sources;  ///< by origin
    std::vector<ClientAccount> clients;  ///< by number
};

/// One line each:
///
///   ring size= segments= boot= begin= oldest= next= kept= urgent= other= bytes= dropped= went_on=
///   source NAME kind= received= accepted= folded= held_back= withheld= lost= unknown_gaps=
///       malformed= bytes= repeats= gaps= open=                               (in one line)
///   client NUMBER name= pid= uid= offered= delivered= filtered= dropped= queued= credit= granted=
///       acked= gaps=                                                         (in one line)
///
/// Keys are added at a line's end only. went_on and open are 0 or 1. Names are as one_word() writes
/// them.
[[nodiscard]] std::string account_text(const Account& account);

/// A name as one word: what is not printable, blanks, `=`, `"` and `\` are \xNN; "" is "-".
[[nodiscard]] std::string one_word(std::string_view name);

}  // namespace vakt::bridge
