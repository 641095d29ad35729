// SPDX-License-Identifier: Apache-2.0
// The keeper's state as the rows of its status.
#include "wire/status_rows.h"

#include <algorithm>

namespace vakt::wire {

lease::StatusBoard board_row(const keeper::Keeper& keeper, Instant now) {
    const auto& verdict = keeper.verdict().state();
    lease::StatusBoard row;
    row.now = now;
    // The verdict's own D may be nearer: that of a guarded end is the hardware's next bite.
    row.deadline = keeper.verdict().said() ? verdict.deadline : keeper.deadline();
    row.mode = keeper.mode();
    row.rung = verdict.rung;
    row.end = verdict.end;
    row.cause = verdict.cause;
    row.subject = verdict.subject;
    if (keeper.holds_back()) row.flags |= lease::kHoldsBack;
    if (const auto oldest = keeper.oldest()) {
        row.oldest = oldest->name;
        row.oldest_is_evidence = oldest->is_evidence;
        row.oldest_silent_from = oldest->silent_from;
        row.oldest_deadline = oldest->deadline;
    }
    return row;
}

lease::StatusLease lease_row(const keeper::Keeper& keeper, keeper::LeaseId id) {
    const auto& lease = keeper.lease(id);
    const auto& ladder = keeper.ladder(id).state();
    return {.name = lease.state().name,
            .uid = lease.state().uid,
            .required = lease.rule().required,
            .presence = lease.state().presence,
            .phase = ladder.phase,
            .cause = ladder.cause,
            .held = lease.state().holder != 0,
            .timing = lease.state().timing,
            .last_good_beat = lease.state().since,
            .deadline = lease.deadline(),
            .snoozed_until = lease.state().snoozed_until,
            .vm_pid = lease.state().vm.pid};
}

lease::StatusDevice device_row(const keeper::Keeper& keeper, keeper::DeviceId id) {
    const auto& device = keeper.device(id);
    lease::StatusDevice row;
    row.number = id;
    row.state = device.state;
    row.granted = device.granted;
    row.petted = device.petted;
    return row;
}

lease::StatusEvidence evidence_row(const keeper::Keeper& keeper, keeper::EvidenceId id) {
    const auto& evidence = keeper.evidence(id);
    return {.name = evidence.rule.name,
            .good = evidence.good,
            .freshness = evidence.rule.freshness,
            .grace = evidence.rule.grace,
            .deadline = evidence.deadline(),
            .asking = evidence.asking};
}

std::size_t beat_column(Duration interval) {
    return static_cast<std::size_t>(std::ranges::lower_bound(kBeatBounds, interval) -
                                    kBeatBounds.begin());
}

}  // namespace vakt::wire
