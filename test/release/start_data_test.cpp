// SPDX-License-Identifier: Apache-2.0
#include "release/start_data.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt;
using namespace vakt::release;

namespace {

std::string fault_of(std::string_view text) {
    const auto data = parse_start_data(text, "data");
    return data ? "none" : describe(data.error());
}
void check_fault(const char* expected, std::string_view text) {
    STRCMP_EQUAL(expected, fault_of(text).c_str());
}

}  // namespace

TEST_GROUP(StartData){};

TEST(StartData, two_words_are_a_release_with_a_newline_or_without) {
    const Release expected{"13.1.5", "25"};
    for (const char* text : {"13.1.5 25\n", "13.1.5 25", "  13.1.5\t25  \n\n", "\n13.1.5 25\n"}) {
        const auto data = parse_start_data(text, "data");
        CHECK_TRUE(data && *data == expected);
    }
}

TEST(StartData, what_a_power_cut_leaves_is_refused_with_the_reason) {
    check_fault("data:1: the file is empty: it was never written, or half", "");
    check_fault("data:1: nothing but blanks instead of ERTS_VSN VSN", " \n\n");
    check_fault("data:1: bytes of zero: a power cut left the file half-written",
                std::string_view("13.1.5 2\0\0", 10));
    check_fault("data:1: one word instead of ERTS_VSN VSN: half-written, or cut off", "13.1.5 ");
    check_fault("data:2: one word instead of ERTS_VSN VSN: half-written, or cut off", "\n13.1.5\n");
}

TEST(StartData, more_than_one_release_is_refused_with_its_line) {
    check_fault("data:1: more than two words instead of ERTS_VSN VSN", "13.1.5 25 26");
    check_fault("data:3: a second line with words; there is one: ERTS_VSN VSN",
                "13.1.5 25\n\n13.1.5 26\n");
}

TEST(StartData, a_version_is_the_name_of_a_directory) {
    check_fault("data:1: VSN: a version that is no name of a directory", "13.1.5 ../25");
    check_fault("data:1: VSN: a version that is no name of a directory", "13.1.5 ..");
    check_fault("data:1: ERTS_VSN: a version with a byte that is no character", "13\x01 25");
    check_fault("none", "13.1.5 ..25");
}

TEST(StartData, versions_have_a_length) {
    check_fault("none", std::string(kLongestErts, '1') + " " + std::string(kLongestVsn, '2'));
    check_fault("data:1: ERTS_VSN: a version of more than 32 bytes", std::string(33, '1') + " 25");
    check_fault("data:1: VSN: a version of more than 64 bytes", "13 " + std::string(65, '1'));
}

TEST(StartData, what_is_written_is_read) {
    const Release one{"13.1.5", "1.0-rc1"};
    const auto read = parse_start_data(start_data_text(one), "data");
    CHECK_TRUE(read && *read == one);
}

TEST(StartData, versions_are_compared_number_by_number) {
    CHECK_TRUE(is_newer("13.1.10", "13.1.9"));
    CHECK_FALSE(is_newer("13.1.9", "13.1.10"));
    CHECK_TRUE(is_newer("14", "13.1.5"));
    CHECK_TRUE(is_newer("13.1.5", "13.1"));
    CHECK_FALSE(is_newer("13.1", "13.1"));
    CHECK_TRUE(is_newer("1.b", "1.a"));
}
