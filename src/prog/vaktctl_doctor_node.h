// SPDX-License-Identifier: Apache-2.0
// What doctor looks at for the node that is started at boot, and for os_sup.
#pragma once

#include <string>

#include "doctor/node_facts.h"
#include "keeper/authority.h"
#include "prog/vaktctl_doctor_tree.h"

namespace vakt::prog {

/// Where its files are; as the system names them.
struct NodePlaces {
    std::string conf;      ///< node.conf
    std::string policy;    ///< syslog.allow
    std::string programs;  ///< Vakt's own, with a slash at its end
};

/// None where there is no node.conf. `rights` are keeper.conf's.
[[nodiscard]] std::optional<doctor::NodeFacts> look_at_node(const Tree& tree,
                                                            const NodePlaces& places,
                                                            const keeper::Rights& rights);

}  // namespace vakt::prog
