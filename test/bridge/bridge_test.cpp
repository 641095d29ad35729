// SPDX-License-Identifier: Apache-2.0
// clang-format off
#include "bridge/bridge.h"

// CppUTest's `new` is not for the library's containers.
#include "test/support/bridge_case.h"

#include <CppUTest/TestHarness.h>
// clang-format on

#include <chrono>
#include <limits>

#include "test/support/allocations.h"

using namespace vakt;
using namespace vakt::bridge;
using namespace std::chrono_literals;
using syslog::Severity;
using test::entry_of;
using test::Heard;
using test::Listener;
using wire::From;

namespace {

constexpr report::BootId kBoot = {1, 2, 3};
constexpr report::BootId kOtherBoot = {9};

relay::Filter only(std::uint8_t least_severe) {
    return {.strict = true, .any_of = {{.least_severe = least_severe}}};
}

}  // namespace

TEST_GROUP(Bridge) {
    test::BridgeMemory memory;
    std::unique_ptr<Bridge> bridge;
    Origin fifo = 0;
    Now now{Instant{} + 1h, 1000};

    void setup() override {
        bridge = std::make_unique<Bridge>(memory.bytes(), kBoot, 1);
        fifo = *bridge->source({.name = "fifo"});
    }
    void die_and_go_on() {
        bridge = std::make_unique<Bridge>(memory.bytes(), kBoot, 4711);
        CHECK_TRUE(bridge->went_on());
        fifo = *bridge->source({.name = "fifo"});
    }
    Listener connect() { return {*bridge, *bridge->connected({.pid = 7, .uid = 8})}; }
    Listener opened(const wire::Open& open, std::uint32_t credit, const std::string& name = "") {
        auto client = connect();
        CHECK_TRUE(client.open(open, credit, name));
        return client;
    }
    void say(const std::string& text, Severity severity = Severity::info) {
        bridge->accept(fifo, entry_of(text, severity), now);
    }
    void say_many(unsigned count, Severity severity = Severity::info, std::size_t size = 1000) {
        for (unsigned n = 0; n < count; ++n)
            say(std::to_string(n) + std::string(size, 'x'), severity);
    }
    void deliver(Listener & client) {
        for (std::size_t before = ~std::size_t{0}; before != client.heard.size();) {
            before = client.heard.size();
            bridge->distribute(now);
            client.read();
        }
    }
    void heard_are(const Listener& client, const std::vector<std::string>& texts) {
        CHECK_EQUAL(texts.size(), client.heard.size());
        for (std::size_t n = 0; n < texts.size(); ++n)
            STRCMP_EQUAL(texts[n].c_str(), client.heard[n].text.c_str());
    }
    ClientAccount account_of(const Listener& client) {
        for (const auto& account : bridge->figures().clients)
            if (account.number == client.number()) return account;
        FAIL("no such client");
        return {};
    }
    SourceAccount source_account() { return bridge->figures().sources.at(fifo); }
};

TEST(Bridge, a_client_gets_what_comes_from_now_on) {
    say("before");
    auto client = opened({.from = From::now}, 10);
    say("after");
    deliver(client);
    heard_are(client, {"after"});
    CHECK_EQUAL(2u, client.heard[0].seq);
    CHECK_EQUAL(fifo, client.heard[0].origin);
}

TEST(Bridge, welcome_names_the_sources_and_the_numbers) {
    say("one");
    auto client = connect();
    CHECK_TRUE(client.say(wire::Hello{}));
    client.read();
    CHECK_TRUE(client.welcome.has_value());
    CHECK_TRUE(client.welcome->boot_id == kBoot);
    CHECK_EQUAL(1u, client.welcome->oldest);
    CHECK_EQUAL(2u, client.welcome->next);
    CHECK_EQUAL(1u, client.welcome->sources.size());
    STRCMP_EQUAL("fifo", client.welcome->sources[0].name.c_str());
}

TEST(Bridge, no_more_is_sent_than_was_granted) {
    auto client = opened({.from = From::oldest}, 2);
    say_many(5);
    deliver(client);
    CHECK_EQUAL(2u, client.heard.size());
    CHECK_TRUE(client.say(wire::Credit{3}));
    deliver(client);
    CHECK_EQUAL(5u, client.heard.size());
    CHECK_EQUAL(0u, account_of(client).credit);
}

TEST(Bridge, the_sum_of_credit_is_kept_at_its_largest) {
    auto client = opened({}, std::numeric_limits<std::uint32_t>::max());
    CHECK_TRUE(client.say(wire::Credit{5}));
    CHECK_EQUAL(std::numeric_limits<std::uint32_t>::max(), account_of(client).credit);
    CHECK_EQUAL(std::numeric_limits<std::uint32_t>::max(), account_of(client).granted);
}

TEST(Bridge, both_lanes_are_read_in_the_order_of_numbers) {
    say("1");
    say("2", Severity::err);
    say("3");
    say("4", Severity::emerg);
    say("5", Severity::warning);
    auto client = opened({.from = From::oldest}, 10);
    deliver(client);
    heard_are(client, {"1", "2", "3", "4", "5"});
}

TEST(Bridge, a_batch_has_1024_records_at_most) {
    auto client = opened({}, 5000);
    for (int n = 0; n < 1025; ++n)  // gaps, since 1024 records do not fit into 64 KiB
        bridge->lost(fifo, {.source = syslog::Source::fifo, .count = 1}, now);
    bridge->distribute(now);
    client.read();
    CHECK_EQUAL(1024u, client.most_in_batch);
    CHECK_EQUAL(2u, client.batches);
    CHECK_EQUAL(1025u, client.heard.size());
}

TEST(Bridge, a_batch_has_64_KiB_at_most) {
    auto client = opened({}, 5000);
    say_many(500, Severity::info, 100);
    bridge->distribute(now);
    client.read();
    CHECK_EQUAL(2u, client.batches);
    CHECK_TRUE(client.largest_batch <= 65536 && client.largest_batch > 65536 - 200);
}

TEST(Bridge, the_longest_record_is_alone_in_its_batch) {
    auto client = opened({}, 10);
    say("small");
    say(std::string(70000, 'x'));
    deliver(client);
    CHECK_EQUAL(2u, client.batches);
    CHECK_EQUAL(wire::kBatchHead + wire::kRecordHead + wire::kLongestBytes, client.largest_batch);
    CHECK_EQUAL(wire::kLongestBytes - 3, client.heard[1].text.size());  // behind "app"
}

TEST(Bridge, a_client_is_woken_once_and_only_by_what_passes) {
    auto client = opened({.filter = only(3)}, 10);
    client.read();
    say("info");
    bridge->distribute(now);
    CHECK_EQUAL(0u, bridge->woken().size());
    say("err", Severity::err);
    bridge->distribute(now);
    CHECK_EQUAL(1u, bridge->woken().size());
    say("err again", Severity::err);
    bridge->distribute(now);
    CHECK_EQUAL(0u, bridge->woken().size());
    client.read();
    heard_are(client, {"err", "err again"});
    CHECK_EQUAL(1u, account_of(client).filtered);
}

TEST(Bridge, another_filter_holds_from_the_next_record_on) {
    auto client = opened({}, 10);
    say("info 1");
    deliver(client);
    CHECK_TRUE(client.say(wire::Narrow{only(3)}));
    say("info 2");
    say("err", Severity::err);
    deliver(client);
    heard_are(client, {"info 1", "err"});
}

TEST(Bridge, what_a_slow_client_missed_is_a_gap_before_its_next_record) {
    auto client = opened({}, 1);
    say("first");
    deliver(client);
    say_many(2999);
    CHECK_TRUE(client.say(wire::Credit{5000}));
    deliver(client);
    const auto& gap = client.heard[1].gap;
    CHECK_TRUE(gap.has_value());
    CHECK_TRUE(gap->reason == syslog::Loss::overrun);
    CHECK_EQUAL(0u, client.heard[1].seq);
    CHECK_EQUAL(2u, gap->from);
    CHECK_EQUAL(client.heard[2].seq - 1, gap->to);
    CHECK_EQUAL(gap->to - gap->from + 1, *gap->count);
    CHECK_EQUAL(3000u, client.heard.back().seq);
    const auto account = account_of(client);
    CHECK_EQUAL(*gap->count, account.dropped);
    CHECK_EQUAL(1u, account.gaps);
    CHECK_EQUAL(3000u, account.offered);
    CHECK_EQUAL(0u, account.queued);
}

TEST(Bridge, urgent_records_outlive_all_others) {
    say("urgent", Severity::err);
    say_many(5000);
    auto client = opened({.from = From::oldest}, 1);
    deliver(client);
    heard_are(client, {"urgent"});
}

TEST(Bridge, urgent_records_go_once_there_are_no_others) {
    say_many(100, Severity::info);
    say_many(5000, Severity::err);
    const auto ring = bridge->figures().ring;
    CHECK_EQUAL(0u, ring.other);
    CHECK_EQUAL(5101u, ring.next);
    CHECK_TRUE(ring.urgent < 1100);
}

TEST(Bridge, resuming_behind_a_number_gives_what_comes_behind_it) {
    for (int n = 1; n <= 5; ++n)
        say(std::to_string(n), n % 2 == 0 ? Severity::err : Severity::info);
    auto client = opened({.from = From::after, .boot_id = kBoot, .seq = 3}, 10);
    deliver(client);
    heard_are(client, {"4", "5"});
}

TEST(Bridge, resuming_behind_what_is_no_longer_kept_gives_an_exact_gap) {
    say_many(3000);
    auto client = opened({.from = From::after, .boot_id = kBoot, .seq = 10}, 9999);
    deliver(client);
    const auto& gap = client.heard[0].gap;
    CHECK_TRUE(gap.has_value());
    CHECK_EQUAL(11u, gap->from);
    CHECK_EQUAL(client.heard[1].seq - 1, gap->to);
    CHECK_EQUAL(gap->to - 10, *gap->count);
    CHECK_EQUAL(test::Heard{}.seq, client.heard[0].seq);
    CHECK_EQUAL(255, client.heard[0].origin);
}

TEST(Bridge, with_a_filter_nobody_knows_how_many_of_them_would_have_passed) {
    say_many(3000);
    auto client =
        opened({.from = From::after, .boot_id = kBoot, .seq = 10, .filter = only(6)}, 9999);
    deliver(client);
    CHECK_TRUE(client.heard[0].gap.has_value());
    CHECK_FALSE(client.heard[0].gap->count.has_value());
}

TEST(Bridge, one_from_another_boot_gets_all_that_is_kept_behind_an_unknown_gap) {
    say("one");
    auto client = opened({.from = From::after, .boot_id = kOtherBoot, .seq = 500}, 10);
    deliver(client);
    CHECK_EQUAL(2u, client.heard.size());
    CHECK_TRUE(client.heard[0].gap->reason == syslog::Loss::restart);
    CHECK_FALSE(client.heard[0].gap->count.has_value());
    STRCMP_EQUAL("one", client.heard[1].text.c_str());
}

TEST(Bridge, a_named_client_goes_on_behind_what_it_acknowledged) {
    for (int n = 1; n <= 5; ++n) say(std::to_string(n));
    auto client = opened({.from = From::oldest}, 10, "vm");
    deliver(client);
    CHECK_TRUE(client.say(wire::Ack{kBoot, 4}));
    CHECK_TRUE(client.say(wire::Ack{kBoot, 3}));       // it never goes back
    CHECK_TRUE(client.say(wire::Ack{kBoot, 6}));       // nobody was given that yet
    CHECK_TRUE(client.say(wire::Ack{kOtherBoot, 5}));  // nor that
    CHECK_EQUAL(4u, account_of(client).acked);
    die_and_go_on();
    auto again = opened({.from = From::acknowledged}, 10, "vm");
    deliver(again);
    heard_are(again, {"5"});
    auto stranger = opened({.from = From::acknowledged}, 10, "other");
    deliver(stranger);
    CHECK_EQUAL(5u, stranger.heard.size());
}

TEST(Bridge, messages_out_of_turn_are_refused_in_words) {
    auto client = connect();
    CHECK_FALSE(client.say(wire::Credit{1}));
    client.read();
    CHECK_TRUE(client.refused->reason == wire::Refusal::bad_bytes);
    auto second = opened({}, 1);
    CHECK_FALSE(second.say(wire::Open{}));
    say("one");
    bridge->distribute(now);
    second.read();
    CHECK_EQUAL(0u, second.heard.size());
    CHECK_TRUE(second.refused.has_value());
    auto third = connect();
    CHECK_FALSE(third.say(wire::Hello{.least = 2, .most = 9}));
    third.read();
    CHECK_TRUE(third.refused->reason == wire::Refusal::version);
    auto fourth = connect();
    CHECK_FALSE(bridge->message(fourth.number(), "nonsense", now));
}

TEST(Bridge, the_64th_client_is_the_last) {
    for (std::size_t n = 0; n < Bridge::kMostClients; ++n)
        CHECK_TRUE(bridge->connected({}).has_value());
    CHECK_FALSE(bridge->connected({}).has_value());
    bridge->disconnected(1);
    CHECK_TRUE(bridge->connected({}).has_value());
}

TEST(Bridge, the_32nd_source_is_the_last_and_names_keep_their_origins) {
    for (std::size_t n = 1; n < Bridge::kMostSources; ++n)
        CHECK_EQUAL(n, *bridge->source({.name = "s" + std::to_string(n)}));
    CHECK_FALSE(bridge->source({.name = "one more"}).has_value());
    CHECK_EQUAL(5, *bridge->source({.name = "s5"}));
    die_and_go_on();
    CHECK_EQUAL(31, *bridge->source({.name = "s31"}));
}

TEST(Bridge, an_account_is_answered_and_sixteen_may_wait) {
    auto client = opened({}, 1);
    client.read();
    for (int n = 0; n < 16; ++n) CHECK_TRUE(client.say(wire::AccountAsked{}));
    CHECK_FALSE(client.say(wire::AccountAsked{}));
    auto other = opened({}, 1, "other one");
    CHECK_TRUE(other.say(wire::AccountAsked{}));
    bridge->distribute(now);
    other.read();
    CHECK_EQUAL(1u, other.accounts.size());
    CHECK_TRUE(other.accounts[0].find("source fifo kind=fifo received=0") != std::string::npos);
    CHECK_TRUE(other.accounts[0].find("name=other\\x20one pid=7 uid=8") != std::string::npos);
}

TEST(Bridge, an_account_that_nobody_reads_is_not_made_again_and_again) {
    int made = 0;
    bridge->account_with([&made] { return ++made, std::string(); });
    auto client = opened({}, 100000);
    say_many(4000, Severity::info, 20);
    bridge->distribute(now);
    CHECK_TRUE(client.say(wire::AccountAsked{}));
    for (int n = 0; n < 100; ++n) {
        say(std::to_string(n));
        bridge->distribute(now);
    }
    CHECK_EQUAL(1, made);
    client.read();
    CHECK_EQUAL(0u, client.accounts.size());
    bridge->distribute(now);
    client.read();
    CHECK_EQUAL(1u, client.accounts.size());
    CHECK_EQUAL(2, made);
}

// ---- what filters may cost ----

TEST(Bridge, a_filter_of_many_texts_is_looked_through_in_several_goes) {
    relay::Condition many;
    for (int n = 0; n < 16; ++n) many.texts.push_back(std::to_string(n) + "?");
    auto client =
        opened({.filter = {.strict = true, .any_of = std::vector<relay::Condition>(16, many)}}, 5);
    say_many(500);
    bridge->distribute(now);
    CHECK_TRUE(bridge->wake_at() == Instant{});
    const auto first = account_of(client).filtered;
    CHECK_TRUE(first > 0);
    CHECK_TRUE(first < 100);
    for (int n = 0; n < 500 && bridge->wake_at() == Instant{}; ++n) bridge->distribute(now);
    CHECK_TRUE(bridge->wake_at() == kNever);
    CHECK_EQUAL(500u, account_of(client).filtered);
}

// A filter by severity alone costs 1 for each record it looks at.
TEST(Bridge, one_go_looks_at_one_record_more_than_its_work_and_the_next_goes_on) {
    auto client = opened({.filter = only(3)}, 10);
    say_many(20, Severity::info, 20);
    bridge->distribute(now, 0);
    CHECK_EQUAL(1u, account_of(client).filtered);
    bridge->distribute(now, 8);
    CHECK_EQUAL(10u, account_of(client).filtered);
    // All are looked at, and it is not yet known that these were all.
    bridge->distribute(now, 9);
    CHECK_EQUAL(20u, account_of(client).filtered);
    CHECK_TRUE(bridge->wake_at() == Instant{});
    bridge->distribute(now, 0);
    CHECK_TRUE(bridge->wake_at() == kNever);
    say_many(10, Severity::info, 20);
    bridge->distribute(now, 10);
    CHECK_EQUAL(30u, account_of(client).filtered);
    CHECK_TRUE(bridge->wake_at() == kNever);
}

TEST(Bridge, clients_share_one_goes_work_and_one_without_a_filter_needs_none_of_it) {
    auto first = opened({.filter = only(3)}, 100);
    auto second = opened({.filter = only(3)}, 100);
    auto all = opened({}, 100);
    say_many(20, Severity::info, 20);
    bridge->distribute(now, 9);
    CHECK_EQUAL(10u, account_of(first).filtered);
    CHECK_EQUAL(1u, account_of(second).filtered);
    CHECK_EQUAL(20u, account_of(all).delivered);
}

TEST(Bridge, many_that_look_for_something_share_one_goes_work_and_each_gets_its_turn) {
    std::vector<Listener> clients;
    const relay::Filter rare{.strict = true, .any_of = {{.apps = {"another"}}}};
    for (std::size_t n = 0; n < Bridge::kMostClients; ++n)
        clients.push_back(opened({.filter = rare}, 5));
    say_many(2000, Severity::info, 20);
    bridge->distribute(now);
    CHECK_TRUE(bridge->wake_at() == Instant{});
    std::uint64_t looked = 0;
    for (const auto& client : clients) looked += account_of(client).filtered;
    CHECK_TRUE(looked < 40000);
    for (int n = 0; n < 100 && bridge->wake_at() == Instant{}; ++n) {
        say(std::to_string(n));  // what comes keeps the first ones busy, and nobody else waiting
        bridge->distribute(now);
    }
    for (const auto& client : clients) CHECK_TRUE(account_of(client).filtered >= 2000);
}

// ---- what is folded, held back, withheld, lost ----

TEST(Bridge, repeats_are_one_record_with_a_count) {
    auto client = opened({}, 10);
    for (int n = 0; n < 4; ++n) say("same");
    say("other");
    deliver(client);
    heard_are(client, {"same", "same", "other"});
    CHECK_EQUAL(0u, client.heard[0].repeats);
    CHECK_EQUAL(3u, client.heard[1].repeats);
    const auto account = source_account();
    CHECK_EQUAL(5u, account.received());
    CHECK_EQUAL(2u, account.figures.accepted);
    CHECK_EQUAL(3u, account.figures.folded);
    CHECK_EQUAL(1u, account.figures.repeats);
}

TEST(Bridge, repeats_are_said_after_a_second_at_the_latest) {
    auto client = opened({}, 10);
    say("same");
    CHECK_TRUE(bridge->wake_at() == kNever);
    say("same");
    CHECK_TRUE(bridge->wake_at() == now.at + 1s);
    now.at += 1s - 1ns;
    bridge->tick(now);
    deliver(client);
    CHECK_EQUAL(1u, client.heard.size());
    now.at += 1ns;
    bridge->tick(now);
    deliver(client);
    CHECK_EQUAL(2u, client.heard.size());
    CHECK_EQUAL(1u, client.heard[1].repeats);
    CHECK_TRUE(bridge->wake_at() == kNever);
    say("same");
    say("other");
    deliver(client);
    CHECK_EQUAL(1u, client.heard[2].repeats);
}

TEST(Bridge, another_app_or_severity_is_no_repeat_and_a_source_can_ask_for_none) {
    auto client = opened({}, 10);
    say("same");
    say("same", Severity::err);
    bridge->accept(fifo, entry_of("same", Severity::err, "apq"), now);
    fifo = *bridge->source({.name = "fifo", .fold_repeats = false});
    say("again");
    say("again");
    deliver(client);
    CHECK_EQUAL(5u, client.heard.size());
}

TEST(Bridge, the_same_words_of_another_sender_are_no_repeat) {
    auto client = opened({}, 10);
    auto entry = entry_of("same", Severity::info);
    entry.sender = {.pid = 1, .uid = 0};
    bridge->accept(fifo, entry, now);
    bridge->accept(fifo, entry, now);
    entry.sender->uid = 1000;
    bridge->accept(fifo, entry, now);
    entry.sender->pid = 2;
    bridge->accept(fifo, entry, now);
    entry.sender.reset();
    bridge->accept(fifo, entry, now);
    entry.unit = "x.service";
    bridge->accept(fifo, entry, now);
    deliver(client);
    CHECK_EQUAL(6u, client.heard.size());
    CHECK_EQUAL(1u, client.heard[1].repeats);
    CHECK_EQUAL(1u, source_account().figures.folded);
}

TEST(Bridge, a_run_outlives_the_segment_its_record_was_in) {
    auto client = opened({}, 9999);
    say("same");
    const auto other = *bridge->source({.name = "other", .fold_repeats = false});
    for (int n = 0; n < 2000; ++n) {
        bridge->accept(other, entry_of(std::string(1000, 'x'), Severity::info), now);
        deliver(client);
    }
    say("same");
    say("next");
    deliver(client);
    CHECK_EQUAL(2003u, client.heard.size());
    STRCMP_EQUAL("same", client.heard[2001].text.c_str());
    CHECK_EQUAL(1u, client.heard[2001].repeats);
}

TEST(Bridge, a_chatterbox_is_held_back_and_others_are_not) {
    fifo = *bridge->source({.name = "fifo", .guard = {.per_second = 10, .burst = 5}});
    auto client = opened({}, 100);
    for (int n = 0; n < 8; ++n) say(std::to_string(n));
    bridge->accept(fifo, entry_of("calm", Severity::info, "calm"), now);
    deliver(client);
    heard_are(client, {"0", "1", "2", "3", "4", "calm"});
    now.at += 100ms;
    say("allowed");
    deliver(client);
    CHECK_EQUAL(8u, client.heard.size());
    CHECK_TRUE(client.heard[6].gap->reason == syslog::Loss::rate_guard);
    CHECK_EQUAL(3u, *client.heard[6].gap->count);
    STRCMP_EQUAL("app", client.heard[6].text.c_str());
    STRCMP_EQUAL("allowed", client.heard[7].text.c_str());
    say("held");
    CHECK_TRUE(bridge->wake_at() == now.at + 1s);
    now.at += 1s;
    bridge->tick(now);
    deliver(client);
    CHECK_EQUAL(1u, *client.heard[8].gap->count);
    CHECK_EQUAL(4u, source_account().figures.held_back);
    CHECK_EQUAL(2u, source_account().figures.gaps);
}

TEST(Bridge, who_says_he_is_another_does_not_have_that_one_held_back) {
    fifo = *bridge->source({.name = "fifo", .guard = {.per_second = 1, .burst = 2}});
    auto client = opened({}, 100);
    auto entry = entry_of("0", Severity::info);
    const auto say_as = [&](std::uint32_t uid, const std::string& text) {
        entry.sender = {.pid = 1, .uid = uid};
        entry.record.text = text;
        bridge->accept(fifo, entry, now);
    };
    for (int n = 0; n < 5; ++n) say_as(1000, std::to_string(n));
    say_as(0, "the real one");
    deliver(client);
    heard_are(client, {"0", "1", "the real one"});
    now.at += 1s;
    bridge->tick(now);
    deliver(client);
    STRCMP_EQUAL("app (uid 1000)", client.heard.at(3).text.c_str());
}

TEST(Bridge, auth_is_withheld_unless_asked_for) {
    auto client = opened({}, 10);
    auto entry = entry_of("secret", Severity::crit);
    for (const unsigned facility : {4U, 10U, 9U}) {
        entry.record.pri = syslog::Pri(static_cast<std::uint8_t>(facility), Severity::crit);
        bridge->accept(fifo, entry, now);
    }
    deliver(client);
    CHECK_EQUAL(1u, client.heard.size());
    CHECK_EQUAL(2u, source_account().figures.withheld);
    fifo = *bridge->source({.name = "fifo", .with_auth = true});
    entry.record.pri = syslog::Pri(4, Severity::crit);
    bridge->accept(fifo, entry, now);
    deliver(client);
    CHECK_EQUAL(2u, client.heard.size());
}

TEST(Bridge, what_a_source_lost_is_a_numbered_gap) {
    auto client = opened({}, 10);
    bridge->lost(fifo, {.source = syslog::Source::fifo, .reason = syslog::Loss::source, .count = 7},
                 now);
    bridge->lost(fifo, {.source = syslog::Source::fifo, .reason = syslog::Loss::restart}, now);
    deliver(client);
    CHECK_EQUAL(1u, client.heard[0].seq);
    CHECK_EQUAL(7u, *client.heard[0].gap->count);
    CHECK_EQUAL(7u, source_account().figures.lost);
    CHECK_EQUAL(1u, source_account().figures.unknown_gaps);
}

TEST(Bridge, a_gap_that_is_dropped_itself_is_in_the_count_of_the_next) {
    auto client = opened({}, 1);
    say("first");
    deliver(client);
    bridge->lost(
        fifo, {.source = syslog::Source::fifo, .reason = syslog::Loss::source, .count = 1000}, now);
    say_many(3000, Severity::err);
    CHECK_TRUE(client.say(wire::Credit{9999}));
    deliver(client);
    const auto& gap = *client.heard[1].gap;
    CHECK_EQUAL(2u, gap.from);
    CHECK_EQUAL(gap.to - gap.from + 1000, *gap.count);
}

// ---- after its own death ----

TEST(Bridge, what_was_kept_is_there_after_a_death_and_numbers_go_on) {
    say("one");
    say("two", Severity::err);
    die_and_go_on();
    say("three");
    auto client = opened({.from = From::oldest}, 10);
    deliver(client);
    heard_are(client, {"one", "two", "three"});
    CHECK_EQUAL(3u, client.heard[2].seq);
    CHECK_EQUAL(3u, source_account().received());
}

TEST(Bridge, another_boot_begins_anew) {
    say("one");
    bridge = std::make_unique<Bridge>(memory.bytes(), kOtherBoot, 4711);
    CHECK_FALSE(bridge->went_on());
    CHECK_EQUAL(4711u, bridge->next_seq());
    CHECK_EQUAL(0u, bridge->newest(0, 9).size());
    CHECK_EQUAL(0, *bridge->source({.name = "another"}));
}

TEST(Bridge, the_places_of_sources_are_those_of_their_last_records) {
    CHECK_FALSE(bridge->next_source_seq(fifo).has_value());
    const auto journal = *bridge->source({.source = syslog::Source::journal, .name = "journal"});
    const auto kmsg = *bridge->source({.source = syslog::Source::kmsg, .name = "kmsg"});
    auto entry = entry_of("kernel", Severity::info);
    entry.source = syslog::Source::kmsg;
    bridge->accept(kmsg, entry, now);
    CHECK_EQUAL(1u, *bridge->next_source_seq(kmsg));
    entry.record.text = "other";
    entry.source_seq = 41;
    bridge->accept(kmsg, entry, now);
    bridge->accept(journal, entry_of("j", Severity::info), now, "cursor 1");
    bridge->accept(journal, entry_of("k", Severity::info), now, "cursor 2");
    die_and_go_on();
    CHECK_EQUAL(42u, *bridge->next_source_seq(kmsg));
    STRCMP_EQUAL("cursor 2", std::string(bridge->position(journal)).c_str());
    STRCMP_EQUAL("", std::string(bridge->position(fifo)).c_str());
}

TEST(Bridge, repeats_and_held_ones_not_said_before_a_death_are_said_after_it) {
    fifo = *bridge->source({.name = "fifo", .guard = {.per_second = 1, .burst = 1}});
    say("same");
    say("same");
    say("held");
    die_and_go_on();
    CHECK_TRUE(bridge->wake_at() == Instant{});
    bridge->tick(now);
    auto client = opened({.from = From::oldest}, 10);
    deliver(client);
    heard_are(client, {"same", "same", ""});
    CHECK_EQUAL(1u, client.heard[1].repeats);
    CHECK_EQUAL(1u, *client.heard[2].gap->count);
    CHECK_TRUE(bridge->wake_at() == kNever);
    die_and_go_on();
    CHECK_TRUE(bridge->wake_at() == kNever);
}

TEST(Bridge, what_comes_again_from_a_source_is_not_owed) {
    const auto kmsg = *bridge->source({.source = syslog::Source::kmsg, .name = "kmsg"});
    auto entry = entry_of("kernel", Severity::info);
    entry.source = syslog::Source::kmsg;
    for (std::uint64_t n = 7; n < 10; ++n) {
        entry.source_seq = n;
        bridge->accept(kmsg, entry, now);
    }
    CHECK_EQUAL(2u, bridge->figures().sources[kmsg].figures.folded);
    die_and_go_on();
    CHECK_EQUAL(0u, bridge->figures().sources[kmsg].figures.folded);
    CHECK_EQUAL(8u, *bridge->next_source_seq(kmsg));
    CHECK_TRUE(bridge->wake_at() == kNever);
}

TEST(Bridge, the_newest_are_given_in_order) {
    for (int n = 1; n <= 9; ++n)
        say(std::to_string(n), n % 3 == 0 ? Severity::err : Severity::info);
    const auto found = bridge->newest(3, 4);
    CHECK_EQUAL(4u, found.size());
    std::vector<Heard> heard;
    for (auto bytes : found) test::hear(bytes, heard);
    CHECK_EQUAL(6u, heard[0].seq);
    CHECK_EQUAL(9u, heard[3].seq);
    CHECK_EQUAL(2u, bridge->newest(8, 4).size());
    CHECK_EQUAL(0u, bridge->newest(10, 4).size());
}

TEST(Bridge, accepting_allocates_nothing) {
    say("first");
    const std::string text(120, 'x');
    auto entry = entry_of(text, Severity::info);
    const fake::Allocations allocations;
    for (int n = 0; n < 20000; ++n) {
        entry.record.pid = n % 2 == 0 ? "1" : "2";
        bridge->accept(fifo, entry, now);
    }
    CHECK_EQUAL(0, allocations.count());
}
