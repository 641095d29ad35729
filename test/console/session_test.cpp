// SPDX-License-Identifier: Apache-2.0
#include "console/session.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt::console;

TEST_GROUP(Session) {
    Session session;

    Said hear(std::string_view bytes) { return session.hear(bytes); }
    void text(const char* expected, const Said& said) { STRCMP_EQUAL(expected, said.text.c_str()); }
};

TEST(Session, the_byte_that_opens_a_handshake_is_not_for_the_node) {
    const auto said = hear("\x0c");
    CHECK_TRUE(said.hello);
    text("", said);
    CHECK_TRUE(session.begun());
}

TEST(Session, a_form_feed_later_is_for_the_node) {
    text("a", hear("\x0c"
                   "a"));
    const auto said = hear("\x0c");
    CHECK_FALSE(said.hello);
    text("\x0c", said);
}

TEST(Session, without_a_handshake_the_first_byte_is_for_the_node_too) {
    const auto said = hear("halt().\n\x0c");
    CHECK_FALSE(said.hello);
    text("halt().\n\x0c", said);
}

TEST(Session, the_next_viewer_begins_anew) {
    hear("\x0c\x1b_readonly=1\x1b\\");
    CHECK_TRUE(session.read_only());
    static_cast<void>(session.end());
    CHECK_FALSE(session.begun());
    CHECK_FALSE(session.read_only());
    CHECK_TRUE(hear("\x0c").hello);
}

TEST(Session, the_last_window_counts) {
    const auto said = hear("\x1b_winsize=80,24\x1b\\\x1b_winsize=132,50\x1b\\");
    CHECK_TRUE((said.window == WindowSize{132, 50}));
    CHECK_TRUE((session.window() == WindowSize{132, 50}));
}

TEST(Session, a_viewer_that_may_only_read_changes_nothing) {
    text("a", hear("\x0c"
                   "a\x1b_readonly=1\x1b\\b"));
    const auto said = hear("c\x03\x1b_winsize=80,24\x1b\\");
    text("", said);
    CHECK_FALSE(said.window.has_value());
    hear("\x1b");
    text("", session.give_up());
}

TEST(Session, a_key_is_waited_for_shorter_than_a_command) {
    CHECK_FALSE(session.patience().has_value());
    hear("\x1b");
    CHECK_TRUE(session.patience() == Session::kKeyPatience);
    hear("_");
    CHECK_TRUE(session.patience() == Session::kCommandPatience);
    text("\x1b_", session.give_up());
    CHECK_FALSE(session.patience().has_value());
}

TEST(Session, half_a_command_goes_with_its_viewer_and_is_told) {
    hear("\x0c\x1b_winsi");
    const auto said = session.end();
    text("", said);
    STRCMP_EQUAL("Missing suffix in ctrl sequence '?_winsi'", said.complaint.c_str());
}

TEST(Session, an_escape_key_before_the_end_is_for_the_node) {
    hear("\x1b");
    text("\x1b", session.end());
}

TEST(Session, an_unknown_command_is_dropped_and_told) {
    const auto said = hear("a\x1b_frob=1\x1b\\b");
    text("ab", said);
    STRCMP_EQUAL("Ignoring unknown ctrl command 'frob=1'", said.complaint.c_str());
}

TEST(Session, of_many_complaints_the_last_ones_are_counted) {
    for (unsigned i = 0; i < Session::kMostComplaints; ++i)
        CHECK_FALSE(hear("\x1b_x\x1b\\").complaint.empty());
    CHECK_TRUE(hear("\x1b_x\x1b\\").complaint.empty());
    CHECK_TRUE(hear("\x1b_x\x1b\\").complaint.empty());
    STRCMP_EQUAL("2 more of such ctrl commands", session.end().complaint.c_str());
}
