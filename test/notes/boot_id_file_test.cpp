// SPDX-License-Identifier: Apache-2.0
#include "notes/boot_id_file.h"

#include <CppUTest/TestHarness.h>

#include "sys/boot_id.h"
#include "test/support/scratch.h"

using namespace vakt;
using notes::read_boot_id;

namespace {

constexpr const char* kText = "01234567-89ab-cdef-0123-456789abcdef";

}  // namespace

TEST_GROUP(BootIdFile) { Scratch scratch; };

TEST(BootIdFile, is_read_with_and_without_a_newline) {
    for (const char* end : {"", "\n"}) {
        const auto id = read_boot_id(scratch.put("id", std::string(kText) + end));
        CHECK_TRUE(static_cast<bool>(id));
        STRCMP_EQUAL(kText, report::boot_id_text(*id).c_str());
    }
}

TEST(BootIdFile, what_holds_another_byte_or_one_less_is_refused_by_name) {
    for (const std::string& text : {std::string(kText) + "x", std::string(kText).substr(1),
                                    std::string(), kText + std::string(4096, '\n')}) {
        const auto id = read_boot_id(scratch.put("id", text));
        CHECK_FALSE(static_cast<bool>(id));
        STRCMP_EQUAL((scratch.at("id") + " holds no boot id").c_str(),
                     describe(id.error()).c_str());
    }
}

TEST(BootIdFile, one_that_is_not_there_is_an_error_and_a_folder_is_one) {
    CHECK_FALSE(static_cast<bool>(read_boot_id(scratch.at("none"))));
    CHECK_FALSE(static_cast<bool>(read_boot_id(scratch.path())));
}

TEST(BootIdFile, without_a_file_it_is_the_systems_own) {
    const auto own = sys::boot_id();
    const auto id = read_boot_id("");
    CHECK_EQUAL(static_cast<bool>(own), static_cast<bool>(id));
    if (own) CHECK(report::parse_boot_id(*own) == *id);
}
