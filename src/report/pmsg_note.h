// SPDX-License-Identifier: Apache-2.0
// A ledger entry as one line of /dev/pmsg0, which is written first: RAM does not wait for a disk.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/fixed_line.h"
#include "report/ledger.h"

namespace vakt::report {

/// The first number of a keeper that the ledger has not told its own.
inline constexpr std::uint64_t kWithoutLedger = std::uint64_t{1} << 63;

/// Version 1, one line of ASCII words with one blank between, ended by a newline; `text` comes last
/// and goes to the end of the line. Control characters and blanks in a lease's name become '_', in
/// the text control characters become '?'. Whoever may have a text noted makes no other line of it:
/// the blank behind "vakt1" and "vaktlog1" becomes '_' in it, and the last character of a lease's
/// name that ends in one of them.
///
///   vakt1 SEQUENCE BOOT_ID KIND CAUSE STEP WALL_NS UPTIME_MS BEAT_AGE_MS LEASE TEXT
///
/// SEQUENCE is the number that the ledger is reckoned to give, or counts from kWithoutLedger, so
/// that a boot whose disk was dead is still the newest one. KIND, CAUSE and STEP in words,
/// BEAT_AGE_MS and LEASE "-" where there is none. What else is in pmsg, and lines the ring has cut,
/// are passed over.
class PmsgLine {
 public:
    explicit PmsgLine(const Entry& entry);
    [[nodiscard]] std::string_view view() const { return line_.view(); }

 private:
    FixedLine<384> line_;
};

/// The entries in what pstore kept of pmsg, in their order; counts and flags are not in it.
[[nodiscard]] std::vector<Entry> read_pmsg(std::string_view text);

}  // namespace vakt::report
