// SPDX-License-Identifier: Apache-2.0
#include "drivers/ib700_wdt.h"

#include <CppUTest/TestHarness.h>

#include <memory>

#include "test/support/fake_boards.h"
#include "test/support/mock_traffic.h"

using namespace vakt;
using namespace vakt::drivers;
using namespace std::chrono_literals;
using fake::expect_write_at;

TEST_GROUP(Ib700Wdt){void setup() override{mock().strictOrder();
}
void teardown() override {
    mock().checkExpectations();
    mock().clear();
}
std::unique_ptr<Ib700Wdt> open() {
    fake::expect_open();
    return std::move(*Ib700Wdt::make(std::make_unique<fake::MockNode>("/dev/port")));
}
}
;

TEST(Ib700Wdt, opening_writes_no_port) { open(); }

TEST(Ib700Wdt, arm_writes_fifteen_less_half_the_seconds) {
    auto wdt = open();
    expect_write_at(0x443, 0);
    CHECK(*wdt->arm(30s) == 30s);
    expect_write_at(0x443, 1);
    CHECK(*wdt->arm(29999ms) == 28s);
    expect_write_at(0x443, 14);
    CHECK(*wdt->arm(2s) == 2s);
    expect_write_at(0x443, 0);
    CHECK(*wdt->arm(10min) == 30s);
}

TEST(Ib700Wdt, the_code_for_no_time_at_all_is_never_written) {
    auto wdt = open();
    CHECK(wdt->arm(1999ms).error().code == std::errc::invalid_argument);
}

TEST(Ib700Wdt, pet_writes_the_armed_timeout_again) {
    auto wdt = open();
    expect_write_at(0x443, 5);
    CHECK(*wdt->arm(20s) == 20s);
    expect_write_at(0x443, 5);
    CHECK_TRUE(static_cast<bool>(wdt->pet()));
}

TEST(Ib700Wdt, disarm_writes_the_stop_port) {
    auto wdt = open();
    expect_write_at(0x443, 5);
    CHECK(*wdt->arm(20s) == 20s);
    expect_write_at(0x441, 0);
    CHECK_TRUE(static_cast<bool>(wdt->disarm()));
}

TEST(Ib700Wdt, handed_over_it_pets_with_the_timeout_the_predecessor_had) {
    auto node = std::make_unique<fake::MockNode>("/dev/port");
    fake::expect_open();
    CHECK_TRUE(static_cast<bool>(node->open()));
    const auto wdt = Ib700Wdt::make(std::move(node), 20s);
    expect_write_at(0x443, 5);
    CHECK_TRUE(static_cast<bool>((*wdt)->pet()));
}

TEST_GROUP(Ib700WdtRefused){};

TEST(Ib700WdtRefused, a_port_that_cannot_be_written_is_an_error) {
    fake::Hardware hardware;
    auto node = std::make_unique<fake::PortsNode>(hardware);
    auto* ports = node.get();
    const auto wdt = Ib700Wdt::make(std::move(node));
    ports->write_errno = EPERM;
    STRCMP_EQUAL("write a port of /dev/port: Operation not permitted",
                 describe((*wdt)->arm(20s).error()).c_str());
    ports->write_errno = 0;
    ports->short_write = true;
    CHECK((*wdt)->arm(20s).error().code == std::errc::io_error);
}
