// SPDX-License-Identifier: Apache-2.0
// Waiting for descriptors, times and signals, all in one place; the only includes of libevent.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/result.h"

struct event;
struct event_base;

namespace vakt::loop {

using Callback = std::function<void()>;

struct FreeBase {
    void operator()(event_base* base) const;
};
struct FreeEvent {
    void operator()(event* event) const;
};
using EventPtr = std::unique_ptr<event, FreeEvent>;

/// Outlives every Watch, Timer and Signal made with it. Sleeps without a time limit while no Timer
/// runs.
class Loop {
 public:
    /// How exact a Timer is: coarse ones are late by up to a millisecond, exact ones cost a system
    /// call each time the loop sleeps (timerfd_settime(2); without it they are coarse).
    enum class Timers { coarse, exact };
    [[nodiscard]] static Result<Loop> make(Timers timers = Timers::coarse);

    /// Calls back until stop(), or until nothing is left to wait for.
    void run();
    /// Ends run() once the present callback is over.
    void stop();

    /// Whether Trigger::edge is there (Linux, BSD); elsewhere it acts as level.
    [[nodiscard]] bool has_edge() const;
    [[nodiscard]] event_base* base() const { return base_.get(); }

 private:
    explicit Loop(event_base* base) : base_(base) {}
    std::unique_ptr<event_base, FreeBase> base_;
};

enum class Ready { read, write };
/// level: called as long as it is ready. edge: called when it becomes ready.
enum class Trigger { level, edge };

/// Calls back while on() and the descriptor is ready. Begins as off. A callback may turn anything
/// on and off and destroy any Watch but its own.
class Watch {
 public:
    Watch(Loop& loop, int fd, Ready ready, Callback callback);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// False when the system cannot wait for such a descriptor (a regular file: always ready).
    [[nodiscard]] bool on(Trigger trigger = Trigger::level);
    void off();
    [[nodiscard]] bool is_on() const { return on_; }

 private:
    Loop& loop_;
    int fd_;
    Ready ready_;
    Callback callback_;
    EventPtr event_;
    Trigger trigger_ = Trigger::level;
    bool on_ = false;
};

/// Calls back once, a while after start().
class Timer {
 public:
    Timer(Loop& loop, Callback callback);
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// Starts, or starts anew.
    void start(std::chrono::microseconds in);
    void cancel();
    [[nodiscard]] bool running() const { return running_; }

 private:
    Callback callback_;
    EventPtr event_;
    bool running_ = false;
};

/// Calls back, in the loop and not in the handler, each time the signal comes. Unblocks it, since a
/// parent may have left it blocked.
class Signal {
 public:
    Signal(Loop& loop, int number, Callback callback);
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

 private:
    Callback callback_;
    EventPtr event_;
};

}  // namespace vakt::loop
