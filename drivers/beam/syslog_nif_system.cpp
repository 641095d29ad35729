// SPDX-License-Identifier: Apache-2.0
// What the system says of its memory and disks.
#include "drivers/beam/syslog_nif_system.h"

#include <sys/statvfs.h>
#include <sys/sysinfo.h>

#include <array>
#include <string>

#include "base/result.h"
#include "drivers/beam/syslog_nif_terms.h"
#include "sys/error.h"

namespace vakt::beam {

ERL_NIF_TERM system_memory(ErlNifEnv* env, int /*argc*/, const ERL_NIF_TERM /*argv*/[]) {
    struct sysinfo about = {};
    if (::sysinfo(&about) != 0) return error(env, describe(sys::last_error("ask", "sysinfo")));
    // Elder systems count in bytes and say 0.
    const ErlNifUInt64 unit = about.mem_unit == 0 ? 1 : about.mem_unit;
    const auto bytes = [&](unsigned long units) { return enif_make_uint64(env, units * unit); };
    return ok(env, enif_make_tuple6(env, bytes(about.totalram), bytes(about.freeram),
                                    bytes(about.sharedram), bytes(about.bufferram),
                                    bytes(about.totalswap), bytes(about.freeswap)));
}

ERL_NIF_TERM disk_space(ErlNifEnv* env, int /*argc*/, const ERL_NIF_TERM argv[]) {
    const auto path = bytes_of(env, argv[0]);
    if (!path || path->empty() || path->find('\0') != std::string_view::npos)
        return enif_make_badarg(env);
    struct statvfs about = {};
    if (::statvfs(std::string(*path).c_str(), &about) != 0)
        return error(env, describe(sys::last_error("look at", *path)));
    const auto bytes = [&](fsblkcnt_t blocks) {
        return enif_make_uint64(env, ErlNifUInt64{blocks} * about.f_frsize);
    };
    return ok(env, enif_make_tuple3(env, bytes(about.f_blocks), bytes(about.f_bfree),
                                    bytes(about.f_bavail)));
}

}  // namespace vakt::beam
