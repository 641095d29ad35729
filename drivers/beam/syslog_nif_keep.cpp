// SPDX-License-Identifier: Apache-2.0
// What of the NIF outlives a process that reads, and an upgrade of the library.
#include "drivers/beam/syslog_nif_keep.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "sys/clock.h"

namespace vakt::beam {
namespace {

report::BootId random_id() {
    report::BootId id{};
    if (::getrandom(id.data(), id.size(), GRND_NONBLOCK) == static_cast<ssize_t>(id.size()))
        return id;
    // Without chance: no other memory of this machine began in the same nanosecond of its life.
    const auto wall = sys::wall_ns();
    const auto since = sys::now().time_since_epoch().count();
    std::memcpy(id.data(), &wall, sizeof wall);
    std::memcpy(id.data() + sizeof wall, &since, sizeof since);
    return id;
}

}  // namespace

Keep* make_keep() {
    auto* keep = static_cast<Keep*>(std::calloc(1, sizeof(Keep)));
    if (keep == nullptr) return nullptr;
    keep->magic = Keep::kMagic;
    ::pthread_mutex_init(&keep->lock, nullptr);
    keep->boot = random_id();
    return keep;
}

void free_keep(Keep* keep) {
    drop_handed(*keep);
    std::free(keep->memory);
    ::pthread_mutex_destroy(&keep->lock);
    std::free(keep);
}

bool size_memory(Keep& keep, std::size_t size) {
    if (keep.memory_size == size) return true;
    std::free(keep.memory);
    keep.memory = std::calloc(1, size);
    keep.memory_size = keep.memory == nullptr ? 0 : size;
    keep.boot = random_id();
    return keep.memory != nullptr;
}

void leave(Keep& keep, std::vector<inside::Handed> handed) {
    for (auto& one : handed) {
        if (keep.handed_count == Keep::kMostHanded) return;
        auto& to = keep.handed[keep.handed_count++];
        to = {};
        std::memcpy(to.name, one.name.data(), std::min(one.name.size(), sizeof to.name - 1));
        to.fd = one.fd ? ::dup(one.fd.get()) : -1;
        to.skipping = one.line.skipping ? 1 : 0;
        to.flushed = one.line.flushed ? 1 : 0;
        if (one.line.held.empty()) continue;
        to.held = static_cast<char*>(std::malloc(one.line.held.size()));
        if (to.held == nullptr) continue;
        to.held_size = one.line.held.size();
        std::memcpy(to.held, one.line.held.data(), to.held_size);
    }
}

std::optional<inside::Handed> take_handed(Keep& keep, std::string_view name) {
    for (std::size_t n = 0; n < keep.handed_count; ++n) {
        auto& from = keep.handed[n];
        if (name != from.name) continue;
        inside::Handed handed{.name = from.name, .fd = sys::Fd(from.fd)};
        handed.line.skipping = from.skipping != 0;
        handed.line.flushed = from.flushed != 0;
        if (from.held_size != 0) handed.line.held.assign(from.held, from.held_size);
        std::free(from.held);
        from = keep.handed[--keep.handed_count];
        return handed;
    }
    return std::nullopt;
}

void drop_handed(Keep& keep) {
    for (; keep.handed_count != 0; --keep.handed_count) {
        auto& from = keep.handed[keep.handed_count - 1];
        if (from.fd >= 0) ::close(from.fd);
        std::free(from.held);
    }
}

}  // namespace vakt::beam
