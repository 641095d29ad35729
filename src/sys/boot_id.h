// SPDX-License-Identifier: Apache-2.0
// The name of one boot.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace vakt::sys {

/// A UUID of 36 bytes, another one after every boot. Linux: /proc/sys/kernel/random/boot_id.
/// Solaris has none: it is made of when process 1 was started (boot_id_of).
[[nodiscard]] Result<std::string> boot_id();

/// The UUID (RFC 9562, version 8) of a boot that began then; the same for the same instant.
[[nodiscard]] std::string boot_id_of(std::int64_t seconds, std::uint32_t nanoseconds);

}  // namespace vakt::sys
