// SPDX-License-Identifier: Apache-2.0
// The bridge's lines in /dev/pmsg0, beside the keeper's notes (report/pmsg_note.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/fixed_line.h"
#include "base/instant.h"
#include "report/black_box.h"

namespace vakt::report {

/// Version 1, one line, ended by a newline; the text comes last and goes to the end of the line.
///
///   vaktlog1 NUMBER BOOT_ID PRI WALL_NS TEXT
///
/// PRI is "-" where there is none. Of the text the first kPmsgText bytes; control characters become
/// '?'. Whatever somebody logs is never taken for a note of the keeper, nor for another line of
/// this kind: the blank behind "vakt1" and "vaktlog1" becomes '_' in it.
inline constexpr std::size_t kPmsgText = 256;

class PmsgLogLine {
 public:
    explicit PmsgLogLine(const BlackBoxLine& line);
    [[nodiscard]] std::string_view view() const { return line_.view(); }

 private:
    FixedLine<kPmsgText + 128> line_;
};

/// The lines in what pstore kept of pmsg, in their order. All else in it is passed over.
[[nodiscard]] std::vector<BlackBoxLine> read_pmsg_log(std::string_view text);

/// How much of pmsg the bridge may take: it is a small ring (64 KiB, say) that the keeper's notes
/// of the last minutes before a reset must stay in. 16 KiB at once and then 128 bytes a second; the
/// second half of it for severity emerg to err alone.
class PmsgBudget {
 public:
    static constexpr std::size_t kAtOnce = 16384;  // bytes
    static constexpr std::size_t kPerSecond = 128;

    [[nodiscard]] bool take(Instant now, std::size_t bytes, bool urgent);

 private:
    std::size_t left_ = kAtOnce;
    Instant since_{};
};

}  // namespace vakt::report
