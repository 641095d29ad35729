// SPDX-License-Identifier: Apache-2.0
// Descriptors that are not to be handed on.
#pragma once

namespace vakt::sys {

/// Closes every descriptor from `first` on, also those above a limit that was lowered later. No
/// heap; safe between fork and exec.
void close_from(int first);

}  // namespace vakt::sys
