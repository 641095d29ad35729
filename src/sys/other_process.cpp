// SPDX-License-Identifier: Apache-2.0
// Another process, held so that it can never be taken for a stranger with its number.
#include "sys/other_process.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "sys/error.h"

extern "C" {  // glibc 2.36's header forgets to say so
#include <sys/pidfd.h>
}

namespace vakt::sys {
namespace {

struct Stat {
    char state = 0;
    std::uint64_t start = 0;
};

// proc(5), /proc/PID/stat: the name in brackets may hold anything, so fields are counted from the
// last bracket.
std::optional<Stat> read_stat(pid_t pid) {
    const std::string path = "/proc/" + std::to_string(pid) + "/stat";
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    char text[1024];
    const auto n = file ? ::read(file.get(), text, sizeof text - 1) : -1;
    if (n <= 0) return std::nullopt;
    text[n] = '\0';
    const char* field = std::strrchr(text, ')');
    if (field == nullptr || field[1] != ' ') return std::nullopt;
    field += 2;  // field 3
    Stat stat{*field, 0};
    for (int number = 3; number < 22; ++number) {
        field = std::strchr(field, ' ');
        if (field == nullptr) return std::nullopt;
        ++field;
    }
    stat.start = std::strtoull(field, nullptr, 10);
    return stat;
}

Error no_such_process(std::string_view operation, const std::string& subject) {
    errno = ESRCH;
    return last_error(operation, subject);
}

}  // namespace

Result<OtherProcess> OtherProcess::hold(pid_t pid, How how) {
    const std::string subject = std::to_string(pid);
    if (how == How::best) {
        Fd pidfd(::pidfd_open(pid, 0));
        if (pidfd) return OtherProcess(pid, std::move(pidfd), 0);
        if (errno != ENOSYS) return last_error("pidfd_open", subject);
    }
    const auto stat = read_stat(pid);
    if (!stat) return no_such_process("hold", subject);
    return OtherProcess(pid, Fd{}, stat->start);
}

bool OtherProcess::ended() const {
    if (pidfd_) {
        pollfd wait = {pidfd_.get(), POLLIN, 0};
        return ::poll(&wait, 1, 0) == 1;
    }
    const auto stat = read_stat(pid_);
    return !stat || stat->start != start_ || stat->state == 'Z' || stat->state == 'X';
}

Status OtherProcess::signal(int number, bool by_name) const {
    const std::string subject = std::to_string(pid_);
    if (pidfd_ && !by_name) {
        if (::pidfd_send_signal(pidfd_.get(), number, nullptr, 0) == 0) return Done{};
        return last_error("pidfd_send_signal", subject);
    }
    if (ended()) return no_such_process("kill", subject);
    if (::kill(pid_, number) != 0) return last_error("kill", subject);
    return Done{};
}

}  // namespace vakt::sys
