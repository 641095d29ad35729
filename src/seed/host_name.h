// SPDX-License-Identifier: Apache-2.0
// The machine's name, short and whole.
#pragma once

#include <string>

#include "seed/map_reader.h"

namespace vakt::seed {

struct HostName {
    std::string name;  ///< one label of at most 63 bytes; "": not said
    std::string fqdn;  ///< with its domain; "": not said
};

/// A key that is a host name: with a domain behind it that is the fqdn, and its first label the
/// name. What is said replaces what was said before.
void read_host_name(MapReader& map, std::string_view key, HostName& host);

}  // namespace vakt::seed
