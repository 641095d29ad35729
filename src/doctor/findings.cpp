// SPDX-License-Identifier: Apache-2.0
// What is wrong with an installation, and the cure of each finding.
#include "doctor/findings.h"

#include <algorithm>

namespace vakt::doctor {

namespace {

std::string octal(std::uint32_t mode) {
    std::string digits = "0";
    for (int shift = 6; shift >= 0; shift -= 3)
        digits += static_cast<char>('0' + (mode >> static_cast<unsigned>(shift) & 7U));
    return digits;
}

}  // namespace

void guarded(const NamedFile& it, const std::string& why, Findings& out) {
    if (it.file.uid == 0 && !it.file.written_by_others()) return;
    out.push_back({Level::wrong, it.path,
                   "belongs to uid " + std::to_string(it.file.uid) + " with mode " +
                       octal(it.file.mode) + ": " + why,
                   "chown root " + it.path + " && chmod go-w " + it.path});
}

Findings examine(const Facts& facts) {
    Findings found;
    examine_keeper(facts, found);
    examine_devices(facts, found);
    examine_clashes(facts, found);
    examine_heart(facts, found);
    examine_system(facts, found);
    examine_services(facts, found);
    examine_bridge(facts, found);
    examine_node(facts, found);
    examine_os_sup(facts, found);
    return found;
}

std::string_view name_of(Level level) {
    switch (level) {
        case Level::wrong:
            return "wrong";
        case Level::weak:
            return "weak";
        case Level::note:
            return "note";
    }
    return "";
}

bool stops_a_boot(const Findings& clashes) {
    return std::any_of(clashes.begin(), clashes.end(),
                       [](const Finding& found) { return found.level == Level::wrong; });
}

int exit_status(const Findings& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& found) { return found.level != Level::note; })
               ? 1
               : 0;
}

}  // namespace vakt::doctor
