// SPDX-License-Identifier: Apache-2.0
#include "seed/pending.h"

#include <CppUTest/TestHarness.h>

#include <cerrno>
#include <system_error>

using namespace vakt;
using namespace vakt::seed;

TEST_GROUP(Pending) {
    const Instance instance{"i-1", "0badcafe"};
    const AppendedRows rows{row_of("/e/a", "x\n"), row_of("/e/with a blank", "")};
    const seed::Pending pending{instance, {"/e/a", "/e/end", "/e/with a blank"}, rows};
};

TEST(Pending, what_is_written_is_read) {
    CHECK(*read_instance(text_of(instance)) == instance);
    CHECK(*read_pending(text_of(pending)) == pending);
    CHECK(*read_pending(text_of(seed::Pending{instance, {}, {}})) ==
          (seed::Pending{instance, {}, {}}));
    CHECK(*read_appended(text_of(rows)) == rows);
    CHECK(read_appended(text_of(AppendedRows{}))->empty());
}

TEST(Pending, what_an_older_one_wrote_is_read) {
    CHECK(*read_pending("vakt-seed 1 pending\ni-1\n0badcafe\n/e/a\nend\n") ==
          (seed::Pending{instance, {"/e/a"}, {}}));
}

TEST(Pending, a_row_is_known_by_its_path_and_all_that_it_appends) {
    CHECK(row_of("/e/a", "x\n") == rows.front());
    CHECK_FALSE(row_of("/e/b", "x\n") == rows.front());
    CHECK_FALSE(row_of("/e/a", "\n") == rows.front());
    CHECK_FALSE(row_of("/e/a", "y\n") == rows.front());
}

TEST(Pending, what_is_cut_off_anywhere_is_damaged) {
    const auto text = text_of(pending);
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_FALSE(read_pending(text.substr(0, size)));
    const auto other = text_of(instance);
    for (std::size_t size = 0; size < other.size(); ++size)
        CHECK_FALSE(read_instance(other.substr(0, size)));
    const auto appended = text_of(rows);
    for (std::size_t size = 0; size < appended.size(); ++size)
        CHECK_FALSE(read_appended(appended.substr(0, size)));
}

TEST(Pending, the_one_is_not_taken_for_the_other_nor_with_more_behind_it) {
    CHECK_FALSE(read_instance(text_of(pending)));
    CHECK_FALSE(read_pending(text_of(instance)));
    CHECK_FALSE(read_pending(text_of(pending) + "end\n"));
    CHECK_FALSE(read_instance(text_of(instance) + "end\n"));
    CHECK_FALSE(read_pending("vakt-seed 1 pending\ni\nd\nrelative\nend\n"));
    CHECK_FALSE(read_pending("vakt-seed 1 pending\ni\nd\nappend x 1 /e/a\nend\n"));
    CHECK_FALSE(read_appended(text_of(pending)));
    CHECK_FALSE(read_appended("vakt-seed 1 appended\n/e/a\nend\n"));
    CHECK_FALSE(read_appended("vakt-seed 1 appended\nappend 1 1 relative\nend\n"));
}

TEST(Pending, a_full_or_failing_disk_may_pass_and_a_directory_in_the_way_lasts) {
    const auto may = [](int number) {
        return may_pass(Error{"rename to a", std::error_code(number, std::generic_category())});
    };
    for (const int number : {EIO, ENOSPC, EDQUOT, EROFS, ENOMEM, EMFILE, ENFILE})
        CHECK_TRUE(may(number));
    for (const int number : {EISDIR, ENOTDIR, EBUSY, ELOOP, EACCES, EPERM, EXDEV, ENAMETOOLONG})
        CHECK_FALSE(may(number));
    CHECK_FALSE(may_pass(refusal("/e may be written by others")));
}
