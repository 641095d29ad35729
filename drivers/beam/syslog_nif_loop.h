// SPDX-License-Identifier: Apache-2.0
// The loop of sources inside the emulator: loop/loop.h answered by enif_select and an Erlang
// process that is its clock.
#pragma once

#include <erl_nif.h>

#include <cstdint>
#include <optional>

#include "base/instant.h"
#include "loop/loop.h"
#include "sys/fd.h"

namespace vakt::beam {

/// One watched descriptor, as erts knows it: a copy of the source's, which its `stop` closes. Plain
/// bytes of a fixed shape, for another version of this library may be the one to close it.
struct Selected {
    std::uint32_t shape = 1;
    int fd = -1;
};

/// Of this library's resource types, the one of Selected.
void select_type(ErlNifResourceType* type);
/// Callbacks of that type.
void selected_stop(ErlNifEnv* env, void* object, ErlNifEvent fd, int is_direct_call);
void selected_over(ErlNifEnv* env, void* object);

/// Whom the loop tells that something is ready: {select, Selected, undefined, ready_input}.
void tell(loop::Loop& loop, const ErlNifPid& owner);

/// All that touches a loop, its watches and timers happens while one of these is there.
class InEnvironment {
 public:
    InEnvironment(loop::Loop& loop, ErlNifEnv* env);
    ~InEnvironment();
    InEnvironment(const InEnvironment&) = delete;
    InEnvironment& operator=(const InEnvironment&) = delete;

 private:
    event_base& base_;
    ErlNifEnv* before_;
};

/// nullptr: it is none.
[[nodiscard]] const Selected* selected_of(ErlNifEnv* env, ERL_NIF_TERM term);
/// The message about this one came.
void is_ready(loop::Loop& loop, const Selected* selected);
/// Calls back what is due and ready, in turns, no new one once it is `until`; then waits for the
/// others. True: something is still ready.
[[nodiscard]] bool run_some(loop::Loop& loop, Instant until);
/// When run_some() is wanted for a timer; kNever: for none.
[[nodiscard]] Instant next_timer(const loop::Loop& loop);

/// Has run_some() be wanted at a time, for less than Erlang's timers can: those go by whole
/// milliseconds and come up to one late. The owner is told as of a descriptor, which it is
/// (timerfd_create(2)). Made, set and destroyed inside an InEnvironment.
class Alarm {
 public:
    explicit Alarm(loop::Loop& loop);
    /// In place of the time before. False: the system has no such clock.
    [[nodiscard]] bool at(Instant due);

 private:
    sys::Fd clock_;
    std::optional<loop::Watch> watch_;
    Instant due_ = kNever;
};

}  // namespace vakt::beam
