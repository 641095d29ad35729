// SPDX-License-Identifier: Apache-2.0
// A stand-in syslog daemon: on each SIGHUP it keeps a copy of the configuration as it finds it at
// that moment.
//
// usage: fake_syslogd PIDFILE CONF RECORD
//   RECORD       one line an event: "start", "hup N uid UID", "mark"
//   RECORD.N     what CONF held at hangup N, or RECORD.N.missing when it could not be opened
// SIGUSR1 appends "mark": pending signals are taken lowest number first, so every hangup sent
// before it has been recorded by then. SIGTERM ends it.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>

#include "sys/fd.h"

namespace {

using vakt::sys::Fd;

void append(const std::string& path, const std::string& line) {
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    const std::string text = line + "\n";
    if (::write(file.get(), text.data(), text.size()) < 0) std::perror(path.c_str());
}

void copy(const std::string& from, const std::string& to) {
    const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    const std::string name = source ? to : to + ".missing";
    const Fd target(::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    std::array<char, 65536> bytes{};
    ssize_t n = 0;
    while (source && (n = ::read(source.get(), bytes.data(), bytes.size())) > 0) {
        if (::write(target.get(), bytes.data(), static_cast<size_t>(n)) < 0)
            std::perror(to.c_str());
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const std::string pid_file = argv[1];
    const std::string conf = argv[2];
    const std::string record = argv[3];

    sigset_t wanted{};
    sigemptyset(&wanted);
    for (const int number : {SIGHUP, SIGUSR1, SIGTERM}) sigaddset(&wanted, number);
    sigprocmask(SIG_BLOCK, &wanted, nullptr);
    ::umask(022);

    append(record, "start");
    append(pid_file + ".new", std::to_string(::getpid()));
    if (std::rename((pid_file + ".new").c_str(), pid_file.c_str()) != 0) return 1;

    for (int hangups = 0;;) {
        siginfo_t info{};
        const int number = sigwaitinfo(&wanted, &info);
        if (number == SIGTERM) return 0;
        if (number == SIGUSR1) append(record, "mark");
        if (number != SIGHUP) continue;
        ++hangups;
        copy(conf, record + "." + std::to_string(hangups));
        append(record, "hup " + std::to_string(hangups) + " uid " + std::to_string(info.si_uid));
    }
}
