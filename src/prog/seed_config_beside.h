// SPDX-License-Identifier: Apache-2.0
// The new files of a seed, each beside its place under seed::temp_of() until it is put there.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "seed/pending.h"
#include "seed/plan.h"
#include "sys/open.h"

namespace vakt::prog {

/// Makes those of the plan's files that are not there already as they are wanted; these are what is
/// pending. `before` are rows that appended already. On an error some of them may be there.
[[nodiscard]] Result<seed::Pending> make_beside(const seed::Plan& plan,
                                                const seed::AppendedRows& before,
                                                const sys::Trust& trust);

/// Whether the new file of this path is still beside its place; nullopt where nothing can be seen.
[[nodiscard]] std::optional<bool> is_beside(const std::string& path, const sys::Trust& trust);

/// One that is not there any more is in its place already.
[[nodiscard]] Status put_in_place(const std::string& path, const sys::Trust& trust);

/// Absent is good; when this is Done it is so also after a power cut.
[[nodiscard]] Status remove_beside(const std::string& path, const sys::Trust& trust);

}  // namespace vakt::prog
