// SPDX-License-Identifier: Apache-2.0
#include "release/erl_command.h"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace vakt::release;

namespace {

using Words = std::vector<std::string>;
const Place kPlace{.root = "/otp", .releases = "/otp/rel", .program = "start_erl", .fixed = ""};
const Release kRelease{"13.1.5", "1.0"};

}  // namespace

TEST_GROUP(ErlCommand){};

TEST(ErlCommand, is_what_OTPs_start_erl_executes) {
    const auto command = command_of(kPlace, kRelease, {"-sname", "cp1", "a b"});
    STRCMP_EQUAL("/otp/erts-13.1.5/bin/erlexec", command.path.c_str());
    CHECK_TRUE(
        (command.arguments == Words{"/otp/erts-13.1.5/bin/erlexec", "-boot", "/otp/rel/1.0/start",
                                    "-config", "/otp/rel/1.0/sys", "-sname", "cp1", "a b"}));
    CHECK_EQUAL(5U, command.set.size());
    CHECK_TRUE(command.unset.empty());
}

TEST(ErlCommand, a_client_with_static_emulator_has_one_place_for_boot_and_config) {
    auto place = kPlace;
    place.fixed = "/otp/clients/a/bin";
    const auto command = command_of(place, kRelease, {});
    CHECK_TRUE((command.arguments == Words{"/otp/erts-13.1.5/bin/erlexec", "-boot",
                                           "/otp/clients/a/bin/start", "-config",
                                           "/otp/clients/a/bin/sys"}));
}

TEST(ErlCommand, the_safe_one_takes_no_flags_from_anywhere_but_heart) {
    const auto command = safe_command(kPlace, "13.1.5", "/otp/bin/start_clean", false);
    CHECK_TRUE((command.arguments ==
                Words{"/otp/erts-13.1.5/bin/erlexec", "-boot", "/otp/bin/start_clean"}));
    CHECK_TRUE((command.unset == Words{"ERL_AFLAGS", "ERL_FLAGS", "ERL_ZFLAGS"}));
    STRCMP_EQUAL("-heart", safe_command(kPlace, "13.1.5", "b", true).arguments.back().c_str());
}
