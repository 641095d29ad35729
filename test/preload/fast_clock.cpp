// SPDX-License-Identifier: Apache-2.0
// Time that passes faster, put in libc's place: what waits for minutes is tested in seconds, and
// OTP's programs beside ours. CLOCK_FACTOR (60): how much. Clocks go on from the true time of the
// start; waits by select, poll and epoll_wait are as much shorter.
#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

namespace {

constexpr long long kSecond = 1'000'000'000;

long long factor() {
    static const long long value = [] {
        const char* text = getenv("CLOCK_FACTOR");
        return text == nullptr ? 60LL : strtoll(text, nullptr, 10);
    }();
    return value;
}

long long real(clockid_t clock) {
    timespec now{};
    syscall(SYS_clock_gettime, clock, &now);
    return now.tv_sec * kSecond + now.tv_nsec;
}

long long fast(clockid_t clock) {
    static const long long began = real(CLOCK_MONOTONIC);
    const auto passed = real(CLOCK_MONOTONIC) - began;
    return real(clock) + passed * (factor() - 1);
}

/// Milliseconds; at least one, so that who waits does not spin.
int shorter(int timeout) {
    if (timeout <= 0) return timeout;
    const auto less = timeout / factor();
    return less == 0 ? 1 : static_cast<int>(less);
}

template <class Call>
Call libcs(const char* name) {
    return reinterpret_cast<Call>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// libc's own headers name these parameters with reserved names, and say that some are not null.
extern "C" {

int clock_gettime(clockid_t clock, timespec* into) noexcept {
    const auto now = fast(clock);
    into->tv_sec = now / kSecond;
    into->tv_nsec = now % kSecond;
    return 0;
}

time_t time(time_t* into) noexcept {
    const auto now = static_cast<time_t>(fast(CLOCK_REALTIME) / kSecond);
    if (into != nullptr) *into = now;
    return now;
}

int select(int count, fd_set* reading, fd_set* writing, fd_set* other, timeval* timeout) {
    static const auto call = libcs<int (*)(int, fd_set*, fd_set*, fd_set*, timeval*)>("select");
    if (timeout == nullptr) return call(count, reading, writing, other, nullptr);
    const auto wait = (timeout->tv_sec * 1'000'000LL + timeout->tv_usec) / factor();
    timeval less{static_cast<time_t>(wait / 1'000'000), static_cast<suseconds_t>(wait % 1'000'000)};
    return call(count, reading, writing, other, &less);
}

int poll(pollfd* all, nfds_t count, int timeout) {
    static const auto call = libcs<int (*)(pollfd*, nfds_t, int)>("poll");
    return call(all, count, shorter(timeout));
}

int epoll_wait(int fd, epoll_event* events, int count, int timeout) {
    static const auto call = libcs<int (*)(int, epoll_event*, int, int)>("epoll_wait");
    return call(fd, events, count, shorter(timeout));
}
}
