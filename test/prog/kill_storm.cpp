// SPDX-License-Identifier: Apache-2.0
// Kills a program with SIGKILL at random moments, many times, and looks at a file and two folders
// after each death.
//
// usage: kill_storm ROUNDS SEED GID FILE CONTENT1 CONTENT2 NAMES -- PROGRAM [ARGUMENT ...] ...
// Several programs, each after a "--", are started in turn as nobody (65534) with GID. The moment
// is spread evenly over the time an undisturbed run of the first takes to its first output, and a
// little more; of every ten the last is spread over the program's own time instead. After each
// death FILE is CONTENT1 or CONTENT2, whole, and the folders of FILE and CONTENT1 hold no name
// that is not in NAMES (parted by blanks), except one. Prints "rounds N killed K worst M seed
// SEED"; M is the most such names.

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Command = std::vector<std::string>;

constexpr uid_t kNobody = 65534;

struct Setting {
    gid_t gid;
    std::string file;
    std::string first;
    std::string second;
    std::set<std::string> names;
};

std::string slurp(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string folder(const std::string& path) { return path.substr(0, path.rfind('/')); }

/// Starts `command` as nobody; its output goes to `out`.
pid_t start(const Command& command, gid_t gid, int out) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    std::vector<char*> argv;
    for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::dup2(out, STDOUT_FILENO);
    if (::setgroups(1, &gid) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
        ::setresuid(kNobody, kNobody, kNobody) != 0)
        std::_Exit(97);
    ::execv(argv[0], argv.data());
    std::_Exit(98);
}

/// How long an undisturbed run takes until it answers or ends; it is let to its end.
Clock::duration measure(const Command& command, gid_t gid) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::_Exit(97);
    const auto began = Clock::now();
    const pid_t child = start(command, gid, ends[1]);
    ::close(ends[1]);
    pollfd readable{ends[0], POLLIN, 0};
    ::poll(&readable, 1, -1);
    const auto took = Clock::now() - began;
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    return took;
}

size_t strangers(const std::string& path, const std::set<std::string>& names) {
    size_t count = 0;
    DIR* dir = ::opendir(path.c_str());
    while (const dirent* entry = dir != nullptr ? ::readdir(dir) : nullptr) {
        const std::string name = entry->d_name;
        if (name != "." && name != ".." && !names.contains(name)) ++count;
    }
    if (dir != nullptr) ::closedir(dir);
    return count;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 9) return 2;
    const int rounds = std::atoi(words[0].c_str());
    std::mt19937 random(static_cast<unsigned>(std::strtoul(words[1].c_str(), nullptr, 10)));
    Setting setting{
        static_cast<gid_t>(std::atoi(words[2].c_str())), words[3], words[4], words[5], {}};
    std::istringstream names(words[6]);
    setting.names.insert(std::istream_iterator<std::string>(names), {});
    std::vector<Command> commands;
    for (auto word = words.begin() + 7; word != words.end(); ++word) {
        if (*word == "--")
            commands.emplace_back();
        else
            commands.back().push_back(*word);
    }

    const std::string first = slurp(setting.first);
    const std::string second = slurp(setting.second);
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    // The shortest of some, in turn since a command may undo another: what a busy machine adds to
    // one would have most kills come too late.
    std::vector<long> span(commands.size(), 1300000);
    for (int n = 0; n < 5; ++n)
        for (size_t at = 0; at < commands.size(); ++at) {
            const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
                measure(commands[at], setting.gid));
            span[at] = std::min<long>(span[at], took.count() + took.count() / 4 + 50);
        }

    int killed = 0;
    size_t worst = 0;
    for (int round = 0; round < rounds; ++round) {
        const size_t which = static_cast<size_t>(round) % commands.size();
        const long within = round % 10 == 9 ? span[which] : span[0];
        const auto moment = std::uniform_int_distribution<long>(0, within)(random);
        const auto until = Clock::now() + std::chrono::microseconds(moment);
        const pid_t child = start(commands[which], setting.gid, nowhere);
        std::this_thread::sleep_until(until);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WIFSIGNALED(status)) ++killed;

        const std::string found = slurp(setting.file);
        if (found != first && found != second) {
            std::printf("round %d: the file holds %zu bytes of neither content\n", round,
                        found.size());
            return 1;
        }
        std::set<std::string> folders{folder(setting.file), folder(setting.first)};
        size_t left = 0;
        for (const auto& path : folders) left += strangers(path, setting.names);
        worst = std::max(worst, left);
        if (left > 1) {
            std::printf("round %d: %zu files left behind\n", round, left);
            return 1;
        }
    }
    std::printf("rounds %d killed %d worst %zu seed %s\n", rounds, killed, worst, words[1].c_str());
    return 0;
}
