// SPDX-License-Identifier: Apache-2.0
// What is wrong with an installation, and the cure of each finding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/facts.h"

namespace vakt::doctor {

enum class Level : std::uint8_t {
    wrong,  ///< a promise does not hold: no guard, or a reset of a board that is well
    weak,   ///< it holds, but not against everything
    note,   ///< good to know; not counted
};

struct Finding {
    Level level = Level::wrong;
    std::string subject;  ///< "/dev/watchdog0", "lease otp"
    std::string words;    ///< what is so
    std::string cure;     ///< what to do about it; "" of notes alone

    bool operator==(const Finding&) const = default;
};
using Findings = std::vector<Finding>;

/// In the order of the parts below.
[[nodiscard]] Findings examine(const Facts& facts);

// The parts; each adds what it finds.
void examine_keeper(const Facts& facts, Findings& out);    ///< keeper.conf, socket, state, leases
void examine_devices(const Facts& facts, Findings& out);   ///< node, sysfs, timeouts
void examine_clashes(const Facts& facts, Findings& out);   ///< two on one watchdog
void examine_heart(const Facts& facts, Findings& out);     ///< environment, timings, command
void examine_system(const Facts& facts, Findings& out);    ///< systemd, kernel, pstore
void examine_services(const Facts& facts, Findings& out);  ///< units of Vakt's
void examine_bridge(const Facts& facts, Findings& out);    ///< bridge.conf and all it names

void examine_node(const Facts& facts, Findings& out);  ///< user, directory, start at boot
void examine_os_sup(const Facts& facts,
                    Findings& out);  ///< syslog.allow, mod_syslog, os_mon's keys

/// Adds a finding unless the file is root's, and written by nobody else.
void guarded(const NamedFile& it, const std::string& why, Findings& out);

/// "wrong", "weak", "note".
[[nodiscard]] std::string_view name_of(Level level);

/// Whether one of them is wrong: then a boot does not arm the watchdog.
[[nodiscard]] bool stops_a_boot(const Findings& clashes);

/// 0: nothing is wrong or weak; 1.
[[nodiscard]] int exit_status(const Findings& findings);

}  // namespace vakt::doctor
