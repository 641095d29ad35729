// SPDX-License-Identifier: Apache-2.0
// A release's boot file (*.boot): whether it is whole, and which directories it loads from.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vakt::release {

/// The directories that a boot file names below "$ROOT/", without that, in its order, each once.
using BootPaths = std::vector<std::string>;

/// A boot file is one term {script, {Name, Vsn}, Instructions} (script(4)) in the external term
/// format (erl_ext_dist): every byte of it must be there and none behind it. A compressed one is
/// taken as whole, without paths. Errors: "NAME: why".
[[nodiscard]] Result<BootPaths> read_boot_file(std::span<const std::uint8_t> bytes,
                                               std::string_view name);

/// Its atoms and strings in their order, which `bytes` holds. None where they are compressed, or
/// are no boot file.
[[nodiscard]] std::vector<std::string_view> boot_words(std::span<const std::uint8_t> bytes);

}  // namespace vakt::release
