// SPDX-License-Identifier: Apache-2.0
// What start_erl finds on the disk: releases, and whether they can be started.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "prog/start_erl_settings.h"
#include "release/choice.h"

namespace vakt::prog {

struct Found {
    /// The data file's release first (without versions when it cannot be read), the safe one last
    /// where there is one; each once.
    std::vector<release::Candidate> candidates;
    std::string safe_boot;              ///< of the safe one, without ".boot"
    std::vector<std::string> troubles;  ///< what should have been read and could not be
};

/// `flags_fault`: why the flags let nothing but the safe one start; "" when they do not. `kept`:
/// the last good release, where one is known.
[[nodiscard]] Found look_for_releases(const StartSettings& settings, const std::string& flags_fault,
                                      const std::optional<release::Release>& kept);

}  // namespace vakt::prog
