// SPDX-License-Identifier: Apache-2.0
// The system's own tables, read: /proc/mounts, modules, ioports, systemd's and Solaris' settings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vakt::doctor {

/// A line of /proc/mounts, proc(5).
struct Mount {
    std::string at;
    std::string type;
    bool read_only = false;
    bool no_barriers = false;  ///< a power cut may take what was flushed: nobarrier, barrier=0
    bool no_order = false;     ///< data=writeback: after one, new files may hold old blocks

    bool operator==(const Mount&) const = default;
};
/// The mount that `path` (absolute, without "." and "..") is in: of the deepest the last.
[[nodiscard]] std::optional<Mount> find_mount(std::string_view mounts, std::string_view path);

/// The first word of each line of /proc/modules, or of a file of modules-load.d(5).
[[nodiscard]] std::vector<std::string> module_names(std::string_view modules);

/// "  0441-0443 : ib700wdt" of /proc/ioports; whoever is not root sees zeros.
struct IoPorts {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::string name;

    bool operator==(const IoPorts&) const = default;
};
[[nodiscard]] std::vector<IoPorts> read_io_ports(std::string_view ioports);

/// A value in a file as systemd reads them (systemd.syntax(7)).
struct UnitValue {
    std::string value;
    int line = 0;

    bool operator==(const UnitValue&) const = default;
};
/// The last "KEY=" of a section, "" where it is empty; none where it is not there.
[[nodiscard]] std::optional<UnitValue> last_value(std::string_view text, std::string_view section,
                                                  std::string_view key);

/// RuntimeWatchdogSec= of systemd-system.conf(5).
struct SystemdWatchdog {
    std::string value;
    std::string where;  ///< FILE:LINE

    /// "0", "off", "0s" and the like: systemd leaves the hardware alone.
    [[nodiscard]] bool off() const;
    bool operator==(const SystemdWatchdog&) const = default;
};
/// The last in [Manager]; an empty value takes back what was said before.
[[nodiscard]] std::optional<SystemdWatchdog> read_systemd(std::string_view text,
                                                          std::string_view file);

/// The numbers behind "Groups:" and the first of "Uid:" and "Gid:" in /proc/PID/status, proc(5).
struct ProcessIds {
    std::uint32_t uid = 0;
    std::vector<std::uint32_t> groups;  ///< its own first

    bool operator==(const ProcessIds&) const = default;
};
[[nodiscard]] std::optional<ProcessIds> read_process_ids(std::string_view status);

/// Whether /etc/system excludes this, such as "drv/mcp" (system(4)).
[[nodiscard]] bool excludes(std::string_view etc_system, std::string_view what);

}  // namespace vakt::doctor
