// SPDX-License-Identifier: Apache-2.0
#include "inside/thread_frames.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace vakt::inside;

namespace {

std::string frame(const std::string& text, std::uint32_t lost = 0, std::uint16_t flags = 0) {
    const FrameHead head{lost, static_cast<std::uint16_t>(text.size()), flags};
    return std::string(reinterpret_cast<const char*>(&head), sizeof head) + text;
}

}  // namespace

TEST_GROUP(FrameReader) {
    FrameReader reader;
    std::vector<std::string> said;

    bool feed(std::string_view bytes) {
        return reader.feed(
            bytes, [this](std::uint32_t count) { said.push_back("lost " + std::to_string(count)); },
            [this](std::string_view text, bool is_cut) {
                said.push_back(std::string(text) + (is_cut ? " cut" : ""));
            });
    }
    void said_is(const std::vector<std::string>& expected) { CHECK(said == expected); }
};

TEST(FrameReader, frames_in_one_piece_are_messages_in_their_order) {
    CHECK(feed(frame("one") + frame("") + frame("two")));
    said_is({"one", "", "two"});
}

TEST(FrameReader, frames_byte_by_byte_are_the_same_messages) {
    for (const char c : frame("one", 3) + frame("two", 0, kFrameCut)) CHECK(feed({&c, 1}));
    said_is({"lost 3", "one", "two cut"});
}

TEST(FrameReader, what_was_lost_is_told_before_the_message_it_came_before) {
    CHECK(feed(frame("one") + frame("two", 7)));
    said_is({"one", "lost 7", "two"});
}

TEST(FrameReader, the_longest_message_is_whole) {
    const std::string text(kLongestThreadMessage, 'x');
    CHECK(feed(frame(text)));
    said_is({text});
}

TEST(FrameReader, a_message_one_byte_longer_is_refused) {
    CHECK_FALSE(feed(frame(std::string(kLongestThreadMessage + 1, 'x'))));
    said_is({});
}

TEST(FrameReader, a_flag_that_is_not_known_is_refused_and_clearing_begins_anew) {
    CHECK_FALSE(feed(frame("one", 0, 2)));
    reader.clear();
    CHECK(feed(frame("two")));
    said_is({"two"});
}

TEST(FrameReader, a_copy_goes_on_in_the_middle_of_a_frame) {
    const auto bytes = frame("one");
    CHECK(feed(std::string_view(bytes).substr(0, 9)));
    FrameReader second = reader;
    reader = second;
    CHECK(feed(std::string_view(bytes).substr(9)));
    said_is({"one"});
}
