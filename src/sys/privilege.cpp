// SPDX-License-Identifier: Apache-2.0
// Leaving the caller's world; the Linux side.
#include "sys/privilege.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace vakt::sys {
namespace {

void fill_standard_descriptors() {
    for (int fd = 0; fd <= 2; ++fd) {
        if (::fcntl(fd, F_GETFD) >= 0) continue;
        // The lowest free descriptor is this one: those below are open.
        if (::open("/dev/null", O_RDWR | O_NOCTTY) != fd) ::_exit(0);
    }
}

void close_the_rest() {
#ifdef SYS_close_range
    if (::syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return;
#endif
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    // A descriptor may lie above a limit that was lowered later; 65536 is where we stop believing
    // that.
    const auto end =
        limit.rlim_max > 65536 && limit.rlim_max < (1U << 20U) ? limit.rlim_max : 65536;
    for (rlim_t fd = 3; fd < end; ++fd) ::close(static_cast<int>(fd));
}

void stop_timers() {
    const itimerval none{};
    for (const auto timer : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF})
        ::setitimer(timer, &none, nullptr);  // ITIMER_REAL is alarm(2)'s too
}

bool is_a_fault(int signal) {
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP})
        if (signal == fault) return true;
    return false;
}

void ignore_signals() {
    struct sigaction action {};
    sigemptyset(&action.sa_mask);
    for (int signal = 1; signal <= SIGRTMAX; ++signal) {
        // Ignored first even where the default is wanted: that discards what the caller left
        // pending.
        action.sa_handler = SIG_IGN;
        ::sigaction(signal, &action, nullptr);  // fails for KILL and STOP alone
        if (!is_a_fault(signal) && signal != SIGCHLD) continue;
        action.sa_handler = SIG_DFL;
        ::sigaction(signal, &action, nullptr);
    }
    ::sigprocmask(SIG_SETMASK, &action.sa_mask, nullptr);
}

void raise_limits() {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(RLIMIT_CORE, &none);
    for (const auto what :
         {RLIMIT_FSIZE, RLIMIT_CPU, RLIMIT_AS, RLIMIT_DATA, RLIMIT_RTTIME, RLIMIT_NOFILE}) {
        // RLIMIT_NOFILE may not go above fs.nr_open, and a handful is plenty.
        const rlim_t wanted = what == RLIMIT_NOFILE ? 64 : RLIM_INFINITY;
        rlimit limit{};
        if (::getrlimit(what, &limit) != 0) continue;
        if (what == RLIMIT_NOFILE && limit.rlim_cur >= wanted) continue;
        const rlimit all{.rlim_cur = wanted, .rlim_max = wanted};
        if (::setrlimit(what, &all) == 0) continue;
        limit.rlim_cur = limit.rlim_max;  // the most that needs no right; writes still fail closed
        ::setrlimit(what, &limit);
    }
}

}  // namespace

Caller leave_callers_world() {
#ifdef PR_SET_TSC
    ::prctl(PR_SET_TSC, PR_TSC_ENABLE, 0, 0, 0);  // else reading the clock may be a fault
#endif
    ::prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);  // else a short sleep may last for hours
    fill_standard_descriptors();
    close_the_rest();
    static char* nothing[] = {nullptr};
    environ = nothing;
    stop_timers();
    ignore_signals();
    raise_limits();
    ::umask(077);

    Caller caller{.uid = ::getuid(), .gid = ::getgid(), .groups = {}, .extra_rights = false};
    caller.extra_rights =
        ::getauxval(AT_SECURE) != 0 || ::geteuid() != caller.uid || ::getegid() != caller.gid;
    const int count = ::getgroups(0, nullptr);
    if (count > 0) {
        caller.groups.resize(static_cast<std::size_t>(count));
        const int got = ::getgroups(count, caller.groups.data());
        caller.groups.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    }

    // Without extra rights there is nothing to hide, and /proc/self must stay readable for us.
    if (caller.extra_rights) ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::chdir("/") != 0) ::_exit(0);
    return caller;
}

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

bool become_root() {
    schedule_normally();
    return ::setgroups(0, nullptr) == 0 && ::setresgid(0, 0, 0) == 0 && ::setresuid(0, 0, 0) == 0 &&
           ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

bool give_up_rights(const Caller& caller) {
    // Already the caller's where there were none: setgroups would only fail.
    if (caller.extra_rights && ::geteuid() == 0 &&
        ::setgroups(caller.groups.size(), caller.groups.data()) != 0)
        return false;
    if (::setresgid(caller.gid, caller.gid, caller.gid) != 0) return false;
    if (::setresuid(caller.uid, caller.uid, caller.uid) != 0) return false;
    if (caller.uid == 0) return true;
    // Leaving root's ids drops its capabilities; those a file gave must be dropped by name.
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    if (::syscall(SYS_capset, &header, none) != 0) return false;
    return ::setuid(0) != 0 && ::getuid() == caller.uid;
}

}  // namespace vakt::sys
