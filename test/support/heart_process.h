// SPDX-License-Identifier: Apache-2.0
// A heart started as the VM starts it, for test programs: pipes for its port, its words kept, its
// end awaited.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace vakt::test {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

[[noreturn]] inline void fail(const std::string& why) {
    std::printf("failed: %s\n", why.c_str());
    std::fflush(stdout);
    std::_Exit(1);
}
inline void expect(bool holds, const std::string& what) {
    if (!holds) fail(what);
}
[[noreturn]] inline void skip(const std::string& why) {
    std::printf("%s\n", why.c_str());
    std::fflush(stdout);
    std::_Exit(77);
}

inline std::string slurp(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
}
inline double seconds(Clock::duration d) { return std::chrono::duration<double>(d).count(); }
inline bool eventually(Clock::duration limit, const auto& holds) {
    const auto until = Clock::now() + limit;
    while (!holds()) {
        if (Clock::now() > until) return false;
        ::usleep(1000);
    }
    return true;
}

inline const std::string kBeat("\0\1\2", 3);
inline const std::string kShutDown("\0\1\3", 3);
inline const std::string kGet("\0\1\6", 3);
inline const std::string kCrash("\0\1\10", 3);
inline const std::string kAck("\0\1\1", 3);
inline std::string set_command(const std::string& text) {
    const auto size = text.size() + 1;
    return std::string{static_cast<char>(size >> 8), static_cast<char>(size & 0xff), '\4'} + text;
}

struct Start {
    std::vector<std::string> arguments;
    std::map<std::string, std::string> environment;
    int stderr_fd = -1;  // -1: a file in the case's folder
    bool close_stdin = false;
    std::vector<std::string> before;  // a command that runs it, such as strace
};

class HeartProcess {
 public:
    HeartProcess(const std::string& program, std::string dir, Start start)
        : dir_(std::move(dir)), start_(std::move(start)) {
        int in[2];
        int out[2];
        expect(::pipe2(in, O_CLOEXEC) == 0 && ::pipe2(out, O_CLOEXEC) == 0, "pipe");
        pid_ = ::fork();
        if (pid_ == 0) run(program, in[0], out[1]);
        ::close(in[0]);
        ::close(out[1]);
        to_ = in[1];
        from_ = out[0];
    }
    HeartProcess(const HeartProcess&) = delete;
    HeartProcess& operator=(const HeartProcess&) = delete;
    ~HeartProcess() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }

    [[nodiscard]] pid_t pid() const { return pid_; }
    void send(const std::string& bytes) const {
        expect(::write(to_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
               "could not write to heart");
    }
    /// The same to a heart that may have ended.
    void try_send(const std::string& bytes) const {
        static_cast<void>(::write(to_, bytes.data(), bytes.size()) < 0);
    }
    void close_port() {
        if (to_ >= 0) ::close(std::exchange(to_, -1));
    }
    void close_answers() {
        if (from_ >= 0) ::close(std::exchange(from_, -1));
    }
    /// Exactly these bytes come, within 5 s.
    void answers(const std::string& wanted, const std::string& what) const {
        std::string got;
        while (got.size() < wanted.size()) {
            pollfd ready = {from_, POLLIN, 0};
            expect(::poll(&ready, 1, 5000) == 1, what + ": no answer");
            char buffer[65536];
            const auto n =
                ::read(from_, buffer, std::min(sizeof buffer, wanted.size() - got.size()));
            expect(n > 0, what + ": the port is closed");
            got.append(buffer, static_cast<std::size_t>(n));
        }
        expect(got == wanted, what + ": other bytes");
    }
    /// Whatever comes until the end of file or for so long.
    [[nodiscard]] std::string rest(int milliseconds) const {
        std::string got;
        for (;;) {
            pollfd ready = {from_, POLLIN, 0};
            if (::poll(&ready, 1, milliseconds) != 1) return got;
            char buffer[65536];
            const auto n = ::read(from_, buffer, sizeof buffer);
            if (n <= 0) return got;
            got.append(buffer, static_cast<std::size_t>(n));
        }
    }
    void started() const { answers(kAck, "the first ACK"); }
    /// Its wait status, or -1 when it has not ended in time.
    int ended(Clock::duration limit) {
        int status = 0;
        const bool over =
            eventually(limit, [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; });
        if (!over) return -1;
        pid_ = 0;
        return status;
    }
    [[nodiscard]] bool runs() const { return ::waitpid(pid_, nullptr, WNOHANG) == 0; }
    [[nodiscard]] std::string words() const { return slurp(dir_ + "/stderr"); }
    [[nodiscard]] bool says(const std::string& text) const {
        return words().find(text) != std::string::npos;
    }

 private:
    [[noreturn]] void run(const std::string& program, int in, int out) const {
        ::dup2(in, 0);
        if (start_.close_stdin) ::close(0);
        ::dup2(out, 1);
        const std::string path = dir_ + "/stderr";
        const int words = start_.stderr_fd >= 0
                              ? start_.stderr_fd
                              : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
        ::dup2(words, 2);
        // close_on_exec does not hold for what the caller made without it
        for (int fd = 3; fd < 64; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        for (const char* name : {"HEART_COMMAND", "HEART_NO_KILL", "HEART_KILL_SIGNAL",
                                 "HEART_DEBUG", "ERL_CRASH_DUMP_SECONDS", "HEART_BEAT_BOOT_DELAY",
                                 "HEART_WATCHDOG_PATH", "HW_WD_DISABLE", "VAKT_LEASE"})
            ::unsetenv(name);
        ::setenv("VAKT_KEEPER_SOCKET", "", 1);  // this machine's keeper is not ours
        for (const auto& [name, value] : start_.environment)
            ::setenv(name.c_str(), value.c_str(), 1);
        std::vector<const char*> argv;
        for (const auto& word : start_.before) argv.push_back(word.c_str());
        argv.push_back(program.c_str());
        for (const auto& word : start_.arguments) argv.push_back(word.c_str());
        argv.push_back(nullptr);
        ::execvp(argv[0], const_cast<char* const*>(argv.data()));
        ::_exit(126);
    }

    std::string dir_;
    Start start_;
    pid_t pid_ = 0;
    int to_ = -1;
    int from_ = -1;
};

}  // namespace vakt::test
