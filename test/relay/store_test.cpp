// SPDX-License-Identifier: Apache-2.0
#include "relay/store.h"

#include <CppUTest/TestHarness.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "test/sim/random.h"

using namespace vakt::relay;
using vakt::put_number;
using vakt::syslog::Source;

namespace {

constexpr BootBytes kBoot = {1, 2};

bool any_is_good(std::string_view /*bytes*/) { return true; }

}  // namespace

TEST_GROUP(Store) {
    std::vector<std::uint64_t> memory = std::vector<std::uint64_t>(Store::kLeastMemory / 8);
    std::optional<Store> store;

    void setup() override {
        again();
        CHECK_FALSE(store->went_on());
        LONGS_EQUAL(0, static_cast<long>(*store->know_source("first", Source::fifo)));
    }
    std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(memory)); }
    void again(std::uint64_t first_seq = 1) {
        store.emplace(bytes(), kBoot, first_seq, any_is_good);
    }
    StoreTables& tables() { return *reinterpret_cast<StoreTables*>(memory.data()); }
    void put(Lane lane, std::size_t size = 100, bool gap = false) {
        auto& lanes = store->lanes();
        if (lanes.tail(lane, size) == nullptr) {
            if (const auto goes = lanes.must_go()) lanes.drop_oldest(*goes);
            lanes.open(lane);
        }
        auto* to = lanes.tail(lane, size);
        std::memset(to, 0, size);
        put_number(to, static_cast<std::uint32_t>(size - 4));
        to[4] = gap ? 1 : 0;
        put_number(to + 8, lanes.next_seq());
        lanes.commit(lane);
    }
    std::vector<std::uint64_t> numbers(std::uint64_t behind = 0) {
        std::vector<std::uint64_t> all;
        auto& lanes = store->lanes();
        auto reader = Reader::behind(lanes, behind);
        for (auto front = reader.front(lanes); front.record != nullptr;
             front = reader.front(lanes)) {
            all.push_back(kept_seq(front.record));
            reader.pass(front);
        }
        return all;
    }
};

TEST(Store, numbers_go_on_in_a_memory_taken_over) {
    put(Lane::other);
    put(Lane::urgent);
    put(Lane::other);
    again(1000);
    CHECK_TRUE(store->went_on());
    CHECK_EQUAL(4u, store->lanes().next_seq());
    CHECK_TRUE(numbers() == std::vector<std::uint64_t>({1, 2, 3}));
    CHECK_TRUE(numbers(2) == std::vector<std::uint64_t>({3}));
}

TEST(Store, another_boot_size_or_version_begins_anew) {
    put(Lane::other);
    store.emplace(bytes(), BootBytes{3}, 7, any_is_good);
    CHECK_FALSE(store->went_on());
    CHECK_EQUAL(7u, store->lanes().next_seq());
    CHECK_EQUAL(0u, store->sources());
    tables().head.version = 2;
    store.emplace(bytes(), BootBytes{3}, 8, any_is_good);
    CHECK_FALSE(store->went_on());
    memory.resize(memory.size() + 512);
    store.emplace(bytes(), BootBytes{3}, 9, any_is_good);
    CHECK_FALSE(store->went_on());
    CHECK_EQUAL(9u, store->lanes().next_seq());
}

TEST(Store, a_segment_holds_what_fits_and_not_a_byte_more) {
    auto& lanes = store->lanes();
    put(Lane::other, 16);
    CHECK_TRUE(lanes.tail(Lane::other, lanes.segment_size() - 16) != nullptr);
    CHECK_TRUE(lanes.tail(Lane::other, lanes.segment_size() - 15) == nullptr);
    CHECK_TRUE(lanes.tail(Lane::urgent, 16) == nullptr);
}

TEST(Store, the_oldest_of_the_other_lane_goes_first_and_then_the_urgent) {
    auto& lanes = store->lanes();
    const auto size = lanes.segment_size();
    put(Lane::urgent, size);
    for (int n = 0; n < 7; ++n) put(Lane::other, size);
    CHECK_TRUE(*lanes.must_go() == Lane::other);
    put(Lane::other, size);
    CHECK_TRUE(numbers() == std::vector<std::uint64_t>({1, 3, 4, 5, 6, 7, 8, 9}));
    for (int n = 0; n < 7; ++n) put(Lane::urgent, size);
    CHECK_EQUAL(0u, lanes.kept(Lane::other));
    CHECK_TRUE(*lanes.must_go() == Lane::urgent);
    put(Lane::other, size);
    CHECK_EQUAL(10u, numbers()[0]);
    again();
    CHECK_TRUE(store->went_on());
    CHECK_EQUAL(10u, numbers()[0]);
    CHECK_EQUAL(18u, store->lanes().next_seq());
}

TEST(Store, numbers_are_not_given_twice_when_the_newest_record_was_dropped) {
    auto& lanes = store->lanes();
    for (int n = 0; n < 7; ++n) put(Lane::urgent, lanes.segment_size());
    put(Lane::other);
    CHECK_EQUAL(9u, lanes.next_seq());
    lanes.drop_oldest(Lane::other);
    again();
    CHECK_TRUE(store->went_on());
    CHECK_EQUAL(9u, store->lanes().next_seq());
}

TEST(Store, a_drop_that_was_begun_is_ended) {
    put(Lane::urgent);
    put(Lane::other);
    put(Lane::urgent);
    tables().head.floor = 4;
    tables().head.dropped[1] = 2;
    again();
    CHECK_TRUE(store->went_on());
    CHECK_TRUE(numbers() == std::vector<std::uint64_t>({1, 3}));
}

TEST(Store, a_hole_in_the_numbers_is_no_memory_of_ours) {
    put(Lane::other);
    put(Lane::other);
    put(Lane::urgent);
    auto* word = &memory[sizeof(StoreTables) / 8];
    CHECK_EQUAL((std::uint64_t{2} << 32 | 200), *word);
    *word = std::uint64_t{2} << 32 | 100;  // 1 and 3 are left
    again(50);
    CHECK_FALSE(store->went_on());
    CHECK_EQUAL(50u, store->lanes().next_seq());
}

TEST(Store, a_word_that_says_too_much_or_another_lane_is_none) {
    for (const auto bad : {std::uint64_t{2} << 32 | 0xFFFFFFFF, std::uint64_t{3} << 32 | 100,
                           std::uint64_t{2} << 32 | 99, std::uint64_t{2} << 32}) {
        memory.assign(memory.size(), 0);
        again();
        CHECK_TRUE(store->know_source("s", Source::fifo).has_value());
        put(Lane::other);
        memory[sizeof(StoreTables) / 8] = bad;
        again(50);
        CHECK_FALSE(store->went_on());
    }
}

TEST(Store, a_record_of_no_known_source_is_none) {
    put(Lane::other);
    tables().sources[0].there = 0;
    again();
    CHECK_FALSE(store->went_on());
}

TEST(Store, bent_memory_is_taken_over_or_begun_anew) {
    for (int n = 0; n < 400; ++n) put(n % 5 == 0 ? Lane::urgent : Lane::other, 3000);
    const auto whole = memory;
    vakt::sim::Random random(1);
    for (int n = 0; n < 300; ++n) {
        memory = whole;
        for (auto bends = 1 + random.below(4); bends > 0; --bends) {
            const auto at = random.one_in(2)
                                ? random.below(static_cast<std::uint32_t>(memory.size()))
                                : sizeof(StoreHead) / 8 + random.below(16);
            memory[random.one_in(3) ? random.below(16) : at] =
                random.one_in(2) ? random.next() : random.below(70);
        }
        again(1);
        put(Lane::other);
        put(Lane::urgent);
        CHECK_TRUE(numbers().size() >= 2);
    }
}

TEST(Store, a_mark_holds_once_its_record_is_there) {
    const auto mark = [&](std::uint64_t next) {
        store->put_mark(0, store->lanes().next_seq(), [&](Mark& m) { m.next = next; });
    };
    CHECK_TRUE(store->mark(0) == nullptr);
    mark(7);
    put(Lane::other);
    mark(8);
    CHECK_EQUAL(8u, store->mark(0)->next);
    again();  // died before the record of the second
    CHECK_EQUAL(7u, store->mark(0)->next);
    put(Lane::other);  // that number is another's now
    again();
    CHECK_EQUAL(7u, store->mark(0)->next);
}

TEST(Store, a_mark_half_written_is_none) {
    store->put_mark(0, 1, [](Mark& m) { m.next = 7; });
    put(Lane::other);
    store->put_mark(0, 2, [&](Mark& m) {
        m.next = 8;
        CHECK_EQUAL(7u, store->mark(0)->next);
    });
}

TEST(Store, figures_of_a_source_that_can_be_read_again_go_back_to_its_mark) {
    auto& figures = store->source(0).figures;
    figures.folded = 5;
    figures.withheld = 3;
    store->put_mark(0, 1, [&](Mark& m) {
        m.resumable = 1;
        m.folded = 2;
        m.held_back = 0;
        m.withheld = 1;
    });
    put(Lane::other);
    again();
    CHECK_EQUAL(2u, store->source(0).figures.folded);
    CHECK_EQUAL(1u, store->source(0).figures.withheld);
}

TEST(Store, the_33rd_name_takes_the_place_of_the_one_used_the_longest_ago) {
    for (std::uint64_t n = 1; n <= kMostKeptNames; ++n)
        store->put_place("n" + std::to_string(n), n);
    store->put_place("n1", 50);
    store->put_place("new", 60);
    CHECK_EQUAL(50u, *store->place("n1"));
    CHECK_FALSE(store->place("n2").has_value());
    CHECK_EQUAL(3u, *store->place("n3"));
    again();
    CHECK_EQUAL(60u, *store->place("new"));
    store->put_place("new", 59);
    CHECK_EQUAL(60u, *store->place("new"));
}
