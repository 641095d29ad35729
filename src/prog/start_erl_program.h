// SPDX-License-Identifier: Apache-2.0
// start_erl from its settings to the emulator that it becomes.
#pragma once

#include "prog/start_erl_settings.h"

namespace vakt::prog {

/// Decides, waits, notes, and becomes the emulator. Returns only when it could not: the exit
/// status.
int start_erl(StartSettings settings);

}  // namespace vakt::prog
