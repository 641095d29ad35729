// SPDX-License-Identifier: Apache-2.0
#include "seed/names.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::seed;

TEST_GROUP(Names) {
    const std::vector<std::string> places{"/data/etc", "/etc/vakt"};

    void taken(const char* path) const { STRCMP_EQUAL("", fault_of_path(path, places).c_str()); }
    void refused(const std::string& path) const {
        CHECK_FALSE_TEXT(fault_of_path(path, places).empty(), path.c_str());
    }
};

TEST(Names, a_domain_name_has_labels_of_1_to_63) {
    for (const auto& name : {std::string("a"), std::string("board-7"), std::string("a.b.example"),
                             std::string("0"), std::string(63, 'a')})
        CHECK_TRUE_TEXT(is_domain_name(name), name.c_str());
    for (const auto& name : {std::string(), std::string("."), std::string("a."), std::string(".a"),
                             std::string("a..b"), std::string("-a"), std::string("a-"),
                             std::string("a_b"), std::string("a b"), std::string(64, 'a')})
        CHECK_FALSE_TEXT(is_domain_name(name), name.c_str());
}

TEST(Names, a_domain_name_has_253_bytes_at_most) {
    const std::string label = std::string(63, 'a') + '.';
    const auto longest = label + label + label + std::string(61, 'a');
    CHECK_TRUE(is_domain_name(longest));
    CHECK_FALSE(is_domain_name(longest + 'a'));
}

TEST(Names, a_node_with_a_dotted_host_is_long) {
    CHECK_FALSE(read_node_name("cp1").value().is_long);
    CHECK_FALSE(read_node_name("cp_1-a@board7").value().is_long);
    CHECK_TRUE(read_node_name("cp1@board7.example").value().is_long);
    CHECK_TRUE(read_node_name("cp1@10.0.0.1").value().is_long);
    for (const char* name : {"", "@", "@h", "a@", "a@b@c", "a b", "a.b", "a'b", "a@-b"})
        CHECK_FALSE_TEXT(read_node_name(name).has_value(), name);
    CHECK_TRUE(read_node_name(std::string(64, 'a')).has_value());
    CHECK_FALSE(read_node_name(std::string(65, 'a')).has_value());
}

TEST(Names, an_address_is_four_numbers_up_to_255_without_leading_zeros) {
    CHECK_EQUAL(0xc0000207U, read_address("192.0.2.7").value());
    CHECK_EQUAL(0xffffffffU, read_address("255.255.255.255").value());
    STRCMP_EQUAL("192.0.2.7", address_text(0xc0000207U).c_str());
    for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1..2.3", "1.2.3.",
                             "::1", "a.b.c.d", " 1.2.3.4"})
        CHECK_FALSE_TEXT(read_address(text).has_value(), text);
}

TEST(Names, a_mask_has_no_holes) {
    CHECK_EQUAL(0U, read_mask("0.0.0.0").value());
    CHECK_EQUAL(24U, read_mask("255.255.255.0").value());
    CHECK_EQUAL(32U, read_mask("255.255.255.255").value());
    CHECK_FALSE(read_mask("255.0.255.0").has_value());
    CHECK_EQUAL(0U, mask_of(0));
    CHECK_EQUAL(0xfffffffeU, mask_of(31));
}

TEST(Names, a_mac_is_six_pairs) {
    STRCMP_EQUAL("52:54:00:ab:cd:ef", read_mac("52:54:00:AB:cd:EF").value().c_str());
    for (const char* text :
         {"", "52:54:00:ab:cd:e", "52-54-00-ab-cd-ef", "52:54:00:ab:cd:eg", "52:54:00:ab:cd:ef:"})
        CHECK_FALSE_TEXT(read_mac(text).has_value(), text);
}

TEST(Names, a_path_lies_below_an_allowed_place) {
    taken("/data/etc/a");
    taken("/data/etc/a/b.c");
    taken("/etc/vakt/keeper.conf");
    for (const char* path :
         {"/data/etc", "/data/etc/", "/data/etcetera/a", "/data/a", "/a", "/", "etc/vakt/a", ""})
        refused(path);
}

TEST(Names, a_path_does_not_lead_elsewhere) {
    for (const char* path : {"/data/etc/../a", "/data/etc/..", "/data/etc/./a", "/data/etc//a",
                             "/data/etc/a/", "//data/etc/a", "/data/etc/a\nb", "/data/etc/\x7f"})
        refused(path);
    taken("/data/etc/..a");
}

TEST(Names, a_path_has_255_bytes_at_most) {
    const std::string place = "/data/etc/";
    taken((place + std::string(245, 'a')).c_str());
    refused(place + std::string(246, 'a'));
}

TEST(Names, without_a_place_nothing_may_be_written) {
    STRCMP_CONTAINS("any place", fault_of_path("/a", {}).c_str());
}
