// SPDX-License-Identifier: Apache-2.0
#include "seed/meta_data.h"

#include <CppUTest/TestHarness.h>

#include "test/support/seed_case.h"

using namespace vakt::seed;

TEST_GROUP(MetaData) {
    std::string said;
    MetaData read(const std::string& text) { return read_document(text, said, read_meta_data); }
    void refused(const char* words, const std::string& text) {
        (void)read(text);
        STRCMP_CONTAINS(words, said.c_str());
    }
};

TEST(MetaData, id_and_host_name_are_read) {
    const auto data = read("instance-id: i-1\nlocal-hostname: board7\n");
    STRCMP_EQUAL("", said.c_str());
    STRCMP_EQUAL("i-1", data.instance_id.c_str());
    STRCMP_EQUAL("board7", data.host.name.c_str());
    STRCMP_EQUAL("", data.host.fqdn.c_str());
}

TEST(MetaData, a_host_name_with_a_domain_is_both) {
    const auto data = read("{\"instance-id\": 17, \"local-hostname\": \"board7.example.org\"}");
    STRCMP_EQUAL("17", data.instance_id.c_str());
    STRCMP_EQUAL("board7", data.host.name.c_str());
    STRCMP_EQUAL("board7.example.org", data.host.fqdn.c_str());
}

TEST(MetaData, the_id_is_wanted_and_has_1_to_128_bytes_that_are_themselves) {
    refused("D:1: instance-id: is wanted", "local-hostname: a\n");
    refused("instance-id: is wanted", "instance-id:\n");
    refused("instance-id: 1 to 128", "instance-id: ''\n");
    refused("instance-id: 1 to 128", "instance-id: 'a b'\n");
    refused("instance-id: a text", "instance-id: [a]\n");
    (void)read("instance-id: " + std::string(128, 'a'));
    STRCMP_EQUAL("", said.c_str());
    refused("1 to 128", "instance-id: " + std::string(129, 'a'));
}

TEST(MetaData, what_says_something_and_asks_for_nothing_is_named) {
    const auto data = read("instance-id: a\npublic-keys: [x]\ndsmode: local\n");
    STRCMP_EQUAL("", said.c_str());
    CHECK_EQUAL(2U, data.unused.size());
    STRCMP_EQUAL("public-keys", data.unused[0].c_str());
}

TEST(MetaData, what_asks_for_a_network_is_refused) {
    refused("D:2: network-interfaces: not done here",
            "instance-id: a\nnetwork-interfaces: |\n  x\n");
}

TEST(MetaData, a_host_name_is_one) {
    refused("D:2: local-hostname: 'a_b' is no host name", "instance-id: a\nlocal-hostname: a_b\n");
}

TEST(MetaData, a_list_is_no_meta_data) { refused("D:1: meta-data: a map is wanted", "- a\n"); }
