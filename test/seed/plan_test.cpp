// SPDX-License-Identifier: Apache-2.0
#include "seed/plan.h"

#include <CppUTest/TestHarness.h>

#include <algorithm>

using namespace vakt;
using namespace vakt::seed;

TEST_GROUP(SeedPlan) {
    Surroundings around{.places = {"/e"},
                        .etc = "/e/seed",
                        .passwd = "root:x:0:0::/:\notp:x:1000:1000::/:\n",
                        .groups = "",
                        .user = "otp"};

    static Documents documents(const char* meta, const char* user = nullptr,
                               const char* net = nullptr) {
        Documents all;
        if (meta != nullptr) all.meta_data = Document{"M", meta};
        if (user != nullptr) all.user_data = Document{"U", user};
        if (net != nullptr) all.network_config = Document{"N", net};
        return all;
    }
    seed::Plan good(const Documents& documents) const {
        auto plan = make_plan(documents, around);
        CHECK_TEXT(plan, plan ? "" : describe(plan.error()).c_str());
        return *plan;
    }
    void refused(const char* words, const Documents& documents) const {
        const auto plan = make_plan(documents, around);
        CHECK_FALSE(plan);
        STRCMP_EQUAL(words, describe(plan.error()).c_str());
    }
    static void has(const seed::Plan& plan, const char* path, const char* content) {
        const auto file = std::find_if(plan.files.begin(), plan.files.end(),
                                       [&](const FileWrite& one) { return one.path == path; });
        CHECK_TEXT(file != plan.files.end(), path);
        STRCMP_EQUAL(content, file->content.c_str());
    }
};

TEST(SeedPlan, an_instance_alone_writes_nothing) {
    const auto plan = good(documents("instance-id: a"));
    STRCMP_EQUAL("a", plan.instance_id.c_str());
    CHECK_TRUE(plan.files.empty());
    CHECK_TRUE(plan.remarks.empty());
}

TEST(SeedPlan, every_document_becomes_its_files) {
    const auto plan = good(documents("instance-id: a\nlocal-hostname: b.example\n",
                                     "#cloud-config\nwrite_files: [{path: /e/x, content: y}]\n"
                                     "vakt: {node: cp1, cookie: c, args: +A 1}\n",
                                     "version: 2\nethernets: {eth0: {dhcp4: true}}"));
    CHECK_EQUAL(6U, plan.files.size());
    STRCMP_EQUAL("/e/x", plan.files[0].path.c_str());
    has(plan, "/e/seed/hostname", "b\n");
    has(plan, "/e/seed/hosts", "127.0.0.1 localhost\n127.0.1.1 b.example b\n");
    has(plan, "/e/seed/vm.args", "-sname cp1\n+A 1\n");
    has(plan, "/e/seed/erlang.cookie", "c\n");
    CHECK_EQUAL(0400U, plan.files.back().mode);
    CHECK_EQUAL(1000U, plan.files.back().uid);
}

TEST(SeedPlan, user_data_has_the_last_word_on_the_host_name) {
    auto plan = good(
        documents("instance-id: a\nlocal-hostname: b.example\n", "#cloud-config\nhostname: c\n"));
    has(plan, "/e/seed/hosts", "127.0.0.1 localhost\n127.0.1.1 c\n");
    plan = good(
        documents("instance-id: a\nlocal-hostname: b.example\n", "#cloud-config\nhostname: b\n"));
    has(plan, "/e/seed/hosts", "127.0.0.1 localhost\n127.0.1.1 b.example b\n");
    plan =
        good(documents("instance-id: a\nlocal-hostname: b\n", "#cloud-config\nfqdn: d.example\n"));
    has(plan, "/e/seed/hostname", "d\n");
}

TEST(SeedPlan, name_servers_are_the_resolvers_and_with_dhcp_the_leases) {
    const auto fixed =
        good(documents("instance-id: a", nullptr,
                       "version: 2\nethernets: {eth0: {addresses: [192.0.2.7/24], nameservers: "
                       "{addresses: [192.0.2.1], search: [x.example]}}}"));
    has(fixed, "/e/seed/resolv.conf", "search x.example\nnameserver 192.0.2.1\n");
    const auto dhcp =
        good(documents("instance-id: a", nullptr, "version: 2\nethernets: {eth0: {dhcp4: true}}"));
    CHECK_EQUAL(1U, dhcp.files.size());
}

TEST(SeedPlan, what_is_wrong_in_all_documents_is_said_at_once_and_each_line_has_its_document) {
    refused(
        "M:1: instance-id: is wanted: what has another one is configured anew\n"
        "U:2: 'x' is no key of #cloud-config\n"
        "N:1: version: '3' is no number from 1 to 2\nN:1: version: 1 or 2 is wanted",
        documents("{}", "#cloud-config\nx: 1\n", "version: 3"));
}

TEST(SeedPlan, without_meta_data_there_is_no_seed) {
    refused("the seed has no meta-data", documents(nullptr, "#cloud-config\n"));
}

TEST(SeedPlan, a_file_of_ours_is_not_written_by_write_files_besides) {
    refused("U: /e/seed/vm.args is written by another key already",
            documents("instance-id: a",
                      "#cloud-config\nwrite_files: [{path: /e/seed/vm.args}]\nvakt: {node: a}\n"));
}

TEST(SeedPlan, no_file_is_written_where_another_ones_directory_is_to_be) {
    refused("U:4: '/e/a/b' is below '/e/a', which is written as a file, too",
            documents("instance-id: a",
                      "#cloud-config\nwrite_files:\n- {path: /e/a}\n- {path: /e/a/b}\n"));
    refused("U:3: '/e/a/b/c' is below '/e/a', which is written as a file, too",
            documents("instance-id: a",
                      "#cloud-config\nwrite_files:\n- {path: /e/a/b/c}\n"
                      "- {path: /e/ab}\n- {path: /e/a}\n"));
    // Ours have no line.
    refused("U:2: '/e/seed/vm.args' is below '/e/seed', which is written as a file, too",
            documents("instance-id: a",
                      "#cloud-config\nwrite_files: [{path: /e/seed}]\nvakt: {node: a}\n"));
    good(documents("instance-id: a",
                   "#cloud-config\nwrite_files: [{path: /e/a/b}, {path: "
                   "/e/a.c}, {path: /e/a/bc}]\n"));
}

TEST(SeedPlan, a_cookie_wants_its_user) {
    around.user = "nobody";
    refused("U: cookie: there is no user 'nobody'",
            documents("instance-id: a", "#cloud-config\nvakt: {cookie: a}\n"));
}

TEST(SeedPlan, an_args_file_is_written_or_must_be_there) {
    const auto there =
        good(documents("instance-id: a", "#cloud-config\nvakt: {args_file: /e/x}\n"));
    STRCMP_EQUAL("/e/x", there.wanted.c_str());
    STRCMP_EQUAL("U:2: args_file: '/e/x' is neither there nor written", there.unless.c_str());
    const auto written = good(documents(
        "instance-id: a", "#cloud-config\nwrite_files: [{path: /e/x}]\nvakt: {args_file: /e/x}\n"));
    STRCMP_EQUAL("", written.wanted.c_str());
}

TEST(SeedPlan, what_is_not_used_is_remarked) {
    auto all = documents("instance-id: a\npublic-keys: []\n");
    all.vendor_data = true;
    const auto plan = good(all);
    CHECK_EQUAL(2U, plan.remarks.size());
    STRCMP_EQUAL("M: 'public-keys' is not used", plan.remarks[0].c_str());
    STRCMP_EQUAL("vendor-data is not used", plan.remarks[1].c_str());
}

TEST(SeedPlan, another_text_has_another_digest_and_the_same_the_same) {
    const auto digest = [&](const char* user) {
        return good(documents("instance-id: a", user)).digest;
    };
    STRCMP_EQUAL(digest("#cloud-config\n").c_str(), digest("#cloud-config\n").c_str());
    CHECK(digest("#cloud-config\n") != digest("#cloud-config\nhostname: b\n"));
    CHECK_EQUAL(8U, digest("").size());
}
