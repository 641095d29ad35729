// SPDX-License-Identifier: Apache-2.0
// The harness makes a macro of new, so it comes last.
// clang-format off
#include "show/open_metrics.h"

#include <fstream>
#include <iterator>
#include <string>

#include <CppUTest/TestHarness.h>
// clang-format on

using namespace vakt;
using namespace vakt::show;
using namespace std::chrono_literals;

namespace {

wire::WholeStatus status() {
    const Instant now(1000s);
    wire::WholeStatus status;
    auto& board = status.board;
    board.now = now;
    board.deadline = now + 61500ms;
    board.flags = wire::lease::kHands;
    board.beats = 12345;
    board.pets = 678;
    board.pet_failures = 1;
    board.refused = 2;
    board.boots = 17;
    board.failed_boots = 0;
    board.beat_intervals = {1, 0, 0, 0, 12000, 300, 0, 0, 40, 0, 0, 4};
    board.version = "0.1.0";
    status.leases.push_back({.name = "otp",
                             .uid = 1000,
                             .required = true,
                             .presence = keeper::Presence::held,
                             .held = true,
                             .last_good_beat = now - 3250ms,
                             .deadline = now + 116750ms});
    status.leases.push_back({.name = "od\"d\\\n\xff", .phase = keeper::Ladder::Phase::noting});
    status.devices.push_back({.number = 0,
                              .name = "/dev/watchdog0",
                              .driver = "linux",
                              .identity = "iTCO_wdt",
                              .state = keeper::DeviceState::armed,
                              .granted = 30s,
                              .petted = now - 7s,
                              .time_left = 23s});
    status.devices.push_back({.number = 1, .name = "/dev/watchdog1", .driver = "linux"});
    status.evidence.push_back({.name = "disk",
                               .good = now - 1001us,
                               .freshness = 60s,
                               .grace = 60s,
                               .deadline = now + 119s});
    return status;
}

std::string golden(const char* name) {
    std::ifstream in(std::string("test/data/show/") + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

bool has(const std::string& text, const char* line) {
    return text.find("\n" + std::string(line) + "\n") != std::string::npos;
}

}  // namespace

TEST_GROUP(OpenMetrics){};

TEST(OpenMetrics, a_whole_board_is_the_golden_text) {
    const auto all = status();
    report::ResetCounts resets{};
    resets[static_cast<std::size_t>(report::Cause::vm_hang)] = 2;
    resets[static_cast<std::size_t>(report::Cause::clean)] = 9;
    STRCMP_EQUAL(golden("board.prom").c_str(),
                 open_metrics({&all, resets, "vm_hang", "high"}).c_str());
}

TEST(OpenMetrics, without_the_keeper_what_the_files_say_is_still_there) {
    const auto text = open_metrics({nullptr, report::ResetCounts{}, "power", "medium"});
    CHECK_TRUE(has(text, "vakt_keeper_up 0"));
    CHECK_TRUE(has(text, "vakt_resets{cause=\"power\"} 0"));
    CHECK_TRUE(has(text, "vakt_last_reset_info{cause=\"power\",confidence=\"medium\"} 1"));
    CHECK_TRUE(text.find("vakt_time_left") == std::string::npos);
}

TEST(OpenMetrics, what_is_not_known_has_no_sample) {
    wire::WholeStatus empty;
    const auto text = open_metrics({&empty});
    CHECK_TRUE(has(text, "# TYPE vakt_time_left_seconds gauge"));
    CHECK_TRUE(text.find("\nvakt_time_left_seconds") == std::string::npos);
    CHECK_TRUE(text.find("vakt_resets") == std::string::npos);
    CHECK_TRUE(text.find("vakt_last_reset") == std::string::npos);
    CHECK_TRUE(text.ends_with("\n# EOF\n"));
}

TEST(OpenMetrics, a_deadline_that_is_over_is_less_than_nothing_left) {
    wire::WholeStatus late;
    late.board.now = Instant(100s);
    late.board.deadline = Instant(99500ms);
    CHECK_TRUE(has(open_metrics({&late}), "vakt_time_left_seconds -0.5"));
}

TEST(OpenMetrics, buckets_add_up_and_the_last_holds_all) {
    wire::WholeStatus one;
    one.board.beat_intervals.fill(1);
    const auto text = open_metrics({&one});
    CHECK_TRUE(has(text, "vakt_beat_interval_seconds_bucket{le=\"1.0\"} 1"));
    CHECK_TRUE(has(text, "vakt_beat_interval_seconds_bucket{le=\"60.0\"} 11"));
    CHECK_TRUE(has(text, "vakt_beat_interval_seconds_bucket{le=\"+Inf\"} 12"));
}
