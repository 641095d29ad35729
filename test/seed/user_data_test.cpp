// SPDX-License-Identifier: Apache-2.0
#include "seed/user_data.h"

#include <CppUTest/TestHarness.h>

using namespace vakt;
using namespace vakt::seed;

TEST_GROUP(UserData) {
    std::string said;
    Surroundings around{.places = {"/e"}, .etc = "/e/seed", .passwd = "", .groups = ""};

    UserData read(const std::string& text) {
        Complaints complaints;
        auto data = read_user_data(text, around, complaints);
        said = in_lines(std::move(complaints), "U");
        return data;
    }
    UserData config(const std::string& text) { return read("#cloud-config\n" + text); }
    void refused(const char* words, const std::string& text) {
        (void)read(text);
        STRCMP_CONTAINS(words, said.c_str());
    }
    static std::string files(std::size_t count) {
        std::string text = "#cloud-config\nwrite_files:\n";
        for (std::size_t at = 0; at < count; ++at)
            text += "- {path: /e/" + std::to_string(at) + "}\n";
        return text;
    }
};

TEST(UserData, an_empty_text_asks_for_nothing) {
    for (const char* text :
         {"", "\n", "  \n\n", "#cloud-config", "#cloud-config\n", "#cloud-config \r\n{}"}) {
        CHECK_TRUE(read(text).files.empty());
        STRCMP_EQUAL("", said.c_str());
    }
}

TEST(UserData, files_host_name_and_node_are_read) {
    const auto data = config(
        "hostname: b\nfqdn: b.example\nwrite_files:\n- {path: /e/a, content: x}\n"
        "vakt: {node: cp1}\n");
    STRCMP_EQUAL("", said.c_str());
    STRCMP_EQUAL("b", data.host.name.c_str());
    STRCMP_EQUAL("b.example", data.host.fqdn.c_str());
    CHECK_EQUAL(1U, data.files.size());
    STRCMP_EQUAL("cp1", data.node.node->text.c_str());
}

TEST(UserData, the_fqdn_alone_gives_both_names) {
    const auto data = config("fqdn: b.example\n");
    STRCMP_EQUAL("b", data.host.name.c_str());
    STRCMP_EQUAL("b.example", data.host.fqdn.c_str());
}

TEST(UserData, every_other_kind_is_refused_by_its_name) {
    refused("U:1: this is a script", "#!/bin/sh\nreboot\n");
    refused("U:1: this is gzip", "\x1f\x8b\x08");
    refused("U:1: this is an include", "#include\nhttp://x\n");
    refused("U:1: this is MIME", "Content-Type: multipart/mixed\n");
    refused("U:1: this is a template", "## template: jinja\n#cloud-config\n");
    refused("U:1: this is an archive", "#cloud-config-archive\n- a\n");
    refused("U:1: the first line is not #cloud-config", "hostname: a\n");
    refused("U:1: the first line is not #cloud-config", "\n#cloud-config\n");
    refused("U:1: the first line is not #cloud-config", "#cloud-configuration\n");
}

TEST(UserData, nothing_that_is_asked_for_is_left_undone_in_silence) {
    refused("U:2: runcmd: not done here", "#cloud-config\nruncmd: [a]\n");
    refused("U:2: network: it has a document of its own", "#cloud-config\nnetwork: {}\n");
    refused("U:2: 'hostnam' is no key of #cloud-config", "#cloud-config\nhostnam: a\n");
}

TEST(UserData, deferred_files_come_last_and_the_others_in_their_order) {
    const auto data =
        config("write_files:\n- {path: /e/1, defer: true}\n- {path: /e/2}\n- {path: /e/3}\n");
    STRCMP_EQUAL("/e/2", data.files[0].path.c_str());
    STRCMP_EQUAL("/e/3", data.files[1].path.c_str());
    STRCMP_EQUAL("/e/1", data.files[2].path.c_str());
}

TEST(UserData, what_is_appended_to_a_file_of_ours_is_joined_to_it) {
    const auto data = config(
        "write_files:\n- {path: /e/1, content: a}\n"
        "- {path: /e/1, content: b, append: true, permissions: '0600'}\n"
        "- {path: /e/2, content: c, append: true}\n"
        "- {path: /e/2, content: d, append: true}\n");
    STRCMP_EQUAL("", said.c_str());
    CHECK_EQUAL(2U, data.files.size());
    CHECK((data.files[0] == FileWrite{.path = "/e/1", .content = "ab", .mode = 0600, .line = 4}));
    CHECK((data.files[1] == FileWrite{.path = "/e/2", .content = "cd", .append = true, .line = 6}));
}

TEST(UserData, a_file_is_not_written_twice) {
    refused("U:4: '/e/1' is written by another row",
            "#cloud-config\nwrite_files:\n- {path: /e/1}\n- {path: /e/1}\n");
}

TEST(UserData, files_have_a_limit) {
    CHECK_EQUAL(kMostFiles, read(files(kMostFiles)).files.size());
    STRCMP_EQUAL("", said.c_str());
    refused("U:2: write_files: 64 files at most", files(kMostFiles + 1));
}

TEST(UserData, everything_that_is_wrong_is_said_at_once) {
    refused("U:2: hostname",
            "#cloud-config\nhostname: a_b\nwrite_files:\n- {path: /x}\nvakt: {node: a b}\n");
    STRCMP_CONTAINS("U:4: path", said.c_str());
    STRCMP_CONTAINS("U:5: node", said.c_str());
}
