// SPDX-License-Identifier: Apache-2.0
// One row of write_files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seed/map_reader.h"

namespace vakt::seed {

/// What names are looked up in, and what may be written.
struct Surroundings {
    std::vector<std::string> places;  ///< directories below which files may be written
    std::string etc;                  ///< the directory of what we write ourselves, one of them
    std::string_view passwd;          ///< the text of a passwd(5) file
    std::string_view groups;          ///< the text of a group(5) file
    std::string user = "otpuser";     ///< who runs the node and may read its cookie
};

/// A file as it is to be.
struct FileWrite {
    std::string path;
    std::string content;
    bool append = false;  ///< what is there stays before it
    std::uint32_t mode = 0644;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    bool defer = false;  ///< behind the others
    int line = 0;        ///< of its row in the document; 0: it has none

    bool operator==(const FileWrite&) const = default;
};

/// cloud-init's path, content, encoding (text/plain, b64, base64; not gzip), permissions, owner,
/// append, defer. Refused, besides what is malformed: `source`, set-id and sticky bits, a user or
/// group that is not known, a path that fault_of_path() finds fault with.
[[nodiscard]] FileWrite read_write_file(const yaml::Node& row, const Surroundings& around,
                                        Complaints& complaints);

}  // namespace vakt::seed
