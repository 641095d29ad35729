// SPDX-License-Identifier: Apache-2.0
// Runs a port program as Erlang would and prints each {packet,2} it sends, one a line.
//
// usage: packet_dump PIDFILE PROGRAM [ARGUMENT ...]
//
// The program's pid is written to PIDFILE. What it sends is printed as soon as it has come. SIGTERM
// closes its standard input, as a port does when it is closed; the status is the program's, or 3
// when the last packet was not whole.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include "sys/fd.h"

namespace {

volatile sig_atomic_t told_to_end = 0;

// Prints and removes the whole packets at the front of `bytes`.
void print_packets(std::string& bytes) {
    std::size_t at = 0;
    while (bytes.size() - at >= 2) {
        const auto high = static_cast<unsigned char>(bytes[at]);
        const auto low = static_cast<unsigned char>(bytes[at + 1]);
        const std::size_t length = high * 256U + low;
        if (bytes.size() - at - 2 < length) break;
        std::fwrite(bytes.data() + at + 2, 1, length, stdout);
        std::putchar('\n');
        at += 2 + length;
    }
    std::fflush(stdout);
    bytes.erase(0, at);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: packet_dump PIDFILE PROGRAM [ARGUMENT ...]\n", stderr);
        return 2;
    }
    int to_program[2];
    int from_program[2];
    if (::pipe2(to_program, O_CLOEXEC) != 0 || ::pipe2(from_program, O_CLOEXEC) != 0) return 1;
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(to_program[0], 0);
        ::dup2(from_program[1], 1);
        ::execv(argv[2], argv + 2);
        std::perror(argv[2]);
        ::_exit(127);
    }
    if (child < 0) return 1;
    vakt::sys::Fd commands(to_program[1]);
    const vakt::sys::Fd packets(from_program[0]);
    ::close(to_program[0]);
    ::close(from_program[1]);
    // Under another name first, so that whoever waits for the file finds the pid in it.
    const std::string pid_file = argv[1];
    if (FILE* file = std::fopen((pid_file + ".new").c_str(), "we")) {
        std::fprintf(file, "%d\n", static_cast<int>(child));
        std::fclose(file);
        ::rename((pid_file + ".new").c_str(), pid_file.c_str());
    }

    struct sigaction end {};
    end.sa_handler = [](int) { told_to_end = 1; };
    ::sigaction(SIGTERM, &end, nullptr);
    sigset_t term;
    sigset_t before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &term, &before);  // it comes in ppoll alone

    std::string bytes;
    for (;;) {
        if (told_to_end != 0) commands = {};
        pollfd wait_for{packets.get(), POLLIN, 0};
        if (::ppoll(&wait_for, 1, nullptr, &before) < 0) continue;
        char piece[65536];
        const ssize_t got = ::read(packets.get(), piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        bytes.append(piece, static_cast<std::size_t>(got));
        print_packets(bytes);
    }
    commands = {};
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!bytes.empty()) return 3;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
