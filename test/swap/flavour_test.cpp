// SPDX-License-Identifier: Apache-2.0
#include "swap/flavour.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt;
using namespace vakt::swap;

TEST_GROUP(FlavourTable) {
    static void refused(const std::string& text, const char* words) {
        const auto flavours = parse_flavours(text);
        CHECK_TEXT(!flavours, text.c_str());
        STRCMP_CONTAINS(words, describe(flavours.error()).c_str());
    }
    const std::string good = "x tell=hup rereads=yes action=plain exe=a,b reader=any supported=yes";
};

TEST(FlavourTable, a_line_is_read_in_any_order_of_its_keys) {
    const auto flavours = parse_flavours(
        "# c\n\nx supported=no exe=a,b-c action=pipe reader=first tell=none rereads=no");
    CHECK_TRUE(static_cast<bool>(flavours));
    const Flavour expected{.name = "x",
                           .tell = Tell::none,
                           .rereads = false,
                           .action = ActionSyntax::pipe,
                           .exe = {"a", "b-c"},
                           .reader_first = true,
                           .supported = false};
    CHECK(flavours->front() == expected);
}

TEST(FlavourTable, a_key_that_is_missing_twice_or_unknown_is_refused_with_its_line) {
    refused("#\nx tell=hup rereads=yes action=plain exe=a reader=any\n",
            "line 2: 'supported' is missing");
    refused(good + " tell=hup", "'tell' is given twice");
    refused(good + " colour=red", "'colour=red' is no key=value");
    refused(good + " tell", "'tell' is no key=value");
}

TEST(FlavourTable, a_value_that_is_not_one_of_its_keys_is_refused) {
    for (const auto* bad : {"tell=yes", "tell=", "tell=HUP"})
        refused(
            "x " + std::string(bad) + " rereads=yes action=plain exe=a reader=any supported=yes",
            "has no value that is known");
    refused("x tell=hup rereads=yes action=plain exe=a reader=yes supported=yes",
            "has no value that is known");
    for (const auto* bad : {"exe=", "exe=a,", "exe=,a", "exe=/a"})
        refused(
            "x tell=hup rereads=yes action=plain " + std::string(bad) + " reader=any supported=yes",
            "has no value that is known");
}

TEST(FlavourTable, names_are_unique_words_and_not_auto) {
    refused(good + "\n" + good, "line 2: the flavour 'x' is there twice");
    refused("auto" + good.substr(1), "no name");
    refused("a/b" + good.substr(1), "no name");
    refused("# none\n", "no flavour");
}

TEST(FlavourTable, reading_again_without_being_told_is_refused) {
    refused("x tell=none rereads=yes action=plain exe=a reader=any supported=yes",
            "wants tell=hup");
}

TEST(FlavourTable, the_shipped_table_has_the_flavours_of_the_policy) {
    for (const auto* name :
         {"rsyslog", "syslog-ng", "inetutils", "sysklogd", "busybox", "solaris", "bridge"})
        CHECK_TEXT(find_flavour(compiled_flavours(), name) != nullptr, name);
    POINTERS_EQUAL(nullptr, find_flavour(compiled_flavours(), "auto"));
    CHECK_FALSE(find_flavour(compiled_flavours(), "rsyslog")->rereads);
    CHECK_TRUE(find_flavour(compiled_flavours(), "inetutils")->rereads);
    CHECK_FALSE(find_flavour(compiled_flavours(), "busybox")->supported);
    CHECK(find_flavour(compiled_flavours(), "solaris")->action == ActionSyntax::plain);
    for (const auto& flavour : compiled_flavours())
        CHECK_TEXT(flavour.reader_first == (flavour.name == "solaris"), flavour.name.c_str());
}

TEST(FlavourTable, a_daemon_is_known_by_the_name_of_its_executable) {
    const auto& table = compiled_flavours();
    STRCMP_EQUAL("rsyslog", flavour_of(table, "/usr/sbin/rsyslogd", false)->name.c_str());
    STRCMP_EQUAL("inetutils", flavour_of(table, "/usr/sbin/syslogd", false)->name.c_str());
    STRCMP_EQUAL("solaris", flavour_of(table, "/usr/sbin/syslogd", true)->name.c_str());
    STRCMP_EQUAL("rsyslog", flavour_of(table, "/usr/sbin/rsyslogd", true)->name.c_str());
    STRCMP_EQUAL("busybox", flavour_of(table, "/bin/busybox", false)->name.c_str());
    POINTERS_EQUAL(nullptr, flavour_of(table, "/usr/sbin/sshd", false));
    POINTERS_EQUAL(nullptr, flavour_of(table, "/rsyslogd/x", false));
    POINTERS_EQUAL(nullptr, flavour_of(table, "", false));
}
