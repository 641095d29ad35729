// SPDX-License-Identifier: Apache-2.0
// Which of the bridge's records go into the black box at once, and how.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "report/black_box.h"
#include "syslog/priority.h"

namespace vakt::bridge {

struct BoxRules {
    /// This and above. A record without PRI counts as notice, a gap as warning.
    syslog::Severity least = syslog::Severity::debug;
    std::size_t most = 96;    ///< lines
    std::size_t urgent = 64;  ///< of them, emerg to err before others
};

struct BoxLines {
    std::vector<report::BlackBoxLine> lines;  ///< in the order of the records
    std::uint64_t passed_over = 0;            ///< severe enough, and one too many
    bool at_once = false;                     ///< there is one of emerg to crit
};

/// Of `records` (wire/record_bytes.h, oldest first) the newest. The keeper's probes
/// (syslog/probe.h) are left out.
[[nodiscard]] BoxLines box_lines(std::span<const std::string_view> records,
                                 const report::BootId& boot, const BoxRules& rules);

}  // namespace vakt::bridge
