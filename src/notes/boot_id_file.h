// SPDX-License-Identifier: Apache-2.0
// This boot's name, from a file.
#pragma once

#include <string>

#include "base/result.h"
#include "report/boot_id.h"

namespace vakt::notes {

/// Of a file like /proc/sys/kernel/random/boot_id; "": the system's own (sys/boot_id.h).
[[nodiscard]] Result<report::BootId> read_boot_id(const std::string& path);

}  // namespace vakt::notes
