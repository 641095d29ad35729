// SPDX-License-Identifier: Apache-2.0
// bridge.conf: its text to plain settings, or everything that is wrong with it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bridge/bridge.h"
#include "syslog/priority.h"

namespace vakt::settings {

/// One row of `sources`. A reload compares: a row that is equal needs no touch.
struct SourceRow {
    bridge::SourceSettings settings;
    /// fifo: the FIFO; kmsg: the device; journal: its directory, "" the machine's own; forward and
    /// socket: the socket, at most 107 bytes; udp: "".
    std::string path;
    std::string address;       ///< udp: numeric, IPv4 or IPv6; else ""
    std::uint16_t port = 0;    ///< udp: 1..65535; else 0
    std::uint32_t mode = 0;    ///< socket and forward: of its node, 0..0777; else 0
    std::uint32_t buffer = 0;  ///< socket, forward and udp: SO_RCVBUF in bytes; 0: the system's

    bool operator==(const SourceRow&) const = default;
};

struct BlackBoxSettings {
    std::uint64_t size = std::uint64_t{1} << 20;  ///< bytes, 64 KiB..64 MiB; 0: there is none
    syslog::Severity severity = syslog::Severity::debug;                ///< this and above is kept
    std::chrono::milliseconds sync_interval = std::chrono::seconds(5);  ///< 100 ms..a day
    bool pmsg = true;  ///< pmsg_severity and above goes to /dev/pmsg0 too, where there is one
    syslog::Severity pmsg_severity = syslog::Severity::warning;

    bool operator==(const BlackBoxSettings&) const = default;
};

/// All that bridge.conf says. What is not in it has the default of bridge.conf(5).
struct BridgeFile {
    std::vector<SourceRow> sources;  ///< 1..Bridge::kMostSources, names and places all different
    std::size_t ring = 4194304;      ///< bytes, Bridge::kLeastMemory..1 GiB
    /// Whose members may connect: the socket's group. None: `group` is not said, and there is no
    /// group "vakt"; the socket keeps the bridge's own.
    std::optional<std::uint32_t> group;
    /// Who may connect besides root, the bridge's own user and the group: with any, the socket's
    /// mode must be 0666 instead of 0660, and SO_PEERCRED decides alone.
    std::vector<std::uint32_t> users;
    BlackBoxSettings black_box;
    std::string feed;        ///< the FIFO that is fed, absolute, at most 255 bytes; "": none
    bool feed_auth = false;  ///< facilities auth and authpriv are fed too
    std::chrono::milliseconds metrics_interval = std::chrono::seconds(15);  ///< 0: none

    std::string file;
    std::vector<int> source_lines;  ///< row for row `sources`, for messages
};

/// What the names in the file are looked up in, and what it must not name.
struct Surroundings {
    std::string_view passwd;                            ///< the text of a passwd(5) file
    std::string_view groups;                            ///< the text of a group(5) file
    std::string_view socket = "/run/vakt/bridge.sock";  ///< the bridge's own
};

/// The file, or an error whose `doing` has one line, parted by '\n', for everything that is wrong:
/// "FILE:LINE: what is wrong, and what would do" ("FILE: ..." where it is the file as a whole), the
/// first in the file first, at most 32 lines. Nothing that it names was opened or looked at.
///
/// Refused are: all that screen() refuses, unknown keys, keys that a row cannot use, values of
/// another kind or out of range, users and groups that are not known, a file without sources, two
/// sources of one name, of one path or of one address and port, the bridge's own socket as a path,
/// and a feed that is read by a source or is no place for a FIFO.
[[nodiscard]] Result<BridgeFile> parse_bridge_text(std::string_view text, std::string_view file,
                                                   const Surroundings& around);

/// The same of a file: a regular one of at most 64 KiB, or a symbolic link to one. Blocks as long
/// as the disk does.
[[nodiscard]] Result<BridgeFile> read_bridge_file(const std::string& path,
                                                  std::string_view socket = Surroundings{}.socket,
                                                  const std::string& passwd = "/etc/passwd",
                                                  const std::string& group = "/etc/group");

}  // namespace vakt::settings
