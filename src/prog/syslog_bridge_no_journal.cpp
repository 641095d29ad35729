// SPDX-License-Identifier: Apache-2.0
// A bridge without libsystemd has no journal as a source.
#include "prog/syslog_bridge_sources.h"

namespace vakt::prog {

Result<std::unique_ptr<OpenSource>> open_journal(SourceSetup& setup) {
    return refusal(setup.row.settings.name + ": this system was built without systemd's journal");
}

}  // namespace vakt::prog
