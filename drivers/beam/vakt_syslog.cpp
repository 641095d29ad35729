// SPDX-License-Identifier: Apache-2.0
// Messages of this process's threads, into a pipe that the NIF reads. A library of its own: it
// stays when the NIF is upgraded, and threads may hold its functions' addresses for ever.
#include "drivers/beam/vakt_syslog.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "drivers/beam/vakt_syslog_pipe.h"

namespace {

using vakt::inside::FrameHead;
using vakt::inside::kFrameCut;
using vakt::inside::kFrameHead;
using vakt::inside::kLongestFrame;
using vakt::inside::kLongestThreadMessage;

static_assert(VAKT_SYSLOG_LONGEST == kLongestThreadMessage);
constexpr std::size_t kLongestApp = 48;
constexpr int kMostPri = 191;

// Both ends in one word, so that they come to be at once: reading + 1 in the upper half, writing.
std::atomic<std::uint64_t> ends{0};
std::atomic<std::uint32_t> untold{0};  // lost since the last frame
std::atomic<std::uint64_t> all_lost{0};
vakt::inside::FrameReader reader;
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

struct Ends {
    int reading;
    int writing;
};

Ends parted(std::uint64_t both) {
    return {static_cast<int>(both >> 32U) - 1, static_cast<int>(both & 0xFFFFFFFFU)};
}

Ends pipe_ends() {
    auto both = ends.load(std::memory_order_acquire);
    if (both != 0) return parted(both);
    int made[2] = {-1, -1};
    if (::pipe2(made, O_NONBLOCK | O_CLOEXEC) != 0) return {-1, -1};
    const auto mine =
        std::uint64_t{static_cast<unsigned>(made[0]) + 1U} << 32U | static_cast<unsigned>(made[1]);
    if (ends.compare_exchange_strong(both, mine)) return {made[0], made[1]};
    ::close(made[0]);  // another thread was first
    ::close(made[1]);
    return parted(both);
}

int lose() {
    const int why = errno == EWOULDBLOCK ? EAGAIN : errno;
    all_lost.fetch_add(1, std::memory_order_relaxed);
    errno = why;
    return -1;
}

/// A frame whose head is still to be filled in, and how long its message would be.
int put(char* frame, std::size_t size, std::size_t wanted) {
    const auto [reading, writing] = pipe_ends();
    if (reading < 0) {
        untold.fetch_add(1, std::memory_order_relaxed);
        return lose();
    }
    FrameHead head;
    head.lost = untold.exchange(0, std::memory_order_relaxed);
    head.size = static_cast<std::uint16_t>(size);
    head.flags = size < wanted ? kFrameCut : 0;
    std::memcpy(frame, &head, sizeof head);
    ssize_t put = -1;
    do put = ::write(writing, frame, kFrameHead + size);
    while (put < 0 && errno == EINTR);
    if (put >= 0) return 0;
    untold.fetch_add(head.lost + 1, std::memory_order_relaxed);
    return lose();
}

bool is_name(const char* app, std::size_t size) {
    return size != 0 && size <= kLongestApp && std::all_of(app, app + size, [](char c) {
               return c > ' ' && c < 0x7F && c != ':' && c != '[';
           });
}

}  // namespace

#define VAKT_PUBLIC __attribute__((visibility("default")))

extern "C" {

VAKT_PUBLIC int vakt_syslog_message(const char* message, std::size_t size) {
    char frame[kLongestFrame];
    const auto kept = std::min(size, kLongestThreadMessage);
    std::memcpy(frame + kFrameHead, message, kept);
    return put(frame, kept, size);
}

VAKT_PUBLIC int vakt_syslog(int priority, const char* app, const char* text, std::size_t size) {
    const auto name = app == nullptr ? 0 : std::strlen(app);
    if (priority < 0 || priority > kMostPri || (app != nullptr && !is_name(app, name))) {
        errno = EINVAL;
        return -1;
    }
    char frame[kLongestFrame];
    char* at = frame + kFrameHead;
    *at++ = '<';
    for (int unit = priority >= 100 ? 100 : priority >= 10 ? 10 : 1; unit != 0; unit /= 10)
        *at++ = static_cast<char>('0' + priority / unit % 10);
    *at++ = '>';
    if (name != 0) {
        std::memcpy(at, app, name);
        at += name;
        *at++ = ':';
        *at++ = ' ';
    }
    const auto head = static_cast<std::size_t>(at - frame) - kFrameHead;
    const auto kept = std::min(size, kLongestThreadMessage - head);
    std::memcpy(at, text, kept);
    return put(frame, head + kept, head + size);
}

VAKT_PUBLIC std::uint64_t vakt_syslog_lost(void) { return all_lost.load(); }

VAKT_PUBLIC VaktSyslogPipe vakt_syslog_pipe() { return {pipe_ends().reading, &reader}; }

VAKT_PUBLIC std::uint32_t vakt_syslog_take_lost() { return untold.exchange(0); }
}
