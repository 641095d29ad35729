// SPDX-License-Identifier: Apache-2.0
// The machine's name, short and whole.
#pragma once

#include <string>
#include <string_view>

#include "seed/map_reader.h"

namespace vakt::seed {

/// Under which a machine knows itself, whatever its network.
inline constexpr const char* kOwnAddress = "127.0.1.1";

struct HostName {
    std::string name;  ///< one label of at most 63 bytes; "": not said
    std::string fqdn;  ///< with its domain; "": not said
};

/// A key that is a host name: with a domain behind it that is the fqdn, and its first label the
/// name. What is said replaces what was said before.
void read_host_name(MapReader& map, std::string_view key, HostName& host);

/// The whole name of this machine in a text like hosts(5), as plan.h's file has it; "" where it
/// says none that has a domain.
[[nodiscard]] std::string full_name(std::string_view hosts);

}  // namespace vakt::seed
