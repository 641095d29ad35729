// SPDX-License-Identifier: Apache-2.0
// The loop of sources inside the emulator: loop/loop.h answered by enif_select and an Erlang
// process that is its clock.
#pragma once

#include <erl_nif.h>

#include <cstdint>

#include "base/instant.h"
#include "loop/loop.h"

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

}  // namespace vakt::beam
