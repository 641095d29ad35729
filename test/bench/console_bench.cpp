// SPDX-License-Identifier: Apache-2.0
// A console's way, run_erl and to_erl together: how fast a node can print, and how soon a key's
// echo is back. Usage: console_bench NAME RUN_ERL TO_ERL SCRATCH MEGABYTES ROUND-TRIPS. Prints one
// line a measurement. Within, as the node: console_bench print BYTES REPORT, console_bench echo.
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "sys/fd.h"

namespace {

using vakt::sys::Fd;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

[[noreturn]] void give_up(const std::string& what) {
    std::perror(what.c_str());
    std::exit(1);
}

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}
double cpu(const rusage& used) {
    const auto of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return of(used.ru_utime) + of(used.ru_stime);
}

// ---- as the node -------------------------------------------------------------------------------

void raw() {
    termios settings = {};
    ::tcgetattr(0, &settings);
    ::cfmakeraw(&settings);
    ::tcsetattr(0, TCSANOW, &settings);
}

int print(std::size_t bytes, const std::string& report) {
    raw();
    std::string lines;
    while (lines.size() < 65536) lines += std::string(78, 'x') + "\r\n";
    char go = 0;
    std::fputs("ready\r\n", stdout);
    std::fflush(stdout);
    if (::read(0, &go, 1) != 1) return 1;
    const auto start = Clock::now();
    for (std::size_t left = bytes; left != 0;) {
        const auto n = ::write(1, lines.data(), std::min(left, lines.size()));
        if (n <= 0) return 1;
        left -= static_cast<std::size_t>(n);
    }
    const double took = seconds_since(start);
    rusage used = {};
    ::getrusage(RUSAGE_SELF, &used);
    std::fputs("\r\nover\r\n", stdout);
    std::fflush(stdout);
    std::ofstream(report + ".part") << took << ' ' << cpu(used) << '\n';
    std::filesystem::rename(report + ".part", report);
    // Ends when whoever looks has seen it all and says so.
    return ::read(0, &go, 1) == 1 ? 0 : 1;
}

int echo() {
    raw();
    std::fputs("ready\r\n", stdout);
    std::fflush(stdout);
    for (char c = 0; ::read(0, &c, 1) == 1 && c != 'q';)
        if (::write(1, &c, 1) != 1) return 1;
    return 0;
}

// ---- as who looks ------------------------------------------------------------------------------

struct Child {
    pid_t pid = 0;
    Fd keys;
    Fd screen;
};

Child start(const std::vector<std::string>& words, bool piped) {
    int in[2];
    int out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) give_up("pipe");
    const pid_t pid = ::fork();
    if (pid == 0) {
        const int nothing = ::open("/dev/null", O_RDWR);
        ::dup2(piped ? in[0] : nothing, 0);
        ::dup2(piped ? out[1] : nothing, 1);
        ::dup2(nothing, 2);
        std::vector<char*> arguments;
        for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    return {pid, Fd(in[1]), Fd(out[0])};
}

double ended(const Child& child) {
    int status = 0;
    rusage used = {};
    ::wait4(child.pid, &status, 0, &used);
    return cpu(used);
}

// Reads until `text` comes; how many bytes came.
std::size_t read_until(const Fd& from, const std::string& text) {
    std::string tail;
    std::size_t all = 0;
    std::vector<char> buffer(1U << 20U);
    while (tail.find(text) == std::string::npos) {
        pollfd ready = {from.get(), POLLIN, 0};
        if (::poll(&ready, 1, 120'000) != 1) give_up("nothing comes: " + text);
        const auto n = ::read(from.get(), buffer.data(), buffer.size());
        if (n <= 0) give_up("the console ended");
        all += static_cast<std::size_t>(n);
        tail.append(buffer.data(), static_cast<std::size_t>(n));
        if (tail.size() > 65536) tail.erase(0, tail.size() - 64);
    }
    return all;
}

void put(const Fd& keys, char c) {
    if (::write(keys.get(), &c, 1) != 1) give_up("write");
}

struct Programs {
    std::string name;
    std::string run_erl;
    std::string to_erl;
    std::string self;
    std::string scratch;
};

// A console of its own each time, with its log beside it.
struct Console {
    std::string pipe;
    Child run_erl;
};
Console open_console(const Programs& programs, const std::string& node) {
    static int count = 0;
    const auto place = programs.scratch + "/" + programs.name + std::to_string(count++);
    std::filesystem::create_directories(place + "/log");
    Console console{place + "/pipe", {}};
    console.run_erl =
        start({programs.run_erl, console.pipe, place + "/log", "exec " + node}, false);
    for (int i = 0; i < 2000; ++i) {
        const Fd there(::open((console.pipe + ".w").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
        if (there) return console;
        std::this_thread::sleep_for(milliseconds(10));
    }
    give_up("no console at " + console.pipe);
}

std::string node_of(const Programs& programs, const std::string& words) {
    return programs.self + " " + words;
}

void measure_print(const Programs& programs, std::size_t megabytes, bool viewed) {
    const auto report = programs.scratch + "/report";
    std::filesystem::remove(report);
    auto console = open_console(
        programs, node_of(programs, "print " + std::to_string(megabytes << 20U) + " " + report));
    double looking = 0;
    std::size_t seen = 0;
    if (viewed) {
        const auto viewer = start({programs.to_erl, console.pipe}, true);
        put(viewer.keys, 'g');
        seen = read_until(viewer.screen, "over\r");
        put(viewer.keys, 'q');
        looking = ended(viewer);
    } else {
        const Fd keys(::open((console.pipe + ".w").c_str(), O_WRONLY | O_CLOEXEC));
        // Nobody looks: what is written is not preceded by the byte that opens a session.
        put(keys, 'g');
        while (!std::filesystem::exists(report)) std::this_thread::sleep_for(milliseconds(20));
        put(keys, 'q');
    }
    const double all = ended(console.run_erl);
    double took = 0;
    double node = 0;
    std::ifstream(report) >> took >> node;
    std::printf(
        "%s print viewer=%d MB=%zu seconds=%.3f rate=%.1f run_erl_cpu=%.3f to_erl_cpu=%.3f "
        "seen=%.1f\n",
        programs.name.c_str(), viewed ? 1 : 0, megabytes, took,
        static_cast<double>(megabytes) / took, all - node, looking,
        static_cast<double>(seen) / (1U << 20U));
    std::fflush(stdout);
}

void measure_echo(const Programs& programs, int rounds) {
    auto console = open_console(programs, node_of(programs, "echo"));
    const auto viewer = start({programs.to_erl, console.pipe}, true);
    put(viewer.keys, '.');
    read_until(viewer.screen, ".");
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        const char key = static_cast<char>('a' + i % 16);
        const auto start_time = Clock::now();
        put(viewer.keys, key);
        read_until(viewer.screen, std::string(1, key));
        times.push_back(seconds_since(start_time) * 1e6);
    }
    put(viewer.keys, 'q');
    const double looking = ended(viewer);
    const double all = ended(console.run_erl);
    std::sort(times.begin(), times.end());
    std::printf("%s echo rounds=%d p50_us=%.0f p99_us=%.0f most_us=%.0f all_cpu_us=%.1f\n",
                programs.name.c_str(), rounds, times[times.size() / 2],
                times[times.size() * 99 / 100], times.back(), (all + looking) * 1e6 / rounds);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv, argv + argc);
    if (argc == 4 && words[1] == "print") return print(std::stoul(words[2]), words[3]);
    if (argc == 2 && words[1] == "echo") return echo();
    if (argc != 7) {
        std::fputs("usage: console_bench NAME RUN_ERL TO_ERL SCRATCH MEGABYTES ROUND-TRIPS\n",
                   stderr);
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    const Programs programs{words[1], words[2], words[3],
                            std::filesystem::read_symlink("/proc/self/exe"), words[4]};
    const auto megabytes = static_cast<std::size_t>(std::stoul(words[5]));
    measure_print(programs, megabytes, false);
    measure_print(programs, megabytes, true);
    measure_echo(programs, std::stoi(words[6]));
    return 0;
}
