// SPDX-License-Identifier: Apache-2.0
// Where a syslog configuration names the FIFO, and whether as a pipe or as a plain file.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace vakt::swap {

/// Line numbers, from 1.
struct FifoLines {
    std::vector<std::size_t> piped;  ///< `|/path`, pipe("/path"), pipe="/path", ...
    std::vector<std::size_t> plain;  ///< a bare path as action, file("/path"), file="/path"
    /// Of `plain`: those parted from their selector by blanks without a TAB, which Solaris ignores.
    std::vector<std::size_t> without_tab;

    bool operator==(const FifoLines&) const = default;
};

/// Reads the BSD form (`selector<TAB or blanks>action`, as syslog.conf(5) of inetutils, sysklogd,
/// rsyslog and Solaris), RainerScript and syslog-ng's blocks alike. Comments do not count, nor does
/// the path as part of a longer one.
[[nodiscard]] FifoLines find_fifo(std::string_view conf, std::string_view fifo_path);

}  // namespace vakt::swap
