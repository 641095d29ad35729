// SPDX-License-Identifier: Apache-2.0
// RELEASES: the releases that release_handler(3) knows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "release/start_data.h"

namespace vakt::release {

enum class ReleaseState { permanent, old, current, tmp_current, unpacked };

struct ListedRelease {
    std::string name;
    Release release;
    std::vector<std::string> libraries;  ///< a directory each, absolute or below the root
    ReleaseState state = ReleaseState::unpacked;
};

/// The file is one term, as release_handler of sasl 4.2 writes it, the newest release first:
///   [{release, Name, Vsn, ErtsVsn, [{Library, LibraryVsn, Directory}], State}].
/// Errors: "NAME:LINE: why". A file with one wrong row is not used at all.
[[nodiscard]] Result<std::vector<ListedRelease>> read_releases(std::string_view text,
                                                               std::string_view name);

/// Those to go back to, in that order: the permanent one, then the old ones, newest first. One that
/// was never made permanent was never trusted.
[[nodiscard]] std::vector<ListedRelease> to_go_back_to(const std::vector<ListedRelease>& all);

}  // namespace vakt::release
