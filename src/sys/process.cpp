// SPDX-License-Identifier: Apache-2.0
// Other processes.
#include "sys/process.h"

#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <optional>

#include "base/text.h"
#include "sys/error.h"
#include "sys/process_parts.h"

namespace vakt::sys {
namespace {

/// Ancestors above this are a broken /proc, not a process tree.
constexpr int kDeepest = 256;

std::optional<pid_t> parse_pid(std::string_view word) {
    const auto pid = parse_decimal<std::uint32_t>(word);
    if (!pid || *pid > static_cast<std::uint32_t>(INT_MAX)) return std::nullopt;
    return static_cast<pid_t>(*pid);
}

std::string proc_path(pid_t pid, const char* name) {
    return "/proc/" + std::to_string(pid) + "/" + name;
}

/// The base name of the executable, or the process's own word for it where we may not look.
std::string name_of(pid_t pid, const ProcessFacts& facts) {
    const auto path = executable_of(pid);
    return path ? path->substr(path->rfind('/') + 1) : std::string(facts.name.view());
}

}  // namespace

Result<std::string> executable_of(pid_t pid) {
    const auto path = proc_path(pid, detail::kExecutableName);
    std::string target(PATH_MAX, '\0');
    const auto size = ::readlink(path.c_str(), target.data(), target.size());
    if (size < 0) return last_error("readlink", path);
    target.resize(static_cast<std::size_t>(size));
    return target;
}

Result<struct stat> status_of_executable(pid_t pid) {
    const auto path = proc_path(pid, detail::kExecutableFile);
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

std::vector<pid_t> parse_procs(std::string_view text) {
    std::vector<pid_t> pids;
    while (!text.empty()) {
        const auto pid = parse_pid(take_line(text));
        if (pid && *pid > 1) pids.push_back(*pid);  // 0 is a process of another name space
    }
    return pids;
}

}  // namespace vakt::sys
