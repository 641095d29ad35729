// SPDX-License-Identifier: Apache-2.0
// A NoCloud seed's user-data: a #cloud-config with files, a host name, and the mapping `vakt:`.
#pragma once

#include <string_view>
#include <vector>

#include "seed/host_name.h"
#include "seed/node_settings.h"
#include "seed/write_file.h"

namespace vakt::seed {

inline constexpr std::size_t kMostFiles = 64;

struct UserData {
    HostName host;
    std::vector<FileWrite> files;  ///< in their order, deferred ones last, each path once
    NodeSettings node;
};

/// An empty text is an empty #cloud-config; every other kind of user-data (scripts, includes, MIME,
/// templates, gzip) is refused by its name, and so is every key that is not write_files, hostname,
/// fqdn or vakt: nothing that was asked for is left undone in silence.
///
/// A path may come again where it is appended to; its rights are then those of the last row.
[[nodiscard]] UserData read_user_data(std::string_view text, const Surroundings& around,
                                      Complaints& complaints);

}  // namespace vakt::seed
