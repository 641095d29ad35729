// SPDX-License-Identifier: Apache-2.0
// A drill, followed: what the keeper tells, made into steps until the end is known.
#include "ctl/follow.h"

#include <algorithm>
#include <array>

#include "ctl/printable.h"
#include "ctl/words.h"

namespace vakt::ctl {
namespace {

using namespace std::chrono_literals;
using keeper::NoteKind;
using Phase = keeper::Ladder::Phase;

// Beats of before the drill that were still on their way.
constexpr Duration kLateBeats = 2s;
// The hardware may count in whole seconds, and needs some time to pull the line.
constexpr Duration kOverdue = 2s;
constexpr Duration kWithoutDeadline = 600s;

std::string padded(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

Follow::Follow(keeper::DrillKind kind, const keeper::Name& lease, Instant start,
               const wire::WholeStatus& before)
    : kind_(kind), lease_(lease), start_(start), deadline_(before.board.deadline) {
    for (const auto& row : before.leases)
        if (row.name == lease) deadline_ = row.deadline;
}

std::string Follow::line(Instant now, std::string_view words) const {
    auto text = padded(in_words(now - start_), 9) + "  ";
    const auto left = deadline_ == kNever ? "" : "D in " + in_words(deadline_ - now);
    return text + left + std::string(14 - std::min<std::size_t>(14, left.size()), ' ') + "  " +
           std::string(words);
}

bool Follow::is_mine(const keeper::Name& subject) const {
    return kind_ != keeper::DrillKind::stop_petting && subject == lease_;
}

Follow::Lines Follow::news(Instant now, const wire::lease::News& news) {
    if (end_) return {};
    const bool of_board = news.kind == NoteKind::verdict || news.kind == NoteKind::clean ||
                          news.kind == NoteKind::left;
    if (news.deadline != kNever && (is_mine(news.subject) || of_board)) deadline_ = news.deadline;
    verdict_ = verdict_ || of_board;
    const bool recovered = news.kind == NoteKind::recovered || news.kind == NoteKind::retired;
    if (is_mine(news.subject) && recovered) {
        end_ = DrillEnd::recovered;
        deadline_ = kNever;
    }
    return {line(now, news_words(news, now))};
}

Follow::Lines Follow::status(Instant now, const wire::WholeStatus& status) {
    if (end_) return {};
    Lines lines;
    const auto& board = status.board;
    if (board.rung != keeper::Rung::none) {
        verdict_ = true;
        deadline_ = board.deadline;
        if (board.rung != rung_) lines.push_back(line(now, doing(board.rung)));
        rung_ = board.rung;
        return lines;
    }
    for (const auto& row : status.leases) {
        if (!is_mine(row.name)) continue;
        deadline_ = row.deadline;
        // The two warnings are news already.
        if (row.phase != phase_ && row.phase >= Phase::noting)
            lines.push_back(line(now, doing(row.phase)));
        phase_ = row.phase;
        const bool beats =
            row.last_good_beat != kNever && row.held && row.last_good_beat >= start_ + kLateBeats;
        if (row.phase != Phase::calm || !beats) continue;
        end_ = DrillEnd::recovered;
        deadline_ = kNever;
        lines.push_back(line(now, "it beats again"));
    }
    return lines;
}

Follow::Lines Follow::lost(Instant now) {
    if (end_) return {};
    end_ = verdict_ ? DrillEnd::board : DrillEnd::lost;
    return {line(now, verdict_ ? "the keeper is gone: the board ends"
                               : "the keeper is gone, and had said no verdict")};
}

Follow::Lines Follow::tick(Instant now) {
    const auto limit = deadline_ == kNever ? start_ + kWithoutDeadline : deadline_ + kOverdue;
    if (end_ || now <= limit) return {};
    end_ = DrillEnd::overdue;
    return {line(now, "the hard deadline has passed, and the board still runs")};
}

}  // namespace vakt::ctl
