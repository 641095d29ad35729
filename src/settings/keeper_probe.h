// SPDX-License-Identifier: Apache-2.0
// What a piece of evidence is asked of; its name and its times are keeper::EvidenceRule.
#pragma once

#include <cstdint>

#include "base/fixed_text.h"

namespace vakt::settings {

/// How one row of evidence is probed, by a child that may hang on it.
struct Probe {
    enum class Kind : std::uint8_t {
        file_read,        ///< `path` can be opened and a block of it read from the disk
        file_write,       ///< `path` can be written and is on the disk (fdatasync)
        memory_pressure,  ///< /proc/pressure/memory's "full avg10" is at most `limit`
    };
    Kind kind = Kind::file_read;
    FixedText<107> path{};
    std::uint32_t limit = 0;  ///< in hundredths of a percent

    bool operator==(const Probe&) const = default;
};

}  // namespace vakt::settings
