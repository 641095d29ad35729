// SPDX-License-Identifier: Apache-2.0
// What is wrong with a file that people write, line by line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vakt {

/// What is wrong on which line, counted from 1; line 0 is the file as a whole.
struct Complaint {
    int line = 0;
    std::string words;

    bool operator==(const Complaint&) const = default;
};
using Complaints = std::vector<Complaint>;

/// "FILE:LINE: words" ("FILE: words" of the file as a whole), parted by '\n', the first in the file
/// first; at most 32 lines, the last of which then counts the rest. All of it is printable.
[[nodiscard]] std::string in_lines(Complaints complaints, const std::string& file);

/// `text` as a message may show it: at most 40 bytes, in quotes, what is not printable as '?'.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace vakt
