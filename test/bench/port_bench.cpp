// SPDX-License-Identifier: Apache-2.0
// One measurement of a port program: lines fed into its FIFO, packets counted at its output, both
// ends as fast as they go.
//
// usage: port_bench FEEDER LINES WIDTH PER_WRITE PROGRAM [ARGUMENT ...]     (PROGRAM gets a scratch
// folder as last argument) Prints: lines=N lost=N seconds=S user=S sys=S io=N csw=N
//   io: read and write calls of the program (/proc/PID/io, syscr + syscw)
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace {

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

pid_t start(const std::vector<char*>& arguments,
            const std::vector<std::pair<int, int>>& descriptors) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    for (const auto& [from, to] : descriptors)
        ::posix_spawn_file_actions_adddup2(&actions, from, to);
    pid_t pid = -1;
    if (::posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ) != 0)
        die(arguments[0]);
    ::posix_spawn_file_actions_destroy(&actions);
    return pid;
}

unsigned long long io_calls(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/io");
    unsigned long long total = 0;
    unsigned long long value = 0;
    for (std::string key; file >> key >> value;)
        if (key == "syscr:" || key == "syscw:") total += value;
    return total;
}

// Counts packets in a stream of {packet,2}, however it is cut into reads.
class Counter {
 public:
    void feed(const unsigned char* bytes, std::size_t size) {
        for (std::size_t at = 0; at < size;) {
            if (missing_ > 0) {
                const std::size_t piece = missing_ < size - at ? missing_ : size - at;
                missing_ -= piece;
                at += piece;
                if (missing_ == 0) ++packets_;
            } else if (half_) {
                missing_ = static_cast<std::size_t>(high_ << 8 | bytes[at++]);
                half_ = false;
            } else {
                high_ = bytes[at++];
                half_ = true;
            }
        }
    }
    [[nodiscard]] unsigned long long packets() const { return packets_; }

 private:
    unsigned long long packets_ = 0;
    std::size_t missing_ = 0;
    int high_ = 0;
    bool half_ = false;
};

double seconds(const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 6) return 2;
    const auto lines = std::strtoull(argv[2], nullptr, 10);
    char folder[] = "/tmp/port_bench.XXXXXX";
    if (::mkdtemp(folder) == nullptr) die("mkdtemp");
    const std::string fifo = std::string(folder) + "/syslog.otp";
    if (::mkfifo(fifo.c_str(), 0600) != 0) die("mkfifo");
    const int holder = ::open(fifo.c_str(), O_RDWR | O_CLOEXEC);  // as Linux daemons hold it
    ::fcntl(holder, F_SETPIPE_SZ, 1 << 20);                       // the same for every program

    int in[2];
    int out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) die("pipe2");
    std::vector<char*> program(argv + 5, argv + argc);
    program.push_back(folder);
    program.push_back(nullptr);
    const pid_t port = start(program, {{in[0], 0}, {out[1], 1}});
    ::close(in[0]);
    ::close(out[1]);

    // The first line shows that it is ready; then the clock starts.
    if (::write(holder, "x\n", 2) != 2) die("write");
    Counter counter;
    static unsigned char bytes[65536];
    const auto drain = [&](unsigned long long wanted) {
        while (counter.packets() < wanted) {
            const auto got = ::read(out[0], bytes, sizeof bytes);
            if (got <= 0) break;
            counter.feed(bytes, static_cast<std::size_t>(got));
        }
    };
    ::alarm(300);
    drain(1);
    const auto calls_before = io_calls(port);
    const auto began = std::chrono::steady_clock::now();
    const pid_t feeder =
        start({argv[1], const_cast<char*>(fifo.c_str()), argv[2], argv[3], argv[4], nullptr}, {});
    // A program that drops would leave the last read waiting for ever; the alarm ends that, loudly.
    drain(1 + lines);
    const double took =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const auto calls = io_calls(port) - calls_before;
    ::waitpid(feeder, nullptr, 0);
    // Each of the programs ends when its input ends, or when nobody takes its packets; a signal
    // would reach only strace when that stands between.
    ::close(in[1]);
    ::close(out[0]);
    [[maybe_unused]] const auto last = ::write(holder, "x\n", 2);
    rusage used = {};
    ::wait4(port, nullptr, 0, &used);
    ::unlink(fifo.c_str());
    ::rmdir(folder);
    std::printf("lines=%llu lost=%llu seconds=%.6f user=%.6f sys=%.6f io=%llu csw=%ld\n", lines,
                lines + 1 - counter.packets(), took, seconds(used.ru_utime), seconds(used.ru_stime),
                calls, used.ru_nvcsw);
    return 0;
}
