// SPDX-License-Identifier: Apache-2.0
// What the kernel kept of the last boot in pstore (Documentation/ABI/testing/pstore, fs/pstore).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/black_box.h"
#include "report/ledger.h"

namespace vakt::report {

/// A file of /sys/fs/pstore, or of where systemd-pstore moved it.
struct PstoreFile {
    std::string name;                     ///< "dmesg-ramoops-0", "console-ramoops-0", "pmsg-efi-1"
    std::string bytes;                    ///< any bytes
    std::optional<std::int64_t> wall_ns;  ///< its time, where the file system tells
    bool told = false;                    ///< an earlier boot's report has (report/told_records.h)
};

/// Whether it is the kernel's record of a panic or an oops, one that can be read.
[[nodiscard]] bool is_dmesg(const PstoreFile& file);

/// What is in them, of any backend (ramoops, efi, erst, blk).
struct PstoreContent {
    bool panicked = false;  ///< a dmesg record of a panic, or a console that ends in one
    std::string panic;      ///< its first words: "Kernel panic - not syncing: ..."; may be empty
    /// The panic came from the watchdog's own pretimeout governor.
    bool pretimeout = false;
    bool oopsed = false;       ///< an oops the kernel survived at first
    bool restarted = false;    ///< the console ends in an orderly "reboot: ..." of the kernel
    bool kept_ram = false;     ///< there is a record in RAM at all, so power did not fail for long
    std::vector<Entry> notes;  ///< the keeper's, from pmsg
    std::vector<BlackBoxLine> logged;       ///< the bridge's, from pmsg
    std::vector<std::string> kernel_lines;  ///< the last of dmesg or console, at most kKernelLines
    std::vector<std::string> passed_over;   ///< names of files that cannot be read (compressed)
    std::vector<std::string> stale;         ///< names of dmesg records older than `since`
    std::vector<std::string> told;          ///< names of dmesg records that were told before
};
inline constexpr std::size_t kKernelLines = 40;

/// Reads files in any order. A dmesg record stays in pstore until somebody removes it, so one whose
/// time is before `since` (the beginning of the boot in question, nanoseconds since the epoch) is
/// not that boot's; nor is one that has been told.
[[nodiscard]] PstoreContent read_pstore(std::span<const PstoreFile> files,
                                        std::optional<std::int64_t> since);

/// One line fit for a report: no control characters, no broken UTF-8, at most 400 bytes.
[[nodiscard]] std::string fit_line(std::string_view line);

}  // namespace vakt::report
