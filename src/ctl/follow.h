// SPDX-License-Identifier: Apache-2.0
// A drill, followed: what the keeper tells, made into steps until the end is known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keeper/names.h"
#include "wire/whole_status.h"

namespace vakt::ctl {

enum class DrillEnd : std::uint8_t {
    recovered,  ///< the lease beats again, or its VM left in order
    board,      ///< the keeper said its verdict, and then it was gone
    overdue,    ///< D has passed, and the board runs
    lost,       ///< the keeper was gone without a verdict
};

/// (now, what is heard) -> lines to show. Each has the seconds since the drill and, where there is
/// a deadline, what is left until it:
///
///     12.0 s  D in 58.9 s  given up: heart is lost or silent
///
/// News are steps, and so is each change of the lease's phase and of the board's rung that two
/// statuses show. The lease has recovered when the keeper says so, or when its phase is calm and a
/// beat is good that came 2 s or more after the drill: what was on its way then has been read by
/// then. A hard deadline that has passed by more than 2 s is overdue.
class Follow {
 public:
    /// `before`: the status when the drill began, at `start`.
    Follow(keeper::DrillKind kind, const keeper::Name& lease, Instant start,
           const wire::WholeStatus& before);

    using Lines = std::vector<std::string>;
    [[nodiscard]] Lines news(Instant now, const wire::lease::News& news);
    [[nodiscard]] Lines status(Instant now, const wire::WholeStatus& status);
    /// The connection is gone.
    [[nodiscard]] Lines lost(Instant now);
    /// Time has passed.
    [[nodiscard]] Lines tick(Instant now);

    /// Nothing more is to be expected.
    [[nodiscard]] std::optional<DrillEnd> end() const { return end_; }
    /// D as it was last heard of.
    [[nodiscard]] Instant deadline() const { return deadline_; }

 private:
    [[nodiscard]] std::string line(Instant now, std::string_view words) const;
    [[nodiscard]] bool is_mine(const keeper::Name& subject) const;

    keeper::DrillKind kind_;
    keeper::Name lease_;
    Instant start_;
    Instant deadline_ = kNever;
    keeper::Ladder::Phase phase_ = keeper::Ladder::Phase::calm;
    keeper::Rung rung_ = keeper::Rung::none;
    bool verdict_ = false;
    std::optional<DrillEnd> end_;
};

}  // namespace vakt::ctl
