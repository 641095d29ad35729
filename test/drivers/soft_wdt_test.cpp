// SPDX-License-Identifier: Apache-2.0
#include "drivers/soft_wdt.h"

#include <CppUTest/TestHarness.h>

#include <array>
#include <memory>
#include <utility>

#include "test/support/fake_boards.h"

using namespace vakt;
using namespace vakt::drivers;
using namespace std::chrono_literals;

TEST_GROUP(SoftProtocol){};

TEST(SoftProtocol, every_message_is_read_back_as_it_was_written) {
    constexpr std::array<std::pair<SoftMessage, const char*>, 10> kAll{{
        {{SoftVerb::arm, 12000}, "arm 12000"},
        {{SoftVerb::pet, 0}, "pet"},
        {{SoftVerb::disarm, 0}, "disarm"},
        {{SoftVerb::ask_left, 0}, "left?"},
        {{SoftVerb::ask_boot, 0}, "boot?"},
        {{SoftVerb::granted, 0}, "granted 0"},
        {{SoftVerb::disarmed, 0}, "disarmed"},
        {{SoftVerb::left, 7}, "left 7"},
        {{SoftVerb::boot, ~std::uint64_t{0}}, "boot 18446744073709551615"},
        {{SoftVerb::refused, 0}, "refused"},
    }};
    for (const auto& [message, text] : kAll) {
        const SoftText made(message);
        CHECK(made.view() == text);
        CHECK(parse_soft(text) == message);
    }
}

TEST(SoftProtocol, anything_else_is_no_message) {
    for (const auto* bad :
         {"", "arm", "arm ", "arm x", "arm 1 2", "arm  1", "arm -1", "pet 1", "pet ", "Pet",
          "pet\n", "left", "left? 1", "boot 18446744073709551616", "arms 1", " pet"})
        CHECK_FALSE(parse_soft(bad).has_value());
    CHECK_FALSE(parse_soft("arm " + std::string(60, '0')).has_value());
    CHECK_TRUE(parse_soft("arm " + std::string(59, '0')).has_value());
}

TEST_GROUP(SoftBoard) {
    SoftBoard board{{.shortest = 100ms, .longest = 60s, .nowayout = false}};
    SoftBoard::Instant t0{};
};

TEST(SoftBoard, an_idle_board_never_bites) {
    CHECK_FALSE(board.bites_at().has_value());
    CHECK_FALSE(board.bitten(t0 + 1000h));
    CHECK_FALSE(board.on(t0, "pet").has_value());
    CHECK_FALSE(board.counting());
    CHECK(board.on(t0, "left?") == (SoftMessage{SoftVerb::refused, 0}));
}

TEST(SoftBoard, it_bites_on_the_instant_and_not_before) {
    CHECK(board.on(t0, "arm 5000") == (SoftMessage{SoftVerb::granted, 5000}));
    CHECK(board.bites_at() == t0 + 5s);
    CHECK_FALSE(board.bitten(t0 + 5s - 1ns));
    CHECK_TRUE(board.bitten(t0 + 5s));
}

TEST(SoftBoard, a_pet_after_the_bite_comes_too_late) {
    CHECK(board.on(t0, "arm 5000").has_value());
    CHECK_FALSE(board.on(t0 + 5s, "pet").has_value());
    CHECK_FALSE(board.on(t0 + 5s, "disarm").has_value());
    CHECK_TRUE(board.bitten(t0 + 5s));
}

TEST(SoftBoard, its_bounds_are_kept) {
    CHECK(board.on(t0, "arm 99") == (SoftMessage{SoftVerb::refused, 0}));
    CHECK(board.on(t0, "arm 100") == (SoftMessage{SoftVerb::granted, 100}));
    CHECK(board.on(t0, "arm 60001") == (SoftMessage{SoftVerb::granted, 60000}));
    CHECK(board.on(t0, "arm 18446744073709551615") == (SoftMessage{SoftVerb::granted, 60000}));
}

TEST(SoftBoard, a_refused_arm_leaves_the_countdown_alone) {
    CHECK(board.on(t0, "arm 5000").has_value());
    CHECK(board.on(t0 + 1s, "arm 1") == (SoftMessage{SoftVerb::refused, 0}));
    CHECK(board.on(t0 + 1s, "rubbish") == (SoftMessage{SoftVerb::refused, 0}));
    CHECK(board.bites_at() == t0 + 5s);
}

TEST(SoftBoard, after_a_restart_it_is_idle_and_tells_why) {
    CHECK(board.on(t0, "arm 5000").has_value());
    board.restarted(wdt::kCardReset);
    CHECK_FALSE(board.counting());
    CHECK(board.on(t0 + 9s, "boot?") == (SoftMessage{SoftVerb::boot, 32}));
}

TEST_GROUP(SoftWdt) {
    fake::Hardware hardware;
    SoftBoard board;
    fake::SoftNode* node = nullptr;
    Result<std::unique_ptr<SoftWdt>> make(bool closed = false) {
        auto made = std::make_unique<fake::SoftNode>(hardware, board);
        node = made.get();
        node->closed = closed;
        return SoftWdt::make(std::move(made));
    }
};

TEST(SoftWdt, a_board_that_has_another_device_is_busy) {
    CHECK(make(true).error().code == std::errc::device_or_resource_busy);
}

TEST(SoftWdt, an_answer_to_an_earlier_question_is_passed_over) {
    const auto wdt = make();
    node->stale = SoftMessage{SoftVerb::boot, 32};
    CHECK(*(*wdt)->arm(20s) == 20s);
}

TEST(SoftWdt, the_boards_own_grant_counts) {
    board = SoftBoard({.shortest = 100ms, .longest = 8s, .nowayout = false});
    const auto wdt = make();
    CHECK(*(*wdt)->arm(20s) == 8s);
}

TEST(SoftWdt, a_board_that_is_gone_is_an_error) {
    const auto wdt = make();
    CHECK(*(*wdt)->arm(20s) == 20s);
    node->write_errno = EPIPE;
    STRCMP_EQUAL("send to /run/board.sock: Broken pipe", describe((*wdt)->pet().error()).c_str());
    CHECK_FALSE(static_cast<bool>((*wdt)->time_left()));
}

TEST(SoftWdt, a_board_that_does_not_answer_is_an_error) {
    const auto wdt = make();
    CHECK(*(*wdt)->arm(20s) == 20s);
    node->now += 20s;  // it has bitten, and answers nothing
    CHECK((*wdt)->time_left().error().code == std::errc::resource_unavailable_try_again);
    CHECK_TRUE(static_cast<bool>((*wdt)->pet()));  // a pet waits for no answer
}
