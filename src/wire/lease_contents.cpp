// SPDX-License-Identifier: Apache-2.0
// The content of each kind of lease message, written and read.
#include "wire/lease_contents.h"

#include "wire/lease_parts.h"

namespace vakt::wire {
namespace {

using namespace lease;
using parts::in_millis;
using parts::instant;
using parts::length;
using parts::put;
using parts::signed_length;

constexpr std::uint8_t kFromKeeper = 65;
constexpr std::size_t kToKeeperKinds = 19;

// ---- out ----

void put(ByteWriter& out, const Open& open) {
    out.text(open.lease.view());
    out.number(in_millis(open.timing.beat_timeout));
    out.number(in_millis(open.timing.boot_delay));
    out.number(open.vm.pid);
    out.number(open.vm.start);
    out.number(static_cast<std::uint8_t>(open.killing.abort));
    out.number(static_cast<std::uint8_t>(open.killing.never));
    out.number(in_millis(open.killing.dump_wait));
}
void put(ByteWriter& out, const Beat& beat) { put(out, beat.at); }
void put(ByteWriter&, const ShutDown&) {}
void put(ByteWriter& out, const GivingUp& giving_up) {
    out.number(static_cast<std::uint8_t>(giving_up.cause));
    out.text(giving_up.words.view());
}
void put(ByteWriter& out, const Progress& progress) {
    out.number(static_cast<std::uint8_t>(progress.step));
    out.number(progress.status);
}
void put(ByteWriter& out, const Command& command) { out.bytes(command.bytes); }
void put(ByteWriter& out, const Snooze& snooze) {
    out.text(snooze.lease.view());
    out.number(in_millis(snooze.length));
}
void put(ByteWriter& out, const End& end) {
    out.number(static_cast<std::uint8_t>(end.end));
    out.number(static_cast<std::uint8_t>(end.immediate));
}
void put(ByteWriter& out, const Drill& drill) {
    out.number(static_cast<std::uint8_t>(drill.kind));
    out.text(drill.lease.view());
}
void put(ByteWriter& out, const Disarm& disarm) { out.number(disarm.device); }
void put(ByteWriter&, const TakeOver&) {}
void put(ByteWriter& out, const Granted& granted) {
    out.number(granted.devices);
    out.number(in_millis(granted.shortest));
    out.number(granted.boot_status);
    out.text(granted.identity.view());
}
void put(ByteWriter& out, const Answer& answer) {
    out.number(static_cast<std::uint8_t>(answer.refusal));
    out.number(in_millis(answer.longest));
}
void put(ByteWriter& out, const Warn& warn) {
    out.number(warn.percent);
    put(out, warn.deadline);
}
void put(ByteWriter& out, const Proceed& proceed) {
    put(out, proceed.command_until);
    put(out, proceed.deadline);
}
void put(ByteWriter& out, const Verdict& verdict) {
    out.number(static_cast<std::uint8_t>(verdict.end));
    put(out, verdict.deadline);
}
void put(ByteWriter& out, const HandOver& hand_over) {
    out.number(static_cast<std::uint8_t>(hand_over.descriptors.size()));
    for (const auto& descriptor : hand_over.descriptors) {
        out.number(static_cast<std::uint8_t>(descriptor.is_connection));
        out.number(descriptor.number);
    }
}
void put(ByteWriter&, const StatusAsked&) {}
void put(ByteWriter& out, const Watch& watch) { out.text(watch.lease.view()); }
void put(ByteWriter& out, const ReportTaken& taken) { out.text(taken.lease.view()); }
void put(ByteWriter&, const Hands&) {}
void put(ByteWriter& out, const RungFailed& failed) {
    out.number(static_cast<std::uint8_t>(failed.rung));
}
void put(ByteWriter&, const Healthy&) {}
void put(ByteWriter& out, const GoingDown& down) {
    out.number(static_cast<std::uint8_t>(down.going));
}
void put(ByteWriter& out, const Info& info) {
    out.text(info.lease.view());
    out.text(info.text.view());
}
void put(ByteWriter& out, const Watching& watching) {
    out.number(static_cast<std::uint8_t>(watching.report_is_new));
}
void put(ByteWriter& out, const News& news) {
    out.number(static_cast<std::uint8_t>(news.kind));
    out.number(static_cast<std::uint8_t>(news.cause));
    out.number(static_cast<std::uint8_t>(news.end));
    out.number(news.percent);
    out.text(news.subject.view());
    put(out, news.deadline);
    out.number(news.by);
}
void put(ByteWriter& out, const AskEnd& ask) {
    out.number(static_cast<std::uint8_t>(ask.rung));
    out.number(static_cast<std::uint8_t>(ask.end));
}
void put(ByteWriter& out, const Snoozed& snoozed) { put(out, snoozed.until); }

// ---- in; each reads what it can, and the reader knows whether that was right ----

LeaseMessage open(ByteReader& in) {
    Open open;
    open.lease = in.text(keeper::Name::capacity());
    open.timing.beat_timeout = length(in);
    open.timing.boot_delay = length(in);
    open.vm.pid = in.number<std::uint32_t>();
    open.vm.start = in.number<std::uint64_t>();
    open.killing.abort = in.flag();
    open.killing.never = in.flag();
    open.killing.dump_wait = signed_length(in);
    return open;
}
LeaseMessage beat(ByteReader& in) { return Beat{instant(in)}; }
LeaseMessage shut_down(ByteReader&) { return ShutDown{}; }
LeaseMessage giving_up(ByteReader& in) {
    GivingUp giving_up;
    giving_up.cause = in.one_of<keeper::Cause>(keeper::kCauses);
    giving_up.words = in.text(Words::capacity());
    return giving_up;
}
LeaseMessage progress(ByteReader& in) {
    Progress progress;
    progress.step = in.one_of<keeper::Step>(keeper::kSteps);
    progress.status = in.number<std::uint32_t>();
    return progress;
}
LeaseMessage command(ByteReader& in) { return Command{in.bytes(in.left())}; }
LeaseMessage snooze(ByteReader& in) {
    Snooze snooze;
    snooze.lease = in.text(keeper::Name::capacity());
    snooze.length = length(in);
    return snooze;
}
LeaseMessage end(ByteReader& in) {
    End end;
    end.end = in.one_of<keeper::EndKind>(keeper::kEndKinds);
    end.immediate = in.flag();
    return end;
}
LeaseMessage drill(ByteReader& in) {
    Drill drill;
    drill.kind = in.one_of<keeper::DrillKind>(keeper::kDrillKinds);
    drill.lease = in.text(keeper::Name::capacity());
    return drill;
}
LeaseMessage disarm(ByteReader& in) { return Disarm{in.number<std::uint8_t>()}; }
LeaseMessage take_over(ByteReader&) { return TakeOver{}; }
LeaseMessage granted(ByteReader& in) {
    Granted granted;
    granted.devices = in.number<std::uint8_t>();
    granted.shortest = length(in);
    granted.boot_status = in.number<std::uint32_t>();
    granted.identity = in.text(64);
    return granted;
}
LeaseMessage answer(ByteReader& in) {
    Answer answer;
    answer.refusal = in.one_of<keeper::Refusal>(keeper::kRefusals);
    answer.longest = length(in);
    return answer;
}
LeaseMessage warn(ByteReader& in) {
    Warn warn;
    warn.percent = in.number<std::uint8_t>();
    warn.deadline = instant(in);
    return warn;
}
LeaseMessage proceed(ByteReader& in) {
    Proceed proceed;
    proceed.command_until = instant(in);
    proceed.deadline = instant(in);
    return proceed;
}
LeaseMessage verdict(ByteReader& in) {
    Verdict verdict;
    verdict.end = in.one_of<keeper::EndKind>(keeper::kEndKinds);
    verdict.deadline = instant(in);
    return verdict;
}
LeaseMessage hand_over(ByteReader& in) {
    HandOver hand_over;
    for (auto left = in.one_of<std::uint8_t>(129); left > 0; --left) {
        HandOver::Descriptor descriptor;
        descriptor.is_connection = in.flag();
        descriptor.number = in.number<std::uint32_t>();
        hand_over.descriptors.push_back(descriptor);
    }
    return hand_over;
}

LeaseMessage status_asked(ByteReader&) { return StatusAsked{}; }
LeaseMessage watch(ByteReader& in) { return Watch{in.text(keeper::Name::capacity())}; }
LeaseMessage report_taken(ByteReader& in) { return ReportTaken{in.text(keeper::Name::capacity())}; }
LeaseMessage hands(ByteReader&) { return Hands{}; }
LeaseMessage rung_failed(ByteReader& in) {
    return RungFailed{in.one_of<keeper::Rung>(keeper::kRungs)};
}
LeaseMessage healthy(ByteReader&) { return Healthy{}; }
LeaseMessage going_down(ByteReader& in) { return GoingDown{in.flag()}; }
LeaseMessage info(ByteReader& in) {
    Info info;
    info.lease = in.text(keeper::Name::capacity());
    info.text = in.text(decltype(info.text)::capacity());
    return info;
}
LeaseMessage board(ByteReader& in) { return status_board(in); }
LeaseMessage lease_row(ByteReader& in) { return status_lease(in); }
LeaseMessage device_row(ByteReader& in) { return status_device(in); }
LeaseMessage evidence_row(ByteReader& in) { return status_evidence(in); }
LeaseMessage status_end(ByteReader&) { return StatusEnd{}; }
LeaseMessage watching(ByteReader& in) { return Watching{in.flag()}; }
LeaseMessage news(ByteReader& in) {
    News news;
    news.kind = in.one_of<keeper::NoteKind>(keeper::kNoteKinds);
    news.cause = in.one_of<keeper::Cause>(keeper::kCauses);
    news.end = in.one_of<keeper::EndKind>(keeper::kEndKinds);
    news.percent = in.number<std::uint8_t>();
    news.subject = in.text(keeper::Name::capacity());
    news.deadline = instant(in);
    news.by = in.number<std::uint32_t>();
    return news;
}
LeaseMessage ask_end(ByteReader& in) {
    AskEnd ask;
    ask.rung = in.one_of<keeper::Rung>(keeper::kRungs);
    ask.end = in.one_of<keeper::EndKind>(keeper::kEndKinds);
    return ask;
}
LeaseMessage snoozed(ByteReader& in) { return Snoozed{instant(in)}; }

constexpr std::array<ReadContent, kToKeeperKinds> kToKeeper = {
    open,  beat,        shut_down, giving_up,  progress,     command, snooze,
    end,   drill,       disarm,    take_over,  status_asked, watch,   report_taken,
    hands, rung_failed, healthy,   going_down, info};
constexpr std::array<ReadContent, 15> kFromKeeperReads = {
    granted,    answer,       warn,       proceed,  verdict, hand_over, board,  lease_row,
    device_row, evidence_row, status_end, watching, news,    ask_end,   snoozed};
static_assert(std::variant_size_v<LeaseMessage> == kToKeeper.size() + kFromKeeperReads.size());

/// Whether it is a rung that hands are there for.
bool of_hands(keeper::Rung rung) {
    return rung == keeper::Rung::login1 || rung == keeper::Rung::systemd1;
}

}  // namespace

ReadContent content_reader(std::uint8_t kind) {
    if (kind >= 1 && kind <= kToKeeper.size()) return kToKeeper[kind - 1U];
    if (kind >= kFromKeeper && kind < kFromKeeper + kFromKeeperReads.size())
        return kFromKeeperReads[static_cast<std::size_t>(kind - kFromKeeper)];
    return nullptr;
}

// The variant's order is that of the kinds.
std::uint8_t kind_of(const LeaseMessage& message) {
    const auto index = message.index();
    return static_cast<std::uint8_t>(index < kToKeeperKinds ? index + 1
                                                            : index - kToKeeperKinds + kFromKeeper);
}

void put_content(ByteWriter& out, const LeaseMessage& message) {
    std::visit([&](const auto& m) { put(out, m); }, message);
}

bool makes_sense(const LeaseMessage& message) {
    if (const auto* opened = std::get_if<Open>(&message)) return !opened->lease.empty();
    if (const auto* left = std::get_if<Command>(&message)) return left->bytes.size() <= kMaxCommand;
    if (const auto* failed = std::get_if<RungFailed>(&message)) return of_hands(failed->rung);
    if (const auto* asked = std::get_if<AskEnd>(&message)) return of_hands(asked->rung);
    return true;
}

}  // namespace vakt::wire
