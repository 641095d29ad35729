// SPDX-License-Identifier: Apache-2.0
// A user's number by name, from the text of /etc/passwd: no NSS, so that a static program may ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vakt::settings {

/// The first line NAME:...:UID:... with this name and a number that can be one (passwd(5)); nullopt
/// when there is none.
[[nodiscard]] std::optional<std::uint32_t> find_uid(std::string_view passwd, std::string_view name);

}  // namespace vakt::settings
