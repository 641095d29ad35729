// SPDX-License-Identifier: Apache-2.0
// The keeper's state as the rows of its status.
#pragma once

#include "keeper/keeper.h"
#include "wire/status_bytes.h"

namespace vakt::wire {

/// Each with all that the pure machine knows. The program adds what only it knows: of the board
/// every count, every flag but kHoldsBack, `started`, `error` and `version`; of a device `name`,
/// `driver`, `identity`, `time_left`, `boot_status` and `abilities`.
[[nodiscard]] lease::StatusBoard board_row(const keeper::Keeper& keeper, Instant now);
[[nodiscard]] lease::StatusLease lease_row(const keeper::Keeper& keeper, keeper::LeaseId id);
[[nodiscard]] lease::StatusDevice device_row(const keeper::Keeper& keeper, keeper::DeviceId id);
[[nodiscard]] lease::StatusEvidence evidence_row(const keeper::Keeper& keeper,
                                                 keeper::EvidenceId id);

/// Which column of StatusBoard::beat_intervals counts a beat that came so long after the one
/// before.
[[nodiscard]] std::size_t beat_column(Duration interval);

}  // namespace vakt::wire
