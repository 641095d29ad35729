// SPDX-License-Identifier: Apache-2.0
// loop/loop.h inside the emulator. No libevent: its two types are ours here.
#include "drivers/beam/syslog_nif_loop.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "sys/clock.h"

using vakt::Instant;
using vakt::kNever;
using vakt::beam::Selected;

// A watch or a timer.
struct event {
    event_base* base;
    vakt::loop::Callback call;
    Selected* selected = nullptr;  // of a watch
    bool is_on = false;
    bool is_armed = false;  // erts will tell
    bool is_ready = false;
    Instant due = kNever;  // of a timer
};

struct event_base {
    std::vector<event*> events;  // nullptr: gone while they were called
    ErlNifPid owner{};
    ErlNifEnv* env = nullptr;
    bool is_running = false;
};

namespace {

ErlNifResourceType* selected_type = nullptr;

event* made(event_base& base, vakt::loop::Callback call) {
    auto* one = new event{.base = &base, .call = std::move(call)};
    base.events.push_back(one);
    return one;
}

void arm(event& one) {
    const auto wait =
        enif_select(one.base->env, one.selected->fd, ERL_NIF_SELECT_READ, one.selected,
                    &one.base->owner, enif_make_atom(one.base->env, "undefined"));
    one.is_armed = wait >= 0;
}

void call_due(event_base& base) {
    const auto now = vakt::sys::now();
    for (std::size_t n = 0; n < base.events.size(); ++n) {
        auto* one = base.events[n];
        if (one == nullptr || one->due > now) continue;
        one->due = kNever;
        one->call();
    }
}

bool call_ready(event_base& base, Instant until) {
    bool any = false;
    for (std::size_t n = 0; n < base.events.size(); ++n) {
        auto* one = base.events[n];
        if (one == nullptr || !one->is_on || !one->is_ready) continue;
        one->is_ready = false;
        any = true;
        one->call();
        if (vakt::sys::now() >= until) break;
    }
    return any;
}

// Who is on, and erts was not asked about, is looked at.
void look(event_base& base) {
    std::vector<pollfd> asked;
    std::vector<event*> whose;
    for (auto* one : base.events) {
        if (one == nullptr || !one->is_on || one->is_armed || one->is_ready) continue;
        asked.push_back({one->selected->fd, POLLIN, 0});
        whose.push_back(one);
    }
    if (asked.empty() || ::poll(asked.data(), asked.size(), 0) <= 0) return;
    for (std::size_t n = 0; n < asked.size(); ++n) whose[n]->is_ready = asked[n].revents != 0;
}

}  // namespace

namespace vakt::beam {

void select_type(ErlNifResourceType* type) { selected_type = type; }

void selected_stop(ErlNifEnv* /*env*/, void* object, ErlNifEvent fd, int /*is_direct_call*/) {
    ::close(fd);
    static_cast<Selected*>(object)->fd = -1;
}

void selected_over(ErlNifEnv* /*env*/, void* object) {
    auto* selected = static_cast<Selected*>(object);
    if (selected->fd >= 0) ::close(selected->fd);  // erts was never asked about it
}

void tell(loop::Loop& loop, const ErlNifPid& owner) { loop.base()->owner = owner; }

InEnvironment::InEnvironment(loop::Loop& loop, ErlNifEnv* env)
    : base_(*loop.base()), before_(std::exchange(base_.env, env)) {}
InEnvironment::~InEnvironment() { base_.env = before_; }

const Selected* selected_of(ErlNifEnv* env, ERL_NIF_TERM term) {
    void* object = nullptr;
    if (enif_get_resource(env, term, selected_type, &object) == 0) return nullptr;
    return static_cast<const Selected*>(object);
}

void is_ready(loop::Loop& loop, const Selected* selected) {
    for (auto* one : loop.base()->events) {
        if (one == nullptr || one->selected != selected) continue;
        one->is_armed = false;
        one->is_ready = true;
    }
}

bool run_some(loop::Loop& loop, Instant until) {
    auto& base = *loop.base();
    base.is_running = true;
    bool any = true;
    while (any) {
        call_due(base);
        any = call_ready(base, until);
        look(base);
        if (sys::now() >= until) break;
    }
    base.is_running = false;
    std::erase(base.events, nullptr);
    bool more = false;
    for (auto* one : base.events) {
        if (!one->is_on) continue;
        if (one->is_ready)
            more = true;
        else if (!one->is_armed)
            arm(*one);
    }
    return more;
}

Instant next_timer(const loop::Loop& loop) {
    auto next = kNever;
    for (const auto* one : loop.base()->events)
        if (one != nullptr) next = std::min(next, one->due);
    return next;
}

Alarm::Alarm(loop::Loop& loop)
    : clock_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
    if (!clock_) return;
    watch_.emplace(loop, clock_.get(), loop::Ready::read, [this] {
        std::uint64_t times = 0;
        // Nothing: it was set anew while its word was on the way.
        if (::read(clock_.get(), &times, sizeof times) > 0) due_ = kNever;
    });
    if (!watch_->on()) watch_.reset();
}

bool Alarm::at(Instant due) {
    if (!watch_) return false;
    if (due == due_) return true;
    const auto since = due.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const std::chrono::nanoseconds rest = since - seconds;
    const itimerspec when = {.it_interval = {}, .it_value = {seconds.count(), rest.count()}};
    if (::timerfd_settime(clock_.get(), TFD_TIMER_ABSTIME, &when, nullptr) != 0) return false;
    due_ = due;
    return true;
}

}  // namespace vakt::beam

namespace vakt::loop {

void FreeBase::operator()(event_base* base) const { delete base; }

void FreeEvent::operator()(event* event) const {
    auto& base = *event->base;
    const auto at = std::ranges::find(base.events, event);
    if (base.is_running)
        *at = nullptr;
    else
        base.events.erase(at);
    if (event->selected != nullptr) {
        // Whether or not erts was ever asked, its stop closes the descriptor, now or soon.
        enif_select(base.env, event->selected->fd, ERL_NIF_SELECT_STOP, event->selected, nullptr,
                    enif_make_atom(base.env, "undefined"));
        enif_release_resource(event->selected);
    }
    delete event;
}

Result<Loop> Loop::make(Timers /*timers*/) { return Loop(new event_base); }

// Erlang's processes are where things wait.
void Loop::run() {}
void Loop::stop() {}

// erts tells once, and is asked again.
bool Loop::has_edge() const { return false; }

Watch::Watch(Loop& loop, int fd, Ready ready, Callback callback)
    : loop_(loop), fd_(fd), ready_(ready), callback_(std::move(callback)) {}

bool Watch::on(Trigger /*trigger*/) {
    if (ready_ != Ready::read) return false;  // nobody here writes
    if (!event_) {
        auto* selected =
            static_cast<Selected*>(enif_alloc_resource(selected_type, sizeof(Selected)));
        *selected = {.fd = ::fcntl(fd_, F_DUPFD_CLOEXEC, 3)};
        event_.reset(made(*loop_.base(), callback_));
        event_->selected = selected;
        // Now, that it is known whether such a descriptor can be waited for.
        if (selected->fd >= 0) arm(*event_);
        if (!event_->is_armed) return false;
    }
    trigger_ = Trigger::level;
    event_->is_on = on_ = true;
    return true;
}

void Watch::off() {
    if (event_) event_->is_on = false;
    on_ = false;
}

Timer::Timer(Loop& loop, Callback callback) : callback_(std::move(callback)) {
    event_.reset(made(*loop.base(), [this] {
        running_ = false;
        callback_();
    }));
}

void Timer::start(std::chrono::microseconds in) {
    event_->due = sys::now() + in;
    running_ = true;
}

void Timer::cancel() {
    event_->due = kNever;
    running_ = false;
}

}  // namespace vakt::loop
