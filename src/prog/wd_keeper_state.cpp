// SPDX-License-Identifier: Apache-2.0
// keeper.state: what outlives a keeper that is killed.
#include "prog/wd_keeper_state.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "sys/error.h"

namespace vakt::prog {
namespace {

// A keeper that was killed a moment ago may have it still: its memory is given back by whoever
// happened to look at it.
constexpr std::chrono::milliseconds kPatience(1000);

}  // namespace

Result<StateFile> StateFile::open(const std::string& path, bool shared) {
    auto file = sys::MappedFile::open(path, keeper::kStateFile);
    if (!file) return file.error();
    if (!shared && !file->hold(kPatience)) return sys::last_error("another keeper has", path);
    return StateFile(std::move(*file));
}

std::optional<keeper::KeeperState> StateFile::read() {
    const auto found = keeper::decode_state(file_.bytes());
    if (!found) return std::nullopt;
    number_ = found->number;
    return found->state;
}

void StateFile::write(const keeper::KeeperState& state) {
    // Made beside it first: whoever reads a slot in between finds the old one or a torn one.
    std::array<std::uint8_t, keeper::kStateSlot> slot;
    ++number_;
    const auto used = keeper::encode(state, number_, slot);
    std::copy(used.begin(), used.end(),
              file_.bytes().subspan(keeper::state_slot_at(number_)).begin());
}

bool StateFile::own() { return file_.hold(kPatience); }

}  // namespace vakt::prog
