// SPDX-License-Identifier: Apache-2.0
// How long two hearts take, side by side in one run: heart_bench OURS OTPS ROUNDS
// Prints for each: silent and chattering VM (last beat to heart command, -ht 11), half a message,
// heart starved for 14 s while the VM beats, a closed port to the heart command's first word, PSS
// and wake-ups. OTPS may be empty. Fails on no time.
#include <spawn.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "test/support/heart_process.h"

namespace {

using namespace vakt::test;

std::string self;
std::string folder;

struct Run {
    Run(const std::string& program, const std::string& name, std::string command = {})
        : dir(folder + "/" + name),
          heart(program, (::mkdir(dir.c_str(), 0755), dir), start(std::move(command))) {
        heart.started();
        ::usleep(100000);
    }
    [[nodiscard]] Start start(std::string command) const {
        Start wanted;
        wanted.arguments = {"-ht", "11"};
        if (command.empty()) command = "exec " + self + " mark " + dir + "/mark";
        wanted.environment["HEART_COMMAND"] = command;
        return wanted;
    }
    /// Seconds from `since` to the heart command, or -1 when it has not run.
    [[nodiscard]] double acted(Clock::time_point since) const {
        const auto text = slurp(dir + "/mark");
        if (text.empty()) return -1;
        return std::stod(text) - seconds(since.time_since_epoch());
    }
    [[nodiscard]] long proc(const char* file, const char* key) const {
        const auto text = slurp("/proc/" + std::to_string(heart.pid()) + "/" + file);
        const auto at = text.find(key);
        return at == std::string::npos ? -1 : std::stol(text.substr(at + std::strlen(key)));
    }
    std::string dir;
    HeartProcess heart;
    Clock::time_point beat;
};

void row(const char* what, const char* who, std::vector<double> values, const char* unit) {
    std::sort(values.begin(), values.end());
    if (values.empty()) return;
    const auto never = std::count(values.begin(), values.end(), -1.0);
    if (never == static_cast<long>(values.size())) {
        std::printf("  %-34s %-6s never (%zu of %zu)\n", what, who, values.size(), values.size());
        return;
    }
    std::printf("  %-34s %-6s median %9.3f  least %9.3f  most %9.3f %s (%zu)\n", what, who,
                values[values.size() / 2], values.front(), values.back(), unit, values.size());
}

/// What is left when nothing has to notice anything: a shell's start and its first word.
std::vector<double> spawned(int times) {
    std::vector<double> all;
    for (int i = 0; i < times; ++i) {
        int out[2];
        expect(::pipe2(out, O_CLOEXEC) == 0, "pipe");
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        const char* const words[] = {"sh", "-c", "echo", nullptr};
        const auto since = Clock::now();
        pid_t child = 0;
        expect(::posix_spawn(&child, "/bin/sh", &actions, nullptr, const_cast<char**>(words),
                             environ) == 0,
               "posix_spawn");
        char word = 0;
        expect(::read(out[0], &word, 1) == 1, "the command");
        all.push_back(seconds(Clock::now() - since) * 1000);
        ::posix_spawn_file_actions_destroy(&actions);
        ::waitpid(child, nullptr, 0);
        ::close(out[0]);
        ::close(out[1]);
    }
    return all;
}

void measure(const std::string& program, const char* who, int rounds) {
    const std::string name =
        who[0] == 'o' ? "ours" : "otp";  // no quote: it stands in a shell's words
    std::vector<std::unique_ptr<Run>> silent;
    std::vector<std::unique_ptr<Run>> chattering;
    std::vector<std::unique_ptr<Run>> half;
    std::vector<std::unique_ptr<Run>> starved;
    for (int i = 0; i < rounds; ++i) {
        const auto number = name + std::to_string(i);
        silent.push_back(std::make_unique<Run>(program, "s" + number));
        chattering.push_back(std::make_unique<Run>(program, "c" + number));
        half.push_back(std::make_unique<Run>(program, "h" + number));
        starved.push_back(std::make_unique<Run>(program, "t" + number));
        for (auto* some : {&silent, &chattering, &half, &starved}) {
            some->back()->heart.send(kBeat);
            some->back()->beat = Clock::now();
        }
        half.back()->heart.send(std::string("\0\5\2", 3));
    }
    Run watched(program, "w" + name);
    watched.heart.send(kBeat);
    ::usleep(300000);
    for (const auto& run : starved) ::kill(run->heart.pid(), SIGSTOP);
    const long before = watched.proc("status", "\nvoluntary_ctxt_switches:");
    const long pss = watched.proc("smaps_rollup", "\nPss:");
    const auto began = Clock::now();
    for (int tick = 1; Clock::now() - began < 18s; ++tick) {
        ::usleep(500000);
        for (const auto& run : chattering)
            if (run->acted(run->beat) < 0) run->heart.try_send(std::string("\0\1\143", 3));
        if (tick % 2 == 0 && tick <= 28)
            for (const auto& run : starved) run->heart.try_send(kBeat);
        if (tick % 10 == 0) watched.heart.send(kBeat);
        if (tick == 29)
            for (const auto& run : starved) ::kill(run->heart.pid(), SIGCONT);
    }
    const long woken = watched.proc("status", "\nvoluntary_ctxt_switches:") - before;
    const auto times = [](const std::vector<std::unique_ptr<Run>>& runs) {
        std::vector<double> all;
        all.reserve(runs.size());
        for (const auto& run : runs) all.push_back(run->acted(run->beat));
        return all;
    };
    row("silent VM, last beat to action", who, times(silent), "s");
    row("chattering port, likewise", who, times(chattering), "s");
    row("half a message, likewise", who, times(half), "s");
    long killed = 0;
    for (const auto& run : starved) killed += run->acted(run->beat) >= 0 ? 1 : 0;
    std::printf("  %-34s %-6s %ld of %zu healthy VMs given up\n", "heart starved, beats queued",
                who, killed, starved.size());
    std::vector<double> closed;
    // The command's own first word: its standard output is the port.
    for (int i = 0; i < rounds * 5; ++i) {
        Run run(program, "e" + name + std::to_string(i), "echo");
        const auto since = Clock::now();
        run.heart.close_port();
        run.heart.answers("\n", "the command");
        closed.push_back(seconds(Clock::now() - since) * 1000);
    }
    row("closed port to the command's word", who, closed, "ms");
    if (who[0] == 'o') row("the same command by posix_spawn", "nobody", spawned(rounds * 5), "ms");
    std::printf("  %-34s %-6s PSS %ld kB, woken %ld times in 18 s by 3 beats\n", "a quiet heart",
                who, pss, woken);
}

}  // namespace

int main(int argc, char** argv) {
    char path[4096];
    const auto n = ::readlink("/proc/self/exe", path, sizeof path);
    self.assign(path, static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    ::signal(SIGPIPE, SIG_IGN);
    ::setvbuf(stdout, nullptr, _IOLBF, 0);
    if (argc == 3 && std::strcmp(argv[1], "mark") == 0) {
        const double now = seconds(Clock::now().time_since_epoch());
        const std::string path_new = std::string(argv[2]) + ".new";
        std::FILE* file = std::fopen(path_new.c_str(), "w");
        if (file == nullptr) return 1;
        std::fprintf(file, "%.9f\n", now);
        std::fclose(file);
        return std::rename(path_new.c_str(), argv[2]);
    }
    if (argc != 5) {
        std::fprintf(stderr, "usage: heart_bench OURS OTPS ROUNDS DIR | mark FILE\n");
        return 2;
    }
    folder = argv[4];
    const int rounds = std::max(1, std::atoi(argv[3]));
    std::printf("heart: -ht 11, %d of each kind\n", rounds);
    measure(argv[1], "ours", rounds);
    if (argv[2][0] != '\0') measure(argv[2], "OTP's", rounds);
    return 0;
}
