// SPDX-License-Identifier: Apache-2.0
#include "sys/boot_id.h"
#include "sys/error.h"
#include "sys/psinfo_solaris.h"

namespace vakt::sys {

// proc(5): pr_start is taken when a process is made and not changed by a step of the clock later;
// in a zone process 1 is the zone's own init.
Result<std::string> boot_id() {
    psinfo_t init{};
    if (!read_psinfo(1, init)) return last_error("read", "/proc/1/psinfo");
    return boot_id_of(init.pr_start.tv_sec, static_cast<std::uint32_t>(init.pr_start.tv_nsec));
}

}  // namespace vakt::sys
