// SPDX-License-Identifier: Apache-2.0
// The keeper's status for people.
#include "ctl/status_text.h"

#include <algorithm>

#include "ctl/printable.h"
#include "ctl/words.h"
#include "keeper/words.h"
#include "report/boot_status.h"
#include "report/keeper_note.h"

namespace vakt::ctl {
namespace {

namespace lease = wire::lease;
using keeper::DeviceState;
using keeper::Presence;
using Phase = keeper::Ladder::Phase;

constexpr Duration kNear = std::chrono::seconds(10);

/// How much of `whole` is gone: "[####--------]".
Piece bar(Duration gone, Duration whole) {
    constexpr std::int64_t kCells = 12;
    const auto part = whole <= Duration::zero()
                          ? kCells
                          : std::clamp<std::int64_t>(gone * kCells / whole, 0, kCells);
    const auto full = static_cast<std::size_t>(part);
    const auto tone = gone >= whole ? Tone::alarm : gone * 2 >= whole ? Tone::warning : Tone::good;
    return {"[" + std::string(full, '#') + std::string(kCells - full, '-') + "]", tone};
}

std::string count_of(std::uint64_t number, const char* one, const char* many) {
    return std::to_string(number) + (number == 1 ? one : many);
}

class StatusText {
 public:
    StatusText(const wire::WholeStatus& status, const Look& look)
        : status_(status), board_(status.board), page_(look) {}

    std::string text() {
        page_.row("Board", verdict());
        oldest();
        if (!board_.error.empty())
            page_.row("Reload", {{"refused: " + printable(board_.error.view()), Tone::alarm}});
        if (!status_.leases.empty()) page_.title("Leases");
        for (const auto& row : status_.leases) lease_row(row);
        if (!status_.devices.empty()) page_.title("Watchdogs");
        for (const auto& row : status_.devices) device_row(row);
        if (!status_.evidence.empty()) page_.title("Evidence");
        for (const auto& row : status_.evidence) evidence_row(row);
        page_.title("Keeper");
        counts();
        self();
        return page_.text();
    }

 private:
    [[nodiscard]] bool has(std::uint16_t bit) const { return (board_.flags & bit) != 0; }
    [[nodiscard]] Duration left(Instant until) const { return until - board_.now; }
    [[nodiscard]] std::string at_the_latest(Instant until) const {
        return until == kNever ? "" : "reset in " + in_words(left(until)) + " at the latest";
    }

    std::vector<Piece> verdict() {
        if (board_.rung != keeper::Rung::none) {
            const auto whose =
                board_.subject.empty() ? "" : printable(board_.subject.view()) + ": ";
            return {{"ENDING: " + std::string(report::words_of(board_.end)), Tone::alarm},
                    {whose + std::string(report::words_of(board_.cause))},
                    {std::string(doing(board_.rung))},
                    {at_the_latest(board_.deadline), Tone::alarm}};
        }
        switch (board_.mode) {
            case keeper::Keeper::Mode::running:
                break;
            case keeper::Keeper::Mode::handing_over:
            case keeper::Keeper::Mode::restarting:
                return {{"HANDING OVER to another keeper", Tone::warning}};
            case keeper::Keeper::Mode::leaving:
            case keeper::Keeper::Mode::gone:
                return {{"THE KEEPER LEAVES: the hardware goes on counting", Tone::warning}};
        }
        if (has(lease::kHoldsBack))
            return {{"NOT PETTED", Tone::alarm},
                    {"a ladder had begun when this keeper was started anew; its VM's beats end it"},
                    {at_the_latest(board_.deadline), Tone::alarm}};
        const auto armed =
            std::ranges::count(status_.devices, DeviceState::armed, &lease::StatusDevice::state);
        std::vector<Piece> pieces;
        if (has(lease::kSystemdOwns))
            pieces.push_back({"guarded through systemd", Tone::good});
        else if (armed > 0)
            pieces.push_back({"guarded", Tone::good});
        else
            pieces.push_back({"NO WATCHDOG IS ARMED: reboot(2) is the last resort", Tone::warning});
        if (board_.deadline == kNever)
            pieces.push_back({"nothing counts: the board is not reset while the keeper lives"});
        return pieces;
    }

    void oldest() {
        if (board_.oldest.empty()) return;
        const auto tone = left(board_.oldest_deadline) < kNear ? Tone::alarm : Tone::plain;
        page_.row("Oldest",
                  {{(board_.oldest_is_evidence ? "evidence " : "lease ") +
                    printable(board_.oldest.view())},
                   {at_the_latest(board_.oldest_deadline) + " if nothing more comes", tone}});
    }

    void lease_row(const lease::StatusLease& row) {
        std::vector<Piece> pieces = presence(row);
        const bool counts = row.presence == Presence::held || row.presence == Presence::awaited;
        if (counts && row.phase >= Phase::noting)
            pieces.push_back({"GIVEN UP: " + std::string(report::words_of(row.cause)) + "; " +
                                  std::string(doing(row.phase)),
                              Tone::alarm});
        if (counts) pieces.push_back({"D in " + in_words(left(row.deadline))});
        if (row.snoozed_until > board_.now)
            pieces.push_back({"snoozed for " + in_words(left(row.snoozed_until)), Tone::warning});
        if (row.presence == Presence::held && !row.held)
            pieces.push_back({"its heart is not connected", Tone::warning});
        if (row.vm_pid != 0) pieces.push_back({"VM " + std::to_string(row.vm_pid)});
        pieces.push_back({"uid " + std::to_string(row.uid), Tone::dim});
        if (row.required) pieces.push_back({"required", Tone::dim});
        page_.row("  " + printable(row.name.view()), pieces);
    }

    std::vector<Piece> presence(const lease::StatusLease& row) {
        switch (row.presence) {
            case Presence::absent:
                return {{"never seen; not required, so it counts for nothing", Tone::dim}};
            case Presence::retired:
                return {{"left in order; counts for nothing", Tone::dim}};
            case Presence::awaited:
            case Presence::held:
                break;
        }
        const auto from = std::max(row.last_good_beat, row.snoozed_until);
        if (row.presence == Presence::awaited && from > board_.now)
            return {
                {"awaited; its beats must begin within " + in_words(left(from)), Tone::warning}};
        const auto silent = std::max(board_.now - from, Duration::zero());
        return {bar(silent, row.timing.beat_timeout),
                {"silent " + in_words(silent) + " of " + length_words(row.timing.beat_timeout)}};
    }

    void device_row(const lease::StatusDevice& row) {
        std::vector<Piece> pieces{{printable(row.name.view())}};
        const bool armed = row.state == DeviceState::armed;
        pieces.push_back(state(row));
        if (armed) {
            pieces.push_back({"granted " + length_words(row.granted)});
            const auto left_now =
                row.time_left >= Duration::zero() ? row.time_left : left(row.petted + row.granted);
            pieces.push_back({"bites in " + in_words(left_now)});
        }
        const auto identity = printable(row.identity.view());
        pieces.push_back(
            {printable(row.driver.view()) + (identity.empty() ? "" : ": " + identity), Tone::dim});
        if (row.boot_status != 0)
            pieces.push_back({"last restart: " + report::boot_status_words(row.boot_status)});
        if ((row.abilities & lease::kCannotDisarm) != 0)
            pieces.push_back({"cannot be disarmed", Tone::dim});
        if (armed && (row.abilities & lease::kClosingDisarms) != 0)
            pieces.push_back({"CLOSING IT DISARMS IT: a dead keeper is not missed", Tone::warning});
        if ((row.abilities & lease::kAlarmOnly) != 0)
            pieces.push_back({"RINGS ONLY: does not reset the board", Tone::warning});
        page_.row("  " + std::to_string(row.number), pieces);
    }

    static Piece state(const lease::StatusDevice& row) {
        switch (row.state) {
            case DeviceState::idle:
                return {"NOT ARMED: it could not be opened, is tried again", Tone::alarm};
            case DeviceState::arming:
                return {"being armed", Tone::warning};
            case DeviceState::armed:
                return {"armed", Tone::good};
            case DeviceState::refused:
                return {"REFUSED: it grants " + length_words(row.granted) +
                            ", which cannot keep the hard deadline; lower its timeout",
                        Tone::alarm};
            case DeviceState::disarmed:
                return {"disarmed, as it was asked for", Tone::warning};
        }
        return {};
    }

    void evidence_row(const lease::StatusEvidence& row) {
        const auto age = std::max(board_.now - row.good, Duration::zero());
        std::vector<Piece> pieces{bar(age, row.freshness),
                                  {"good " + in_words(age) + " ago"},
                                  {"fresh for " + length_words(row.freshness)},
                                  {"D in " + in_words(left(row.deadline))}};
        if (row.asking) pieces.push_back({"asked", Tone::dim});
        page_.row("  " + printable(row.name.view()), pieces);
    }

    void counts() {
        std::vector<Piece> beats{{count_of(board_.beats, " good beat", " good beats")}};
        std::string before = "0";
        for (std::size_t column = 0; column < wire::kBeatColumns; ++column) {
            const bool last = column == wire::kBeatBounds.size();
            const auto bound =
                last ? "" : std::to_string(wire::kBeatBounds[column] / std::chrono::seconds(1));
            auto words = last ? "over " + before : before;
            if (!last) (words += "..") += bound;
            before = bound;
            const auto count = board_.beat_intervals[column];
            if (count == 0) continue;
            words += " s: ";
            words += std::to_string(count);
            beats.push_back({words, Tone::dim});
        }
        page_.row("  beats", beats);
        page_.row("  pets",
                  {{std::to_string(board_.pets)},
                   {std::to_string(board_.pet_failures) + " failed",
                    board_.pet_failures == 0 ? Tone::dim : Tone::alarm},
                   {count_of(board_.refused, " lease refused", " leases refused"), Tone::dim}});
        if (board_.boots != 0)
            page_.row("  boots",
                      {{std::to_string(board_.boots)},
                       {std::to_string(board_.failed_boots) + " failed in a row before this one",
                        board_.failed_boots == 0 ? Tone::dim : Tone::warning}});
    }

    void self() {
        const auto flag = [this](std::uint16_t bit, const char* yes, const char* no) {
            return has(bit) ? Piece{yes, Tone::dim} : Piece{no, Tone::warning};
        };
        std::vector<Piece> pieces{
            {"version " + printable(board_.version.view())},
            {"up " + in_words(board_.now - board_.started)},
            flag(lease::kMemoryLocked, "memory locked", "MEMORY NOT LOCKED"),
            flag(lease::kRealTime, "real-time", "NOT REAL-TIME"),
            flag(lease::kOomExempt, "out of the OOM killer's reach",
                 "WITHIN THE OOM KILLER'S REACH"),
            flag(lease::kHands, "wd_bus is there", "no wd_bus: logind and systemd are not asked"),
        };
        if (has(lease::kScribeLost))
            pieces.push_back({"ITS SCRIBE IS LOST: notes go to pmsg only", Tone::alarm});
        if (has(lease::kProberLost))
            pieces.push_back({"A PROBER IS LOST: its evidence grows stale", Tone::alarm});
        if (has(lease::kReaderLost))
            pieces.push_back({"ITS READER IS LOST: keeper.conf cannot be read again", Tone::alarm});
        page_.row("  itself", pieces);
    }

    const wire::WholeStatus& status_;
    const lease::StatusBoard& board_;
    Page page_;
};

}  // namespace

std::string status_text(const wire::WholeStatus& status, const Look& look) {
    return StatusText(status, look).text();
}

}  // namespace vakt::ctl
