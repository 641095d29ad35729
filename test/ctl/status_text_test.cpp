// SPDX-License-Identifier: Apache-2.0
#include "ctl/status_text.h"

#include <CppUTest/TestHarness.h>

#include <algorithm>
#include <sstream>

#include "ctl/json_value.h"
#include "ctl/printable.h"

using namespace vakt;
using namespace vakt::ctl;
using namespace std::chrono_literals;
using namespace vakt::wire;

namespace {

const Instant now{1000s};

/// A board with one row of each kind.
WholeStatus guarded() {
    WholeStatus status;
    status.board = {.now = now,
                    .deadline = now + 67200ms,
                    .flags = lease::kMemoryLocked | lease::kRealTime | lease::kHands,
                    .oldest = "otp",
                    .oldest_silent_from = now - 3800ms,
                    .oldest_deadline = now + 67200ms,
                    .started = now - 100s,
                    .beats = 1234,
                    .pets = 532,
                    .pet_failures = 1,
                    .refused = 2,
                    .boots = 7,
                    .failed_boots = 3,
                    .beat_intervals = {0, 0, 0, 0, 1200, 33, 0, 0, 0, 0, 0, 1},
                    .version = "0.1.0"};
    status.leases.push_back({.name = "otp",
                             .uid = 1000,
                             .required = true,
                             .presence = keeper::Presence::held,
                             .held = true,
                             .timing = {11s, 60s},
                             .last_good_beat = now - 3800ms,
                             .deadline = now + 67200ms,
                             .vm_pid = 4711});
    status.devices.push_back({.number = 0,
                              .name = "/dev/watchdog0",
                              .driver = "linux",
                              .identity = "iTCO_wdt",
                              .state = keeper::DeviceState::armed,
                              .granted = 30s,
                              .petted = now - 8600ms,
                              .boot_status = 0x20,
                              .abilities = lease::kCannotDisarm});
    status.evidence.push_back({.name = "disk",
                               .good = now - 12s,
                               .freshness = 60s,
                               .grace = 40s,
                               .deadline = now + 88s,
                               .asking = true});
    return status;
}

std::string text(const WholeStatus& status, std::size_t width = 120) {
    return status_text(status, {.width = width, .colour = false});
}
bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }
JsonValue json(const WholeStatus& status) {
    const auto text = status_json(status);
    CHECK_EQUAL('\n', text.back());
    const auto value = read_json(text);
    CHECK_TRUE(value.has_value());
    return *value;
}

}  // namespace

TEST_GROUP(StatusText) {
    WholeStatus status = guarded();
    lease::StatusBoard& board() { return status.board; }
    lease::StatusLease& row() { return status.leases[0]; }
    lease::StatusDevice& device() { return status.devices[0]; }
};

TEST(StatusText, one_screen_shows_the_board_leases_watchdogs_evidence_and_the_keeper) {
    const auto shown = text(status);
    CHECK_TRUE(has(shown, "Board     guarded\n"));
    CHECK_TRUE(
        has(shown, "Oldest    lease otp  reset in 67.2 s at the latest if nothing more comes\n"));
    CHECK_TRUE(has(shown,
                   "  otp     [####--------]  silent 3.8 s of 11 s  D in 67.2 s  VM 4711  uid 1000 "
                   " required\n"));
    CHECK_TRUE(has(shown,
                   "  0       /dev/watchdog0  armed  granted 30 s  bites in 21.4 s  linux: "
                   "iTCO_wdt"));
    CHECK_TRUE(has(shown, "last restart: the watchdog reset the board"));
    CHECK_TRUE(has(shown, "cannot be disarmed"));
    CHECK_TRUE(
        has(shown, "  disk    [##----------]  good 12.0 s ago  fresh for 60 s  D in 88.0 s"));
    CHECK_TRUE(has(shown, "1234 good beats  4..5 s: 1200  5..6 s: 33  over 60 s: 1\n"));
    CHECK_TRUE(has(shown, "532  1 failed  2 leases refused"));
    CHECK_TRUE(has(shown, "7  3 failed in a row before this one"));
    CHECK_TRUE(
        has(shown, "version 0.1.0  up 1 min 40 s  memory locked  real-time  WITHIN THE OOM"));
}

TEST(StatusText, every_line_fits_the_terminal_whatever_its_width) {
    board().error = "keeper.conf:3: timeout: no";
    board().flags |= lease::kScribeLost | lease::kProberLost | lease::kReaderLost;
    row().phase = keeper::Ladder::Phase::spent;
    row().cause = keeper::Cause::never_came;
    for (std::size_t width = 20; width < 140; ++width) {
        std::istringstream lines(text(status, width));
        for (std::string line; std::getline(lines, line);) CHECK_TRUE(columns(line) <= width);
    }
}

TEST(StatusText, colour_adds_nothing_but_colour) {
    auto coloured = status_text(status, {.width = 120, .colour = true});
    CHECK_TRUE(has(coloured, "\x1b[32mguarded\x1b[0m"));
    std::string plain;
    for (std::size_t at = 0; at < coloured.size(); ++at) {
        if (coloured[at] == '\x1b')
            at = coloured.find('m', at);
        else
            plain += coloured[at];
    }
    STRCMP_EQUAL(text(status).c_str(), plain.c_str());
}

TEST(StatusText, texts_from_outside_cannot_command_the_terminal) {
    board().error = "\x1b[2J\r";
    board().oldest = "a\nb";
    board().version = "\x07";
    row().name = "\xc2\x9bX";
    device().name = "\x1b]0;x\x07";
    device().identity = "\xff";
    device().driver = "\n";
    status.evidence[0].name = "\t";
    const auto shown = text(status);
    for (const char c : shown) CHECK_TRUE(c == '\n' || (c >= ' ' && c != '\x7f'));
    CHECK_TRUE(has(shown, "refused: ?[2J?"));
}

TEST(StatusText, a_verdict_is_said_before_anything_else) {
    board().rung = keeper::Rung::login1;
    board().end = keeper::EndKind::poweroff;
    board().cause = keeper::Cause::vm_silent;
    board().subject = "otp";
    board().deadline = now + 8200ms;
    CHECK_TRUE(has(text(status, 200),
                   "Board     ENDING: power off  otp: no beat from the VM  logind is asked to end "
                   "the system  reset in 8.2 s at the latest\n"));
}

TEST(StatusText, a_board_that_is_not_petted_or_not_armed_is_not_called_guarded) {
    device().state = keeper::DeviceState::idle;
    CHECK_FALSE(has(text(status), "guarded"));
    CHECK_TRUE(has(text(status), "NO WATCHDOG IS ARMED"));
    CHECK_TRUE(has(text(status), "NOT ARMED: it could not be opened"));
    board().flags |= lease::kSystemdOwns;
    CHECK_TRUE(has(text(status), "guarded through systemd"));
    board().flags |= lease::kHoldsBack;
    CHECK_FALSE(has(text(status), "guarded"));
    CHECK_TRUE(has(text(status), "NOT PETTED"));
    board().flags = 0;
    board().mode = keeper::Keeper::Mode::leaving;
    CHECK_TRUE(has(text(status), "THE KEEPER LEAVES"));
    board().mode = keeper::Keeper::Mode::restarting;
    CHECK_TRUE(has(text(status), "HANDING OVER"));
}

TEST(StatusText, a_board_on_which_nothing_counts_says_so) {
    board().deadline = kNever;
    board().oldest = {};
    row().presence = keeper::Presence::absent;
    const auto shown = text(status);
    CHECK_TRUE(has(shown, "nothing counts"));
    CHECK_FALSE(has(shown, "Oldest"));
    CHECK_TRUE(has(shown, "never seen; not required"));
}

TEST(StatusText, each_state_of_a_lease_has_its_words) {
    row().presence = keeper::Presence::retired;
    CHECK_TRUE(has(text(status), "left in order"));
    row().presence = keeper::Presence::awaited;
    row().last_good_beat = now + 30s;
    CHECK_TRUE(has(text(status), "awaited; its beats must begin within 30.0 s"));
    row().last_good_beat = now - 1s;
    CHECK_TRUE(has(text(status), "silent 1.0 s of 11 s"));
    row().presence = keeper::Presence::held;
    row().held = false;
    CHECK_TRUE(has(text(status), "its heart is not connected"));
    row().snoozed_until = now + 50s;
    CHECK_TRUE(has(text(status), "silent 0.0 s of 11 s"));
    CHECK_TRUE(has(text(status), "snoozed for 50.0 s"));
    row().phase = keeper::Ladder::Phase::killing;
    row().cause = keeper::Cause::heart_silent;
    CHECK_TRUE(has(text(status), "GIVEN UP: heart is lost or silent; the VM was sent SIGKILL"));
}

TEST(StatusText, the_bar_is_empty_at_a_beat_and_full_at_the_timeout) {
    row().last_good_beat = now;
    CHECK_TRUE(has(text(status), "[------------]  silent 0.0 s"));
    row().last_good_beat = now - 11s;
    CHECK_TRUE(has(text(status), "[############]"));
    row().last_good_beat = now - 11s + 1ns;
    CHECK_TRUE(has(text(status), "[###########-]"));
    row().timing.beat_timeout = 0s;
    CHECK_TRUE(has(text(status), "[############]"));
}

TEST(StatusText, the_hardwares_own_time_left_is_believed_where_it_tells) {
    device().time_left = 20s;
    CHECK_TRUE(has(text(status), "bites in 20.0 s"));
}

TEST(StatusText, a_device_that_does_not_guard_is_said_so) {
    device().abilities = lease::kClosingDisarms | lease::kAlarmOnly;
    CHECK_TRUE(has(text(status), "CLOSING IT DISARMS IT"));
    CHECK_TRUE(has(text(status), "RINGS ONLY"));
    device().state = keeper::DeviceState::refused;
    CHECK_TRUE(has(text(status), "REFUSED: it grants 30 s"));
}

TEST(StatusText, json_has_the_documented_keys_with_times_relative_to_the_keepers_now) {
    const auto value = json(status);
    const auto number = [](const JsonValue& of, const char* key) {
        const auto* const member = of.member(key);
        CHECK_TRUE_TEXT(member != nullptr && member->whole().has_value(), key);
        return *member->whole();
    };
    CHECK_EQUAL(1, number(value, "version"));
    CHECK_EQUAL(67200, number(value, "deadline_in_ms"));
    CHECK_EQUAL(100'000, number(value, "started_ago_ms"));
    CHECK_EQUAL(12U, value.member("beat_intervals")->array()->size());
    const auto& row = (*value.member("leases")->array())[0];
    CHECK_EQUAL(3800, number(row, "last_good_beat_ago_ms"));
    CHECK_EQUAL(11'000, number(row, "beat_timeout_ms"));
    CHECK_TRUE(*row.member("presence")->text() == "held");
    const auto& device = (*value.member("devices")->array())[0];
    CHECK_EQUAL(8600, number(device, "petted_ago_ms"));
    CHECK_TRUE(device.member("can_disarm")->is == decltype(JsonValue::is)(false));
    CHECK_TRUE(device.member("time_left_ms")->is == decltype(JsonValue::is)(nullptr));
    CHECK_EQUAL(12'000, number((*value.member("evidence")->array())[0], "good_ago_ms"));
    CHECK_EQUAL(67200, number(*value.member("oldest"), "deadline_in_ms"));
}

TEST(StatusText, json_has_null_for_what_is_never_or_not_known) {
    const auto value = json({});
    for (const char* key : {"deadline_in_ms", "verdict", "oldest", "reload_error"})
        CHECK_TRUE_TEXT(value.member(key)->is == decltype(JsonValue::is)(nullptr), key);
}

TEST(StatusText, json_is_valid_with_every_enumerator_and_any_text) {
    board().error = "\"\\\n\xff\xc2\x80";
    row().name = "\x1b\"";
    for (std::uint8_t n = 0; n < 16; ++n) {
        board().mode = static_cast<keeper::Keeper::Mode>(n % keeper::Keeper::kModes);
        board().rung = static_cast<keeper::Rung>(n % keeper::kRungs);
        board().cause = static_cast<keeper::Cause>(n % keeper::kCauses);
        row().phase = static_cast<keeper::Ladder::Phase>(n % keeper::Ladder::kPhases);
        row().presence = static_cast<keeper::Presence>(n % keeper::kPresences);
        device().state = static_cast<keeper::DeviceState>(n % keeper::kDeviceStates);
        const auto value = json(status);
        CHECK_EQUAL(board().rung == keeper::Rung::none,
                    value.member("verdict")->is == decltype(JsonValue::is)(nullptr));
        CHECK_TRUE(*(*value.member("leases")->array())[0].member("name")->text() == "\x1b\"");
    }
}
