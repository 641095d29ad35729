// SPDX-License-Identifier: Apache-2.0
// Cases that all run at once, each in a process and a folder of its own.
#pragma once

#include <sys/prctl.h>
#include <sys/stat.h>

#include <functional>

#include "test/support/heart_process.h"

namespace vakt::test {

inline constexpr unsigned kNoLimit = 0;

/// Runs every case in DIR/NAME: what it prints goes to `log` there, its exit status to `code`,
/// which is there once the case is over. Killed after `limit` seconds,
/// if there is one.
template <class Cases>
int run_all_at_once(const std::string& dir, const Cases& cases, unsigned limit,
                    const std::string& only = "") {
    std::map<pid_t, std::string> running;
    for (const auto& [name, function] : cases) {
        if (!only.empty() && only != name) continue;
        auto folder = dir;
        folder.append("/").append(name);
        ::mkdir(folder.c_str(), 0755);
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGTERM);
            ::alarm(limit);
            const int log = ::open((folder + "/log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
            ::dup2(log, 1);
            ::dup2(log, 2);
            function(folder);
            std::fflush(stdout);
            std::_Exit(0);
        }
        running[pid] = name;
    }
    while (!running.empty()) {
        int status = 0;
        const pid_t pid = ::wait(&status);
        const auto found = running.find(pid);
        if (found == running.end()) continue;
        const std::string path = dir + "/" + found->second;
        std::ofstream(path + "/code.new") << (WIFEXITED(status) ? WEXITSTATUS(status) : 1) << '\n';
        static_cast<void>(std::rename((path + "/code.new").c_str(), (path + "/code").c_str()));
        running.erase(found);
    }
    return 0;
}

}  // namespace vakt::test
