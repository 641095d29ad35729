// SPDX-License-Identifier: Apache-2.0
// Whether disk and memory still do their work; what is asked here may hang with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vakt::sys {

/// Reads the first block of a file or block device from the disk and not from the page cache:
/// O_DIRECT, or where the file system has none, with the cached pages dropped first
/// (posix_fadvise(2); pages that are dirty or mapped stay cached). Errors: what the system said; a
/// refusal for what is empty, or neither file nor block device.
[[nodiscard]] Status read_from_disk(const std::string& path);

/// Writes 64 bytes over the beginning of a file, which is made (0600) where it is not there, and
/// waits until they are on the disk (fdatasync). No link is followed. Errors: what the system said;
/// a refusal for anything but a regular file.
[[nodiscard]] Status write_to_disk(const std::string& path);

/// Of /proc/pressure/memory (Documentation/accounting/psi.rst): the "full avg10", the share of the
/// last 10 s in which all tasks waited for memory, in hundredths of a percent. None for anything
/// that is no such text.
[[nodiscard]] std::optional<std::uint32_t> parse_full_pressure(std::string_view text);

/// Of /proc/meminfo (proc(5)): MemAvailable as hundredths of a percent of MemTotal.
[[nodiscard]] std::optional<std::uint32_t> parse_available(std::string_view text);

/// How much of the memory is available, in hundredths of a percent. Linux: of the file `meminfo`;
/// Solaris: sysconf(3C), _SC_AVPHYS_PAGES, and `meminfo` is not asked.
[[nodiscard]] Result<std::uint32_t> available_share(const std::string& meminfo);

/// Where the kernel keeps no pressure (PSI off), so much of memory must be available.
inline constexpr std::uint32_t kLeastAvailable = 200;  // hundredths of a percent

/// Done while the pressure is at most `limit`, in hundredths of a percent; where the kernel keeps
/// none, while at least kLeastAvailable is. The error says the figures.
[[nodiscard]] Status memory_is_at_ease(std::uint32_t limit,
                                       const std::string& pressure = "/proc/pressure/memory",
                                       const std::string& meminfo = "/proc/meminfo");

}  // namespace vakt::sys
