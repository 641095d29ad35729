// SPDX-License-Identifier: Apache-2.0
#include "wire/lease_bytes.h"

#include <CppUTest/TestHarness.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

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
        {"granted", lease::Granted{2, 30s, 0x20, "iTCO_wdt"}},
        {"answer", lease::Answer{keeper::Refusal::timing, 110s}},
        {"warn", lease::Warn{75, at(1s)}},
        {"proceed", lease::Proceed{at(110s), at(120s)}},
        {"verdict", lease::Verdict{keeper::EndKind::reboot, kNever}},
        {"hand-over", hand_over},
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
        const bool known = (kind >= 1 && kind <= 11) || (kind >= 65 && kind <= 70);
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
