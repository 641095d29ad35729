// SPDX-License-Identifier: Apache-2.0
// keeper.conf: its text to plain settings, or everything that is wrong with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "keeper/settings.h"
#include "wdt/device_settings.h"

namespace vakt::settings {

enum class ProbeKind : std::uint8_t {
    read,    ///< `path`, a file or block device, is read past the page cache
    write,   ///< `path`, a file, made when it is not there, is written and brought to the disk
    memory,  ///< `path`, a file like /proc/pressure/memory: `full avg10` stays below the limit
    syslog,  ///< what is logged to the datagram socket `path` comes out of the bridge at `bridge`
};

/// How one row of evidence is asked for.
struct Probe {
    ProbeKind kind = ProbeKind::read;
    std::string path;             ///< absolute, at most 255 bytes
    unsigned limit_percent = 50;  ///< memory: 1..100; so much of the time all tasks stood still
    std::string bridge{};         ///< syslog: the bridge's socket, absolute, at most 107 bytes

    bool operator==(const Probe&) const = default;
};

/// All that keeper.conf says. What is not in it has the default of keeper.conf(5).
struct KeeperFile {
    keeper::Settings settings;
    std::vector<wdt::DeviceSettings> devices;  ///< row for row settings.devices; wdt::check()ed
    std::vector<Probe> probes;                 ///< row for row settings.evidence

    // In force from the keeper's start; a reload does not change them.
    bool lock_memory = true;               ///< mlockall
    std::int32_t real_time_priority = 50;  ///< SCHED_FIFO 1..99; 0: normal scheduling
    bool oom_exempt = true;                ///< the keeper and its hearts: oom_score_adj -1000

    /// Where each row stands, for messages: row for row the tables of `settings`.
    std::string file;
    std::vector<int> lease_lines;
    std::vector<int> device_lines;
    std::vector<int> evidence_lines;
};

/// The file, or an error whose `doing` has one line, parted by '\n', for everything that is wrong:
/// "FILE:LINE: what is wrong, and what would do" ("FILE: ..." where it is the file as a whole), the
/// first in the file first, at most 32 lines. What is returned has passed keeper::check(), with the
/// timeouts that are asked for, and wdt::check(); nothing that it names was opened or looked at.
///
/// Refused are: all that screen() refuses, unknown keys, keys and devices that are there twice,
/// values of another type or out of range, more rows than the keeper's tables have, and users that
/// `passwd`, the text of a passwd(5) file, does not know.
[[nodiscard]] Result<KeeperFile> parse_keeper_text(std::string_view text, std::string_view file,
                                                   std::string_view passwd);

/// The same of a file: a regular one of at most 64 KiB, or a symbolic link to one. Blocks as long
/// as the disk does.
[[nodiscard]] Result<KeeperFile> read_keeper_file(const std::string& path,
                                                  const std::string& passwd = "/etc/passwd");

/// A fault that keeper::check() or check_granted() finds later with other timeouts (`granted` is
/// what the device of too_long* granted): "FILE:LINE: ...", with the arithmetic.
[[nodiscard]] std::string in_words(const keeper::Fault& fault, const KeeperFile& file,
                                   Duration granted);

}  // namespace vakt::settings
