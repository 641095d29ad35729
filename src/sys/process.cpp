// SPDX-License-Identifier: Apache-2.0
// Other processes; the Linux side.
#include "sys/process.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>

#include "base/text.h"
#include "sys/error.h"
#include "sys/open.h"

namespace vakt::sys {
namespace {

/// Ancestors above this are a broken /proc, not a process tree.
constexpr int kDeepest = 256;

std::string proc_path(pid_t pid, std::string_view what) {
    return "/proc/" + std::to_string(pid) + "/" + std::string(what);
}

Result<std::string> read_proc(const std::string& path) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!file) return last_error("open", path);
    return read_all(file, 65536, path);
}

std::optional<pid_t> parse_pid(std::string_view word) {
    const auto pid = parse_decimal<std::uint32_t>(word);
    if (!pid || *pid > static_cast<std::uint32_t>(INT_MAX)) return std::nullopt;
    return static_cast<pid_t>(*pid);
}

/// The base name of the executable, or the process's own word for it where we may not look.
std::string name_of(pid_t pid, const ProcessFacts& facts) {
    const auto path = executable_of(pid);
    return path ? path->substr(path->rfind('/') + 1) : facts.name;
}

}  // namespace

std::optional<ProcessFacts> parse_stat(std::string_view text) {
    const auto open = text.find('(');
    const auto close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return std::nullopt;
    ProcessFacts facts;
    facts.name = text.substr(open + 1, close - open - 1);
    if (text.ends_with('\n')) text.remove_suffix(1);
    const auto words = split_words(text.substr(close + 1));
    // Fields 3 (state) to 22 (start time) are words 0 to 19.
    if (words.size() < 20 || words[0].size() != 1) return std::nullopt;
    facts.state = words[0].front();
    const auto parent = parse_pid(words[1]);
    const auto session = parse_pid(words[3]);
    const auto start = parse_decimal<std::uint64_t>(words[19]);
    if (!parent || !session || !start) return std::nullopt;
    facts.parent = *parent;
    facts.session = *session;
    facts.start = *start;
    return facts;
}

std::optional<ProcessFacts> facts_of(pid_t pid) {
    const auto text = read_proc(proc_path(pid, "stat"));
    return text ? parse_stat(*text) : std::nullopt;
}

Result<std::string> executable_of(pid_t pid) {
    const auto path = proc_path(pid, "exe");
    std::string target(PATH_MAX, '\0');
    const auto size = ::readlink(path.c_str(), target.data(), target.size());
    if (size < 0) return last_error("readlink", path);
    target.resize(static_cast<std::size_t>(size));
    return target;
}

Result<struct stat> status_of_executable(pid_t pid) {
    const auto path = proc_path(pid, "exe");
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return last_error("stat", path);
    return status;
}

bool runs_the_file_at(pid_t pid, const std::string& path) {
    const auto running = status_of_executable(pid);
    struct stat file {};
    return running && ::lstat(path.c_str(), &file) == 0 && file.st_dev == running->st_dev &&
           file.st_ino == running->st_ino;
}

Result<ProcessUids> uids_of(pid_t pid) {
    const auto path = proc_path(pid, "status");
    const auto text = read_proc(path);
    if (!text) return text.error();
    for (std::string_view rest = *text; !rest.empty();) {
        const auto words = split_words(take_line(rest));
        if (words.size() < 3 || words[0] != "Uid:") continue;
        const auto real = parse_decimal<uid_t>(words[1]);
        const auto effective = parse_decimal<uid_t>(words[2]);
        if (real && effective) return ProcessUids{.real = *real, .effective = *effective};
    }
    return refusal("no Uid line in " + path);
}

Result<std::string> boot_id() {
    auto text = read_proc("/proc/sys/kernel/random/boot_id");
    if (text && text->ends_with('\n')) text->pop_back();
    return text;
}

pid_t asking_process(std::string_view prefix) {
    pid_t pid = ::getppid();
    for (int depth = 0; pid > 0 && depth < kDeepest; ++depth) {
        const auto facts = facts_of(pid);
        if (!facts) break;
        if (name_of(pid, *facts).starts_with(prefix)) return pid;
        pid = facts->parent;
    }
    const auto leader = ::getsid(0);
    if (leader > 0 && leader != ::getpid()) {
        const auto facts = facts_of(leader);
        if (facts && !facts->is_dead()) return leader;
    }
    const auto parent = ::getppid();
    return parent > 1 ? parent : ::getpid();
}

Result<Process> Process::hold(pid_t pid) {
    const auto subject = "process " + std::to_string(pid);
#ifdef SYS_pidfd_open
    Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
    if (!pidfd && errno != ENOSYS) return last_error("find", subject);
#else
    Fd pidfd;
#endif
    const auto facts = facts_of(pid);
    if (!facts || facts->is_dead()) {
        errno = ESRCH;
        return last_error("find", subject);
    }
    return Process(pid, std::move(pidfd), facts->start);
}

Status Process::signal(int number) const {
    const auto subject = "process " + std::to_string(pid_);
#ifdef SYS_pidfd_send_signal
    if (pidfd_) {
        if (::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0U) == 0) return Done{};
        return last_error("signal", subject);
    }
#endif
    const auto facts = facts_of(pid_);
    if (!facts || facts->is_dead() || facts->start != start_) {
        errno = ESRCH;
        return last_error("signal", subject);
    }
    if (::kill(pid_, number) == 0) return Done{};
    return last_error("signal", subject);
}

std::vector<pid_t> parse_procs(std::string_view text) {
    std::vector<pid_t> pids;
    while (!text.empty()) {
        const auto pid = parse_pid(take_line(text));
        if (pid && *pid > 1) pids.push_back(*pid);  // 0 is a process of another name space
    }
    return pids;
}

}  // namespace vakt::sys
