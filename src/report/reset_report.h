// SPDX-License-Identifier: Apache-2.0
// Everything that is left of the last boot, made into one verdict: why the board restarted.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/black_box.h"
#include "report/boot_id.h"
#include "report/cause.h"
#include "report/ledger.h"
#include "report/pstore.h"
#include "wdt/watchdog_device.h"

namespace vakt::report {

/// What one watchdog says; no flags where it cannot be asked.
struct HardwareWord {
    std::string device;
    std::optional<wdt::BootFlags> flags;
};

/// What there is to judge. Anything may be missing, and anything may be from another boot.
struct Findings {
    BootId this_boot{};
    std::vector<HardwareWord> hardware;
    LedgerContent ledger;
    std::vector<PstoreFile> pstore;
    /// What is in pstore and was not told of has come since the last report
    /// (report/told_records.h); else its time has to tell which boot it is of.
    bool told_is_kept = false;
    std::vector<BlackBoxLine> black_box;
    /// What should have been read and could not be, a sentence each; becomes evidence.
    std::vector<std::string> troubles;
};

struct Report {
    Cause cause = Cause::unknown;
    Confidence confidence = Confidence::low;
    std::optional<BootId> boot;  ///< the one that ended, where anything names it
    std::string lease;           ///< whose VM it was about; "" for the board itself
    std::string text;            ///< what was noted, for people
    std::int64_t wall_ns = 0;    ///< when it was noted; 0: nobody did
    std::uint32_t beat_age_ms = kBeatAgeUnknown;
    std::uint32_t boots = 0;         ///< of the boot that ended
    std::uint32_t failed_boots = 0;  ///< in a row, the one that ended included
    std::vector<std::string>
        evidence;  ///< one sentence each, the strongest first; "but ..." contradicts
    std::vector<std::string> last_lines;  ///< black box, then kernel; at most kLastLines
};
inline constexpr std::size_t kLastLines = 40;

/// The rules, first one that holds. N is the note that began what was not recovered from (of
/// several leases and evidence: the one that first had the board brought down, else the first), C
/// an orderly shutdown, HW the hardware's word: 1 that its watchdog did it, 0 that it did not, - no
/// word. RAM: pstore kept something. The deepest level that left evidence of its own failure wins.
///
///    found                                  cause          confidence
///  1 panic by the watchdog's pretimeout, N  N              high
///  2 the same without N                     hw_watchdog    high
///  3 any other panic                        kernel_panic   high; medium with N or C, and with HW 1
///                                                        where the boot is not in the ledger
///  4 N requested                            requested      high; medium with HW 1, unless the
///                                                        hardware was what was asked for
///  5 N otherwise, HW 1 or C                 N              high
///  6 N, noted as deep as login1             N              high
///  7 N, power fault                         N              low
///  8 N                                      N              medium
///  9 C noted                              clean          high; medium with HW 1
///    C from the console's end             clean          medium
/// 10 HW 1, the boot in the ledger           hw_watchdog    high
///    HW 1 without                         hw_watchdog    medium
/// 11 power fault or overvoltage             power          high
/// 12 other words of the hardware            unknown        medium
/// 13 the boot in the ledger, HW 0, no RAM   power          medium
/// 14 the boot in the ledger, HW 0, RAM      unknown        medium
/// 15 nothing of it                          unknown        low
///
/// Entries of one boot are in the order of its own clock, since pmsg and the ledger may number them
/// differently. HW 1 with C or a request is no proof of a hang: many boards restart by their
/// watchdog. Nor is HW 1 a word against a panic: a kernel that stops there (panic=0), or whose last
/// seconds before a restart are longer than what is left of the countdown, is reset by the
/// hardware.
[[nodiscard]] Report make_report(const Findings& findings);

}  // namespace vakt::report
