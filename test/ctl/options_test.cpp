// SPDX-License-Identifier: Apache-2.0
#include "ctl/options.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace vakt;
using namespace vakt::ctl;
using namespace std::chrono_literals;

namespace {

std::string nothing(const char*) { return ""; }
std::string something(const char* name) {
    const std::string_view wanted(name);
    if (wanted == "VAKT_KEEPER_SOCKET") return "/e/k.sock";
    if (wanted == "VAKT_BRIDGE_SOCKET") return "/e/b.sock";
    if (wanted == "VAKT_STATE_DIR") return "/e/state";
    return wanted == "NO_COLOR" ? "1" : "";
}

using Words = std::vector<const char*>;

Options options(const Words& words) {
    const auto read = read_options(words, nothing);
    if (!read) FAIL(describe(read.error()).c_str());
    return *read;
}
std::string complaint(const Words& words) {
    const auto read = read_options(words, nothing);
    return read ? "none" : describe(read.error());
}
bool refuses(const Words& words, const char* part) {
    return complaint(words).find(part) != std::string::npos;
}

}  // namespace

TEST_GROUP(Options){};

TEST(Options, what_nobody_says_has_its_default) {
    const auto read = options({"status"});
    CHECK_TRUE(read.verb == Verb::status);
    STRCMP_EQUAL("/run/vakt/keeper.sock", read.socket.c_str());
    STRCMP_EQUAL("/run/vakt", read.run.c_str());
    CHECK_TRUE(read.patience == 5s);
    CHECK_TRUE(read.colour);
    CHECK_FALSE(read.json || read.yes || read.now);
}

TEST(Options, the_environment_stands_behind_the_command_line) {
    const auto by_environment = read_options(Words{"status"}, something);
    STRCMP_EQUAL("/e/k.sock", by_environment->socket.c_str());
    STRCMP_EQUAL("/e/b.sock", by_environment->bridge.c_str());
    STRCMP_EQUAL("/e/state", by_environment->state.c_str());
    CHECK_FALSE(by_environment->colour);
    const auto by_both = read_options(Words{"--socket", "/a", "status"}, something);
    STRCMP_EQUAL("/a", by_both->socket.c_str());
}

TEST(Options, options_stand_before_and_behind_the_verb_and_join_their_value_by_a_sign) {
    const auto read = options({"--json", "--socket=/a=b", "reset", "--run", "/r", "--timeout=7"});
    CHECK_TRUE(read.verb == Verb::reset);
    CHECK_TRUE(read.json);
    STRCMP_EQUAL("/a=b", read.socket.c_str());
    STRCMP_EQUAL("/r", read.run.c_str());
    CHECK_TRUE(read.patience == 7s);
}

TEST(Options, each_drill_is_known_and_takes_a_lease_but_for_the_boards_own) {
    CHECK_TRUE(options({"drill", "hang-vm"}).drill == keeper::DrillKind::hang_vm);
    CHECK_TRUE(options({"drill", "kill-vm", "otp"}).drill == keeper::DrillKind::kill_vm);
    CHECK_TRUE(options({"drill", "kill-vm", "otp"}).lease == keeper::Name("otp"));
    CHECK_TRUE(options({"drill", "hang-heart"}).drill == keeper::DrillKind::hang_heart);
    CHECK_TRUE(options({"drill", "kill-heart"}).drill == keeper::DrillKind::kill_heart);
    CHECK_TRUE(options({"drill", "stop-petting"}).drill == keeper::DrillKind::stop_petting);
    CHECK_TRUE(refuses({"drill", "stop-petting", "otp"}, "takes no lease"));
    CHECK_TRUE(refuses({"drill"}, "drill wants hang-vm"));
    CHECK_TRUE(refuses({"drill", "hang-cat"}, "'hang-cat' is no drill"));
    CHECK_TRUE(refuses({"drill", "hang-vm", "a", "b"}, "drill wants"));
}

TEST(Options, a_snooze_has_1_to_900_seconds) {
    CHECK_TRUE(options({"snooze", "1"}).length == 1s);
    CHECK_TRUE(options({"snooze", "900", "otp"}).length == 900s);
    for (const char* bad : {"0", "901", "", "1.5", "-1", "1 ", "99999999999"})
        CHECK_TRUE(refuses({"snooze", bad}, "is not 1 to 900 seconds") ||
                   refuses({"snooze", bad}, "is no option"));
}

TEST(Options, a_lease_has_1_to_32_bytes) {
    const std::string most(32, 'x');
    const std::string more(33, 'x');
    CHECK_TRUE(options({"snooze", "1", most.c_str()}).lease == keeper::Name(most));
    CHECK_TRUE(refuses({"snooze", "1", more.c_str()}, "1 to 32 bytes"));
    CHECK_TRUE(refuses({"snooze", "1", ""}, "1 to 32 bytes"));
}

TEST(Options, a_device_is_numbered_from_0_to_7_and_none_is_all) {
    CHECK_EQUAL(255, options({"disarm"}).device);
    CHECK_EQUAL(7, options({"disarm", "7"}).device);
    CHECK_TRUE(refuses({"disarm", "8"}, "'8' is no device"));
    CHECK_TRUE(refuses({"disarm", "256"}, "'256' is no device"));
    CHECK_TRUE(refuses({"disarm", "/dev/watchdog0"}, "is no device"));
}

TEST(Options, the_three_ends_are_verbs_and_now_is_theirs_alone) {
    CHECK_TRUE(options({"reboot"}).end == keeper::EndKind::reboot);
    CHECK_TRUE(options({"poweroff", "--now"}).end == keeper::EndKind::poweroff);
    CHECK_TRUE(options({"--now", "halt"}).now);
    CHECK_TRUE(options({"halt"}).verb == Verb::end);
    CHECK_TRUE(refuses({"drill", "hang-vm", "--now"}, "--now is for reboot"));
}

TEST(Options, watch_may_be_told_how_long) {
    CHECK_TRUE(options({"watch"}).length == 0s);
    CHECK_TRUE(options({"watch", "86400"}).length == 86400s);
    CHECK_TRUE(refuses({"watch", "86401"}, "1 to 86400"));
}

TEST(Options, json_is_for_verbs_that_have_it) {
    CHECK_TRUE(options({"watch", "--json"}).json);
    CHECK_TRUE(options({"doctor", "--json"}).json);
    CHECK_TRUE(refuses({"snooze", "1", "--json"}, "--json is for"));
}

TEST(Options, help_and_version_win_over_everything) {
    CHECK_TRUE(options({"--help"}).verb == Verb::help);
    CHECK_TRUE(options({"-h", "nonsense"}).verb == Verb::help);
    CHECK_TRUE(options({"help"}).verb == Verb::help);
    CHECK_TRUE(options({"drill", "--version"}).verb == Verb::version);
}

TEST(Options, what_is_not_understood_is_said_and_nothing_is_guessed) {
    CHECK_TRUE(refuses({}, "what shall be done?"));
    CHECK_TRUE(refuses({"stat"}, "'stat' is nothing vaktctl does"));
    CHECK_TRUE(refuses({"status", "now"}, "status wants nothing more"));
    CHECK_TRUE(refuses({"--jsonx", "status"}, "'--jsonx' is no option"));
    CHECK_TRUE(refuses({"--json=1", "status"}, "'--json' is no option, or takes no value"));
    CHECK_TRUE(refuses({"status", "--socket"}, "--socket wants a value"));
    CHECK_TRUE(refuses({"status", "--socket="}, "--socket wants a value"));
    CHECK_TRUE(refuses({"status", "--timeout", "0"}, "1 to 3600"));
    CHECK_TRUE(refuses({"status", "--timeout", "3601"}, "1 to 3600"));
}

TEST(Options, a_word_with_control_characters_is_not_repeated_raw) {
    CHECK_TRUE(refuses({"\x1b[31mx"}, "'?[31mx' is nothing"));
}

TEST(Options, doctor_looks_under_a_root_of_choice) {
    STRCMP_EQUAL("", options({"doctor"}).root.c_str());
    STRCMP_EQUAL("/mnt", options({"doctor", "--root", "/mnt"}).root.c_str());
    CHECK_TRUE(refuses({"doctor", "--root"}, "--root wants a value"));
}

TEST(Options, doctor_looks_for_clashes_alone_when_it_is_told) {
    CHECK_FALSE(options({"doctor"}).clashes);
    CHECK_TRUE(options({"doctor", "clashes"}).clashes);
    CHECK_TRUE(refuses({"doctor", "clash"}, "at most the word clashes"));
    CHECK_TRUE(refuses({"doctor", "clashes", "clashes"}, "at most the word clashes"));
}

TEST(Options, events_are_those_that_are_kept_or_what_comes) {
    auto read = options({"events"});
    CHECK_TRUE(read.verb == Verb::events);
    STRCMP_EQUAL("/run/vakt/bridge.sock", read.bridge.c_str());
    CHECK_FALSE(read.events.follow || read.events.last || read.events.after);
    CHECK_TRUE(read.events.filter == relay::Filter{});
    read = options({"events", "-f"});
    CHECK_TRUE(read.events.follow && read.events.last == 10U);
    read = options({"events", "--follow", "-n", "0", "--bridge=/b"});
    CHECK_TRUE(read.events.follow && read.events.last == 0U);
    STRCMP_EQUAL("/b", read.bridge.c_str());
    read = options({"-f", "--after", "01000000-0000-0000-0000-000000000000:9", "events"});
    CHECK_TRUE(read.events.after->seq == 9 && !read.events.last);
    CHECK_TRUE(options({"account", "--json"}).json);
}

TEST(Options, events_are_filtered_by_what_is_said_of_them) {
    const auto filter =
        options({"events", "--severity=err", "--app", "su", "--app=sh"}).events.filter;
    CHECK_TRUE(filter.strict);
    CHECK_EQUAL(3, filter.any_of.at(0).least_severe);
    CHECK_TRUE((filter.any_of[0].apps == std::vector<std::string>{"su", "sh"}));
    CHECK_TRUE(refuses({"events", "--severity", "loud"}, "emerg alert crit"));
    CHECK_TRUE(refuses({"events", "--app="}, "--app wants a value"));
}

TEST(Options, what_is_for_events_is_for_nothing_else) {
    CHECK_TRUE(refuses({"status", "-f"}, "-f is for events"));
    CHECK_TRUE(refuses({"account", "--severity", "err"}, "--severity is for events"));
    CHECK_TRUE(refuses({"watch", "-n", "1"}, "-n is for events"));
}

TEST(Options, lines_are_0_to_a_million_and_a_place_is_whole) {
    CHECK_TRUE(options({"events", "-n", "1000000"}).events.last == 1'000'000U);
    CHECK_TRUE(refuses({"events", "-n", "1000001"}, "0 to 1000000 lines"));
    CHECK_TRUE(refuses({"events", "--lines", "all"}, "not 'all'"));
    CHECK_TRUE(refuses({"events", "--after", "9"}, "BOOTID:SEQ"));
}
