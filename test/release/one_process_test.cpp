// SPDX-License-Identifier: Apache-2.0
#include "release/one_process.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace vakt;
using namespace vakt::release;

namespace {

using Words = std::vector<std::string>;

Term term(const char* text) {
    const auto read = read_term(text, "t");
    CHECK_TRUE_TEXT(static_cast<bool>(read), text);
    return read ? *read : Term{};
}

/// One against which nothing can be said.
OneProcess good() {
    OneProcess node;
    node.host = "cp1.local";
    node.resolver_file = "inetrc";
    node.resolver = {term("{lookup, [file, dns]}.")};
    return node;
}
std::string found(const OneProcess& node) {
    std::string all;
    for (const auto& words : would_start_processes(node)) all += words + "\n";
    return all;
}
std::string found_with(const Words& flags) {
    auto node = good();
    node.settings.flags = flags;
    return found(node);
}
bool has(const std::string& text, const char* part) { return text.find(part) != text.npos; }

}  // namespace

TEST_GROUP(OneProcess){};

TEST(OneProcess, a_node_alone_with_a_whole_host_name_is_fine) {
    STRCMP_EQUAL("", found(good()).c_str());
}

TEST(OneProcess, a_host_without_a_domain_is_named_with_its_cure) {
    auto node = good();
    node.host = "cp1";
    CHECK_TRUE(has(found(node), "a name with a dot, such as cp1.local"));
    node.host.clear();
    CHECK_TRUE(has(found(node), "such as vakt.local"));
}

TEST(OneProcess, heart_wants_its_driver_in_the_boot_file) {
    auto node = good();
    node.settings.flags = {"-heart"};
    CHECK_TRUE(has(found(node), "-heart would start a program"));
    node.boot_words = {"apply", "erl_ddll", "try_load", "/lib/driver", "heart"};
    STRCMP_EQUAL("", found(node).c_str());
    node.boot_words = {"apply", "erl_ddll", "try_load", "/lib/driver", "other"};
    CHECK_TRUE(has(found(node), "-heart would start a program"));
    STRCMP_EQUAL("", found_with({"-extra", "-heart"}).c_str());
}

TEST(OneProcess, a_named_node_wants_no_epmd_and_a_port) {
    CHECK_TRUE(has(found_with({"-sname", "a"}), "would start epmd: say -start_epmd false"));
    CHECK_TRUE(has(found_with({"-name", "a@b.c", "-start_epmd", "true"}), "would start epmd"));
    CHECK_TRUE(has(found_with({"-sname", "a", "-start_epmd", "false"}), "without its port"));
    const Words quiet = {"-sname", "a", "-start_epmd", "false"};
    for (const auto& more : {Words{"-epmd_module", "vakt_epmd"}, Words{"-erl_epmd_port", "4370"},
                             Words{"-dist_listen", "false"}, Words{"-no_epmd"}}) {
        auto flags = quiet;
        flags.insert(flags.end(), more.begin(), more.end());
        STRCMP_EQUAL("", found_with(flags).c_str());
    }
}

TEST(OneProcess, os_mon_is_asked_for_what_it_starts_where_the_boot_file_starts_it) {
    auto node = good();
    node.settings.configuration = {term("[{os_mon, [{start_memsup, false}]}].")};
    STRCMP_EQUAL("", found(node).c_str());
    node.boot_words = {"apply", "application", "start_boot", "os_mon", "permanent"};
    CHECK_TRUE(has(found(node),
                   "of cpu_sup, disksup: say {os_mon, [{start_cpu_sup, false}, "
                   "{start_disksup, false}]} in sys.config"));
    node.settings.flags = {"-os_mon", "start_cpu_sup", "false", "start_disksup", "false"};
    STRCMP_EQUAL("", found(node).c_str());
}

TEST(OneProcess, names_are_to_be_looked_up_by_the_emulator_itself) {
    auto node = good();
    node.resolver = {term("{domain, \"d\"}.")};
    CHECK_TRUE(has(found(node), "inetrc has no lookup"));
    node.resolver = {term("{lookup, [file, native]}.")};
    CHECK_TRUE(has(found(node), "inetrc has native in its lookup"));
    node.resolver_file.clear();
    CHECK_TRUE(has(found(node), "let ERL_INETRC or kernel's inetrc name a file"));
    node.only_a_console = true;
    STRCMP_EQUAL("", found(node).c_str());
}

TEST(OneProcess, a_parameter_is_the_last_of_the_files_or_that_of_the_flags) {
    NodeSettings settings;
    CHECK_FALSE(parameter_of(settings, "a", "k").has_value());
    settings.configuration = {term("[{a, [{k, 1}]}]."), term("[{b, [{k, 3}]}, {a, [{k, 2}]}].")};
    STRCMP_EQUAL("2", parameter_of(settings, "a", "k")->c_str());
    settings.flags = {"-a", "j", "x", "k", "\"text\"", "-b"};
    STRCMP_EQUAL("text", parameter_of(settings, "a", "k")->c_str());
}

TEST(OneProcess, configuration_files_have_their_ending_once) {
    CHECK_TRUE((configuration_files({"-config", "a", "b.config", "-x", "c", "-extra", "-config",
                                     "d"}) == Words{"a.config", "b.config"}));
    CHECK_TRUE((included_files(term("[\"one\", {a, []}, \"/two.config\"].")) ==
                Words{"one.config", "/two.config"}));
}

TEST(OneProcess, the_resolvers_file_is_kernels_before_the_variables) {
    NodeSettings settings;
    STRCMP_EQUAL("", resolver_file(settings, "").c_str());
    STRCMP_EQUAL("v", resolver_file(settings, "v").c_str());
    settings.flags = {"-env", "ERL_INETRC", "e"};
    STRCMP_EQUAL("e", resolver_file(settings, "v").c_str());
    settings.configuration = {term("[{kernel, [{inetrc, \"k\"}]}].")};
    STRCMP_EQUAL("k", resolver_file(settings, "v").c_str());
}

TEST(OneProcess, a_terminal_wants_the_driver_from_erts_14_on) {
    auto node = good();
    node.on_terminal = true;
    STRCMP_EQUAL("", found(node).c_str());
    node.erts = 14;
    CHECK_TRUE(has(found(node), "or say -noinput"));
    node.boot_words = {"apply", "erl_ddll", "try_load", "/d", "heart"};
    STRCMP_EQUAL("", found(node).c_str());
    CHECK_TRUE(heart_driver(node.boot_words) == "/d");
    CHECK_TRUE(hands_terminal_over(node));
    node.boot_words.clear();
    node.settings.flags = {"-noinput"};
    STRCMP_EQUAL("", found(node).c_str());
    node.settings.flags.clear();
    node.on_terminal = false;
    STRCMP_EQUAL("", found(node).c_str());
}
