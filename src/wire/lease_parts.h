// SPDX-License-Identifier: Apache-2.0
// Points in time and lengths of time in lease messages.
#pragma once

#include <algorithm>

#include "base/byte_stream.h"
#include "base/instant.h"

namespace vakt::wire::parts {

inline constexpr std::uint64_t kNeverOnWire = ~std::uint64_t{0};

/// Negative is for ever, and what does not fit is as long as can be said.
inline std::uint32_t in_millis(Duration time) {
    using std::chrono::milliseconds;
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(std::clamp<std::int64_t>(
        std::chrono::duration_cast<milliseconds>(time).count(), -1, INT32_MAX)));
}
inline void put(ByteWriter& out, Instant at) {
    out.number(at == kNever ? kNeverOnWire
                            : static_cast<std::uint64_t>(at.time_since_epoch().count()));
}
inline Instant instant(ByteReader& in) {
    const auto raw = in.number<std::uint64_t>();
    // What a signed clock cannot show is as good as never; the keeper bounds it by its own now.
    if (raw >= static_cast<std::uint64_t>(INT64_MAX)) return kNever;
    return Instant(std::chrono::nanoseconds(static_cast<std::int64_t>(raw)));
}
inline Duration length(ByteReader& in) {
    // 24 days are as good as any longer time, and fit the signed ones too.
    return std::chrono::milliseconds(
        std::min<std::uint32_t>(in.number<std::uint32_t>(), INT32_MAX));
}
inline Duration signed_length(ByteReader& in) {
    return std::chrono::milliseconds(
        std::max(static_cast<std::int32_t>(in.number<std::uint32_t>()), -1));
}

}  // namespace vakt::wire::parts
