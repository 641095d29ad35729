// SPDX-License-Identifier: Apache-2.0
#include "seed/base64.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::seed;

TEST_GROUP(Base64){
    static void decoded(const char* bytes, const char* text){const auto read = decode_base64(text);
CHECK_TEXT(read.has_value(), text);
STRCMP_EQUAL(bytes, read->c_str());
}
}
;

TEST(Base64, the_vectors_of_the_rfc) {
    decoded("", "");
    decoded("f", "Zg==");
    decoded("fo", "Zm8=");
    decoded("foo", "Zm9v");
    decoded("foob", "Zm9vYg==");
    decoded("fooba", "Zm9vYmE=");
    decoded("foobar", "Zm9vYmFy");
}

TEST(Base64, all_bytes_come_back) {
    CHECK(decode_base64("AP+/7w==") == std::string("\0\xff\xbf\xef", 4));
    CHECK(decode_base64("+/+/") == std::string("\xfb\xff\xbf"));
}

TEST(Base64, line_ends_and_blanks_are_passed_over) { decoded("foobar", "Zm9v\r\n YmFy\n\t"); }

TEST(Base64, everything_else_is_refused) {
    for (const char* text : {"Z", "Zg", "Zg=", "Zm8", "Zg===", "Zm9v=", "=", "====", "Zg==Zg==",
                             "Z=g=", "Zm9v!", "Zm-_", "Zh==", "Zm9=", "Zm9v===="})
        CHECK_FALSE_TEXT(decode_base64(text).has_value(), text);
}
