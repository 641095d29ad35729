// SPDX-License-Identifier: Apache-2.0
#include "keeper/keeper_state_bytes.h"

#include <CppUTest/TestHarness.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/crc32.h"

using namespace vakt;
using namespace vakt::keeper;
using namespace std::chrono_literals;

namespace {

KeeperState a_state() {
    KeeperState state;
    for (std::size_t n = 0; n < state.boot.size(); ++n)
        state.boot[n] = static_cast<std::uint8_t>(n);
    state.next_note = 42;
    KeeperState::LeaseRow row;
    row.lease.name = "otp";
    row.lease.uid = 1000;
    row.lease.presence = Presence::held;
    row.lease.since = Instant(100s);
    row.lease.timing = {11s, 60s};
    row.lease.holder = 7;
    row.lease.vm = {4711, 99};
    row.lease.killing = {true, false, -1ms};
    row.ladder.phase = Ladder::Phase::noting;
    row.ladder.cause = Cause::vm_silent;
    row.ladder.until = Instant(113s);
    row.held_back = true;
    state.leases.push_back(row);
    state.devices.push_back({DeviceState::armed, 30s, Instant(99s)});
    state.evidence.push_back({"rootfs", Instant(98s)});
    return state;
}

/// Every table full, every name as long as it may be.
KeeperState a_full_house() {
    auto state = a_state();
    const Name longest("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    state.leases[0].lease.name = longest;
    state.verdict.subject = longest;
    state.verdict.by = 1000;
    state.evidence[0].name = longest;
    while (state.leases.size() < kMaxLeases) state.leases.push_back(state.leases[0]);
    while (state.devices.size() < kMaxDevices) state.devices.push_back(state.devices[0]);
    while (state.evidence.size() < kMaxEvidence) state.evidence.push_back(state.evidence[0]);
    return state;
}

}  // namespace

TEST_GROUP(KeeperStateBytes) {
    std::array<std::uint8_t, kStateFile> file{};

    void write(const KeeperState& state, std::uint64_t number) {
        std::array<std::uint8_t, kStateSlot> slot;
        const auto bytes = encode(state, number, slot);
        std::copy(bytes.begin(), bytes.end(),
                  file.begin() + static_cast<std::ptrdiff_t>(state_slot_at(number)));
    }
};

TEST(KeeperStateBytes, what_was_written_is_read) {
    write(a_state(), 5);
    const auto found = decode_state(file);
    CHECK_TRUE(found.has_value());
    CHECK_EQUAL(5U, found->number);
    CHECK_TRUE(found->state == a_state());
}

TEST(KeeperStateBytes, a_full_house_fits_its_slot) {
    write(a_full_house(), 1);
    CHECK_TRUE(decode_state(file)->state == a_full_house());
}

TEST(KeeperStateBytes, it_has_the_golden_bytes_of_version_1) {
    std::ifstream golden("test/data/keeper_state/v1.bin", std::ios::binary);
    const std::vector<char> wanted((std::istreambuf_iterator<char>(golden)), {});
    std::array<std::uint8_t, kStateSlot> slot;
    const auto bytes = encode(a_state(), 5, slot);
    CHECK_EQUAL(wanted.size(), bytes.size());
    CHECK_TRUE(std::equal(bytes.begin(), bytes.end(), wanted.begin(), [](auto ours, char theirs) {
        return ours == static_cast<std::uint8_t>(theirs);
    }));
}

TEST(KeeperStateBytes, who_asked_for_the_verdict_is_read_and_makes_it_version_2) {
    auto state = a_state();
    state.verdict.by = 1000;
    write(state, 5);
    CHECK_EQUAL(2, file[state_slot_at(5) + 5]);
    CHECK_TRUE(decode_state(file)->state == state);
}

TEST(KeeperStateBytes, a_state_of_version_1_is_taken_over) {
    std::ifstream golden("test/data/keeper_state/v1.bin", std::ios::binary);
    const std::vector<char> bytes((std::istreambuf_iterator<char>(golden)), {});
    std::copy(bytes.begin(), bytes.end(), file.begin());
    CHECK_TRUE(decode_state(file)->state == a_state());
}

TEST(KeeperStateBytes, a_state_of_a_version_to_come_is_none) {
    // Whole in all but its version, so that nothing else is what refuses it.
    auto state = a_state();
    state.verdict.by = 1000;
    std::array<std::uint8_t, kStateSlot> slot;
    const auto bytes = encode(state, 5, slot);
    CHECK_TRUE(decode_state(std::span(slot).first(bytes.size())).has_value());
    const auto without_crc = bytes.size() - 4;
    slot[5] = 3;
    const auto crc = crc32(std::span<const std::uint8_t>(slot).first(without_crc));
    for (std::size_t n = 0; n < 4; ++n)
        slot[without_crc + n] = static_cast<std::uint8_t>(crc >> (8 * (3 - n)));
    CHECK_FALSE(decode_state(std::span(slot).first(bytes.size())).has_value());
}

TEST(KeeperStateBytes, the_newer_of_two_whole_states_holds) {
    auto other = a_state();
    other.next_note = 43;
    write(a_state(), 5);
    write(other, 6);
    CHECK_EQUAL(43U, decode_state(file)->state.next_note);
    write(a_state(), 7);
    CHECK_EQUAL(42U, decode_state(file)->state.next_note);
}

TEST(KeeperStateBytes, a_write_torn_at_any_byte_leaves_the_state_before_it) {
    auto before = a_state();
    before.next_note = 1;
    write(before, 4);
    auto older = a_state();
    older.next_note = 7;
    write(older, 3);
    const auto old_file = file;
    std::array<std::uint8_t, kStateSlot> slot;
    const auto bytes = encode(a_state(), 5, slot);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        file = old_file;
        std::copy_n(bytes.begin(), cut,
                    file.begin() + static_cast<std::ptrdiff_t>(state_slot_at(5)));
        const auto found = decode_state(file);
        CHECK_TRUE(found.has_value());
        CHECK_EQUAL(4U, found->number);
    }
}

TEST(KeeperStateBytes, any_bit_turned_over_is_noticed) {
    std::array<std::uint8_t, kStateSlot> slot;
    const auto used = encode(a_state(), 5, slot).size();
    for (std::size_t bit = 0; bit < used * 8; ++bit) {
        auto bent = slot;
        bent[bit / 8] = static_cast<std::uint8_t>(bent[bit / 8] ^ (1U << bit % 8));
        CHECK_FALSE(decode_state(std::span(bent).first(used)).has_value());
    }
}

TEST(KeeperStateBytes, nothing_and_zeros_are_no_state) {
    CHECK_FALSE(decode_state({}).has_value());
    CHECK_FALSE(decode_state(file).has_value());
}
