// SPDX-License-Identifier: Apache-2.0
// usage: vm_standin HEART LOG [ARGUMENT ...]
// What heart sees of a VM, at a hundredth of a VM's cost: starts HEART with -pid and the arguments,
// beats every STANDIN_BEAT_MS (1000), and appends to LOG "NANOSECONDS WORD": started HEART'S-PID,
// beat (the time before it was written), left, crashed, orphaned.
//   SIGTERM  leaves in order (SHUT_DOWN)    SIGUSR1  is about to write a crash dump, and ends
// Ends, as a VM does, when its heart has.
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "sys/clock.h"
#include "sys/signal_inbox.h"

namespace {

using vakt::sys::now;

struct Log {
    int fd;
    void say(std::string_view word) const { write_line(now().time_since_epoch().count(), word); }
    void write_line(long long time, std::string_view word) const {
        const auto line = std::to_string(time) + " " + std::string(word) + "\n";
        (void)!::write(fd, line.data(), line.size());
    }
};

bool send(int port, char op) {
    const char packet[3] = {0, 1, op};
    return ::write(port, packet, sizeof packet) == sizeof packet;
}

constexpr char kBeat = 2;
constexpr char kShutDown = 3;
constexpr char kCrashing = 8;

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const Log log{::open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)};
    int in[2];
    int out[2];
    if (log.fd < 0 || ::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) return 1;
    const char* wanted = std::getenv("STANDIN_BEAT_MS");
    const std::chrono::milliseconds beat_every(wanted != nullptr ? std::atoi(wanted) : 1000);
    const auto own_pid = std::to_string(::getpid());
    const pid_t heart = ::fork();
    if (heart == 0) {
        ::dup2(in[0], 0);
        ::dup2(out[1], 1);
        std::vector<char*> words{argv[1], const_cast<char*>("-pid"),
                                 const_cast<char*>(own_pid.c_str())};
        for (int at = 3; at < argc; ++at) words.push_back(argv[at]);
        words.push_back(nullptr);
        ::execv(argv[1], words.data());
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    ::signal(SIGPIPE, SIG_IGN);
    vakt::sys::SignalInbox signals{SIGTERM, SIGUSR1, SIGCHLD};
    log.say("started " + std::to_string(heart));

    for (;;) {
        const auto time = now().time_since_epoch().count();
        if (send(in[1], kBeat)) log.write_line(time, "beat");
        pollfd watched[2] = {{out[0], POLLIN, 0}, {signals.descriptor(), POLLIN, 0}};
        const auto next = now() + beat_every;
        while (now() < next) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now());
            (void)::poll(watched, 2, static_cast<int>(left.count()));
            char answers[4096];
            if (watched[0].revents != 0 && ::read(out[0], answers, sizeof answers) <= 0) {
                log.say("orphaned");
                return 1;
            }
            while (const auto signal = signals.next()) {
                if (*signal == SIGTERM) {
                    send(in[1], kShutDown);
                    log.say("left");
                    ::waitpid(heart, nullptr, 0);
                    return 0;
                }
                if (*signal == SIGUSR1) {
                    send(in[1], kCrashing);
                    log.say("crashed");
                    return 1;
                }
            }
        }
    }
}
