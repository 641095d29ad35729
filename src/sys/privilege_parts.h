// SPDX-License-Identifier: Apache-2.0
// What of leaving the caller's world each system has its own calls for.
#pragma once

namespace vakt::sys::detail {

/// Reading the clock is no fault, and a short sleep does not last for hours.
void undo_tricks_with_time();

/// By a set-id bit or by rights of the file.
[[nodiscard]] bool runs_with_more();

/// No ptrace and no dump by the caller.
[[nodiscard]] bool hide();

/// What we run has no more rights than we have.
void want_no_more();

/// What an id does not bring and its loss does not take: capabilities, privileges.
[[nodiscard]] bool drop_named_rights();

}  // namespace vakt::sys::detail
