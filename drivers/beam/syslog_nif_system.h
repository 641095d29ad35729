// SPDX-License-Identifier: Apache-2.0
// What the system says of its memory and disks, for vakt_memsup and vakt_disksup.
#pragma once

#include <erl_nif.h>

namespace vakt::beam {

/// memory() -> {ok, {Total, Free, Shared, Buffers, TotalSwap, FreeSwap}} in bytes (sysinfo(2))
///           | {error, Words}
ERL_NIF_TERM system_memory(ErlNifEnv* env, int argc, const ERL_NIF_TERM argv[]);

/// disk(Path) -> {ok, {Total, Free, Available}} in bytes (statvfs(3); Available: to users other
/// than root) | {error, Words}. May wait for a server that is away.
ERL_NIF_TERM disk_space(ErlNifEnv* env, int argc, const ERL_NIF_TERM argv[]);

}  // namespace vakt::beam
