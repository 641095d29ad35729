// SPDX-License-Identifier: Apache-2.0
#include "release/choice.h"

#include <CppUTest/TestHarness.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "release/start_entry.h"

using namespace vakt;
using namespace vakt::release;
using namespace std::chrono_literals;

namespace {

const Release kNew{"13.2", "2.0"};
const Release kGood{"13.1", "1.0"};
const Release kOld{"13.0", "0.9"};
const Release kSafe{"13.2", "start_clean"};
constexpr Clocks kLater{1'000'000'000, 0};

std::vector<Candidate> all() {
    return {{Origin::data, kNew, ""},
            {Origin::kept, kGood, ""},
            {Origin::listed, kOld, ""},
            {Origin::safe, kSafe, ""}};
}
PastStart past(const Release& release, Outcome outcome, Origin origin = Origin::data) {
    return {release, origin, outcome, {}, 0, 0, kBootUnknown};
}
std::vector<PastStart> failed(const Release& release, int times, Origin origin = Origin::data) {
    return std::vector<PastStart>(static_cast<std::size_t>(times),
                                  past(release, Outcome::failed, origin));
}
using Starts = std::vector<PastStart>;
Starts operator+(Starts a, const Starts& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Choice choose_after(const Starts& starts, const std::vector<Candidate>& candidates = all()) {
    return choose({starts, 0}, candidates, 3, kLater);
}
std::string chosen_after(const Starts& starts, const std::vector<Candidate>& candidates = all()) {
    const auto choice = choose_after(starts, candidates);
    return choice.candidate ? candidates[*choice.candidate].release.vsn : "nothing";
}
void expect(const char* vsn, const Starts& starts,
            const std::vector<Candidate>& candidates = all()) {
    STRCMP_EQUAL(vsn, chosen_after(starts, candidates).c_str());
}

/// A board whose releases behave as they like, with a ledger that goes round.
struct Board {
    enum class Way { good, crashes, hangs, flaps, ends };
    std::vector<std::pair<std::string, Way>> ways;
    [[nodiscard]] Way way_of(const std::string& vsn) const {
        for (const auto& [its, way] : ways)
            if (its == vsn) return way;
        return Way::crashes;
    }
    std::vector<Candidate> candidates = all();
    std::vector<report::Entry> entries;
    std::uint32_t count = 0;
    std::uint64_t now_ms = 1000;
    std::vector<std::uint64_t> times;

    static report::BootId id_of(std::uint32_t number) {
        report::BootId id{};
        for (std::size_t at = 0; at < 4; ++at)
            id[at] = static_cast<std::uint8_t>(number >> (8 * at));
        return id;
    }
    void note(report::Kind kind, std::uint32_t number, const std::string& text) {
        report::LedgerWriter writer(entries, id_of(number));
        report::Entry entry;
        entry.kind = kind;
        entry.uptime_ms = now_ms;
        entry.text = std::string_view(text);
        entries.push_back(writer.add(entry).entry);
        if (entries.size() > report::kSlots) entries.erase(entries.begin());
    }

    /// What was started; "" nothing.
    std::string start() {
        const auto id = ++count;
        const History history{starts_of(entries),
                              report::LedgerWriter(entries, id_of(id)).failed_boots()};
        const auto choice = choose(history, candidates, 3, {now_ms, 0});
        now_ms += static_cast<std::uint64_t>(choice.pause.count()) * 1000;
        if (!choice.candidate) return "";
        times.push_back(now_ms);
        const auto one = candidates[*choice.candidate];
        note(report::Kind::boot, id, text_of({one.release, one.origin, 1, 1, choice.memory}));
        run(way_of(one.release.vsn), id);
        if (starts_of(entries).back().outcome == Outcome::healthy) keep(one);
        return one.release.vsn;
    }
    /// The last good one stands behind the data file's.
    void keep(const Candidate& good) {
        if (good.origin == Origin::data || good.origin == Origin::safe) return;
        std::erase_if(candidates, [&](const auto& one) { return one.release == good.release; });
        for (auto& one : candidates)
            if (one.origin == Origin::kept) one.origin = Origin::listed;
        candidates.insert(candidates.begin() + 1, {Origin::kept, good.release, good.lacks});
    }
    void run(Way way, std::uint32_t id) {
        now_ms += way == Way::hangs ? 60'000 : way == Way::good ? 3'600'000 : 200;
        if (way == Way::good || way == Way::flaps) note(report::Kind::healthy, id, "");
        if (way == Way::ends) note(report::Kind::clean, id, "");
    }
    [[nodiscard]] std::size_t most_within(std::uint64_t window_ms) const {
        std::size_t most = 0;
        for (std::size_t first = 0, at = 0; at < times.size(); ++at) {
            while (times[at] - times[first] > window_ms) ++first;
            most = std::max(most, at - first + 1);
        }
        return most;
    }
};

}  // namespace

TEST_GROUP(Choice){};

TEST(Choice, the_first_start_is_the_plain_one) {
    const auto choice = choose_after({});
    CHECK_EQUAL(0U, *choice.candidate);
    CHECK_TRUE(choice.why.empty());
    CHECK_TRUE(choice.pause == 0s);
}

TEST(Choice, two_bad_starts_are_not_three) {
    expect("2.0", failed(kNew, 2));
    expect("1.0", failed(kNew, 3));
}

TEST(Choice, each_has_its_tries_then_comes_the_safe_one) {
    const auto two = failed(kNew, 3) + failed(kGood, 2, Origin::kept);
    expect("1.0", two);
    expect("0.9", two + failed(kGood, 1, Origin::kept));
    expect("start_clean",
           failed(kNew, 3) + failed(kGood, 3, Origin::kept) + failed(kOld, 3, Origin::listed));
}

TEST(Choice, an_orderly_end_is_no_bad_start_and_no_good_one) {
    const Starts ended{past(kNew, Outcome::ended)};
    expect("2.0", failed(kNew, 2) + ended);
    expect("1.0", failed(kNew, 2) + ended + failed(kNew, 1));
}

TEST(Choice, health_ends_the_count) {
    expect("2.0", failed(kNew, 2) + Starts{past(kNew, Outcome::healthy)} + failed(kNew, 2));
}

TEST(Choice, another_release_in_the_data_file_begins_afresh) {
    auto candidates = all();
    candidates[0].release = {"13.2", "2.1"};
    expect("2.1", failed(kNew, 3), candidates);
}

TEST(Choice, what_cannot_be_started_is_not_tried) {
    auto candidates = all();
    candidates[0].lacks = "no such file";
    expect("1.0", {}, candidates);
    candidates[1].lacks = candidates[2].lacks = "neither";
    expect("start_clean", {}, candidates);
    candidates[3].lacks = "nor";
    expect("nothing", {}, candidates);
    CHECK_TRUE(choose_after({}, candidates).why == "nothing can be started");
}

TEST(Choice, without_a_safe_one_the_least_failed_goes_on) {
    std::vector<Candidate> candidates{{Origin::data, kNew, ""}, {Origin::listed, kOld, ""}};
    expect("0.9", failed(kNew, 4) + failed(kOld, 3, Origin::listed), candidates);
    expect("2.0", failed(kNew, 4) + failed(kOld, 4, Origin::listed), candidates);
}

TEST(Choice, one_that_was_never_good_is_not_tried_again_while_another_is_good) {
    const Starts good{past(kGood, Outcome::healthy, Origin::kept)};
    expect("1.0", failed(kNew, 3) + good);
    expect("1.0", failed(kNew, 3) + good + good);
}

TEST(Choice, one_that_was_good_gets_another_try_behind_a_good_start_of_another) {
    const Starts was_good{past(kNew, Outcome::healthy)};
    const Starts other{past(kGood, Outcome::healthy, Origin::kept)};
    expect("1.0", was_good + failed(kNew, 3));
    expect("2.0", was_good + failed(kNew, 3) + other);
    CHECK_EQUAL(std::string("2.0 (erts 13.2) once more, though it failed 3 times"),
                choose_after(was_good + failed(kNew, 3) + other).why);
    expect("1.0", was_good + failed(kNew, 3) + other + failed(kNew, 1));
}

TEST(Choice, behind_the_safe_one_the_least_failed_gets_a_try) {
    const auto bad =
        failed(kNew, 3) + failed(kGood, 4, Origin::kept) + failed(kOld, 3, Origin::listed);
    const Starts safe{past(kSafe, Outcome::failed, Origin::safe)};
    expect("2.0", bad + safe);
    expect("0.9", bad + safe + failed(kNew, 1) + safe);
    expect("start_clean", bad + safe + failed(kNew, 1));
}

TEST(Choice, why_is_said_in_words) {
    STRCMP_EQUAL("the last good release 1.0 (erts 13.1): 2.0 (erts 13.2) failed 3 times",
                 choose_after(failed(kNew, 3)).why.c_str());
    auto candidates = all();
    candidates[0].lacks = "data:1: empty";
    STRCMP_EQUAL("the last good release 1.0 (erts 13.1): data:1: empty",
                 choose_after({}, candidates).why.c_str());
    STRCMP_EQUAL("the safe release, a console alone: 2.0 (erts 13.2) failed 3 times",
                 choose_after(failed(kNew, 3), {all()[0], all()[3]}).why.c_str());
}

TEST(Choice, the_pause_grows_from_the_second_failure_on) {
    const std::chrono::seconds expected[] = {0s, 0s, 1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s};
    std::uint32_t count = 0;
    for (const auto pause : expected) CHECK_TRUE(pause_after(count++) == pause);
    CHECK_TRUE(pause_after(11) == 300s);
    CHECK_TRUE(pause_after(0xFFFFFFFF) == 300s);
    CHECK_TRUE(choose({{}, 4}, all(), 3, kLater).pause == 4s);
}

TEST(Choice, many_good_starts_within_minutes_are_slowed_down_too) {
    auto start = past(kNew, Outcome::healthy);
    start.uptime_ms = 1'000'000;
    const Starts three{start, start, start};
    CHECK_TRUE(choose({three, 0}, all(), 3, {1'000'000 + 300'000, 0}).pause == 2s);
    CHECK_TRUE(choose({three, 0}, all(), 3, {1'000'000 + 300'001, 0}).pause == 0s);
    CHECK_TRUE(choose({three, 0}, all(), 3, {999'999, 0}).pause == 0s);
    start.outcome = Outcome::ended;
    CHECK_TRUE(choose({{start, start, start}, 0}, all(), 3, {1'000'000, 0}).pause == 0s);
}

// A board that boots every few minutes: each start was healthy, and the uptimes do not rise going
// back.
TEST(Choice, starts_of_an_earlier_boot_delay_nobody) {
    constexpr std::uint32_t kBefore = 7;
    constexpr std::uint32_t kNow = 8;
    auto start = past(kNew, Outcome::healthy);
    start.boot = kBefore;
    start.uptime_ms = 10'000;
    Starts starts{start, start, start, start};
    for (std::size_t at = 0; at < starts.size(); ++at) starts[at].uptime_ms += at;
    CHECK_TRUE(choose({starts, 0}, all(), 3, {11'000, 0, kNow}).pause == 0s);
    CHECK_TRUE(choose({starts, 0}, all(), 3, {11'000, 0, kBefore}).pause == 4s);
    // Behind one of another boot none is this one's.
    starts[0].boot = starts[3].boot = kNow;
    CHECK_TRUE(choose({starts, 0}, all(), 3, {11'000, 0, kNow}).pause == 0s);
    starts[1].boot = starts[2].boot = kNow;
    CHECK_TRUE(choose({starts, 0}, all(), 3, {11'000, 0, kNow}).pause == 4s);
}

TEST(Choice, where_a_boot_is_not_known_the_uptimes_tell_it) {
    auto start = past(kNew, Outcome::healthy);
    start.uptime_ms = 10'000;
    Starts starts{start, start, start, start};
    // An older start_erl noted none; the system has none.
    CHECK_TRUE(choose({starts, 0}, all(), 3, {11'000, 0, 8}).pause == 4s);
    for (auto& one : starts) one.boot = 7;
    CHECK_TRUE(choose({starts, 0}, all(), 3, {11'000, 0, kBootUnknown}).pause == 4s);
    CHECK_TRUE(choose({starts, 0}, all(), 3, {9'999, 0, kBootUnknown}).pause == 0s);
    // Ours first, then an older one's, of a boot that stood higher.
    starts[1].boot = kBootUnknown;
    starts[1].uptime_ms = 10'001;
    CHECK_TRUE(choose({starts, 0}, all(), 3, {11'000, 0, 7}).pause == 1s);
}

TEST(Choice, what_is_known_of_the_data_files_release_is_carried_on) {
    const auto first = choose_after(Starts{past(kNew, Outcome::healthy)} + failed(kNew, 2));
    CHECK_TRUE((first.memory == Memory{tag_of(kNew), 2, true}));
    auto start = past(kNew, Outcome::failed);
    start.memory = first.memory;
    CHECK_TRUE((choose_after({start}).memory == Memory{tag_of(kNew), 3, true}));
    // A data file that cannot be read says nothing, and what was known stays.
    auto unread = all();
    unread[0] = {Origin::data, {}, "cut off"};
    CHECK_TRUE((choose_after({start}, unread).memory == Memory{tag_of(kNew), 3, true}));
}

TEST(Choice, random_boards_never_loop_fast_reach_what_can_be_started_and_stay_on_what_is_good) {
    using Way = Board::Way;
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);  // NOLINT(cert-msc51-cpp): the same boards each time
        Board board;
        for (const auto& one : board.candidates)
            if (one.origin != Origin::safe)
                board.ways.emplace_back(one.release.vsn, static_cast<Way>(random() % 4));
        board.ways.emplace_back("start_clean", random() % 2 == 0 ? Way::hangs : Way::good);
        for (auto& one : board.candidates)
            if (one.origin != Origin::safe && random() % 4 == 0) one.lacks = "incomplete";

        std::string good;  // the first that is good and can be started
        for (const auto& one : board.candidates)
            if (good.empty() && one.lacks.empty() &&
                (board.way_of(one.release.vsn) == Way::good ||
                 board.way_of(one.release.vsn) == Way::flaps))
                good = one.release.vsn;
        if (good.empty()) good = "start_clean";
        // Three tries for each of those before it, and the good one itself.
        std::vector<std::string> started;
        for (int at = 0; at < 100; ++at) started.push_back(board.start());
        CHECK_FALSE(std::find(started.begin(), started.end(), "") != started.end());
        const auto reached = std::find(started.begin(), started.end(), good);
        CHECK_TRUE(reached - started.begin() <= 9);
        if (good != "start_clean")
            CHECK_TRUE(
                std::all_of(reached, started.end(), [&](const auto& vsn) { return vsn == good; }));
        CHECK_TRUE(board.most_within(300'000) <= 14);
    }
}

TEST(Choice, a_release_given_up_long_ago_is_still_given_up_when_the_ledger_has_gone_round) {
    Board board;
    board.ways = {{"2.0", Board::Way::crashes}, {"1.0", Board::Way::good}};
    for (int at = 0; at < 3; ++at) STRCMP_EQUAL("2.0", board.start().c_str());
    for (int at = 0; at < 200; ++at) STRCMP_EQUAL("1.0", board.start().c_str());
}
