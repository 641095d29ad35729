// SPDX-License-Identifier: Apache-2.0
// What of the NIF outlives a process that reads, and an upgrade of the library.
#pragma once

#include <erl_nif.h>
#include <pthread.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "inside/inside.h"
#include "report/boot_id.h"

namespace vakt::beam {

// An upgrade is what a restart of the bridge is elsewhere, without the time between: the old
// library takes its objects apart, under the lock, and leaves the ring (relay/store_memory.h), the
// numbers in it and what its sources hand over; the new one builds its own of that. So no code of
// one version ever sees an object of another one, but for what is here, which is plain bytes of a
// fixed shape.

struct Guts;
struct Keep;

/// What an Erlang process that reads has in its hand.
struct Shell {
    Keep* keep;
    Guts* guts;  ///< nullptr: it is closed
    ErlNifPid owner;
    ErlNifMonitor monitor;
};

struct HandedSource {
    char name[40];
    int fd;  ///< -1: none
    std::uint32_t skipping;
    std::uint32_t flushed;
    std::size_t held_size;
    char* held;  ///< malloc
};

struct Keep {
    static constexpr std::uint64_t kMagic =
        0x56414B54'494E5331;  // "VAKTINS1": the last is its version
    static constexpr std::size_t kMostHanded = 32;

    std::uint64_t magic;
    pthread_mutex_t lock;
    std::uint32_t libraries;  ///< that know of it
    std::uint32_t upgrades;
    /// The library whose code `open` is made of; nullptr: none is.
    const void* tenant;
    void (*close)(ErlNifEnv*, Shell*, bool hand_over);  ///< the tenant's
    Shell* open;                                        ///< one at a time; nullptr: none
    void* memory;                                       ///< the ring; malloc
    std::size_t memory_size;
    report::BootId boot;  ///< of this memory: numbers are unique with it
    std::size_t handed_count;
    HandedSource handed[kMostHanded];
};

class Locked {
 public:
    explicit Locked(Keep& keep) : keep_(keep) { ::pthread_mutex_lock(&keep_.lock); }
    ~Locked() { ::pthread_mutex_unlock(&keep_.lock); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

 private:
    Keep& keep_;
};

[[nodiscard]] Keep* make_keep();
void free_keep(Keep* keep);
/// Memory of that size; what is in one of that size already stays.
[[nodiscard]] bool size_memory(Keep& keep, std::size_t size);

void leave(Keep& keep, std::vector<inside::Handed> handed);
[[nodiscard]] std::optional<inside::Handed> take_handed(Keep& keep, std::string_view name);
/// Nobody wants the rest.
void drop_handed(Keep& keep);

}  // namespace vakt::beam
