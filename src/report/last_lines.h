// SPDX-License-Identifier: Apache-2.0
// Which of the lines that outlived a boot are worth telling.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/black_box.h"

namespace vakt::report {

/// The last `most` lines of `boot`, in their order, each number once. Those from emerg to crit of
/// its last minute come before those of err, and both before any other: neither a minute of chatter
/// nor the errors of a disk that is gone push out what was said of the board's end.
[[nodiscard]] std::vector<BlackBoxLine> last_lines(std::vector<BlackBoxLine> lines,
                                                   const BootId& boot, std::size_t most);

/// "<err> host app[pid]: text (3 times more)", fit for a report; a gap is as it stands.
[[nodiscard]] std::string line_words(const BlackBoxLine& line);

}  // namespace vakt::report
