// SPDX-License-Identifier: Apache-2.0
// All processes below one; the Linux side.
#include "sys/process_tree.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <map>
#include <memory>
#include <set>

#include "base/text.h"
#include "sys/clock.h"
#include "sys/process.h"

namespace vakt::sys {
namespace {

using namespace std::chrono_literals;

struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
};

std::multimap<pid_t, pid_t> children_by_parent() {
    std::multimap<pid_t, pid_t> children;
    const std::unique_ptr<DIR, CloseDir> proc(::opendir("/proc"));
    if (!proc) return children;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a stream of our own
    while (const dirent* entry = ::readdir(proc.get())) {
        const auto pid = parse_decimal<std::uint32_t>(entry->d_name);
        if (!pid) continue;
        const auto facts = facts_of(static_cast<pid_t>(*pid));
        if (facts && !facts->is_dead()) children.emplace(facts->parent, static_cast<pid_t>(*pid));
    }
    return children;
}

// False once there is no child of ours, living or dead, which a walk cannot tell for certain.
bool collect_children() {
    for (;;) {
        const pid_t ended = ::waitpid(-1, nullptr, WNOHANG);
        if (ended == 0) return true;
        if (ended < 0 && errno != EINTR) return false;
    }
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t root) {
    const auto children = children_by_parent();
    std::vector<pid_t> found{root};
    for (std::size_t at = 0; at < found.size(); ++at) {
        const auto [first, end] = children.equal_range(found[at]);
        for (auto child = first; child != end; ++child) found.push_back(child->second);
    }
    found.erase(found.begin());
    return found;
}

TreeEnd end_descendants(std::chrono::milliseconds patience, pid_t last) {
    const auto until = now() + patience;
    std::set<pid_t> killed;
    while (collect_children()) {
        const auto living = descendants_of(::getpid());
        const bool only_last = living.size() == 1 && living.front() == last;
        for (const pid_t pid : living)
            if ((pid != last || only_last) && ::kill(pid, SIGKILL) == 0) killed.insert(pid);
        if (now() >= until) return {killed.size(), living.size()};
        const timespec moment{0, 1'000'000};
        ::nanosleep(&moment, nullptr);
    }
    return {killed.size(), 0};
}

}  // namespace vakt::sys
