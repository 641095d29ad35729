// SPDX-License-Identifier: Apache-2.0
#include "drivers/beam/io_ports.h"

#include <CppUTest/TestHarness.h>

#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "drivers/ib700_wdt.h"

using namespace std::chrono_literals;
using namespace vakt;
using namespace vakt::beam;

namespace {

using Writes = std::vector<std::pair<int, int>>;

class FakePorts final : public IoPorts {
 public:
    FakePorts(Writes& writes, bool& allowed) : writes_(writes), allowed_(allowed) {}
    Status allow(std::uint16_t first, std::uint16_t count) override {
        CHECK_EQUAL(0x441, first);
        CHECK_EQUAL(3, count);
        if (!allowed_) return refusal("not these");
        return Done{};
    }
    void out(std::uint16_t port, std::uint8_t value) override { writes_.emplace_back(port, value); }

 private:
    Writes& writes_;
    bool& allowed_;
};

}  // namespace

TEST_GROUP(IoPorts) {
    Writes writes;
    bool allowed = true;
    std::unique_ptr<drivers::DevNode> node() {
        return io_port_node(std::make_unique<FakePorts>(writes, allowed));
    }
};

TEST(IoPorts, carry_the_ib700) {
    auto wdt = std::move(*drivers::Ib700Wdt::make(node()));
    CHECK_TRUE(writes.empty());
    CHECK(*wdt->arm(13s) == 12s);
    CHECK_TRUE(static_cast<bool>(wdt->pet()));
    CHECK_TRUE(static_cast<bool>(wdt->disarm()));
    CHECK_TRUE((writes == Writes{{0x443, 9}, {0x443, 9}, {0x441, 0}}));
}

TEST(IoPorts, no_other_port_is_written) {
    const auto its = node();
    const std::byte one[] = {std::byte{1}};
    for (const off_t port : {0x440, 0x444, 0x10443, -1}) {
        errno = 0;
        CHECK_EQUAL(-1, its->write_at(one, port));
        CHECK_EQUAL(ENOTSUP, errno);
    }
    CHECK_TRUE(writes.empty());
}

TEST(IoPorts, without_the_right_nothing_is_written_and_the_device_is_refused) {
    allowed = false;
    CHECK_FALSE(static_cast<bool>(drivers::Ib700Wdt::make(node())));
    allowed = true;
    auto wdt = std::move(*drivers::Ib700Wdt::make(node()));
    allowed = false;
    CHECK_FALSE(static_cast<bool>(wdt->arm(12s)));
    CHECK_TRUE(writes.empty());
}
