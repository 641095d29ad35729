// SPDX-License-Identifier: Apache-2.0
// A user's or group's number by name, from the text of /etc/passwd or /etc/group: no NSS, so that a
// static program may ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vakt {

/// The first line NAME:...:NUMBER:... with this name and a number that can be one: passwd(5) and
/// group(5) begin alike; nullopt when there is none.
[[nodiscard]] std::optional<std::uint32_t> find_id(std::string_view names, std::string_view name);

}  // namespace vakt
