// SPDX-License-Identifier: Apache-2.0
// Waiting for descriptors, times and signals, all in one place; the only includes of libevent.
#include <event2/event-config.h>
#if EVENT__SIZEOF_TIME_T == 4
// A timeval here is libevent's: on a board of 32 bits its times have 32, whatever ours have.
#undef _TIME_BITS
#endif

#include <event2/event.h>

#include <csignal>
#include <utility>

#include "loop/loop.h"

namespace vakt::loop {

void FreeBase::operator()(event_base* base) const { ::event_base_free(base); }
void FreeEvent::operator()(event* event) const { ::event_free(event); }

Result<Loop> Loop::make(Timers timers) {
    // Its own words would go to stderr by a write that may wait; what fails is returned anyway.
    ::event_set_log_callback([](int, const char*) {});
    event_config* config = ::event_config_new();
    if (config == nullptr) return refusal("libevent: event_config_new failed");
    // One thread; and a variable of the environment must not choose a backend without edges.
    ::event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    ::event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
    if (timers == Timers::exact) ::event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
    event_base* base = ::event_base_new_with_config(config);
    ::event_config_free(config);
    if (base == nullptr) return refusal("libevent: event_base_new_with_config failed");
    return Loop(base);
}

void Loop::run() { ::event_base_dispatch(base_.get()); }
void Loop::stop() { ::event_base_loopbreak(base_.get()); }

bool Loop::has_edge() const {
    return (::event_base_get_features(base_.get()) & EV_FEATURE_ET) != 0;
}

Watch::Watch(Loop& loop, int fd, Ready ready, Callback callback)
    : loop_(loop), fd_(fd), ready_(ready), callback_(std::move(callback)) {}

bool Watch::on(Trigger trigger) {
    if (!loop_.has_edge()) trigger = Trigger::level;
    if (on_ && trigger == trigger_) return true;
    if (!event_ || trigger != trigger_) {
        off();
        const int what = (ready_ == Ready::read ? EV_READ : EV_WRITE) | EV_PERSIST |
                         (trigger == Trigger::edge ? EV_ET : 0);
        const auto call = [](evutil_socket_t, short, void* self) {
            static_cast<Watch*>(self)->callback_();
        };
        event_.reset(::event_new(loop_.base(), fd_, static_cast<short>(what), call, this));
        trigger_ = trigger;
    }
    on_ = event_ && ::event_add(event_.get(), nullptr) == 0;
    return on_;
}

void Watch::off() {
    if (on_) ::event_del(event_.get());
    on_ = false;
}

Timer::Timer(Loop& loop, Callback callback) : callback_(std::move(callback)) {
    const auto call = [](evutil_socket_t, short, void* self) {
        auto* timer = static_cast<Timer*>(self);
        timer->running_ = false;
        timer->callback_();
    };
    event_.reset(::event_new(loop.base(), -1, 0, call, this));
}

void Timer::start(std::chrono::microseconds in) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(in);
    timeval wait = {};
    wait.tv_sec = static_cast<time_t>(seconds.count());
    wait.tv_usec = static_cast<suseconds_t>((in - seconds).count());
    running_ = event_ && ::event_add(event_.get(), &wait) == 0;
}

void Timer::cancel() {
    if (running_) ::event_del(event_.get());
    running_ = false;
}

Signal::Signal(Loop& loop, int number, Callback callback) : callback_(std::move(callback)) {
    const auto call = [](evutil_socket_t, short, void* self) {
        static_cast<Signal*>(self)->callback_();
    };
    event_.reset(::event_new(loop.base(), number, EV_SIGNAL | EV_PERSIST, call, this));
    if (event_) ::event_add(event_.get(), nullptr);
    sigset_t mine;
    ::sigemptyset(&mine);
    ::sigaddset(&mine, number);
    ::pthread_sigmask(SIG_UNBLOCK, &mine, nullptr);
}

}  // namespace vakt::loop
