// SPDX-License-Identifier: Apache-2.0
#include "swap/owner.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt::swap;

TEST_GROUP(OwnerRecord) {
    const Owner first{.boot = "719c9ca6-01c8-4ac3-b87d-aebd2aaf535d", .pid = 4754, .start = 94446};
    const Owner second{.boot = first.boot, .pid = 4755, .start = 94446};
};

TEST(OwnerRecord, what_is_printed_is_what_is_read) {
    for (const auto& record :
         {Record{.owner = first, .told = true}, Record{.owner = second, .told = false}, Record{},
          Record{.owner = {}, .told = false}}) {
        const auto text = print_record(record);
        CHECK_EQUAL(kRecordSize, text.size());
        CHECK(parse_record(text) == record);
    }
}

TEST(OwnerRecord, the_longest_record_fits) {
    const Owner longest{.boot = first.boot, .pid = 4194304, .start = 18446744073709551615ULL};
    const Record record{.owner = longest, .told = false};
    CHECK(parse_record(print_record(record)) == record);
}

TEST(OwnerRecord, a_new_lock_file_is_nobodys) { CHECK(parse_record("") == Record{}); }

TEST(OwnerRecord, torn_or_foreign_text_is_no_record) {
    const auto good = print_record({.owner = first, .told = true});
    CHECK(!parse_record(good.substr(1)));
    CHECK(!parse_record(good.substr(0, 127)));
    CHECK(!parse_record(good + " "));
    CHECK(!parse_record(std::string(kRecordSize, '\0')));
    const auto with = [&](const char* words) {
        std::string text(words);
        text.resize(kRecordSize - 1, ' ');
        return text + "\n";
    };
    CHECK(parse_record(with("vakt 1 - - - told")) == Record{});
    for (const auto* bad :
         {"vakt 2 - - - told", "vakt 1 - - told", "vakt 1 - - - toldx", "vakt 1 - 5 - told",
          "vakt 1 719c9ca6-01c8-4ac3-b87d-aebd2aaf535d 0 5 told",
          "vakt 1 719c9ca6-01c8-4ac3-b87d-aebd2aaf535d 4194305 5 told",
          "vakt 1 719c9ca6-01c8-4ac3-b87d-aebd2aaf535d -1 5 told",
          "vakt 1 719c9ca6-01c8-4ac3-b87d-aebd2aaf535 7 5 told",
          "vakt 1 719C9CA6-01c8-4ac3-b87d-aebd2aaf535d 7 5 told"})
        CHECK_TEXT(!parse_record(with(bad)), bad);
}

TEST(OwnerRecord, while_its_owner_lives_nobody_else_may_act) {
    const Record record{.owner = first, .told = true};
    CHECK_FALSE(may_act(record, true, second));
    CHECK_TRUE(may_act(record, true, first));
    CHECK_TRUE(may_act(record, false, second));
    CHECK_TRUE(may_act(Record{}, false, second));
}

TEST(OwnerRecord, a_later_process_with_the_same_number_is_another_owner) {
    auto later = first;
    later.start += 1;
    CHECK_FALSE(may_act({.owner = first, .told = true}, true, later));
    later = first;
    later.boot[0] = '8';
    CHECK_FALSE(may_act({.owner = first, .told = true}, true, later));
}
