// SPDX-License-Identifier: Apache-2.0
// What a client wants to hear of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "syslog/entry.h"

namespace vakt::relay {

/// All that is said must hold; in a list, one of it. What is empty says nothing.
struct Condition {
    static constexpr std::uint32_t kNoPri = std::uint32_t{1} << 31;

    std::uint8_t least_severe = 7;     ///< severity 0 to this; 7 lets those without PRI pass too
    std::uint32_t facilities = 0;      ///< bit n: facility n; kNoPri: those without; 0: any
    std::uint16_t sources = 0;         ///< bit n: syslog::Source n; 0: any
    std::vector<std::string> apps{};   ///< equal, byte for byte
    std::vector<std::string> units{};  ///< equal, byte for byte
    std::vector<std::string> texts{};  ///< somewhere in the text, byte for byte

    bool operator==(const Condition&) const = default;
};

/// A record passes if one of the conditions holds, or there is none at all. Severity crit and above
/// passes always, unless `strict`: nobody is to lose those by mistake. Gaps always pass, and are no
/// matter of filters.
struct Filter {
    static constexpr std::size_t kMostConditions = 16;
    static constexpr std::size_t kMostWords = 16;     ///< of each list
    static constexpr std::size_t kLongestWord = 255;  ///< bytes, 1 at least

    bool strict = false;
    std::vector<Condition> any_of{};

    [[nodiscard]] bool passes(const syslog::Entry& entry) const;
    /// The same where PRI and source decide alone; none: the words do, too.
    [[nodiscard]] std::optional<bool> passes_by(const std::optional<syslog::Pri>& pri,
                                                syslog::Source source) const;
    /// Texts that are looked for in each record, of all conditions.
    [[nodiscard]] std::size_t texts() const;
    bool operator==(const Filter&) const = default;
};

}  // namespace vakt::relay
