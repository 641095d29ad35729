// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "sys/process_handle.h"
#include "sys/psinfo_solaris.h"

namespace vakt::sys {
namespace {

// psinfo of one that has ended and was not waited for has no thread left.
bool is_zombie(const psinfo_t& info) { return info.pr_nlwp == 0; }

}  // namespace

// proc(5): POLLHUP, which is always answered, says that it has ended; POLLIN is always there.
const short kEventsOfEnd = 0;

Fd open_pidfd(pid_t pid) { return open_psinfo(pid); }

bool signal_pidfd(const Fd& process, int number) {
    psinfo_t info{};
    if (!read_psinfo(process, info)) return false;
    if (is_zombie(info)) {
        errno = ESRCH;
        return false;
    }
    return ::kill(info.pr_pid, number) == 0;
}

std::optional<ProcessFacts> facts_of(pid_t pid) {
    psinfo_t info{};
    if (!read_psinfo(pid, info)) return std::nullopt;
    ProcessFacts facts;
    facts.name = std::string_view(info.pr_fname);
    facts.state = is_zombie(info) ? 'Z' : info.pr_lwp.pr_sname;
    facts.parent = info.pr_ppid;
    facts.session = info.pr_sid;
    facts.start = static_cast<std::uint64_t>(info.pr_start.tv_sec) * 1'000'000'000 +
                  static_cast<std::uint64_t>(info.pr_start.tv_nsec);
    return facts;
}

Fd open_end_word(pid_t pid) { return open_psinfo(pid); }

int ending_signal(const Fd& word) {
    psinfo_t info{};
    if (!word || !read_psinfo(word, info) || !is_zombie(info)) return 0;
    return WIFSIGNALED(info.pr_wstat) ? WTERMSIG(info.pr_wstat) : 0;
}

std::optional<ProcessUids> uids_of(pid_t pid) {
    psinfo_t info{};
    if (!read_psinfo(pid, info)) return std::nullopt;
    return ProcessUids{.real = info.pr_uid, .effective = info.pr_euid};
}

bool set_oom_score(pid_t /*pid*/, int /*score*/) {
    errno = ENOTSUP;
    return false;
}

}  // namespace vakt::sys
