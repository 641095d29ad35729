// SPDX-License-Identifier: Apache-2.0
#include "wire/lease_bytes.h"

#include <CppUTest/TestHarness.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "test/support/allocations.h"

using namespace vakt;
using namespace vakt::wire;
using namespace std::chrono_literals;

namespace {

using Bytes = std::vector<std::uint8_t>;

Instant at(Duration since_boot) { return Instant(since_boot); }

/// One of each kind, under its name in test/data/lease_bytes/v1.txt.
std::vector<std::pair<std::string, LeaseMessage>> one_of_each() {
    lease::HandOver hand_over;
    hand_over.descriptors.push_back({false, 1});
    hand_over.descriptors.push_back({true, 0x01020304});
    return {
        {"open", lease::Open{.lease = "uid-1000",
                             .timing = {11s, 60s},
                             .vm = {4711, 0x1122334455667788},
                             .killing = {.abort = true, .never = false, .dump_wait = 5s}}},
        {"open-for-ever",
         lease::Open{.lease = "a",
                     .timing = {65535s, 65535s},
                     .vm = {},
                     .killing = {.abort = false, .never = true, .dump_wait = -1ms}}},
        {"beat", lease::Beat{at(1234567890123ns)}},
        {"shut-down", lease::ShutDown{}},
        {"giving-up", lease::GivingUp{keeper::Cause::vm_crash, "crash"}},
        {"progress", lease::Progress{keeper::Step::command_failed, 256}},
        {"command", lease::Command{"/usr/sbin/reboot"}},
        {"snooze", lease::Snooze{"", 900s}},
        {"end", lease::End{keeper::EndKind::poweroff, true}},
        {"drill", lease::Drill{keeper::DrillKind::stop_petting, "otp"}},
        {"disarm", lease::Disarm{}},
        {"take-over", lease::TakeOver{}},
        {"status-asked", lease::StatusAsked{}},
        {"watch", lease::Watch{"otp"}},
        {"report-taken", lease::ReportTaken{"uid-1000"}},
        {"hands", lease::Hands{}},
        {"rung-failed", lease::RungFailed{keeper::Rung::systemd1}},
        {"healthy", lease::Healthy{}},
        {"going-down", lease::GoingDown{true}},
        {"info", lease::Info{"otp", "start_erl: the safe one"}},
        {"granted", lease::Granted{2, 30s, 0x20, "iTCO_wdt"}},
        {"answer", lease::Answer{keeper::Refusal::timing, 110s}},
        {"warn", lease::Warn{75, at(1s)}},
        {"proceed", lease::Proceed{at(110s), at(120s)}},
        {"verdict", lease::Verdict{keeper::EndKind::reboot, kNever}},
        {"hand-over", hand_over},
        {"status-board",
         lease::StatusBoard{.now = at(100s),
                            .deadline = at(120s),
                            .mode = keeper::Keeper::Mode::leaving,
                            .rung = keeper::Rung::login1,
                            .end = keeper::EndKind::halt,
                            .cause = keeper::Cause::evidence,
                            .subject = "disk",
                            .flags = lease::kMemoryLocked | lease::kHands | lease::kProberLost,
                            .oldest = "otp",
                            .oldest_is_evidence = true,
                            .oldest_silent_from = at(1s),
                            .oldest_deadline = kNever,
                            .started = at(2s),
                            .beats = 0x0102030405060708,
                            .pets = 9,
                            .pet_failures = 10,
                            .refused = 11,
                            .boots = 12,
                            .failed_boots = 13,
                            .beat_intervals = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0xFFFFFFFF},
                            .error = "keeper.conf:3: no",
                            .version = "0.1.0"}},
        {"status-lease", lease::StatusLease{.name = "otp",
                                            .uid = 1000,
                                            .required = true,
                                            .presence = keeper::Presence::retired,
                                            .phase = keeper::Ladder::Phase::spent,
                                            .cause = keeper::Cause::vm_crash,
                                            .held = true,
                                            .timing = {11s, 60s},
                                            .last_good_beat = at(99s),
                                            .deadline = at(170s),
                                            .snoozed_until = at(110s),
                                            .vm_pid = 4711}},
        {"status-device",
         lease::StatusDevice{.number = 7,
                             .name = "/dev/watchdog0",
                             .driver = "linux",
                             .identity = "iTCO_wdt",
                             .state = keeper::DeviceState::disarmed,
                             .granted = 30s,
                             .petted = at(90s),
                             .time_left = -1ms,
                             .boot_status = 0x20,
                             .abilities = lease::kCanDisarm | lease::kHasPretimeout}},
        {"status-evidence", lease::StatusEvidence{.name = "disk",
                                                  .good = at(50s),
                                                  .freshness = 60s,
                                                  .grace = 70s,
                                                  .deadline = at(180s),
                                                  .asking = true}},
        {"status-end", lease::StatusEnd{}},
        {"watching", lease::Watching{true}},
        {"news", lease::News{.kind = keeper::NoteKind::left,
                             .cause = keeper::Cause::drill,
                             .end = keeper::EndKind::poweroff,
                             .percent = 75,
                             .subject = "otp",
                             .deadline = at(1s),
                             .by = 1000}},
        {"ask-end", lease::AskEnd{keeper::Rung::login1, keeper::EndKind::halt}},
        {"snoozed", lease::Snoozed{at(2s)}},
    };
}

Bytes bytes_of(const LeaseMessage& message) {
    std::array<std::uint8_t, kMaxLeaseMessage> buffer;
    const auto bytes = encode(message, buffer);
    return {bytes.begin(), bytes.end()};
}

std::string hex(const Bytes& bytes) {
    std::string text;
    for (const auto byte : bytes) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15U];
    }
    return text;
}

/// A message of version 1 with this kind and content.
Bytes raw(std::uint8_t kind, const Bytes& content) {
    const auto size = content.size() + 2;
    Bytes bytes{static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size), 1, kind};
    bytes.insert(bytes.end(), content.begin(), content.end());
    return bytes;
}

LeaseFault fault_of(const Bytes& bytes) {
    LeaseDecoder decoder;
    decoder.feed(bytes);
    while (decoder.next()) {
    }
    return decoder.fault();
}

}  // namespace

TEST_GROUP(LeaseBytes){};

TEST(LeaseBytes, every_kind_has_the_golden_bytes_of_version_1) {
    std::ifstream file("test/data/lease_bytes/v1.txt");
    CHECK_TRUE(file.is_open());
    std::vector<std::pair<std::string, std::string>> golden;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream words(line);
        std::string name;
        std::string digits;
        words >> name >> digits;
        golden.emplace_back(name, digits);
    }
    const auto messages = one_of_each();
    CHECK_EQUAL(golden.size(), messages.size());
    for (std::size_t n = 0; n < messages.size(); ++n) {
        STRCMP_EQUAL(golden[n].first.c_str(), messages[n].first.c_str());
        STRCMP_EQUAL(golden[n].second.c_str(), hex(bytes_of(messages[n].second)).c_str());
    }
}

TEST(LeaseBytes, every_kind_is_read_back_as_it_was_written) {
    for (const auto& [name, message] : one_of_each()) {
        LeaseDecoder decoder;
        const auto bytes = bytes_of(message);
        CHECK_EQUAL(bytes.size(), decoder.feed(bytes));
        const auto read = decoder.next();
        CHECK_TRUE(read.has_value());
        CHECK_TRUE(*read == message);
        CHECK_FALSE(decoder.partial());
    }
}

TEST(LeaseBytes, a_stream_cut_into_single_bytes_gives_the_same_messages) {
    LeaseDecoder decoder;
    for (const auto& [name, message] : one_of_each()) {
        const auto bytes = bytes_of(message);
        for (std::size_t n = 0; n < bytes.size(); ++n) {
            CHECK_FALSE(decoder.next().has_value());
            CHECK_EQUAL(1U, decoder.feed(std::span(bytes).subspan(n, 1)));
        }
        const auto read = decoder.next();
        CHECK_TRUE(read.has_value());
        CHECK_TRUE(*read == message);
    }
}

TEST(LeaseBytes, many_messages_in_one_piece_are_all_found) {
    Bytes stream;
    for (int n = 0; n < 1000; ++n) {
        const auto beat = bytes_of(lease::Beat{at(std::chrono::seconds(n))});
        stream.insert(stream.end(), beat.begin(), beat.end());
    }
    LeaseDecoder decoder;
    int found = 0;
    for (std::span<const std::uint8_t> rest(stream); !rest.empty();) {
        rest = rest.subspan(decoder.feed(rest));
        while (const auto message = decoder.next()) {
            CHECK_TRUE(*message == LeaseMessage(lease::Beat{at(std::chrono::seconds(found))}));
            ++found;
        }
    }
    CHECK_EQUAL(1000, found);
}

TEST(LeaseBytes, any_cut_of_any_message_is_only_waited_for) {
    for (const auto& [name, message] : one_of_each()) {
        const auto bytes = bytes_of(message);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            LeaseDecoder decoder;
            decoder.feed(std::span(bytes).first(cut));
            CHECK_FALSE(decoder.next().has_value());
            CHECK_TRUE(decoder.fault() == LeaseFault::none);
        }
    }
}

TEST(LeaseBytes, a_byte_too_much_or_too_few_in_any_content_is_refused) {
    for (const auto& [name, message] : one_of_each()) {
        if (name == "command") continue;  // takes what there is
        auto bytes = bytes_of(message);
        bytes.push_back(0);
        ++bytes[1];
        CHECK_TRUE(fault_of(bytes) == LeaseFault::content);
        if (bytes.size() < 6) continue;  // has no content to take from
        bytes.pop_back();
        bytes.pop_back();
        bytes[1] = static_cast<std::uint8_t>(bytes[1] - 2);
        CHECK_TRUE(fault_of(bytes) == LeaseFault::content);
    }
}

TEST(LeaseBytes, sizes_below_and_above_the_bounds_are_refused_at_once) {
    CHECK_TRUE(fault_of({0, 0}) == LeaseFault::size);
    CHECK_TRUE(fault_of({0, 1}) == LeaseFault::size);
    CHECK_TRUE(fault_of({0, 2}) == LeaseFault::none);
    CHECK_TRUE(fault_of({0x08, 0xFE}) == LeaseFault::none);  // 2302
    CHECK_TRUE(fault_of({0x08, 0xFF}) == LeaseFault::size);  // 2303
    CHECK_TRUE(fault_of({0xFF, 0xFF}) == LeaseFault::size);
}

TEST(LeaseBytes, another_version_is_refused_before_the_rest_has_come) {
    CHECK_TRUE(fault_of({0, 2, 0}) == LeaseFault::version);
    CHECK_TRUE(fault_of({0, 2, 2}) == LeaseFault::version);
    CHECK_TRUE(fault_of({0, 2, 1}) == LeaseFault::none);
}

TEST(LeaseBytes, unknown_kinds_are_refused) {
    for (int kind = 0; kind < 256; ++kind) {
        const bool known = (kind >= 1 && kind <= 19) || (kind >= 65 && kind <= 79);
        const auto fault = fault_of({0, 200, 1, static_cast<std::uint8_t>(kind)});
        CHECK_TRUE(fault == (known ? LeaseFault::none : LeaseFault::kind));
    }
}

TEST(LeaseBytes, nothing_is_read_after_a_fault) {
    LeaseDecoder decoder;
    decoder.feed(Bytes{0, 0});
    CHECK_FALSE(decoder.next().has_value());
    const auto good = bytes_of(lease::ShutDown{});
    CHECK_EQUAL(good.size(), decoder.feed(good));
    CHECK_FALSE(decoder.next().has_value());
    CHECK_TRUE(decoder.fault() == LeaseFault::size);
}

TEST(LeaseBytes, a_lease_has_1_to_32_bytes_of_name) {
    const auto open = [](std::size_t size) {
        Bytes content{static_cast<std::uint8_t>(size)};
        content.insert(content.end(), size, 'x');
        content.insert(content.end(), 4 + 4 + 4 + 8 + 1 + 1 + 4, 0);
        return fault_of(raw(1, content));
    };
    CHECK_TRUE(open(0) == LeaseFault::content);
    CHECK_TRUE(open(1) == LeaseFault::none);
    CHECK_TRUE(open(32) == LeaseFault::none);
    CHECK_TRUE(open(33) == LeaseFault::content);
}

TEST(LeaseBytes, a_command_has_at_most_2047_bytes) {
    CHECK_TRUE(fault_of(raw(6, Bytes(0))) == LeaseFault::none);
    CHECK_TRUE(fault_of(raw(6, Bytes(2047, 'x'))) == LeaseFault::none);
    CHECK_TRUE(fault_of(raw(6, Bytes(2048, 'x'))) == LeaseFault::content);
    CHECK_TRUE(bytes_of(lease::Command{std::string(2048, 'x')}).empty());
}

TEST(LeaseBytes, flags_and_enumerators_beyond_their_last_value_are_refused) {
    CHECK_TRUE(fault_of(raw(4, {9, 0})) == LeaseFault::none);
    CHECK_TRUE(fault_of(raw(4, {10, 0})) == LeaseFault::content);
    CHECK_TRUE(fault_of(raw(5, {4, 0, 0, 0, 0})) == LeaseFault::none);
    CHECK_TRUE(fault_of(raw(5, {5, 0, 0, 0, 0})) == LeaseFault::content);
    CHECK_TRUE(fault_of(raw(8, {2, 1})) == LeaseFault::none);
    CHECK_TRUE(fault_of(raw(8, {3, 1})) == LeaseFault::content);
    CHECK_TRUE(fault_of(raw(8, {2, 2})) == LeaseFault::content);
    CHECK_TRUE(fault_of(raw(9, {4, 0})) == LeaseFault::none);
    CHECK_TRUE(fault_of(raw(9, {5, 0})) == LeaseFault::content);
    CHECK_TRUE(fault_of(raw(66, {7, 0, 0, 0, 0})) == LeaseFault::none);
    CHECK_TRUE(fault_of(raw(66, {8, 0, 0, 0, 0})) == LeaseFault::content);
    CHECK_TRUE(fault_of(raw(76, {1})) == LeaseFault::none);
    CHECK_TRUE(fault_of(raw(76, {2})) == LeaseFault::content);
    const auto news = [](std::uint8_t kind, std::uint8_t cause, std::uint8_t end) {
        Bytes content{kind, cause, end, 0, 0};
        content.insert(content.end(), 8 + 4, 0);
        return fault_of(raw(77, content));
    };
    CHECK_TRUE(news(11, 9, 2) == LeaseFault::none);
    CHECK_TRUE(news(12, 9, 2) == LeaseFault::content);
    CHECK_TRUE(news(11, 10, 2) == LeaseFault::content);
    CHECK_TRUE(news(11, 9, 3) == LeaseFault::content);
}

TEST(LeaseBytes, a_name_to_watch_has_at_most_32_bytes_and_may_be_empty) {
    for (const std::uint8_t kind : {std::uint8_t{13}, std::uint8_t{14}}) {
        const auto named = [kind](std::uint8_t size) {
            Bytes content{size};
            content.insert(content.end(), size, 'x');
            return fault_of(raw(kind, content));
        };
        CHECK_TRUE(named(0) == LeaseFault::none);
        CHECK_TRUE(named(32) == LeaseFault::none);
        CHECK_TRUE(named(33) == LeaseFault::content);
    }
}

TEST(LeaseBytes, hands_are_asked_for_login1_and_systemd1_and_for_no_other_rung) {
    for (std::uint8_t rung = 0; rung < 8; ++rung) {
        const auto wanted = rung == 2 || rung == 3 ? LeaseFault::none : LeaseFault::content;
        CHECK_TRUE(fault_of(raw(16, {rung})) == wanted);
        CHECK_TRUE(fault_of(raw(78, {rung, 2})) == wanted);
    }
    CHECK_TRUE(fault_of(raw(78, {2, 3})) == LeaseFault::content);
    CHECK_TRUE(bytes_of(lease::RungFailed{keeper::Rung::syscall}).empty());
    CHECK_TRUE(bytes_of(lease::AskEnd{keeper::Rung::hardware}).empty());
}

TEST(LeaseBytes, no_message_is_written_or_read_by_way_of_the_heap) {
    const auto messages = one_of_each();
    std::array<std::uint8_t, kMaxLeaseMessage> buffer;
    bool all = true;
    int allocated = 0;
    {
        const fake::Allocations allocations;
        for (const auto& [name, message] : messages) {
            LeaseDecoder decoder;
            decoder.feed(encode(message, buffer));
            all = decoder.next() == message && all;
        }
        allocated = allocations.count();
    }
    CHECK_TRUE(all);
    CHECK_EQUAL(0, allocated);
}

TEST(LeaseBytes, the_keeper_takes_uid_and_connection_from_the_socket_and_not_from_the_bytes) {
    const auto event = event_of(lease::Open{.lease = "otp"}, 7, 1000);
    CHECK_TRUE(event.has_value());
    const auto* open = std::get_if<keeper::Open>(&*event);
    CHECK_TRUE(open != nullptr);
    CHECK_EQUAL(7U, open->from);
    CHECK_EQUAL(1000U, open->uid);
}

TEST(LeaseBytes, what_a_keeper_says_is_no_event_for_a_keeper) {
    CHECK_FALSE(event_of(lease::Granted{}, 1, 0).has_value());
    CHECK_FALSE(event_of(lease::Proceed{}, 1, 0).has_value());
    CHECK_FALSE(event_of(lease::Command{}, 1, 0).has_value());
}

TEST(LeaseBytes, what_only_the_program_may_believe_is_no_event_either) {
    CHECK_FALSE(event_of(lease::RungFailed{}, 1, 0).has_value());
    CHECK_FALSE(event_of(lease::Hands{}, 1, 0).has_value());
    CHECK_FALSE(event_of(lease::Healthy{}, 1, 0).has_value());
    CHECK_FALSE(event_of(lease::Info{}, 1, 0).has_value());
    CHECK_FALSE(event_of(lease::StatusAsked{}, 1, 0).has_value());
}

TEST(LeaseBytes, notes_and_warnings_are_news_and_other_actions_are_not) {
    keeper::Settings settings;
    settings.leases.push_back({.name = "first"});
    settings.leases.push_back({.name = "second"});
    const keeper::Keeper keeper(settings, {}, at(0s));
    const auto note = news_of(keeper::Note{.id = 1,
                                           .kind = keeper::NoteKind::verdict,
                                           .cause = keeper::Cause::requested,
                                           .end = keeper::EndKind::halt,
                                           .subject = "first",
                                           .deadline = at(9s),
                                           .by = 7},
                              keeper);
    CHECK_TRUE(note == (lease::News{.kind = keeper::NoteKind::verdict,
                                    .cause = keeper::Cause::requested,
                                    .end = keeper::EndKind::halt,
                                    .subject = "first",
                                    .deadline = at(9s),
                                    .by = 7}));
    const auto warning =
        news_of(keeper::Warn{.to = 0, .lease = 1, .percent = 75, .deadline = at(8s)}, keeper);
    CHECK_TRUE(warning == (lease::News{.kind = keeper::NoteKind::warned,
                                       .percent = 75,
                                       .subject = "second",
                                       .deadline = at(8s)}));
    CHECK_FALSE(news_of(keeper::Pet{0}, keeper).has_value());
}

TEST(LeaseBytes, answers_among_the_actions_become_messages_and_acts_do_not) {
    const auto proceed = message_of(keeper::Proceed{3, at(1s), at(2s)});
    CHECK_TRUE(proceed.has_value());
    CHECK_EQUAL(3U, proceed->to);
    CHECK_TRUE(proceed->message == LeaseMessage(lease::Proceed{at(1s), at(2s)}));
    CHECK_FALSE(message_of(keeper::Pet{0}).has_value());
    CHECK_FALSE(message_of(keeper::Warn{.to = 0}).has_value());
}

TEST(LeaseBytes, a_length_that_is_negative_is_for_ever_and_one_beyond_24_days_is_24_days) {
    // Found by fuzzing: -257 ms came back as -1 ms.
    Bytes content{1, 'a', 0xFF, 0xFF, 0xFF, 0xFF};
    content.insert(content.end(), 4 + 4 + 8 + 1 + 1, 0);
    content.insert(content.end(), {0xFF, 0xFF, 0xFE, 0xFF});
    LeaseDecoder decoder;
    decoder.feed(raw(1, content));
    const auto message = decoder.next();
    CHECK_TRUE(message.has_value());
    const auto& open = std::get<lease::Open>(*message);
    CHECK_TRUE(open.killing.dump_wait == -1ms);
    CHECK_TRUE(open.timing.beat_timeout == std::chrono::milliseconds(INT32_MAX));
}
