// SPDX-License-Identifier: Apache-2.0
// What is wrong with an installation, and the cure of each finding.
#include "doctor/findings.h"

#include <algorithm>

namespace vakt::doctor {

Findings examine(const Facts& facts) {
    Findings found;
    examine_keeper(facts, found);
    examine_devices(facts, found);
    examine_clashes(facts, found);
    examine_heart(facts, found);
    examine_system(facts, found);
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

int exit_status(const Findings& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& found) { return found.level != Level::note; })
               ? 1
               : 0;
}

}  // namespace vakt::doctor
