// SPDX-License-Identifier: Apache-2.0
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "sys/privilege.h"
#include "sys/privilege_parts.h"

namespace vakt::sys {
namespace {

/// A caller that is starved, or starves itself, must not make us hold a lock for long.
void schedule_normally() {
    const sched_param normal{};
    ::sched_setscheduler(0, SCHED_OTHER, &normal);
    ::setpriority(PRIO_PROCESS, 0, 0);
    std::array<unsigned char, 1024> every_cpu;
    every_cpu.fill(0xff);
    ::syscall(SYS_sched_setaffinity, 0, every_cpu.size(), every_cpu.data());
    constexpr int kWhoProcess = 1;
    constexpr int kBestEffort = (2 << 13) | 4;  // linux/ioprio.h
    ::syscall(SYS_ioprio_set, kWhoProcess, 0, kBestEffort);
}

}  // namespace

void detail::undo_tricks_with_time() {
#ifdef PR_SET_TSC
    ::prctl(PR_SET_TSC, PR_TSC_ENABLE, 0, 0, 0);  // else reading the clock may be a fault
#endif
    ::prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);  // else a short sleep may last for hours
}

bool detail::runs_with_more() { return ::getauxval(AT_SECURE) != 0; }

bool detail::hide() { return ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0; }

void detail::want_no_more() { ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

bool take_groups(std::span<const gid_t> groups) {
    return ::setgroups(groups.size(), groups.data()) == 0;
}

bool detail::drop_named_rights() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    return ::syscall(SYS_capset, &header, none) == 0;
}

bool become_root() {
    schedule_normally();
    return ::setgroups(0, nullptr) == 0 && become_for_good(0, 0) && detail::hide();
}

bool become_for_good(uid_t uid, gid_t gid) {
    return ::setresgid(gid, gid, gid) == 0 && ::setresuid(uid, uid, uid) == 0;
}

}  // namespace vakt::sys
