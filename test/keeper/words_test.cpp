// SPDX-License-Identifier: Apache-2.0
#include "keeper/words.h"

#include <CppUTest/TestHarness.h>

#include <algorithm>
#include <vector>

using namespace vakt::keeper;

namespace {

/// How many different names the first `count` values have; the one after them has none.
template <class Enum>
std::size_t names(std::uint8_t count) {
    std::vector<std::string_view> all;
    for (std::uint8_t value = 0; value < count; ++value) {
        const auto name = name_of(static_cast<Enum>(value));
        if (!name.empty() && std::ranges::find(all, name) == all.end()) all.push_back(name);
    }
    return name_of(static_cast<Enum>(count)).empty() ? all.size() : 0;
}

}  // namespace

TEST_GROUP(Words){};

TEST(Words, every_value_has_a_name_of_its_own) {
    CHECK_EQUAL(kCauses, names<Cause>(kCauses));
    CHECK_EQUAL(kEndKinds, names<EndKind>(kEndKinds));
    CHECK_EQUAL(kRungs, names<Rung>(kRungs));
    CHECK_EQUAL(kDrillKinds, names<DrillKind>(kDrillKinds));
    CHECK_EQUAL(kPresences, names<Presence>(kPresences));
    CHECK_EQUAL(Ladder::kPhases, names<Ladder::Phase>(Ladder::kPhases));
    CHECK_EQUAL(kDeviceStates, names<DeviceState>(kDeviceStates));
    CHECK_EQUAL(Keeper::kModes, names<Keeper::Mode>(Keeper::kModes));
    CHECK_EQUAL(kNoteKinds, names<NoteKind>(kNoteKinds));
    CHECK_EQUAL(kRefusals, names<Refusal>(kRefusals));
}

TEST(Words, the_last_of_each_has_its_own_name_and_not_a_neighbours) {
    STRCMP_EQUAL("drill", name_of(Cause::drill).data());
    STRCMP_EQUAL("halt", name_of(EndKind::halt).data());
    STRCMP_EQUAL("hardware", name_of(Rung::hardware).data());
    STRCMP_EQUAL("stop_petting", name_of(DrillKind::stop_petting).data());
    STRCMP_EQUAL("retired", name_of(Presence::retired).data());
    STRCMP_EQUAL("spent", name_of(Ladder::Phase::spent).data());
    STRCMP_EQUAL("disarmed", name_of(DeviceState::disarmed).data());
    STRCMP_EQUAL("gone", name_of(Keeper::Mode::gone).data());
    STRCMP_EQUAL("left", name_of(NoteKind::left).data());
    STRCMP_EQUAL("nowayout", name_of(Refusal::nowayout).data());
}
