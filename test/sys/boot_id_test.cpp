// SPDX-License-Identifier: Apache-2.0
#include "sys/boot_id.h"

#include <CppUTest/TestHarness.h>

#include "report/boot_id.h"

using namespace vakt;

TEST_GROUP(BootIdOf){};

TEST(BootIdOf, this_boot_has_a_name_and_keeps_it) {
    const auto id = sys::boot_id();
    CHECK_TRUE(static_cast<bool>(id));
    CHECK_EQUAL(36U, id->size());
    STRCMP_EQUAL(id->c_str(), sys::boot_id()->c_str());
}

TEST(BootIdOf, the_same_instant_is_the_same_boot_and_a_nanosecond_later_is_another) {
    STRCMP_EQUAL("00006920-f3c0-803b-8009-ac9f76616b74",
                 sys::boot_id_of(0x6920f3c0, 0x3b9ac9f).c_str());
    STRCMP_EQUAL(sys::boot_id_of(1, 2).c_str(), sys::boot_id_of(1, 2).c_str());
    CHECK_FALSE(sys::boot_id_of(1, 2) == sys::boot_id_of(1, 3));
    CHECK_FALSE(sys::boot_id_of(1, 2) == sys::boot_id_of(2, 2));
    CHECK_FALSE(sys::boot_id_of(1, 0x100000) == sys::boot_id_of(1, 0x200000));
}

TEST(BootIdOf, is_read_as_any_boot_id) {
    CHECK_TRUE(report::parse_boot_id(sys::boot_id_of(1'700'000'000, 999'999'999)).has_value());
    CHECK_TRUE(report::parse_boot_id(sys::boot_id_of(-1, 0)).has_value());
}
