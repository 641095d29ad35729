// SPDX-License-Identifier: Apache-2.0
// What journald says of the messages that it could not forward.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace vakt::source {

/// The count in "Forwarding to syslog missed 12 messages." (journald-syslog.c,
/// server_maybe_warn_forward_syslog_missed: at most once in 30 s, and mostly into the journal alone
/// with message id 0027229ca0644181a76c4e92458afa2e). None for any other text. Anybody can write
/// such a line: see who the sender is.
[[nodiscard]] constexpr std::optional<std::uint64_t> forward_missed(std::string_view text) {
    constexpr std::string_view kBefore = "Forwarding to syslog missed ";
    constexpr std::string_view kBehind = " messages.";
    if (!text.starts_with(kBefore) || !text.ends_with(kBehind) ||
        text.size() < kBefore.size() + kBehind.size())
        return std::nullopt;
    text.remove_prefix(kBefore.size());
    text.remove_suffix(kBehind.size());
    return parse_decimal<std::uint64_t>(text);
}

}  // namespace vakt::source
