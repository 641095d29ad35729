// SPDX-License-Identifier: Apache-2.0
// The bytes of /run/vakt/keeper.state, versions 1 and 2.
#include "keeper/keeper_state_bytes.h"

#include <algorithm>
#include <cassert>

#include "base/byte_stream.h"
#include "base/crc32.h"

namespace vakt::keeper {
namespace {

constexpr std::uint32_t kMagic = 0x564B5354;
constexpr std::size_t kHead = 16;
constexpr std::size_t kCrc = 4;

// One description of the content serves both ways: `Out` writes what `In` reads.
struct Out {
    ByteWriter& bytes;
    template <std::unsigned_integral T>
    void number(const T& value) {
        bytes.number(value);
    }
    void flag(const bool& value) { bytes.number(static_cast<std::uint8_t>(value)); }
    template <class Enum>
    void one_of(const Enum& value, std::uint8_t) {
        bytes.number(static_cast<std::uint8_t>(value));
    }
    void time(const Duration& value) { bytes.number(static_cast<std::uint64_t>(value.count())); }
    void time(const Instant& value) { time(value.time_since_epoch()); }
    void name(const Name& value) { bytes.text(value.view()); }
    template <class T, std::size_t N, class Each>
    void list(const FixedList<T, N>& values, Each each) {
        bytes.number(static_cast<std::uint8_t>(values.size()));
        for (const auto& value : values) each(value);
    }
};

struct In {
    ByteReader& bytes;
    template <std::unsigned_integral T>
    void number(T& value) {
        value = bytes.number<T>();
    }
    void flag(bool& value) { value = bytes.flag(); }
    template <class Enum>
    void one_of(Enum& value, std::uint8_t count) {
        value = bytes.one_of<Enum>(count);
    }
    void time(Duration& value) {
        value = Duration(static_cast<std::int64_t>(bytes.number<std::uint64_t>()));
    }
    void time(Instant& value) {
        Duration since_boot{};
        time(since_boot);
        value = Instant(since_boot);
    }
    void name(Name& value) { value = bytes.text(Name::capacity()); }
    template <class T, std::size_t N, class Each>
    void list(FixedList<T, N>& values, Each each) {
        for (auto left = bytes.one_of<std::uint8_t>(N + 1); left > 0 && bytes.good(); --left) {
            T value{};
            each(value);
            values.push_back(value);
        }
    }
};

void describe(auto& io, auto& vm, auto& killing) {
    io.number(vm.pid);
    io.number(vm.start);
    io.flag(killing.abort);
    io.flag(killing.never);
    io.time(killing.dump_wait);
}

void describe_lease(auto& io, auto& lease) {
    io.name(lease.name);
    io.number(lease.uid);
    io.one_of(lease.presence, kPresences);
    io.time(lease.since);
    io.time(lease.snoozed_until);
    io.time(lease.timing.beat_timeout);
    io.time(lease.timing.boot_delay);
    io.time(lease.wanted.beat_timeout);
    io.time(lease.wanted.boot_delay);
    io.number(lease.holder);
    describe(io, lease.vm, lease.killing);
}

void describe_ladder(auto& io, auto& ladder) {
    io.one_of(ladder.phase, Ladder::kPhases);
    io.one_of(ladder.cause, kCauses);
    io.number(ladder.hands);
    io.number(ladder.heart);
    describe(io, ladder.vm, ladder.killing);
    io.time(ladder.gave_up);
    io.time(ladder.until);
    io.number(ladder.note);
    io.flag(ladder.vm_ended);
    io.flag(ladder.command_done);
}

void describe_state(auto& io, auto& state, std::uint16_t version) {
    for (auto& byte : state.boot) io.number(byte);
    io.one_of(state.ended, 3);
    io.number(state.next_note);
    auto& verdict = state.verdict;
    io.one_of(verdict.rung, kRungs);
    io.one_of(verdict.way, 3);
    io.one_of(verdict.end, kEndKinds);
    io.one_of(verdict.cause, kCauses);
    io.name(verdict.subject);
    io.time(verdict.said);
    io.time(verdict.deadline);
    io.number(verdict.note);
    if (version >= 2) io.number(verdict.by);
    io.list(state.leases, [&](auto& row) {
        describe_lease(io, row.lease);
        describe_ladder(io, row.ladder);
        io.flag(row.held_back);
    });
    io.list(state.devices, [&](auto& row) {
        io.one_of(row.state, kDeviceStates);
        io.time(row.granted);
        io.time(row.petted);
    });
    io.list(state.evidence, [&](auto& row) {
        io.name(row.name);
        io.time(row.good);
    });
}

std::optional<FoundState> decode_slot(std::span<const std::uint8_t> slot) {
    ByteReader head(slot);
    const auto magic = head.number<std::uint32_t>();
    const auto version = head.number<std::uint16_t>();
    const std::size_t size = head.number<std::uint16_t>();
    FoundState found;
    found.number = head.number<std::uint64_t>();
    if (!head.good() || magic != kMagic) return std::nullopt;
    if (version < 1 || version > kStateVersion) return std::nullopt;
    if (kHead + size + kCrc > slot.size()) return std::nullopt;
    ByteReader crc(slot.subspan(kHead + size));
    if (crc.number<std::uint32_t>() != crc32(slot.first(kHead + size))) return std::nullopt;
    ByteReader content(slot.subspan(kHead, size));
    In in{content};
    describe_state(in, found.state, version);
    if (!content.all_read()) return std::nullopt;
    return found;
}

}  // namespace

std::span<const std::uint8_t> encode(const KeeperState& state, std::uint64_t number,
                                     std::span<std::uint8_t, kStateSlot> slot) {
    const std::span<std::uint8_t> all(slot);
    ByteWriter content(all.subspan(kHead, kStateSlot - kHead - kCrc));
    Out out{content};
    // A keeper of before, to which somebody may go back, can take over all but a request by a user.
    const std::uint16_t version = state.verdict.by == 0 ? 1 : kStateVersion;
    describe_state(out, state, version);
    assert(content.fits());  // a full house is 3.3 kB
    ByteWriter head(all.first(kHead));
    head.number(kMagic);
    head.number(version);
    head.number(static_cast<std::uint16_t>(content.size()));
    head.number(number);
    const auto end = kHead + content.size();
    ByteWriter crc(all.subspan(end, kCrc));
    crc.number(crc32(all.first(end)));
    return all.first(end + kCrc);
}

std::optional<FoundState> decode_state(std::span<const std::uint8_t> file) {
    std::optional<FoundState> newest;
    for (const std::size_t at : {std::size_t{0}, kStateSlot}) {
        if (at >= file.size()) break;
        auto found = decode_slot(file.subspan(at, std::min(kStateSlot, file.size() - at)));
        if (found && (!newest || found->number > newest->number)) newest = found;
    }
    return newest;
}

}  // namespace vakt::keeper
