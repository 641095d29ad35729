// SPDX-License-Identifier: Apache-2.0
// Reading mapped files that somebody else may cut short meanwhile.
#pragma once

namespace vakt::sys {

/// A page of a mapped file that is not there any more (the file was cut short, or its disk fails)
/// ends the process by SIGBUS. While a guard lives such a page reads as zeros instead, until it is
/// unmapped, and hit() tells. Outside of guards SIGBUS does what it always does. For one thread;
/// one guard at a time.
class MappingGuard {
 public:
    MappingGuard();
    ~MappingGuard();
    MappingGuard(const MappingGuard&) = delete;
    MappingGuard& operator=(const MappingGuard&) = delete;

    /// Whether a page was missing since the guard was made.
    [[nodiscard]] bool hit() const;
};

}  // namespace vakt::sys
