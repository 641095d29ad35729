// SPDX-License-Identifier: Apache-2.0
// What the keeper knows as OpenMetrics text.
#include "show/open_metrics.h"

#include <string_view>

#include "keeper/words.h"
#include "show/metrics_text.h"

namespace vakt::show {
namespace {

namespace lease = wire::lease;
using Text = MetricsText;

/// "12.5", "-0.000001", "3.0": a number of seconds, exact.
std::string seconds(Duration time) {
    constexpr std::int64_t kNano = 1000000000;
    const auto count = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
    const auto size =
        count < 0 ? -static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
    auto fraction = std::to_string(size % kNano + kNano).substr(1);
    while (fraction.size() > 1 && fraction.back() == '0') fraction.pop_back();
    return (count < 0 ? "-" : "") + std::to_string(size / kNano) + "." + fraction;
}

void show_board(Text& out, const lease::StatusBoard& board) {
    out.seconds_family("time_left", "Until the board is reset if nothing good comes.");
    if (board.deadline != kNever) out.sample({}, seconds(board.deadline - board.now));
    out.gauge("verdict_said", "1 when the last verdict is said: the board is about to end.",
              board.rung != keeper::Rung::none);
    out.gauge("holds_back", "1 while the ladder of a killed keeper stops the pets.",
              (board.flags & lease::kHoldsBack) != 0);
    out.gauge("reload_refused", "1 when the last reload of keeper.conf was refused.",
              (board.flags & lease::kReloadRefused) != 0);
    out.counter("beats", "Good beats of all leases since the keeper started.", board.beats);
    out.counter("pets", "Pets of all watchdogs since the keeper started.", board.pets);
    out.counter("pet_failures", "Pets that failed.", board.pet_failures);
    out.counter("opens_refused", "Hearts that were refused a lease.", board.refused);
    out.counter("boots", "Boots that the ledger has counted.", board.boots);
    out.gauge("failed_boots", "Boots before this one that failed one after the other.",
              board.failed_boots);
    out.family("beat_interval_seconds", "histogram", "Time between two good beats of one lease.",
               "seconds");
    std::uint64_t so_far = 0;
    for (std::size_t at = 0; at < wire::kBeatColumns; ++at) {
        so_far += board.beat_intervals[at];
        const bool last = at + 1 == wire::kBeatColumns;
        out.sample(label("le", last ? "+Inf" : seconds(wire::kBeatBounds[at])), so_far, "_bucket");
    }
}

/// One gauge over all rows of a table; `value` gives "" where a row has none.
template <class Rows, class Labels, class Value>
void each(Text& out, const Rows& rows, Labels labels, Value value) {
    for (const auto& row : rows)
        if (const std::string shown = value(row); !shown.empty()) out.sample(labels(row), shown);
}

std::string until(Instant then, Instant now) { return then == kNever ? "" : seconds(then - now); }
std::string since(Instant then, Instant now) { return then == kNever ? "" : seconds(now - then); }
std::string truth(bool is) { return is ? "1" : "0"; }

void show_leases(Text& out, const wire::WholeStatus& status) {
    const auto now = status.board.now;
    const auto& rows = status.leases;
    const auto labels = [](const lease::StatusLease& row) {
        return label("lease", row.name.view());
    };
    out.family("lease_held", "gauge", "1 while a heart is connected.");
    each(out, rows, labels, [](const auto& row) { return truth(row.held); });
    out.family("lease_required", "gauge", "1 for a lease that must appear.");
    each(out, rows, labels, [](const auto& row) { return truth(row.required); });
    out.family("lease_given_up", "gauge", "1 while its VM is given up.");
    each(out, rows, labels,
         [](const auto& row) { return truth(row.phase >= keeper::Ladder::Phase::noting); });
    out.seconds_family("lease_beat_age", "Since the last good beat, or what stands for it.");
    each(out, rows, labels, [&](const auto& row) { return since(row.last_good_beat, now); });
    out.seconds_family("lease_time_left", "Until the board is reset for this lease.");
    each(out, rows, labels, [&](const auto& row) { return until(row.deadline, now); });
}

void show_devices(Text& out, const wire::WholeStatus& status) {
    const auto now = status.board.now;
    const auto& rows = status.devices;
    const auto labels = [](const lease::StatusDevice& row) {
        return label("device", row.name.view()) + "," + label("driver", row.driver.view());
    };
    const auto armed = [](const lease::StatusDevice& row) {
        return row.state == keeper::DeviceState::armed;
    };
    out.family("device_armed", "gauge", "1 while the hardware counts.");
    each(out, rows, labels, [&](const auto& row) { return truth(armed(row)); });
    out.seconds_family("device_timeout", "The timeout that the hardware granted.");
    each(out, rows, labels,
         [&](const auto& row) { return armed(row) ? seconds(row.granted) : std::string(); });
    out.seconds_family("device_pet_age", "Since the last pet.");
    each(out, rows, labels,
         [&](const auto& row) { return armed(row) ? since(row.petted, now) : std::string(); });
    out.seconds_family("device_time_left", "What the hardware says is left of its countdown.");
    each(out, rows, labels, [](const auto& row) {
        return row.time_left < Duration::zero() ? std::string() : seconds(row.time_left);
    });
}

void show_evidence(Text& out, const wire::WholeStatus& status) {
    const auto now = status.board.now;
    const auto labels = [](const lease::StatusEvidence& row) {
        return label("evidence", row.name.view());
    };
    out.seconds_family("evidence_age", "Since the last good answer.");
    each(out, status.evidence, labels, [&](const auto& row) { return since(row.good, now); });
    out.seconds_family("evidence_time_left", "Until the board is reset for this evidence.");
    each(out, status.evidence, labels, [&](const auto& row) { return until(row.deadline, now); });
}

}  // namespace

std::string open_metrics(const Known& known) {
    Text out;
    out.gauge("keeper_up", "1 when the keeper answered.", known.status != nullptr);
    if (known.status != nullptr) {
        if (const auto version = known.status->board.version.view(); !version.empty())
            out.family("keeper", "info", "The keeper that answered.")
                .sample(label("version", version), 1, "_info");
        show_board(out, known.status->board);
        show_leases(out, *known.status);
        show_devices(out, *known.status);
        show_evidence(out, *known.status);
    }
    if (known.resets) {
        out.family("resets", "gauge", "Ends of boots by cause, as far as the ledger goes back.");
        for (std::uint8_t cause = 0; cause < report::kCauses; ++cause)
            out.sample(label("cause", report::name_of(static_cast<report::Cause>(cause))),
                       (*known.resets)[cause]);
    }
    if (!known.last_cause.empty())
        out.family("last_reset", "info", "Why the board last restarted.")
            .sample(
                label("cause", known.last_cause) + "," + label("confidence", known.last_confidence),
                1, "_info");
    return out.end();
}

}  // namespace vakt::show
