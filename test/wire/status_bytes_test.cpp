// SPDX-License-Identifier: Apache-2.0
#include "wire/status_bytes.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

#include "wire/lease_bytes.h"

using namespace vakt;
using namespace vakt::wire;
using namespace std::chrono_literals;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(const LeaseMessage& message) {
    std::array<std::uint8_t, kMaxLeaseMessage> buffer;
    const auto bytes = encode(message, buffer);
    return {bytes.begin(), bytes.end()};
}

/// The same message with another byte at `place` of its content.
LeaseFault fault_with(const LeaseMessage& message, std::size_t place, std::uint8_t byte) {
    auto bytes = bytes_of(message);
    bytes.at(4 + place) = byte;
    LeaseDecoder decoder;
    decoder.feed(bytes);
    (void)decoder.next();
    return decoder.fault();
}

/// Whether a byte counts up to `count` there and is refused from then on.
bool counts_to(const LeaseMessage& message, std::size_t place, std::uint8_t count) {
    return fault_with(message, place, static_cast<std::uint8_t>(count - 1)) == LeaseFault::none &&
           fault_with(message, place, count) == LeaseFault::content &&
           fault_with(message, place, 255) == LeaseFault::content;
}

template <std::size_t N>
FixedText<N> full() {
    return std::string_view(std::string(N, 'x'));
}

}  // namespace

TEST_GROUP(StatusBytes){};

TEST(StatusBytes, the_boards_enumerators_are_refused_beyond_their_last_value) {
    const lease::StatusBoard board;
    CHECK_TRUE(counts_to(board, 16, 5));   // mode
    CHECK_TRUE(counts_to(board, 17, 6));   // rung
    CHECK_TRUE(counts_to(board, 18, 3));   // end
    CHECK_TRUE(counts_to(board, 19, 10));  // cause
    CHECK_TRUE(counts_to(board, 24, 2));   // oldest is evidence
}

TEST(StatusBytes, a_leases_enumerators_are_refused_beyond_their_last_value) {
    const lease::StatusLease row;
    CHECK_TRUE(counts_to(row, 5, 2));   // required
    CHECK_TRUE(counts_to(row, 6, 4));   // presence
    CHECK_TRUE(counts_to(row, 7, 9));   // phase
    CHECK_TRUE(counts_to(row, 8, 10));  // cause
    CHECK_TRUE(counts_to(row, 9, 2));   // held
}

TEST(StatusBytes, a_devices_and_an_evidences_enumerators_are_refused_beyond_their_last_value) {
    CHECK_TRUE(counts_to(lease::StatusDevice{}, 4, 5));     // state
    CHECK_TRUE(counts_to(lease::StatusEvidence{}, 25, 2));  // asking
}

TEST(StatusBytes, flags_that_mean_nothing_yet_are_kept) {
    const lease::StatusBoard board{.flags = 0xFFFF};
    LeaseDecoder decoder;
    decoder.feed(bytes_of(board));
    CHECK_TRUE(decoder.next() == LeaseMessage(board));
}

TEST(StatusBytes, texts_of_full_length_fit_and_one_byte_more_is_refused) {
    const lease::StatusBoard board{.error = full<160>(), .version = full<16>()};
    const lease::StatusDevice device{
        .name = full<64>(), .driver = full<16>(), .identity = full<64>()};
    for (const auto& message : {LeaseMessage(board), LeaseMessage(device)}) {
        LeaseDecoder decoder;
        decoder.feed(bytes_of(message));
        CHECK_TRUE(decoder.next() == message);
    }
    const auto longer = [](const LeaseMessage& message, std::size_t place) {
        auto bytes = bytes_of(message);
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(4 + place + 1), 'x');
        ++bytes.at(4 + place);
        bytes[1] = static_cast<std::uint8_t>(bytes.size() - 2);
        bytes[0] = static_cast<std::uint8_t>((bytes.size() - 2) >> 8);
        LeaseDecoder decoder;
        decoder.feed(bytes);
        (void)decoder.next();
        return decoder.fault();
    };
    // 129: what stands before the error text, and the boards other names are empty.
    CHECK_TRUE(longer(board, 129) == LeaseFault::content);
    CHECK_TRUE(longer(board, 129 + 161) == LeaseFault::content);
    CHECK_TRUE(longer(lease::StatusBoard{.subject = full<32>()}, 20) == LeaseFault::content);
    CHECK_TRUE(longer(lease::StatusBoard{.oldest = full<32>()}, 23) == LeaseFault::content);
    CHECK_TRUE(longer(lease::StatusLease{.name = full<32>()}, 0) == LeaseFault::content);
    CHECK_TRUE(longer(lease::StatusEvidence{.name = full<32>()}, 0) == LeaseFault::content);
    CHECK_TRUE(longer(device, 1) == LeaseFault::content);
    CHECK_TRUE(longer(device, 1 + 65) == LeaseFault::content);
    CHECK_TRUE(longer(device, 1 + 65 + 17) == LeaseFault::content);
    CHECK_TRUE(longer(lease::StatusBoard{.subject = "x"}, 20) == LeaseFault::none);
}

TEST(StatusBytes, the_largest_row_fits_a_message) {
    const lease::StatusBoard board{
        .subject = full<32>(), .oldest = full<32>(), .error = full<160>(), .version = full<16>()};
    CHECK_FALSE(bytes_of(board).empty());
}
