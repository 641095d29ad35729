// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648, section 4), read strictly.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vakt::seed {

/// White space anywhere is passed over, as in the lines that base64(1) writes. nullopt: another
/// byte, a padding that is missing or in the wrong place, or bits that stand for nothing.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace vakt::seed
