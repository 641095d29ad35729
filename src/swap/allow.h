// SPDX-License-Identifier: Apache-2.0
// The policy file syslog.allow(5): which swaps may be asked for, by whom, and which daemon is told.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "swap/flavour.h"

namespace vakt::swap {

/// One who may call: `uid:N` or `gid:N`.
struct AllowedCaller {
    bool is_group = false;
    std::uint32_t id = 0;

    bool operator==(const AllowedCaller&) const = default;
};

/// OWN CONF FLAVOUR PIDFILE|UNIT|uid:N EXE GID [CALLERS]
struct AllowRow {
    std::string own;      ///< is_path()
    std::string conf;     ///< is_path()
    std::string flavour;  ///< a name of the table, or "auto"
    std::string
        daemon;       ///< a pid file (is_path()) or a unit (NAME.service); "-" when nobody is told
    std::string exe;  ///< is_path(), or "-" when nobody is told
    std::uint32_t gid = 0;
    std::vector<AllowedCaller> callers;  ///< never empty
    /// Whose the FIFO is, where nobody is told and the writer is not root: `daemon` is "-" then.
    std::optional<std::uint32_t> writer{};

    /// `daemon` names a unit of systemd, not a pid file.
    [[nodiscard]] bool is_unit() const { return daemon.size() > 1 && daemon.front() != '/'; }
    bool operator==(const AllowRow&) const = default;
};

using Allow = std::vector<AllowRow>;

/// Who asks, before any right was given up or taken on.
struct AskingIds {
    std::uint32_t uid = 0;  ///< the real one
    std::uint32_t gid = 0;  ///< the real one
    std::span<const std::uint32_t> groups;
};

/// One malformed row refuses the whole file, with its line: a policy that is not understood allows
/// nothing. No row at all is good, and allows nothing either. A configuration named by two rows is
/// refused, since two own directories would undo each other.
[[nodiscard]] Result<Allow> parse_allow(std::string_view text, const Flavours& flavours);

/// The row whose OWN and CONF are these, byte for byte; nullptr when there is none.
[[nodiscard]] const AllowRow* find_row(const Allow& allow, std::string_view own,
                                       std::string_view conf);

/// Real uid 0 always may; else one of the row's callers is meant.
[[nodiscard]] bool may_call(const AllowRow& row, const AskingIds& asking);

/// "rsyslog.service": at most 255 bytes of the letters systemd.unit(5) allows.
[[nodiscard]] bool is_unit_name(std::string_view name);

}  // namespace vakt::swap
