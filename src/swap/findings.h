// SPDX-License-Identifier: Apache-2.0
// What is missing or wrong in an installation, in words, each with its cure (seeds S10 and S11).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "swap/file_facts.h"
#include "swap/plan.h"

namespace vakt::swap {

struct Finding {
    std::string what;
    std::string cure;

    bool operator==(const Finding&) const = default;
};
using Findings = std::vector<Finding>;

/// The program itself, as it lies on disk.
struct HelperFacts {
    std::string path;
    FileFacts file;
    std::uint32_t caller_uid = 0;
    bool extra_rights = false;  ///< it was started with more rights than the caller's
    std::uint32_t own_uid = 0;  ///< whose OWN is
    std::uint32_t gid = 0;      ///< of the policy's row
};

/// Owner root, mode 4750, group as in the policy; or no set-uid bit where OWN is the caller's.
[[nodiscard]] Findings check_helper(const HelperFacts& helper);

/// ORIG, OTP, CONF, the FIFO's rule in them, and the FIFO, all that is wrong and not only the
/// first. `own` and `conf` are the paths, for the words.
[[nodiscard]] Findings check_files(const Situation& situation, const std::string& own,
                                   const std::string& conf);

/// The daemon and the flavour.
[[nodiscard]] Findings check_daemon(const Situation& situation);

}  // namespace vakt::swap
