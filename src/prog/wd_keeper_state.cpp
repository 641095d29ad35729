// SPDX-License-Identifier: Apache-2.0
// keeper.state: what outlives a keeper that is killed.
#include "prog/wd_keeper_state.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

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
    constexpr mode_t kMode = 0600;
    sys::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kMode));
    if (!fd) return sys::last_error("open", path);
    if (!shared && !lock(fd)) return sys::last_error("another keeper has", path);
    // Room for all of it now: a store beyond a full tmpfs would be a SIGBUS.
    if (::posix_fallocate(fd.get(), 0, static_cast<off_t>(keeper::kStateFile)) != 0)
        return sys::last_error("make room in", path);
    void* const memory =
        ::mmap(nullptr, keeper::kStateFile, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (memory == MAP_FAILED) return sys::last_error("map", path);
    return StateFile(std::move(fd), static_cast<std::uint8_t*>(memory));
}

StateFile::StateFile(StateFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      memory_(std::exchange(other.memory_, nullptr)),
      number_(other.number_) {}

StateFile::~StateFile() {
    if (memory_ != nullptr) ::munmap(memory_, keeper::kStateFile);
}

std::optional<keeper::KeeperState> StateFile::read() {
    const auto found = keeper::decode_state(bytes());
    if (!found) return std::nullopt;
    number_ = found->number;
    return found->state;
}

void StateFile::write(const keeper::KeeperState& state) {
    // Made beside it first: whoever reads a slot in between finds the old one or a torn one.
    std::array<std::uint8_t, keeper::kStateSlot> slot;
    ++number_;
    const auto used = keeper::encode(state, number_, slot);
    std::copy(used.begin(), used.end(), memory_ + keeper::state_slot_at(number_));
}

bool StateFile::own() { return lock(fd_); }

}  // namespace vakt::prog
