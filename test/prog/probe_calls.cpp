// SPDX-License-Identifier: Apache-2.0
// usage: probe_calls DIR
// What no_process may forbid, tried: one line a call, its name and "ok" or the error's name. A FIFO
// is made in DIR.
#include <pthread.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

void tell(const char* what, int error) {
    std::printf("%s %s\n", what, error == 0 ? "ok" : strerrorname_np(error));
}
void tell_fd(const char* what, int fd) {
    tell(what, fd >= 0 ? 0 : errno);
    if (fd >= 0) ::close(fd);
}

int fork_once() {
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    if (child < 0) return errno;
    ::waitpid(child, nullptr, 0);
    return 0;
}

int spawn_once() {
    char name[] = "true";
    char* const arguments[] = {name, nullptr};
    char* const environment[] = {nullptr};
    pid_t child = 0;
    const int error = ::posix_spawn(&child, "/bin/true", nullptr, nullptr, arguments, environment);
    if (error == 0) ::waitpid(child, nullptr, 0);
    return error;
}

int thread_once() {
    pthread_t thread = {};
    const int error = ::pthread_create(
        &thread, nullptr, [](void* nothing) { return nothing; }, nullptr);
    if (error == 0) ::pthread_join(thread, nullptr);
    return error;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::string fifo = std::string(argv[1]) + "/fifo";
    char host[256] = "";
    ::gethostname(host, sizeof host - 1);
    std::printf("host %s\n", host);
    tell("fork", fork_once());
    tell("spawn", spawn_once());
    tell("thread", thread_once());
    tell("fifo", ::mkfifo(fifo.c_str(), 0600) == 0 ? 0 : errno);
    tell_fd("datagram", ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    tell_fd("stream", ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    tell_fd("udp", ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    tell_fd("memfd", ::memfd_create("probe", MFD_CLOEXEC));
    sigset_t none;
    sigemptyset(&none);
    tell_fd("signalfd", ::signalfd(-1, &none, SFD_CLOEXEC));
    return 0;
}
