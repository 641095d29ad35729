// SPDX-License-Identifier: Apache-2.0
// What doctor looks at for the bridge, and for the units of Vakt's services.
#pragma once

#include "prog/vaktctl_doctor_tree.h"

namespace vakt::prog {

/// None where there is neither `conf` nor a bridge's socket. `state` is the keeper's.
[[nodiscard]] std::optional<doctor::BridgeFacts> look_at_bridge(const Tree& tree,
                                                                const std::string& conf,
                                                                const std::string& socket,
                                                                const std::string& state);

/// Those of Vakt's that are installed.
[[nodiscard]] std::vector<doctor::Service> look_at_services(const Tree& tree);

}  // namespace vakt::prog
