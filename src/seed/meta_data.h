// SPDX-License-Identifier: Apache-2.0
// A NoCloud seed's meta-data: which instance this is, and its host name.
#pragma once

#include <string>
#include <vector>

#include "seed/host_name.h"
#include "yaml/yaml_tree.h"

namespace vakt::seed {

struct MetaData {
    std::string instance_id;  ///< 1 to 128 letters, digits and . _ : / @ + -
    HostName host;
    std::vector<std::string>
        unused;  ///< keys that say something of the machine and ask for nothing
};

/// `instance-id` is wanted, `local-hostname` may be there; `network-interfaces` is refused, since
/// it asks for what is then not done.
[[nodiscard]] MetaData read_meta_data(const yaml::Node& document, Complaints& complaints);

}  // namespace vakt::seed
