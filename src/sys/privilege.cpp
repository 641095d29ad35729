// SPDX-License-Identifier: Apache-2.0
// Leaving the caller's world: what POSIX knows of it.
#include "sys/privilege.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>

#include "sys/descriptors.h"
#include "sys/privilege_parts.h"

// POSIX: the program declares it (environ(7)). glibc does, too, for GNU programs.
extern "C" char** environ;  // NOLINT(readability-redundant-declaration)

namespace vakt::sys {
namespace {

void fill_standard_descriptors() {
    for (int fd = 0; fd <= 2; ++fd) {
        if (::fcntl(fd, F_GETFD) >= 0) continue;
        // The lowest free descriptor is this one: those below are open.
        if (::open("/dev/null", O_RDWR | O_NOCTTY) != fd) ::_exit(0);
    }
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

#ifdef RLIMIT_RTTIME
constexpr auto kRealTime = RLIMIT_RTTIME;
#else
constexpr auto kRealTime = RLIMIT_CPU;
#endif

void raise_limits() {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(RLIMIT_CORE, &none);
    for (const auto what :
         {RLIMIT_FSIZE, RLIMIT_CPU, RLIMIT_AS, RLIMIT_DATA, kRealTime, RLIMIT_NOFILE}) {
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
    detail::undo_tricks_with_time();
    fill_standard_descriptors();
    close_from(3);
    static char* nothing[] = {nullptr};
    environ = nothing;
    stop_timers();
    ignore_signals();
    raise_limits();
    ::umask(077);

    Caller caller{.uid = ::getuid(), .gid = ::getgid(), .groups = {}, .extra_rights = false};
    caller.extra_rights =
        detail::runs_with_more() || ::geteuid() != caller.uid || ::getegid() != caller.gid;
    const int count = ::getgroups(0, nullptr);
    if (count > 0) {
        caller.groups.resize(static_cast<std::size_t>(count));
        const int got = ::getgroups(count, caller.groups.data());
        caller.groups.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    }

    // Without extra rights there is nothing to hide, and /proc/self must stay readable for us.
    if (caller.extra_rights) static_cast<void>(detail::hide());
    detail::want_no_more();
    if (::chdir("/") != 0) ::_exit(0);
    return caller;
}

bool give_up_rights(const Caller& caller) {
    // Already the caller's where there were none: setgroups would only fail.
    if (caller.extra_rights && ::geteuid() == 0 && !take_groups(caller.groups)) return false;
    if (!become_for_good(caller.uid, caller.gid)) return false;
    // fs.suid_dumpable may have made what we have read readable again with the change of ids.
    if (caller.extra_rights && !detail::hide()) return false;
    if (caller.uid == 0) return true;
    // Leaving root's ids drops its rights; those a file gave must be dropped by name.
    if (!detail::drop_named_rights()) return false;
    return ::setuid(0) != 0 && ::getuid() == caller.uid;
}

}  // namespace vakt::sys
