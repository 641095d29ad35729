// SPDX-License-Identifier: Apache-2.0
// What the keeper says, in words for people.
#pragma once

#include <string>
#include <string_view>

#include "ctl/options.h"
#include "keeper/keeper.h"
#include "wire/lease_bytes.h"

namespace vakt::ctl {

/// Why it was refused, and what to do about it. `uid` is that of whoever asked.
[[nodiscard]] std::string refusal_words(const Options& asked, keeper::Refusal refusal,
                                        std::uint32_t uid);

/// "otp: given up: no beat from the VM; reset in 57 s at the latest", seen at `now`.
[[nodiscard]] std::string news_words(const wire::lease::News& news, Instant now);

/// The same as one JSON object; `wall_ns` is `now` by the other clock.
[[nodiscard]] std::string news_json(const wire::lease::News& news, Instant now,
                                    std::int64_t wall_ns);

/// What is being done in this phase or on this rung; "" while all is calm.
[[nodiscard]] std::string_view doing(keeper::Ladder::Phase phase);
[[nodiscard]] std::string_view doing(keeper::Rung rung);

}  // namespace vakt::ctl
