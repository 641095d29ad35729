// SPDX-License-Identifier: Apache-2.0
#include "keeper/heart_command.h"

#include <algorithm>
#include <string>

#include "CppUTest/TestHarness.h"

using namespace vakt;
using keeper::HeartCommand;

TEST_GROUP(HeartCommand) {
    std::array<std::uint8_t, keeper::kCommandSlot> slot{};

    static HeartCommand command(std::size_t size) {
        HeartCommand one;
        one.lease = "uid-1000";
        one.uid = 1000;
        one.gid = 100;
        one.group_count = keeper::kMostGroups;
        for (std::uint32_t at = 0; at < one.group_count; ++at) one.groups[at] = 4000000000U - at;
        one.size = size;
        std::fill_n(one.text.begin(), size, 'x');
        return one;
    }
};

TEST(HeartCommand, comes_back_as_it_was) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, keeper::kMostCommand}) {
        keeper::encode(command(size), slot);
        CHECK_TRUE(keeper::decode_command(slot) == command(size));
    }
}

TEST(HeartCommand, an_empty_slot_is_none) { CHECK_FALSE(keeper::decode_command(slot).has_value()); }

TEST(HeartCommand, a_slot_torn_anywhere_is_none) {
    keeper::encode(command(40), slot);
    const auto whole = slot;
    const auto end = std::find_if(slot.rbegin(), slot.rend(), [](auto byte) { return byte != 0; });
    const auto used = static_cast<std::size_t>(slot.rend() - end);
    for (std::size_t at = 0; at < used; ++at) {
        slot = whole;
        slot[at] ^= 0x10U;
        CHECK_FALSE(keeper::decode_command(slot).has_value());
        slot = {};
        std::copy_n(whole.begin(), at, slot.begin());
        CHECK_FALSE(keeper::decode_command(slot).has_value());
    }
}

TEST(HeartCommand, a_size_beyond_its_own_limit_is_none) {
    keeper::encode(command(40), slot);
    slot[4 + 1 + 8 + 8 + 1 + 32 * 4] = 0xff;
    CHECK_FALSE(keeper::decode_command(slot).has_value());
}
