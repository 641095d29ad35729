// SPDX-License-Identifier: Apache-2.0
#include "wire/bridge_bytes.h"

#include <CppUTest/TestHarness.h>

#include <string>

#include "test/support/bridge_samples.h"

using namespace vakt;
using namespace vakt::wire;

namespace {

using Message = test::SampleMessage;

std::string bytes_of(const Message& message) {
    return std::visit([](const auto& direction) { return encode(direction); }, message);
}
/// Without its size.
std::string content_of(const Message& message) { return bytes_of(message).substr(4); }

bool is_a_message(std::string_view bytes) {
    return parse_to_bridge(bytes).has_value() || parse_from_bridge(bytes).has_value();
}
bool is_read_back(const Message& message) {
    const auto content = content_of(message);
    if (const auto* to = std::get_if<ToBridge>(&message))
        return parse_to_bridge(content) == *to && !parse_from_bridge(content);
    return parse_from_bridge(content) == std::get<FromBridge>(message) && !parse_to_bridge(content);
}
Message with_words(std::size_t conditions, std::size_t words, std::size_t size) {
    relay::Filter filter;
    filter.any_of.resize(conditions);
    for (auto& condition : filter.any_of) condition.texts.assign(words, std::string(size, 'x'));
    return ToBridge(Narrow{filter});
}

}  // namespace

TEST_GROUP(BridgeBytes) {
    std::string records = test::sample_bytes();
    std::vector<std::pair<std::string, Message>> messages = test::sample_messages(records);
};

TEST(BridgeBytes, every_message_has_the_golden_bytes_and_meaning_of_version_1) {
    const auto golden = test::golden_bridge_bytes();
    const auto before = test::sample_records().size();
    CHECK_EQUAL(golden.size(), before + messages.size());
    for (std::size_t n = 0; n < messages.size(); ++n) {
        const auto& [name, message] = messages[n];
        const auto& row = golden[before + n];
        STRCMP_EQUAL(row.name.c_str(), name.c_str());
        STRCMP_EQUAL(row.hex.c_str(), test::hex(bytes_of(message)).c_str());
        const auto words = std::visit(
            [](const auto& direction) {
                return std::visit([](const auto& kind) { return test::meaning(kind); }, direction);
            },
            message);
        STRCMP_EQUAL(row.meaning.c_str(), words.c_str());
    }
}

TEST(BridgeBytes, every_message_is_read_back_as_it_was_written) {
    for (const auto& [name, message] : messages) CHECK_TRUE(is_read_back(message));
}

TEST(BridgeBytes, the_size_before_a_message_is_that_of_what_follows) {
    for (const auto& [name, message] : messages) {
        const auto bytes = bytes_of(message);
        const auto byte = [&](std::size_t n) {
            return static_cast<std::size_t>(static_cast<unsigned char>(bytes[n]));
        };
        CHECK_EQUAL(bytes.size() - 4, byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3));
    }
}

TEST(BridgeBytes, a_byte_too_much_or_too_few_in_any_content_is_refused) {
    for (const auto& [name, message] : messages) {
        const auto content = content_of(message);
        if (name.starts_with("account") && name != "account-asked") continue;  // takes what is
        if (!name.starts_with("batch")) CHECK_FALSE(is_a_message(content + '\0'));
        const std::size_t least = name.starts_with("batch") ? kBatchHead : content.size();
        for (std::size_t size = 0; size < least; ++size)
            CHECK_FALSE(is_a_message(std::string_view(content).substr(0, size)));
    }
}

TEST(BridgeBytes, messages_with_any_bit_changed_are_refused_or_are_what_is_written) {
    for (const auto& [name, message] : messages) {
        auto content = content_of(message);
        for (std::size_t bit = 0; bit < content.size() * 8; ++bit) {
            const auto flip = static_cast<char>(1U << bit % 8);
            content[bit / 8] = static_cast<char>(content[bit / 8] ^ flip);
            if (const auto to = parse_to_bridge(content))
                CHECK_TRUE(encode(*to).substr(4) == content);
            if (const auto from = parse_from_bridge(content))
                CHECK_TRUE(encode(*from).substr(4) == content);
            content[bit / 8] = static_cast<char>(content[bit / 8] ^ flip);
        }
    }
}

TEST(BridgeBytes, unknown_kinds_are_refused_and_no_kind_goes_both_ways) {
    for (int kind = 0; kind < 256; ++kind) {
        const std::string empty(1, static_cast<char>(kind));
        CHECK_TRUE(parse_to_bridge(empty).has_value() == (kind == 6));
        CHECK_TRUE(parse_from_bridge(empty).has_value() == (kind == 68));
    }
    CHECK_FALSE(is_a_message(""));
}

TEST(BridgeBytes, names_of_more_than_32_bytes_are_refused) {
    CHECK_TRUE(is_read_back(ToBridge(Hello{1, 1, std::string(32, 'n')})));
    CHECK_FALSE(is_a_message(content_of(ToBridge(Hello{1, 1, std::string(33, 'n')}))));
    const auto named = [](std::size_t size) {
        return FromBridge(Welcome{.sources = {{1, syslog::Source::fifo, std::string(size, 'n')}}});
    };
    CHECK_TRUE(is_read_back(named(32)));
    CHECK_FALSE(is_a_message(content_of(named(33))));
}

TEST(BridgeBytes, enumerators_beyond_their_last_value_are_refused) {
    const auto with = [](const Message& message, std::size_t place, int value) {
        auto content = content_of(message);
        content[place] = static_cast<char>(value);
        return is_a_message(content);
    };
    CHECK_TRUE(with(ToBridge(Open{}), 1, 3));
    CHECK_FALSE(with(ToBridge(Open{}), 1, 4));
    CHECK_TRUE(with(FromBridge(Refused{}), 1, 4));
    CHECK_FALSE(with(FromBridge(Refused{}), 1, 5));
    CHECK_TRUE(with(ToBridge(Narrow{}), 1, 1));
    CHECK_FALSE(with(ToBridge(Narrow{}), 1, 2));
    const ToBridge condition(Narrow{{.any_of = {{}}}});
    CHECK_TRUE(with(condition, 3, 7));
    CHECK_FALSE(with(condition, 3, 8));
    const FromBridge welcome(Welcome{.sources = {{}}});
    CHECK_TRUE(with(welcome, 1 + 1 + 16 + 8 + 8 + 1 + 1, 6));
    CHECK_FALSE(with(welcome, 1 + 1 + 16 + 8 + 8 + 1 + 1, 7));
}

TEST(BridgeBytes, a_filter_has_at_most_16_conditions_of_16_words_of_1_to_255_bytes) {
    CHECK_TRUE(is_read_back(with_words(16, 1, 1)));
    CHECK_FALSE(is_a_message(content_of(with_words(17, 1, 1))));
    CHECK_TRUE(is_read_back(with_words(1, 16, 1)));
    CHECK_FALSE(is_a_message(content_of(with_words(1, 17, 1))));
    CHECK_TRUE(is_read_back(with_words(1, 1, 255)));
    CHECK_FALSE(is_a_message(content_of(with_words(1, 1, 0))));
}

TEST(BridgeBytes, nothing_longer_than_65536_bytes_is_read_to_the_bridge) {
    // 15 conditions of 16 words of 255 bytes, and one that fills it up to the byte.
    const auto filled = [](std::size_t last) {
        auto filter = std::get<Narrow>(std::get<ToBridge>(with_words(15, 16, 255))).filter;
        filter.any_of.push_back({.texts = std::vector<std::string>(15, std::string(255, 'y'))});
        filter.any_of.back().texts.push_back(std::string(last, 'z'));
        return ToBridge(Narrow{filter});
    };
    const auto most = content_of(filled(255)).size();
    CHECK_TRUE(most > kLongestToBridge);
    const auto over = most - kLongestToBridge;
    CHECK_TRUE(over < 255);
    CHECK_EQUAL(kLongestToBridge, content_of(filled(255 - over)).size());
    CHECK_TRUE(is_read_back(filled(255 - over)));
    CHECK_FALSE(is_a_message(content_of(filled(256 - over))));
}
