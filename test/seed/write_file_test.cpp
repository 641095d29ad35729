// SPDX-License-Identifier: Apache-2.0
#include "seed/write_file.h"

#include <CppUTest/TestHarness.h>

#include "test/support/seed_case.h"

using namespace vakt;
using namespace vakt::seed;

TEST_GROUP(WriteFile) {
    std::string said;
    Surroundings around{.places = {"/data/etc"},
                        .etc = "/data/etc/seed",
                        .passwd = "root:x:0:0::/:\notp:x:1000:1000::/:\n",
                        .groups = "root:x:0:\nvakt:x:999:\n"};

    FileWrite read(const std::string& text) {
        return read_document(text, said, [&](const yaml::Node& node, Complaints& complaints) {
            return read_write_file(node, around, complaints);
        });
    }
    FileWrite with(const std::string& key) { return read("path: /data/etc/a\n" + key + "\n"); }
    void refused(const char* words, const std::string& key) {
        (void)with(key);
        STRCMP_CONTAINS(words, said.c_str());
    }
    void mode(std::uint32_t wanted, const char* text) {
        CHECK_EQUAL(wanted, with(std::string("permissions: ") + text).mode);
        STRCMP_EQUAL("", said.c_str());
    }
};

TEST(WriteFile, what_is_not_said_is_an_empty_file_of_roots_that_all_may_read) {
    CHECK((with("") == FileWrite{.path = "/data/etc/a", .content = "", .line = 1}));
    STRCMP_EQUAL("", said.c_str());
}

TEST(WriteFile, everything_can_be_said) {
    const auto file =
        with("content: |\n  x\npermissions: '0640'\nowner: otp:vakt\nappend: true\ndefer: yes");
    STRCMP_EQUAL("", said.c_str());
    CHECK((file == FileWrite{.path = "/data/etc/a",
                             .content = "x\n",
                             .append = true,
                             .mode = 0640,
                             .uid = 1000,
                             .gid = 999,
                             .defer = true,
                             .line = 1}));
}

TEST(WriteFile, base64_is_decoded_by_both_its_names) {
    for (const char* name : {"b64", "base64"})
        STRCMP_EQUAL("foo", with(std::string("content: Zm9v\nencoding: ") + name).content.c_str());
    STRCMP_EQUAL("Zm9v", with("content: Zm9v\nencoding: text/plain").content.c_str());
    refused("D:2: content: this is no base64", "content: Zm9\nencoding: b64");
}

TEST(WriteFile, gzip_is_refused_under_each_of_its_names) {
    for (const char* name : {"gz", "gzip", "gz+base64", "gzip+b64"})
        refused("D:2: encoding: gzip is not unpacked here", std::string("encoding: ") + name);
    refused("neither text/plain nor b64", "encoding: rot13");
}

TEST(WriteFile, permissions_are_octal_with_and_without_quotes) {
    mode(0644, "'0644'");
    mode(0600, "0600");
    mode(0640, "'640'");
    mode(0400, "0o400");
    mode(0777, "'0777'");
    mode(0, "'0000'");
}

TEST(WriteFile, permissions_that_yaml_reads_otherwise_and_set_id_bits_are_refused) {
    refused("D:2: permissions: YAML reads 644 as a decimal number; write '0644'",
            "permissions: 644");
    for (const char* text : {"'4755'", "'1777'", "'0888'", "rw-r--r--", "'64'", "'00644'", "''"})
        refused("is not like '0644'", std::string("permissions: ") + text);
}

TEST(WriteFile, owners_are_names_or_numbers_that_are_known) {
    CHECK_EQUAL(1000U, with("owner: otp").uid);
    CHECK_EQUAL(0U, with("owner: otp").gid);
    CHECK_EQUAL(7U, with("owner: '7:8'").uid);
    CHECK_EQUAL(8U, with("owner: '7:8'").gid);
    refused("owner: there is no user 'nobody'", "owner: nobody");
    refused("owner: there is no group 'otp'", "owner: otp:otp");
    refused("owner: there is no user '4294967295'", "owner: '4294967295'");
    refused("owner: there is no group ''", "owner: 'otp:'");
}

TEST(WriteFile, a_path_is_wanted_and_is_looked_at) {
    (void)read("content: a");
    STRCMP_CONTAINS("D:1: path: is wanted", said.c_str());
    (void)read("path: /etc/passwd");
    STRCMP_EQUAL("D:1: path: '/etc/passwd': it is not below /data/etc", said.c_str());
}

TEST(WriteFile, nothing_is_fetched_and_no_key_is_passed_over) {
    refused("D:2: source: nothing is fetched here", "source: {uri: 'http://x'}");
    refused("D:2: 'permission' is no key of a row of write_files", "permission: '0644'");
    refused("D:2: append: 'maybe' is neither true nor false", "append: maybe");
    refused("D:2: content: a text is wanted", "content: [a]");
}
