// SPDX-License-Identifier: Apache-2.0
#include "relay/ring.h"

#include <CppUTest/TestHarness.h>

#include <random>
#include <string>
#include <vector>

#include "relay/account.h"
#include "syslog/lines.h"
#include "wire/packet.h"

using namespace vakt;
using relay::Ring;

namespace {

std::string lost(std::uint64_t n) { return "lost " + std::to_string(n); }

}  // namespace

TEST_GROUP(Ring) {
    std::string out;

    std::string take(Ring & ring, std::size_t bytes) {
        std::string got;
        while (got.size() < bytes) {
            auto piece = ring.front();
            if (piece.empty()) break;
            piece = piece.first(std::min(piece.size(), bytes - got.size()));
            got.append(reinterpret_cast<const char*>(piece.data()), piece.size());
            ring.written(piece.size());
        }
        out += got;
        return got;
    }
    std::vector<std::string> packets(wire::Prefix prefix = wire::Prefix::two) {
        std::vector<std::string> all;
        wire::PacketReader reader(prefix, 70000);
        reader.feed(out, [&](const wire::Packet& p) { all.emplace_back(p.body); });
        CHECK_FALSE(reader.partial());
        return all;
    }
    void packets_are(const std::vector<std::string>& wanted) {
        const auto got = packets();
        CHECK_EQUAL(wanted.size(), got.size());
        for (std::size_t i = 0; i < wanted.size(); ++i)
            STRCMP_EQUAL(wanted[i].c_str(), got[i].c_str());
    }
    void adds_up(const Ring& ring) {
        const auto& c = ring.counts();
        CHECK_EQUAL(c.pushed, c.delivered + c.dropped + c.queued);
    }
};

TEST(Ring, an_empty_ring_has_nothing_to_write) {
    Ring ring({.capacity = 64});
    CHECK_TRUE(ring.front().empty());
    CHECK_EQUAL(64u, ring.room());
}

TEST(Ring, a_packet_is_its_big_endian_length_and_its_bytes) {
    Ring ring({.capacity = 1024});
    ring.push(std::string(258, 'x'));
    take(ring, 1024);
    CHECK_EQUAL(260u, out.size());
    CHECK_TRUE(out.starts_with("\x01\x02x"));
}

TEST(Ring, a_prefix_of_four_is_written_as_four_bytes) {
    Ring ring({.capacity = 64, .prefix = 4});
    ring.push("ab");
    take(ring, 64);
    CHECK_TRUE(out == std::string("\0\0\0\2ab", 6));
}

TEST(Ring, packets_come_out_in_order_whatever_pieces_are_taken) {
    Ring ring({.capacity = 64});
    ring.push("one");
    ring.push("two");
    for (int i = 0; i < 10; ++i) take(ring, 1);
    packets_are({"one", "two"});
    CHECK_EQUAL(2u, ring.counts().delivered);
}

TEST(Ring, a_packet_counts_as_delivered_with_its_last_byte_and_not_before) {
    Ring ring({.capacity = 64});
    ring.push("one");
    take(ring, 4);
    CHECK_EQUAL(0u, ring.counts().delivered);
    CHECK_EQUAL(1u, ring.counts().queued);
    take(ring, 1);
    CHECK_EQUAL(1u, ring.counts().delivered);
    CHECK_EQUAL(0u, ring.counts().queued);
}

TEST(Ring, a_ring_filled_to_the_last_byte_drops_nothing) {
    Ring ring({.capacity = 10, .loss_text = lost});
    ring.push("abc");
    ring.push("def");
    CHECK_EQUAL(0u, ring.room());
    take(ring, 64);
    packets_are({"abc", "def"});
}

TEST(Ring, one_byte_too_much_drops_the_oldest_and_says_so_in_its_place) {
    Ring ring({.capacity = 9, .loss_text = lost});
    ring.push("abc");
    ring.push("def");
    CHECK_EQUAL(1u, ring.counts().dropped);
    take(ring, 64);
    packets_are({"lost 1", "def"});
    CHECK_EQUAL(1u, ring.counts().loss_lines);
    CHECK_EQUAL(1u, ring.counts().delivered);
}

TEST(Ring, without_a_loss_text_the_loss_is_only_counted) {
    Ring ring({.capacity = 9});
    ring.push("abc");
    ring.push("def");
    take(ring, 64);
    packets_are({"def"});
    CHECK_EQUAL(1u, ring.counts().dropped);
    CHECK_EQUAL(0u, ring.counts().loss_lines);
}

TEST(Ring, a_half_written_packet_goes_out_whole_and_the_loss_stands_behind_it) {
    Ring ring({.capacity = 20, .loss_text = lost});
    ring.push("first");
    ring.push("second");
    take(ring, 3);
    ring.push("third");
    ring.push("fourth");
    ring.push("fifth");
    take(ring, 64);
    packets_are({"first", "lost 2", "fourth", "fifth"});
    CHECK_EQUAL(3u, ring.counts().delivered);
    CHECK_EQUAL(2u, ring.counts().dropped);
    adds_up(ring);
}

TEST(Ring, a_packet_with_one_byte_written_is_half_written) {
    Ring ring({.capacity = 14, .loss_text = lost});
    ring.push("abcde");
    take(ring, 1);
    ring.push("fghij");
    ring.push("klmno");
    ring.push("pqrst");
    take(ring, 64);
    packets_are({"abcde", "lost 1", "klmno", "pqrst"});
}

TEST(Ring, a_loss_line_not_begun_speaks_of_all_that_is_lost_by_then) {
    Ring ring({.capacity = 10, .loss_text = lost});
    for (const char* text : {"abc", "def", "ghi"}) ring.push(text);
    CHECK_FALSE(ring.front().empty());
    ring.push("jkl");
    take(ring, 64);
    packets_are({"lost 2", "ghi", "jkl"});
}

TEST(Ring, a_loss_line_half_written_keeps_its_number_and_the_next_loss_has_its_own) {
    Ring ring({.capacity = 10, .loss_text = lost});
    for (const char* text : {"abc", "def", "ghi"}) ring.push(text);
    take(ring, 1);
    ring.push("jkl");
    ring.push("mno");
    take(ring, 64);
    packets_are({"lost 1", "lost 2", "jkl", "mno"});
    CHECK_EQUAL(2u, ring.counts().loss_lines);
    CHECK_EQUAL(3u, ring.counts().dropped);
    adds_up(ring);
}

TEST(Ring, a_packet_that_fits_nowhere_is_dropped_itself_and_counted) {
    Ring ring({.capacity = 8, .loss_text = lost});
    ring.push("1234567");
    CHECK_EQUAL(1u, ring.counts().dropped);
    ring.push("123456");
    take(ring, 64);
    packets_are({"lost 1", "123456"});
}

// Against a model that keeps packets in a list: random pushes and writes of random sizes.
TEST(Ring, at_any_moment_the_account_adds_up_and_every_loss_is_said_where_it_was) {
    std::mt19937 random(7);
    const auto below = [&random](std::size_t n) { return std::size_t{random()} % n; };
    for (int round = 0; round < 200; ++round) {
        out.clear();
        Ring ring({.capacity = 40 + below(200), .loss_text = lost});
        std::uint64_t next = 0;
        for (int step = 0; step < 400; ++step) {
            if (below(3) != 0) {
                ring.push("n" + std::to_string(next++) + std::string(below(12), '.'));
            } else {
                take(ring, below(60));
            }
            adds_up(ring);
        }
        take(ring, 100000);
        adds_up(ring);
        CHECK_EQUAL(0u, ring.counts().queued);
        std::uint64_t due = 0;
        std::uint64_t loss_lines = 0;
        for (const auto& packet : packets()) {
            if (packet.starts_with("lost ")) {
                due += std::stoull(packet.substr(5));
                ++loss_lines;
            } else {
                CHECK_EQUAL(due, std::stoull(packet.substr(1)));
                ++due;
            }
        }
        CHECK_EQUAL(next, due);
        CHECK_EQUAL(loss_lines, ring.counts().loss_lines);
    }
}

TEST_GROUP(Account){};

TEST(Account, is_one_line_of_keys_and_numbers) {
    const relay::Account account{.read = 3,
                                 .delivered = 2,
                                 .dropped = 0,
                                 .empty = 1,
                                 .cut = 4,
                                 .queued = 5,
                                 .bytes = 31,
                                 .loss_lines = 6};
    STRCMP_EQUAL("read=3 delivered=2 dropped=0 empty=1 cut=4 queued=5 bytes=31 loss_lines=6",
                 describe(account).c_str());
}

TEST(Account, read_is_delivered_and_dropped_and_empty_and_queued_at_random_instants) {
    std::mt19937 random(11);
    syslog::Lines lines(40);
    Ring ring({.capacity = 300, .loss_text = lost});
    for (int step = 0; step < 20000; ++step) {
        std::string bytes(random() % 90, 'x');
        for (auto& c : bytes)
            if (random() % 8 == 0) c = "\n\r\0\n"[random() % 4];
        const auto push = [&](const syslog::Line& line) { ring.push(line.text); };
        if (random() % 20 == 0) lines.flush(push);
        lines.feed(bytes, push);
        if (random() % 2 == 0) {
            const auto piece = ring.front();
            if (!piece.empty()) ring.written(1 + random() % piece.size());
        }
        const auto a = relay::account_of(lines.counts(), ring.counts());
        CHECK_EQUAL(a.read, a.delivered + a.dropped + a.empty + a.queued);
    }
    CHECK_TRUE(ring.counts().dropped > 0 && ring.counts().delivered > 0 && lines.counts().cut > 0);
}
