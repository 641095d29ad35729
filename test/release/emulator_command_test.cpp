// SPDX-License-Identifier: Apache-2.0
#include "release/emulator_command.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace vakt;
using namespace vakt::release;

namespace {

using Words = std::vector<std::string>;

EmulatorPlace place() { return {.root = "/r", .bin = "/r/b", .program = "start_erl"}; }

Result<EmulatorCommand> made(const Words& flags) { return emulator_command(place(), flags); }
std::string fault_of(const Words& flags) {
    const auto command = made(flags);
    return command ? "none" : describe(command.error());
}
/// A flag with a value behind it, which is the emulator's too or is left to init.
bool takes_a_value(const std::string& flag) {
    const auto command = made({flag, "v"});
    return command && command->arguments[2] == "v";
}

}  // namespace

TEST_GROUP(EmulatorCommand){};

TEST(EmulatorCommand, an_emulator_without_flags_knows_its_places) {
    const auto command = made({});
    CHECK_TRUE(static_cast<bool>(command));
    STRCMP_EQUAL("/r/b/beam.smp", command->path.c_str());
    CHECK_TRUE((command->arguments == Words{"/r/b/beam.smp", "--", "-root", "/r", "-bindir", "/r/b",
                                            "-progname", "start_erl", "--", "--"}));
}

TEST(EmulatorCommand, home_and_port_of_epmd_are_told_where_they_are_known) {
    auto at = place();
    at.home = "/h";
    at.epmd_port = "4444";
    at.escript_name = "script";
    const auto command = emulator_command(at, {});
    const Words end(command->arguments.end() - 6, command->arguments.end());
    CHECK_TRUE((end == Words{"--", "-home", "/h", "-epmd_port", "4444", "--"}));
    STRCMP_EQUAL("script", command->arguments.front().c_str());
}

TEST(EmulatorCommand, plus_flags_come_first_with_their_values) {
    const auto command = made({"-a", "+P", "9", "b", "+d"});
    const Words begin(command->arguments.begin() + 1, command->arguments.begin() + 5);
    CHECK_TRUE((begin == Words{"-P", "9", "-d", "--"}));
    const Words end(command->arguments.end() - 2, command->arguments.end());
    CHECK_TRUE((end == Words{"-a", "b"}));
}

TEST(EmulatorCommand, which_flags_take_a_value_is_erlexecs_knowledge) {
    for (const auto* const flag :
         {"+a", "+S", "+SP", "+SDcpu", "+SDio", "+Mea", "+MBas", "+MMscs", "+sbt", "+h", "+hms",
          "+rg", "+zdbbl", "+pc", "+JPperf", "+J", "+IOt", "+IOPp"})
        CHECK_TRUE_TEXT(takes_a_value(flag), flag);
    for (const auto* const flag : {"+", "+d", "+a1", "+S1", "+SDio1", "+M", "+MGas", "+Mit", "+sx",
                                   "+hx", "+r", "+zhft", "+p", "+pcx", "+IOtx", "+dcg", "+Z"})
        CHECK_FALSE_TEXT(takes_a_value(flag), flag);
}

TEST(EmulatorCommand, break_and_clock_flags_look_at_the_word_behind_them) {
    CHECK_TRUE(takes_a_value("+c") == false);
    CHECK_TRUE(made({"+c", "true"})->arguments[2] == "true");
    CHECK_TRUE(made({"+B", "i"})->arguments[2] == "i");
    CHECK_TRUE(made({"+Bd", "i"})->arguments[2] == "--");
    STRCMP_EQUAL("+Bx: erlexec knows no such flag", fault_of({"+Bx"}).c_str());
}

TEST(EmulatorCommand, a_flag_without_its_value_is_refused) {
    for (const auto* const flag : {"+P", "+sbt", "+Mea", "+J", "+IOt", "-name", "-sname", "-epmd",
                                   "-emu_type", "-emu_flavor", "-start_epmd"})
        STRCMP_EQUAL((std::string(flag) + " without its value").c_str(), fault_of({flag}).c_str());
    STRCMP_EQUAL("-env without its value", fault_of({"-env", "A"}).c_str());
    STRCMP_EQUAL("none", fault_of({"-env", "A", "b"}).c_str());
}

TEST(EmulatorCommand, variables_are_set_in_order_behind_the_path) {
    const auto command = made({"-env", "A", "1", "-env", "A", "2", "-extra", "-env", "B", "3"});
    CHECK_EQUAL(3U, command->set.size());
    STRCMP_EQUAL("PATH", command->set[0].first.c_str());
    STRCMP_EQUAL("2", command->set[2].second.c_str());
    const Words end(command->arguments.end() - 4, command->arguments.end());
    CHECK_TRUE((end == Words{"-extra", "-env", "B", "3"}));
}

TEST(EmulatorCommand, type_and_flavor_name_another_emulator) {
    STRCMP_EQUAL("/r/b/beam.debug.smp", made({"-emu_type", "debug"})->path.c_str());
    STRCMP_EQUAL("/r/b/beam.smp", made({"-emu_type", "opt"})->path.c_str());
    STRCMP_EQUAL("/r/b/beam.emu", made({"-emu_flavor", "emu"})->path.c_str());
}

TEST(EmulatorCommand, what_needs_another_process_is_refused_with_its_cure) {
    STRCMP_EQUAL("-detached needs another process: leave it out; -noinput gives no console either",
                 fault_of({"-detached"}).c_str());
    CHECK_TRUE(fault_of({"-man", "erl"}).starts_with("-man needs another program"));
    CHECK_TRUE(fault_of({"-emu_args_exit"}) != "none");
    CHECK_TRUE(fault_of({"-smp", "disable"}) != "none");
    CHECK_TRUE(fault_of({"-smp", "auto"}) == "none");
    CHECK_TRUE(fault_of({"-no_epmd"}) != "none");
    CHECK_TRUE(fault_of({"-no_epmd", "-proto_dist", "x"}) == "none");
    CHECK_TRUE(fault_of({"-start_epmd", "maybe"}) != "none");
}

TEST(EmulatorCommand, make_ends_the_words_and_the_emulator) {
    const auto command = made({"-make", "a", "+P", "3"});
    const Words end(command->arguments.end() - 8, command->arguments.end());
    CHECK_TRUE((end == Words{"-noshell", "-noinput", "-s", "make", "all_or_nothing", "-s", "erlang",
                             "halt"}));
}

TEST(EmulatorCommand, the_search_path_begins_with_the_emulators_and_has_it_once) {
    auto at = place();
    const auto path_of = [&](const char* path) {
        at.path = path;
        return emulator_search_path(at);
    };
    STRCMP_EQUAL("/r/b:/r/bin:", emulator_search_path(place()).c_str());
    STRCMP_EQUAL("/r/b:/r/bin:/bin", path_of("/bin").c_str());
    STRCMP_EQUAL("/r/b:/bin", path_of("/r/b:/bin").c_str());
    STRCMP_EQUAL("/r/b:/bin:/r/b", path_of("/r/b:/bin:/r/b:/r/b").c_str());
}

TEST(EmulatorCommand, later_emulators_take_more_values) {
    const auto is_taken = [](const char* flag, unsigned erts) {
        auto at = place();
        at.erts = erts;
        const auto command = emulator_command(at, {flag, "v"});
        return command && command->arguments[2] == "v";
    };
    for (const char* const flag : {"+MMlp", "+hmaxib", "+zhft", "+pad"}) {
        CHECK_FALSE_TEXT(is_taken(flag, 14), flag);
        CHECK_TRUE_TEXT(is_taken(flag, 15), flag);
    }
    for (const char* const flag : {"+Mumadtn", "+Di"}) {
        CHECK_FALSE_TEXT(is_taken(flag, 16), flag);
        CHECK_TRUE_TEXT(is_taken(flag, 17), flag);
    }
}

TEST(EmulatorCommand, a_separator_is_no_value) {
    CHECK_TRUE(fault_of({"-env", "A", "--"}) != "none");
    CHECK_TRUE(fault_of({"+P", "--"}) != "none");
}

TEST(EmulatorCommand, from_erts_15_on_a_call_is_the_last_flag) {
    auto at = place();
    at.erts = kErtsOfOtp27;
    const auto command = emulator_command(at, {"-a", "--", "++S", "m", "+P", "9"});
    const Words end(command->arguments.end() - 7, command->arguments.end());
    CHECK_TRUE((end == Words{"-a", "--", "-noshell", "-S", "m", "+P", "9"}));
}

TEST(EmulatorCommand, from_erts_15_on_the_search_path_has_no_later_part_that_is_the_emulators) {
    auto at = place();
    at.erts = kErtsOfOtp27;
    const auto path_of = [&](const char* path) {
        at.path = path;
        return emulator_search_path(at);
    };
    STRCMP_EQUAL("/r/b:/r/bin", emulator_search_path(at).c_str());
    STRCMP_EQUAL("/r/b:/r/bin:/bin", path_of("/bin").c_str());
    STRCMP_EQUAL("/r/b:/bin:/r/bin", path_of("/r/b:/bin:/r/b:/r/bin:/r/b").c_str());
}
