// SPDX-License-Identifier: Apache-2.0
#include "ctl/event_feed.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace vakt;
using namespace vakt::ctl;
using wire::From;

namespace {

constexpr report::BootId kThis{1};
constexpr report::BootId kOther{2};

/// "5 ", or "!7 " for a gap up to 7.
std::string shown(const EventOrGap& record, const report::BootId&) {
    if (const auto* const event = std::get_if<wire::StampedEntry>(&record))
        return std::to_string(event->stamp.seq) + " ";
    const auto& gap = std::get<wire::StampedGap>(record);
    return "!" + std::to_string(gap.gap.to) + " ";
}

wire::Welcome welcome(std::uint64_t oldest, std::uint64_t next,
                      const report::BootId& boot = kThis) {
    return {.boot_id = boot, .oldest = oldest, .next = next};
}
const relay::Filter kOddApp{.strict = true, .any_of = {{.apps = {"odd"}}}};

}  // namespace

TEST_GROUP(EventFeed) {
    std::vector<unsigned char> room = std::vector<unsigned char>(wire::kLongestRecord);

    /// Events with these numbers, of app "odd" or "even"; a negative one is a gap up to it.
    std::string records(const std::vector<int>& numbers) {
        std::string bytes;
        for (const int n : numbers) {
            const auto seq = static_cast<std::uint64_t>(n < 0 ? -n : n);
            std::size_t size = 0;
            if (n < 0)
                size = wire::put_gap({.count = 1, .from = seq, .to = seq}, {}, room);
            else
                size = wire::put_entry({.record = {.app = n % 2 == 1 ? "odd" : "even"}},
                                       {.seq = seq}, room);
            bytes.append(reinterpret_cast<const char*>(room.data()), size);
        }
        return bytes;
    }
    std::string give(EventFeed & feed, const std::vector<int>& numbers,
                     const report::BootId& boot = kThis) {
        const auto bytes = records(numbers);
        const auto text = feed.batch({boot, static_cast<std::uint16_t>(numbers.size()), bytes});
        return text ? *text : "none";
    }
};

TEST(EventFeed, shows_what_is_kept_and_is_over_at_what_was_next) {
    EventFeed feed({}, shown);
    const auto open = feed.welcome(welcome(3, 7));
    CHECK_TRUE(open.from == From::oldest);
    STRCMP_EQUAL("3 4 ", give(feed, {3, 4}).c_str());
    CHECK_FALSE(feed.over());
    STRCMP_EQUAL("5 6 ", give(feed, {5, 6, 7, 8}).c_str());
    CHECK_TRUE(feed.over());
}

TEST(EventFeed, is_over_where_the_last_ones_are_lost_or_do_not_pass) {
    EventFeed feed({.filter = kOddApp}, shown);
    CHECK_TRUE(feed.welcome(welcome(3, 7)).filter == relay::Filter{});
    STRCMP_EQUAL("3 5 ", give(feed, {3, 4, 5}).c_str());
    STRCMP_EQUAL("", give(feed, {6}).c_str());
    CHECK_TRUE(feed.over());
    EventFeed lossy({}, shown);
    (void)lossy.welcome(welcome(3, 7));
    STRCMP_EQUAL("3 !6 ", give(lossy, {3, -6}).c_str());
    CHECK_TRUE(lossy.over());
    EventFeed later({}, shown);
    (void)later.welcome(welcome(3, 7));
    STRCMP_EQUAL("", give(later, {9}).c_str());
    CHECK_TRUE(later.over());
}

TEST(EventFeed, is_over_at_once_where_nothing_is_kept) {
    EventFeed feed({}, shown);
    (void)feed.welcome(welcome(7, 7));
    CHECK_TRUE(feed.over());
    EventFeed after({.after = EventPlace{kThis, 6}}, shown);
    (void)after.welcome(welcome(3, 7));
    CHECK_TRUE(after.over());
    EventFeed not_yet({.after = EventPlace{kThis, 5}}, shown);
    const auto open = not_yet.welcome(welcome(3, 7));
    CHECK_FALSE(not_yet.over());
    CHECK_TRUE(open.from == From::after && open.seq == 5 && open.boot_id == kThis);
}

TEST(EventFeed, the_last_ones_are_shown_at_the_end) {
    EventFeed feed({.filter = kOddApp, .last = 2}, shown);
    (void)feed.welcome(welcome(1, 10));
    STRCMP_EQUAL("", give(feed, {1, 2, 3, 4, 5}).c_str());
    STRCMP_EQUAL("7 9 ", give(feed, {6, 7, 8, 9}).c_str());
    EventFeed none({.last = 0}, shown);
    (void)none.welcome(welcome(1, 3));
    STRCMP_EQUAL("", give(none, {1, 2}).c_str());
    CHECK_TRUE(none.over());
}

TEST(EventFeed, follows_with_the_filter_from_what_was_next_on) {
    EventFeed feed({.filter = kOddApp, .follow = true, .last = 1}, shown);
    (void)feed.welcome(welcome(1, 4));
    STRCMP_EQUAL("3 5 ", give(feed, {1, 2, 3, 4, 5}).c_str());
    CHECK_TRUE(feed.caught_up());
    CHECK_FALSE(feed.over());
    STRCMP_EQUAL("7 !9 ", give(feed, {6, 7, -9}).c_str());
}

TEST(EventFeed, with_none_of_the_last_it_follows_what_comes_and_the_bridge_filters) {
    EventFeed feed({.filter = kOddApp, .follow = true, .last = 0}, shown);
    const auto open = feed.welcome(welcome(1, 4));
    CHECK_TRUE(open.from == From::after && open.seq == 3);
    CHECK_TRUE(open.filter == kOddApp);
    CHECK_TRUE(feed.caught_up());
}

TEST(EventFeed, goes_on_behind_the_last_it_saw_after_a_lost_connection) {
    EventFeed feed({.filter = kOddApp, .follow = true, .last = 3}, shown);
    (void)feed.welcome(welcome(1, 6));
    STRCMP_EQUAL("", give(feed, {1, 2, 3}).c_str());
    auto open = feed.welcome(welcome(1, 9));
    CHECK_TRUE(open.from == From::after && open.seq == 3);
    CHECK_TRUE(open.filter == relay::Filter{});
    STRCMP_EQUAL("3 5 7 ", give(feed, {4, 5, 6, 7, 8}).c_str());
    open = feed.welcome(welcome(1, 20));
    CHECK_TRUE(open.seq == 8 && open.filter == kOddApp);
    STRCMP_EQUAL("9 ", give(feed, {9}).c_str());
}

TEST(EventFeed, what_was_kept_for_the_end_is_shown_if_nothing_is_missing_when_it_is_back) {
    EventFeed feed({.follow = true, .last = 3}, shown);
    (void)feed.welcome(welcome(1, 6));
    STRCMP_EQUAL("", give(feed, {1, 2, 3}).c_str());
    (void)feed.welcome(welcome(1, 4));
    STRCMP_EQUAL("1 2 3 ", feed.tail().c_str());
    STRCMP_EQUAL("", feed.tail().c_str());
}

TEST(EventFeed, another_boot_is_shown_from_its_oldest_to_its_own_next) {
    EventFeed feed({.follow = true}, shown);
    (void)feed.welcome(welcome(1, 3));
    STRCMP_EQUAL("1 2 ", give(feed, {1, 2}).c_str());
    const auto open = feed.welcome(welcome(1, 2, kOther));
    CHECK_TRUE(open.boot_id == kThis && open.seq == 2);
    STRCMP_EQUAL("1 ", give(feed, {1}, kOther).c_str());
    CHECK_TRUE(feed.welcome(welcome(1, 2, kOther)).boot_id == kOther);
}

TEST(EventFeed, bytes_that_are_no_records_or_another_count_of_them_are_none) {
    EventFeed feed({}, shown);
    (void)feed.welcome(welcome(1, 100));
    const auto bytes = records({1, 2});
    CHECK_FALSE(feed.batch({kThis, 1, bytes}).has_value());
    CHECK_FALSE(feed.batch({kThis, 3, bytes}).has_value());
    CHECK_FALSE(feed.batch({kThis, 1, "x"}).has_value());
    CHECK_TRUE(feed.batch({kThis, 2, bytes}).has_value());
}

TEST(EventFeed, a_place_is_a_boot_and_a_number) {
    const auto place = parse_place("01000000-0000-0000-0000-000000000000:18446744073709551615");
    CHECK_TRUE(place == (EventPlace{kThis, ~std::uint64_t{0}}));
    for (const char* text :
         {"", ":", "01000000-0000-0000-0000-000000000000", "7",
          "01000000-0000-0000-0000-000000000000:", "01000000-0000-0000-0000-00000000000:1",
          "01000000-0000-0000-0000-000000000000:18446744073709551616"})
        CHECK_FALSE(parse_place(text).has_value());
}
