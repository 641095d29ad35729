// SPDX-License-Identifier: Apache-2.0
#include "wire/heart_op.h"

#include <CppUTest/TestHarness.h>

#include "heart/heart.h"
#include "test/support/golden.h"

using namespace vakt;
using wire::HeartReader;

namespace {

// What OTP's heart would answer, with our decoder, machine and encoder, its input cut into pieces
// of `size`.
std::string answered(const test::Golden& row, std::size_t size) {
    heart::Settings settings;
    settings.command = row.command;
    heart::Heart heart(settings, Instant{});
    HeartReader reader;
    std::string out;
    std::string_view rest = row.to_heart;
    while (!rest.empty()) {
        reader.feed(rest.substr(0, size), [&](const heart::Event& event) {
            for (const auto& action : heart.on(Instant{}, event)) {
                if (std::holds_alternative<heart::Ack>(action)) wire::encode_heart_ack(out);
                if (const auto* tell = std::get_if<heart::TellCommand>(&action))
                    wire::encode_heart_command(tell->text, out);
            }
        });
        rest.remove_prefix(std::min(size, rest.size()));
    }
    return out;
}

// The kinds of event that come of `bytes`, as indices into heart::Event.
std::vector<std::size_t> kinds(std::string_view bytes) {
    std::vector<std::size_t> all;
    HeartReader reader;
    reader.feed(bytes, [&](const heart::Event& event) { all.push_back(event.index()); });
    return all;
}

template <class E>
std::vector<std::size_t> one() {
    return {heart::Event{E{}}.index()};
}

}  // namespace

TEST_GROUP(HeartOp){};

TEST(HeartOp, answers_the_golden_bytes_whatever_the_pieces) {
    const auto rows = test::golden("test/data/heart/golden.txt");
    CHECK_TRUE(rows.size() >= 16);
    for (const auto& row : rows)
        for (const std::size_t size : {1UL, 2UL, 3UL, 7UL, 2050UL, 70000UL})
            CHECK_TEXT(answered(row, size) == row.from_heart, row.name.c_str());
}

TEST(HeartOp, each_operation_of_the_VM_is_its_event) {
    CHECK(kinds(std::string_view("\0\1\2", 3)) == one<heart::Beat>());
    CHECK(kinds(std::string_view("\0\1\3", 3)) == one<heart::ShutDown>());
    CHECK(kinds(std::string_view("\0\1\4", 3)) == one<heart::SetCommand>());
    CHECK(kinds(std::string_view("\0\1\5", 3)) == one<heart::ClearCommand>());
    CHECK(kinds(std::string_view("\0\1\6", 3)) == one<heart::GetCommand>());
    CHECK(kinds(std::string_view("\0\1\10", 3)) == one<heart::PreparingCrash>());
}

TEST(HeartOp, our_own_operations_and_unknown_ones_are_noise) {
    for (int op = 0; op < 256; ++op) {
        if (op >= 2 && op <= 8 && op != 7) continue;
        const char bytes[] = {0, 1, static_cast<char>(op)};
        CHECK(kinds(std::string_view(bytes, 3)) == one<heart::Noise>());
    }
}

TEST(HeartOp, a_message_that_is_not_whole_is_noise_until_it_is) {
    CHECK(kinds(std::string_view("\0", 1)) == one<heart::Noise>());
    CHECK(kinds(std::string_view("\0\1", 2)) == one<heart::Noise>());
    CHECK(kinds(std::string_view("\0\2\2", 3)) == one<heart::Noise>());
    CHECK(kinds(std::string_view("\0\0", 2)) == one<heart::Noise>());
}

TEST(HeartOp, a_command_longer_than_a_packet_is_cut_and_still_answered) {
    std::string out;
    wire::encode_heart_command(std::string(65534, 'x'), out);
    LONGS_EQUAL(65537, out.size());
    std::string longer;
    wire::encode_heart_command(std::string(65535, 'x'), longer);
    CHECK(out == longer);
}
