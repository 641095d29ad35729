// SPDX-License-Identifier: Apache-2.0
// What org.vakt.Keeper1 shows of the keeper.
#include "prog/wd_bus_object.h"

#include <algorithm>
#include <array>

#include "keeper/words.h"
#include "report/report_fields.h"
#include "show/bus_signal.h"

namespace vakt::prog {
namespace {

namespace lease = wire::lease;
using show::bus_time;
using systemd::Values;

std::int64_t micros(Duration time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}
std::uint64_t length(Duration time) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(micros(time), 0));
}

void put_flags(Values& out, std::uint16_t flags) {
    struct Flag {
        std::uint16_t bit;
        const char* name;
    };
    constexpr std::array kFlags{Flag{lease::kHoldsBack, "holds_back"},
                                Flag{lease::kMemoryLocked, "memory_locked"},
                                Flag{lease::kRealTime, "real_time"},
                                Flag{lease::kOomExempt, "oom_exempt"},
                                Flag{lease::kHands, "hands"},
                                Flag{lease::kSystemdOwns, "systemd_owns"},
                                Flag{lease::kReloadRefused, "reload_refused"},
                                Flag{lease::kScribeLost, "scribe_lost"},
                                Flag{lease::kProberLost, "prober_lost"},
                                Flag{lease::kReaderLost, "reader_lost"}};
    out.open('a', "s");
    for (const auto& flag : kFlags)
        if ((flags & flag.bit) != 0) out.text(flag.name);
    out.close();
}

void put(Values& out, const lease::StatusLease& row) {
    out.open('r', "subsssbtttttu")
        .text(row.name.view())
        .number(row.uid)
        .truth(row.required)
        .text(keeper::name_of(row.presence))
        .text(keeper::name_of(row.phase))
        .text(keeper::name_of(row.cause))
        .truth(row.held)
        .number(length(row.timing.beat_timeout))
        .number(length(row.timing.boot_delay))
        .number(bus_time(row.last_good_beat))
        .number(bus_time(row.deadline))
        .number(bus_time(row.snoozed_until))
        .number(row.vm_pid)
        .close();
}

void put(Values& out, const lease::StatusDevice& row) {
    const bool tells = row.time_left >= Duration::zero();
    out.open('r', "ussssttxuy")
        .number(std::uint32_t{row.number})
        .text(row.name.view())
        .text(row.driver.view())
        .text(row.identity.view())
        .text(keeper::name_of(row.state))
        .number(length(row.granted))
        .number(bus_time(row.petted))
        .signed_number(tells ? micros(row.time_left) : -1)
        .number(row.boot_status)
        .byte(row.abilities)
        .close();
}

void put(Values& out, const lease::StatusEvidence& row) {
    out.open('r', "sttttb")
        .text(row.name.view())
        .number(bus_time(row.good))
        .number(length(row.freshness))
        .number(length(row.grace))
        .number(bus_time(row.deadline))
        .truth(row.asking)
        .close();
}

template <class Rows>
void put_rows(Values& out, const char* type, const Rows& rows) {
    out.open('a', type);
    for (const auto& row : rows) put(out, row);
    out.close();
}

void put_intervals(Values& out, const lease::StatusBoard& board) {
    out.open('a', "(tu)");
    for (std::size_t at = 0; at < wire::kBeatColumns; ++at) {
        const bool last = at + 1 == wire::kBeatColumns;
        out.open('r', "tu")
            .number(last ? ~std::uint64_t{0} : length(wire::kBeatBounds[at]))
            .number(board.beat_intervals[at])
            .close();
    }
    out.close();
}

void put_verdict(Values& out, const lease::StatusBoard& board) {
    out.open('r', "ssss")
        .text(keeper::name_of(board.rung))
        .text(keeper::name_of(board.end))
        .text(keeper::name_of(board.cause))
        .text(board.subject.view())
        .close();
}

void put_oldest(Values& out, const lease::StatusBoard& board) {
    out.open('r', "sbtt")
        .text(board.oldest.view())
        .truth(board.oldest_is_evidence)
        .number(bus_time(board.oldest_silent_from))
        .number(bus_time(board.oldest_deadline))
        .close();
}

std::uint64_t time_left(const lease::StatusBoard& board) {
    return board.deadline == kNever ? ~std::uint64_t{0} : length(board.deadline - board.now);
}

}  // namespace

void put_report(Values& values, const std::string& report) {
    for (const char* key : {"cause", "confidence", "lease", "text"})
        values.text(report::report_text(report, key));
}

systemd::ObjectShape keeper_object(const BusView& view) {
    const auto& status = view.status;
    const auto& board = status.board;
    systemd::ObjectShape shape;
    shape.path = "/org/vakt/Keeper1";
    shape.interface = kBusName;
    shape.properties = {
        {"Version", "s", false, [&](Values& out) { out.text(board.version.view()); }},
        {"Mode", "s", true, [&](Values& out) { out.text(keeper::name_of(board.mode)); }},
        {"Flags", "as", true, [&](Values& out) { put_flags(out, board.flags); }},
        {"Deadline", "t", false, [&](Values& out) { out.number(bus_time(board.deadline)); }},
        {"TimeLeft", "t", false, [&](Values& out) { out.number(time_left(board)); }},
        {"Verdict", "(ssss)", true, [&](Values& out) { put_verdict(out, board); }},
        {"Oldest", "(sbtt)", false, [&](Values& out) { put_oldest(out, board); }},
        {"Leases", "a(subsssbtttttu)", false,
         [&](Values& out) { put_rows(out, "(subsssbtttttu)", status.leases); }},
        {"Devices", "a(ussssttxuy)", false,
         [&](Values& out) { put_rows(out, "(ussssttxuy)", status.devices); }},
        {"Evidence", "a(sttttb)", false,
         [&](Values& out) { put_rows(out, "(sttttb)", status.evidence); }},
        {"Beats", "t", false, [&](Values& out) { out.number(board.beats); }},
        {"BeatIntervals", "a(tu)", false, [&](Values& out) { put_intervals(out, board); }},
        {"Pets", "t", false, [&](Values& out) { out.number(board.pets); }},
        {"PetFailures", "u", false, [&](Values& out) { out.number(board.pet_failures); }},
        {"OpensRefused", "u", false, [&](Values& out) { out.number(board.refused); }},
        {"Boots", "u", false, [&](Values& out) { out.number(board.boots); }},
        {"FailedBoots", "u", false, [&](Values& out) { out.number(board.failed_boots); }},
        {"ReloadError", "s", true, [&](Values& out) { out.text(board.error.view()); }},
        {"LastReset", "(ssss)", false,
         [&](Values& out) {
             out.open('r', "ssss");
             put_report(out, view.report);
             out.close();
         }},
    };
    shape.signals = {
        {"Warning", {{"s", "lease"}, {"y", "percent"}, {"t", "deadline"}}},
        {"GivenUp", {{"s", "lease"}, {"s", "cause"}, {"t", "deadline"}}},
        {"VerdictSaid",
         {{"s", "subject"}, {"s", "end"}, {"s", "cause"}, {"t", "deadline"}, {"u", "uid"}}},
        {"Recovered", {{"s", "lease"}}},
        {"Noted",
         {{"s", "kind"}, {"s", "subject"}, {"s", "cause"}, {"t", "deadline"}, {"u", "uid"}}},
        {"ResetReport", {{"s", "cause"}, {"s", "confidence"}, {"s", "lease"}, {"s", "text"}}},
    };
    return shape;
}

std::vector<std::pair<std::string, std::string>> announced(const BusView& view) {
    const auto& board = view.status.board;
    const auto words = [](auto... parts) {
        std::string all;
        (all.append(parts).append(" "), ...);
        return all;
    };
    return {{"Mode", std::string(keeper::name_of(board.mode))},
            {"Flags", std::to_string(board.flags)},
            {"Verdict", words(keeper::name_of(board.rung), keeper::name_of(board.end),
                              keeper::name_of(board.cause), board.subject.view())},
            {"ReloadError", std::string(board.error.view())}};
}

}  // namespace vakt::prog
