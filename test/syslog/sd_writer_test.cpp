// SPDX-License-Identifier: Apache-2.0
#include "syslog/sd_writer.h"

#include <CppUTest/TestHarness.h>

#include <array>
#include <string>

#include "syslog/structured.h"

using namespace vakt::syslog;

TEST_GROUP(SdWriter) {
    std::array<char, 24> room = {};
    SdWriter writer{room, "id@0"};
};

TEST(SdWriter, of_nothing_is_nothing) { CHECK_TRUE(writer.text().empty()); }

TEST(SdWriter, what_it_writes_is_read_back) {
    CHECK_TRUE(writer.add("a", "1"));
    CHECK_TRUE(writer.add("b", "\"\\]"));
    CHECK_EQUAL(R"([id@0 a="1" b="\"\\\]"])", std::string(writer.text()));
    auto text = writer.text();
    CHECK_TRUE(take_structured(text) == writer.text());
}

TEST(SdWriter, a_parameter_that_does_not_fit_is_left_out_whole) {
    // [id@0 name=""] is 14 bytes, so 10 are left.
    CHECK_FALSE(writer.add("name", "12345678901"));
    CHECK_TRUE(writer.text().empty());
    CHECK_FALSE(writer.add("name", "123456789\""));
    CHECK_TRUE(writer.add("name", "1234567890"));
    CHECK_EQUAL(24U, writer.text().size());
    CHECK_FALSE(writer.add("a", ""));
    CHECK_EQUAL(R"([id@0 name="1234567890"])", std::string(writer.text()));
    writer.clear();
    CHECK_TRUE(writer.add("a", ""));
    CHECK_EQUAL(R"([id@0 a=""])", std::string(writer.text()));
}
