// SPDX-License-Identifier: Apache-2.0
// start_erl.data: which release is to be started.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace vakt::release {

/// A release by its two versions, as `start_erl.data` and RELEASES name it. Its files are in
/// RELDIR/vsn, its emulator in ROOTDIR/erts-ERTS/bin.
struct Release {
    std::string erts;
    std::string vsn;

    bool operator==(const Release&) const = default;
};

/// So that a start's entry in the ledger has room for both.
inline constexpr std::size_t kLongestErts = 32;
inline constexpr std::size_t kLongestVsn = 64;

/// Why `version` cannot be the name of a directory and a word on a line; "" when it can.
[[nodiscard]] std::string version_fault(std::string_view version, std::size_t longest);

/// The content of the data file: one line, two words "ERTS_VSN VSN", a newline or none. OTP's
/// start_erl takes the first two words of whatever is there; release_handler(3) writes exactly
/// this, and what a power cut leaves of it (nothing, zeros, one word) is refused. Errors:
/// "NAME:LINE: why".
[[nodiscard]] Result<Release> parse_start_data(std::string_view text, std::string_view name);

/// What parse_start_data() reads, with the newline.
[[nodiscard]] std::string start_data_text(const Release& release);

/// Whether version `a` is later than `b`, number by number and word by word ("13.1.10" than
/// "13.1.9").
[[nodiscard]] bool is_newer(std::string_view a, std::string_view b);

/// "1.0 (erts 13.1.5)".
[[nodiscard]] std::string in_words(const Release& release);

}  // namespace vakt::release
