// SPDX-License-Identifier: Apache-2.0
// The harness makes a macro of new, so it comes last.
// clang-format off
#include "show/bus_signal.h"

#include <CppUTest/TestHarness.h>
// clang-format on

using namespace vakt;
using namespace vakt::show;
using namespace std::chrono_literals;
using keeper::NoteKind;

namespace {
constexpr std::uint64_t kNeverOnBus = 0xffffffffffffffff;

wire::lease::News news(NoteKind kind) {
    return {.kind = kind,
            .cause = keeper::Cause::vm_silent,
            .end = keeper::EndKind::poweroff,
            .percent = 75,
            .subject = "otp",
            .deadline = Instant(3500ms),
            .by = 1000};
}
}  // namespace

TEST_GROUP(BusSignal){};

TEST(BusSignal, each_kind_that_has_a_signal_of_its_own_says_what_belongs_to_it) {
    const std::uint64_t deadline = 3500000;
    const std::uint8_t percent = 75;
    const std::uint32_t uid = 1000;
    CHECK((signal_of(news(NoteKind::warned)) == BusSignal{"Warning", {"otp", percent, deadline}}));
    CHECK((signal_of(news(NoteKind::given_up)) ==
           BusSignal{"GivenUp", {"otp", "vm_silent", deadline}}));
    CHECK((signal_of(news(NoteKind::verdict)) ==
           BusSignal{"VerdictSaid", {"otp", "poweroff", "vm_silent", deadline, uid}}));
    CHECK((signal_of(news(NoteKind::recovered)) == BusSignal{"Recovered", {"otp"}}));
}

TEST(BusSignal, every_other_kind_is_noted_by_its_name) {
    for (const auto& [kind, name] : {std::pair{NoteKind::command, "command"},
                                     {NoteKind::retired, "retired"},
                                     {NoteKind::snoozed, "snoozed"},
                                     {NoteKind::drill, "drill"},
                                     {NoteKind::disarmed, "disarmed"},
                                     {NoteKind::stale, "stale"},
                                     {NoteKind::clean, "clean"},
                                     {NoteKind::left, "left"}}) {
        const auto signal = signal_of(news(kind));
        STRCMP_EQUAL("Noted", signal.name.c_str());
        LONGS_EQUAL(5, signal.values.size());
        STRCMP_EQUAL(name, std::get<std::string>(signal.values[0]).c_str());
        STRCMP_EQUAL("otp", std::get<std::string>(signal.values[1]).c_str());
    }
}

TEST(BusSignal, never_is_the_largest_number_and_a_time_is_microseconds) {
    CHECK(bus_time(kNever) == kNeverOnBus);
    CHECK(bus_time(Instant(1999ns)) == 1);
    CHECK(bus_time(Instant(-1s)) == 0);
}
