// SPDX-License-Identifier: Apache-2.0
#include "source/forward_missed.h"

#include <CppUTest/TestHarness.h>

using vakt::source::forward_missed;

TEST_GROUP(ForwardMissed){};

TEST(ForwardMissed, is_the_number_in_journalds_words) {
    CHECK(forward_missed("Forwarding to syslog missed 12 messages.") == 12U);
    CHECK(forward_missed("Forwarding to syslog missed 1 messages.") == 1U);
}

TEST(ForwardMissed, is_nothing_in_any_other_words) {
    for (const char* text :
         {"", "Forwarding to syslog missed 12 messages", "Forwarding to syslog missed  messages.",
          "Forwarding to syslog missed -1 messages.", "Forwarding to syslog missed messages.",
          " Forwarding to syslog missed 12 messages.", "Forwarding to syslog missed 12 messages.\n",
          "Forwarding to syslog missed 99999999999999999999 messages."})
        CHECK_TEXT(!forward_missed(text), text);
}
