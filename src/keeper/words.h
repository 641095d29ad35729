// SPDX-License-Identifier: Apache-2.0
// The machine names of what the keeper counts by: those of vaktctl --json, vakt:status/0 and D-Bus.
#pragma once

#include <string_view>

#include "keeper/keeper.h"

namespace vakt::keeper {

/// The enumerator as it is written in the source: "vm_silent", "hearts_hands".
[[nodiscard]] std::string_view name_of(Cause cause);
[[nodiscard]] std::string_view name_of(EndKind end);
[[nodiscard]] std::string_view name_of(Rung rung);
[[nodiscard]] std::string_view name_of(DrillKind kind);
[[nodiscard]] std::string_view name_of(Presence presence);
[[nodiscard]] std::string_view name_of(Ladder::Phase phase);
[[nodiscard]] std::string_view name_of(DeviceState state);
[[nodiscard]] std::string_view name_of(Keeper::Mode mode);
[[nodiscard]] std::string_view name_of(NoteKind kind);
[[nodiscard]] std::string_view name_of(Refusal refusal);

}  // namespace vakt::keeper
