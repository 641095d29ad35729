// SPDX-License-Identifier: Apache-2.0
// The bytes between a heart (or vaktctl, or a successor) and the keeper, version 1.
#include "wire/lease_bytes.h"

#include <algorithm>
#include <cstring>

#include "base/byte_stream.h"

namespace vakt::wire {
namespace {

using namespace lease;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::size_t kSize = 2;  // of the size itself
constexpr std::size_t kHead = 2;  // version and kind
constexpr std::uint8_t kFromKeeper = 65;
constexpr std::size_t kToKeeperKinds = 11;
constexpr std::uint64_t kNeverOnWire = ~std::uint64_t{0};

// ---- the parts ----

std::uint32_t in_millis(Duration time) {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(
        std::clamp<std::int64_t>(duration_cast<milliseconds>(time).count(), -1, INT32_MAX)));
}
void put(ByteWriter& out, Instant at) {
    out.number(at == kNever ? kNeverOnWire
                            : static_cast<std::uint64_t>(at.time_since_epoch().count()));
}
Instant instant(ByteReader& in) {
    const auto raw = in.number<std::uint64_t>();
    // What a signed clock cannot show is as good as never; the keeper bounds it by its own now.
    if (raw >= static_cast<std::uint64_t>(INT64_MAX)) return kNever;
    return Instant(nanoseconds(static_cast<std::int64_t>(raw)));
}
Duration length(ByteReader& in) {
    // 24 days are as good as any longer time, and fit the signed ones too.
    return milliseconds(std::min<std::uint32_t>(in.number<std::uint32_t>(), INT32_MAX));
}
Duration signed_length(ByteReader& in) {
    return milliseconds(std::max(static_cast<std::int32_t>(in.number<std::uint32_t>()), -1));
}

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
    end.end = in.one_of<keeper::EndKind>(3);
    end.immediate = in.flag();
    return end;
}
LeaseMessage drill(ByteReader& in) {
    Drill drill;
    drill.kind = in.one_of<keeper::DrillKind>(5);
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
    verdict.end = in.one_of<keeper::EndKind>(3);
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

using Read = LeaseMessage (*)(ByteReader&);
constexpr std::array<Read, kToKeeperKinds> kToKeeper = {
    open, beat, shut_down, giving_up, progress, command, snooze, end, drill, disarm, take_over};
constexpr std::array<Read, 6> kFromKeeperReads = {granted, answer,  warn,
                                                  proceed, verdict, hand_over};

Read read_of(std::uint8_t kind) {
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

/// What the reader alone cannot know to be wrong.
bool makes_sense(const LeaseMessage& message) {
    if (const auto* opened = std::get_if<Open>(&message)) return !opened->lease.empty();
    if (const auto* left = std::get_if<Command>(&message)) return left->bytes.size() <= kMaxCommand;
    return true;
}

}  // namespace

std::span<const std::uint8_t> encode(const LeaseMessage& message,
                                     std::array<std::uint8_t, kMaxLeaseMessage>& bytes) {
    const std::span<std::uint8_t> all(bytes);
    ByteWriter content(all.subspan(kSize));
    content.number(kLeaseVersion);
    content.number(kind_of(message));
    std::visit([&](const auto& m) { put(content, m); }, message);
    if (!content.fits() || !makes_sense(message)) return {};
    ByteWriter size(all.first(kSize));
    size.number(static_cast<std::uint16_t>(content.size()));
    return all.first(kSize + content.size());
}

std::size_t LeaseDecoder::feed(std::span<const std::uint8_t> bytes) {
    if (fault_ != LeaseFault::none) return bytes.size();
    if (start_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + start_, used_ - start_);
        used_ -= start_;
        start_ = 0;
    }
    const auto taken = std::min(bytes.size(), buffer_.size() - used_);
    std::copy_n(bytes.begin(), taken, buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += taken;
    return taken;
}

std::optional<LeaseMessage> LeaseDecoder::next() {
    const auto waiting = std::span<const std::uint8_t>(buffer_).subspan(start_, used_ - start_);
    if (fault_ != LeaseFault::none || waiting.size() < kSize) return std::nullopt;
    const auto fail = [&](LeaseFault fault) {
        fault_ = fault;
        return std::nullopt;
    };
    const std::size_t size = ByteReader(waiting).number<std::uint16_t>();
    // Known to be wrong as soon as the byte is there: nobody is waited for who does not speak this.
    if (size < kHead || size > kMaxLeaseMessage - kSize) return fail(LeaseFault::size);
    if (waiting.size() > kSize && waiting[kSize] != kLeaseVersion) return fail(LeaseFault::version);
    if (waiting.size() > kSize + 1 && read_of(waiting[kSize + 1]) == nullptr)
        return fail(LeaseFault::kind);
    if (waiting.size() < kSize + size) return std::nullopt;
    ByteReader in(waiting.subspan(kSize + kHead, size - kHead));
    const auto message = read_of(waiting[kSize + 1])(in);
    if (!in.all_read() || !makes_sense(message)) return fail(LeaseFault::content);
    start_ += kSize + size;
    return message;
}

}  // namespace vakt::wire
