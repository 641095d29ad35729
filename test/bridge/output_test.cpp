// SPDX-License-Identifier: Apache-2.0
// clang-format off
#include "bridge/output.h"

// CppUTest's `new` is not for the library's containers.
#include "wire/bridge_bytes.h"

#include <CppUTest/TestHarness.h>
// clang-format on

#include <string>

using vakt::bridge::Output;

TEST_GROUP(Output) {
    Output output;
    vakt::report::BootId boot{};
};

TEST(Output, a_message_that_fits_exactly_is_put_and_one_byte_more_is_not) {
    CHECK_FALSE(output.put(std::string(Output::kMost + 1, 'x')));
    CHECK_TRUE(output.put(std::string(Output::kMost, 'x')));
    CHECK_FALSE(output.put("x"));
    CHECK_EQUAL(Output::kMost, output.view().size());
}

TEST(Output, there_is_room_for_the_last_words_always) {
    CHECK_TRUE(output.put(std::string(Output::kMost, 'x')));
    output.put_last("bye");
    CHECK_TRUE(output.view().ends_with("xbye"));
}

TEST(Output, what_is_written_makes_room_once_it_is_worth_moving_the_rest) {
    CHECK_TRUE(output.put(std::string(Output::kMost - 1, 'x') + "y"));
    output.sent(Output::kMost / 4 - 1);
    CHECK_FALSE(output.put("z"));
    output.sent(1);
    CHECK_TRUE(output.put("z"));
    CHECK_TRUE(output.view().ends_with("xyz"));
    CHECK_EQUAL(Output::kMost / 4 * 3 + 1, output.view().size());
    output.sent(output.view().size());
    CHECK_TRUE(output.empty());
}

TEST(Output, a_batch_is_moved_while_it_is_open) {
    CHECK_TRUE(output.put(std::string(Output::kMost - 100, 'x')));
    output.sent(Output::kMost / 2);
    const std::string record(60, 'r');
    CHECK_TRUE(output.put_record(record, boot));
    CHECK_TRUE(output.put_record(record, boot));
    output.close_batch();
    output.sent(Output::kMost / 2 - 100);
    const auto batch = vakt::wire::parse_from_bridge(output.view().substr(4));
    CHECK_TRUE(batch.has_value());
    CHECK_EQUAL(2, std::get<vakt::wire::Batch>(*batch).count);
    CHECK_TRUE(std::get<vakt::wire::Batch>(*batch).records == record + record);
}
