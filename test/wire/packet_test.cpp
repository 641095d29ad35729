// SPDX-License-Identifier: Apache-2.0
#include "wire/packet.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

#include "wire/command.h"

using namespace vakt::wire;

TEST_GROUP(PacketReader) {
    std::vector<std::string> bodies;
    std::vector<std::uint64_t> sizes;

    void feed(PacketReader & reader, std::string_view bytes) {
        reader.feed(bytes, [this](const Packet& packet) {
            bodies.emplace_back(packet.body);
            sizes.push_back(packet.size);
        });
    }
};

TEST(PacketReader, two_packets_in_one_piece_are_two) {
    PacketReader reader(Prefix::two, 16);
    feed(reader, {"\0\3die\0\1x", 8});
    CHECK_EQUAL(2u, bodies.size());
    STRCMP_EQUAL("die", bodies[0].c_str());
    STRCMP_EQUAL("x", bodies[1].c_str());
}

TEST(PacketReader, a_packet_in_single_bytes_is_given_with_its_last) {
    PacketReader reader(Prefix::two, 16);
    const std::string bytes("\0\3die", 5);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        CHECK_EQUAL(0u, bodies.size());
        feed(reader, {&bytes[i], 1});
    }
    STRCMP_EQUAL("die", bodies.at(0).c_str());
    CHECK_FALSE(reader.partial());
}

TEST(PacketReader, an_empty_packet_is_given_as_soon_as_its_length_is_there) {
    PacketReader reader(Prefix::two, 16);
    feed(reader, {"\0\0", 2});
    CHECK_EQUAL(1u, bodies.size());
    CHECK_EQUAL(0u, sizes[0]);
}

TEST(PacketReader, a_packet_of_the_limit_is_whole_and_one_byte_more_is_not) {
    PacketReader reader(Prefix::two, 4);
    feed(reader, {"\0\4abcd\0\5abcde\0\1z", 16});
    CHECK_EQUAL(3u, bodies.size());
    CHECK_EQUAL(4u, sizes[0]);
    STRCMP_EQUAL("abcd", bodies[1].c_str());
    CHECK_EQUAL(5u, sizes[1]);
    STRCMP_EQUAL("z", bodies[2].c_str());
}

TEST(PacketReader, a_length_of_four_bytes_may_name_more_than_comes) {
    PacketReader reader(Prefix::four, 4);
    feed(reader, "\xff\xff\xff\xff");
    feed(reader, std::string(100000, 'x'));
    CHECK_EQUAL(0u, bodies.size());
    CHECK_TRUE(reader.partial());
}

TEST_GROUP(Encode){};

TEST(Encode, the_longest_body_fits_and_one_byte_more_does_not) {
    std::string out;
    CHECK_TRUE(encode(Prefix::two, std::string(65535, 'x'), out));
    CHECK_EQUAL(65537u, out.size());
    CHECK_FALSE(encode(Prefix::two, std::string(65536, 'x'), out));
    CHECK_EQUAL(65537u, out.size());
    CHECK_TRUE(encode(Prefix::four, std::string(65536, 'x'), out));
}

TEST(Encode, what_is_encoded_is_read_back) {
    std::string out;
    CHECK_TRUE(encode(Prefix::four, "only_stdin", out));
    PacketReader reader(Prefix::four, 64);
    std::string body;
    reader.feed(out, [&](const Packet& packet) { body = packet.body; });
    STRCMP_EQUAL("only_stdin", body.c_str());
}

TEST_GROUP(Command){};

TEST(Command, the_exact_words_are_commands) {
    CHECK_TRUE(command_of({"die", 3}) == Command::die);
    CHECK_TRUE(command_of({"only_stdin", 10}) == Command::only_stdin);
}

TEST(Command, the_empty_packet_beginnings_and_longer_words_are_not) {
    for (const std::string_view text :
         {"", "d", "di", "die ", "dies", "DIE", "only", "only_stdi", "only_stdin\n", "stdin"})
        CHECK_TRUE(command_of({text, text.size()}) == Command::unknown);
}

TEST(Command, a_packet_cut_to_a_command_is_none) {
    CHECK_TRUE(command_of({"die", 2000}) == Command::unknown);
}

TEST(PacketReader, a_length_beyond_the_limit_is_told_before_the_packet_has_come) {
    PacketReader reader(Prefix::two, 4);
    feed(reader, {"\0\4", 2});
    CHECK_FALSE(reader.too_long());
    feed(reader, {"done\0", 5});
    CHECK_FALSE(reader.too_long());
    feed(reader, "\5");
    CHECK_TRUE(reader.too_long());
    feed(reader, "fives");
    CHECK_FALSE(reader.too_long());
}
