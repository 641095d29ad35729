// SPDX-License-Identifier: Apache-2.0
// keeper.state: what outlives a keeper that is killed.
#include "prog/wd_keeper_state.h"

#include <sys/file.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "sys/error.h"

namespace vakt::prog {
namespace {

// A keeper that was killed a moment ago may have it still: its memory is given back by whoever
// happened to look at it.
bool lock(const sys::Fd& fd) {
    using namespace std::chrono_literals;
    for (int attempts = 0; attempts < 200; ++attempts) {
        if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return true;
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

}  // namespace

Result<StateFile> StateFile::open(const std::string& path, bool shared) {
    auto file = SharedFile::open(path, keeper::kStateFile);
    if (!file) return file.error();
    if (!shared && !lock(file->file())) return sys::last_error("another keeper has", path);
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

bool StateFile::own() { return lock(file_.file()); }

}  // namespace vakt::prog
