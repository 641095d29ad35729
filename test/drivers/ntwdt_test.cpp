// SPDX-License-Identifier: Apache-2.0
#include "drivers/ntwdt.h"

#include <CppUTest/TestHarness.h>

#include <memory>

#include "test/support/fake_boards.h"
#include "test/support/mock_traffic.h"

using namespace vakt;
using namespace vakt::drivers;
using namespace std::chrono_literals;
using fake::expect_control;

TEST_GROUP(Ntwdt){void setup() override{mock().strictOrder();
}
void teardown() override {
    mock().checkExpectations();
    mock().clear();
}
std::unique_ptr<Ntwdt> open() {
    fake::expect_open();
    return std::move(*Ntwdt::make(std::make_unique<fake::MockNode>("/dev/ntwdt")));
}
std::unique_ptr<Ntwdt> open_armed() {
    auto dog = open();
    expect_arming("60", "1,1,60");
    CHECK(*dog->arm(60s) == 60s);
    return dog;
}
static void expect_arming(const char* seconds, const char* state) {
    expect_control(lom::kTime, seconds);
    expect_control(lom::kControl, "1,1");
    expect_control(lom::kPat);
    expect_control(lom::kState, "", state);
    expect_control(lom::kState, "", state);
}
}
;

TEST(Ntwdt, requests_are_encoded_as_solaris_encodes_them) {
    CHECK_EQUAL(0x400c6106UL, lom::kState);
    CHECK_EQUAL(0x80086107UL, lom::kControl);
    CHECK_EQUAL(0x80046108UL, lom::kTime);
    CHECK_EQUAL(0x20006109UL, lom::kPat);
}

TEST(Ntwdt, arm_sets_the_time_before_it_enables_and_asks_the_state_after) { open_armed(); }

TEST(Ntwdt, arm_returns_the_timeout_the_state_tells) {
    auto dog = open();
    expect_arming("60", "1,1,45");
    CHECK(*dog->arm(60999ms) == 45s);
}

TEST(Ntwdt, both_ends_of_its_range_are_kept) {
    auto dog = open();
    expect_arming("1", "1,1,1");
    CHECK(*dog->arm(1s) == 1s);
    CHECK_FALSE(static_cast<bool>(dog->arm(999ms)));
    expect_arming("10800", "1,1,10800");
    CHECK(*dog->arm(10800s) == 10800s);
    expect_arming("10800", "1,1,10800");
    CHECK(*dog->arm(10801s) == 10800s);
}

TEST(Ntwdt, pet_pats_and_then_asks_whether_it_meant_anything) {
    auto dog = open_armed();
    expect_control(lom::kPat);
    expect_control(lom::kState, "", "1,1,60");
    CHECK_TRUE(static_cast<bool>(dog->pet()));
}

TEST(Ntwdt, a_pat_of_a_disabled_watchdog_is_an_error_though_it_succeeds) {
    auto dog = open_armed();
    expect_control(lom::kPat);
    expect_control(lom::kState, "", "0,0,60");
    const auto petted = dog->pet();
    CHECK_FALSE(static_cast<bool>(petted));
    STRCMP_EQUAL("LOMIOCDOGPAT /dev/ntwdt: the watchdog is disabled: Input/output error",
                 describe(petted.error()).c_str());
}

TEST(Ntwdt, a_watchdog_that_would_only_log_is_an_error) {
    auto dog = open_armed();
    expect_control(lom::kPat);
    expect_control(lom::kState, "", "0,1,60");
    CHECK(dog->pet().error().code == std::errc::io_error);
}

TEST(Ntwdt, disarm_disables_both_and_asks_whether_it_did) {
    auto dog = open_armed();
    expect_control(lom::kControl, "0,0");
    expect_control(lom::kState, "", "0,0,60");
    CHECK_TRUE(static_cast<bool>(dog->disarm()));
}

TEST(Ntwdt, destroying_it_says_nothing_to_the_driver) { open_armed().reset(); }

TEST(Ntwdt, each_request_that_fails_is_named) {
    auto dog = open();
    expect_control(lom::kTime, "60", "", EIO);
    expect_control(lom::kState, "", "0,0,60");
    STRCMP_EQUAL("LOMIOCDOGTIME /dev/ntwdt: Input/output error",
                 describe(dog->arm(60s).error()).c_str());
    expect_control(lom::kTime, "60");
    expect_control(lom::kControl, "1,1", "", EINVAL);
    expect_control(lom::kState, "", "0,0,60");
    STRCMP_EQUAL("LOMIOCDOGCTL /dev/ntwdt: Invalid argument",
                 describe(dog->arm(60s).error()).c_str());
    expect_control(lom::kTime, "60");
    expect_control(lom::kControl, "1,1");
    expect_control(lom::kPat, "", "", EIO);
    STRCMP_EQUAL("LOMIOCDOGPAT /dev/ntwdt: Input/output error",
                 describe(dog->arm(60s).error()).c_str());
    expect_control(lom::kPat);
    expect_control(lom::kState, "", "", EIO);
    STRCMP_EQUAL("LOMIOCDOGSTATE /dev/ntwdt: Input/output error",
                 describe(dog->pet().error()).c_str());
}

TEST(Ntwdt, one_that_counts_already_and_cannot_be_armed_can_be_petted) {
    auto dog = open();
    expect_control(lom::kTime, "60", "", EIO);
    expect_control(lom::kState, "", "1,1,30");
    CHECK_FALSE(static_cast<bool>(dog->arm(60s)));
    expect_control(lom::kPat);
    expect_control(lom::kState, "", "1,1,30");
    CHECK_TRUE(static_cast<bool>(dog->pet()));
}

TEST_GROUP(NtwdtOpen) {
    fake::Hardware hardware;
    Error refused(int error) {
        auto node = std::make_unique<fake::NtwdtNode>(hardware);
        node->open_errno = error;
        const auto made = Ntwdt::make(std::move(node));
        CHECK_FALSE(static_cast<bool>(made));
        return made.error();
    }
};

TEST(NtwdtOpen, a_refusal_says_who_may_and_who_has_it) {
    STRCMP_EQUAL("open /dev/ntwdt (it wants all privileges): Operation not permitted",
                 describe(refused(EPERM)).c_str());
    STRCMP_EQUAL("open /dev/ntwdt (another program has it open): Resource temporarily unavailable",
                 describe(refused(EAGAIN)).c_str());
    STRCMP_EQUAL("open /dev/ntwdt: No such file or directory", describe(refused(ENOENT)).c_str());
}
