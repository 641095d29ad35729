// SPDX-License-Identifier: Apache-2.0
// Processes by descriptor, without a heap.
#include "sys/process_handle.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "base/fixed_line.h"

extern "C" {  // glibc 2.36's header forgets to say so
#include <sys/pidfd.h>
}

namespace vakt::sys {
namespace {

constexpr std::size_t kPath = 48;

Fd open_proc(pid_t pid, std::string_view what, int flags) {
    FixedLine<kPath> path;
    path.put("/proc/");
    if (pid == 0)
        path.put("self");
    else
        path.put(static_cast<std::uint64_t>(pid));
    path.put("/");
    path.put(what);
    char text[kPath + 1] = {};
    path.view().copy(text, kPath);
    return Fd(::open(text, flags | O_CLOEXEC));
}

}  // namespace

Fd open_pidfd(pid_t pid) { return Fd(::pidfd_open(pid, 0)); }

bool signal_pidfd(const Fd& process, int number) {
    return ::pidfd_send_signal(process.get(), number, nullptr, 0) == 0;
}

bool has_ended(const Fd& process) {
    pollfd wait = {process.get(), POLLIN, 0};
    return ::poll(&wait, 1, 0) == 1;
}

// The name in brackets may hold anything, so fields are counted from the last bracket.
std::optional<ProcessStat> stat_of(pid_t pid) {
    const Fd file = open_proc(pid, "stat", O_RDONLY);
    char text[1024];
    const auto n = file ? ::read(file.get(), text, sizeof text - 1) : -1;
    if (n <= 0) return std::nullopt;
    text[n] = '\0';
    const char* field = std::strrchr(text, ')');
    if (field == nullptr || field[1] != ' ') return std::nullopt;
    field += 2;  // field 3
    ProcessStat stat{*field, 0};
    for (int number = 3; number < 22; ++number) {
        field = std::strchr(field, ' ');
        if (field == nullptr) return std::nullopt;
        ++field;
    }
    stat.start = std::strtoull(field, nullptr, 10);
    return stat;
}

std::optional<uid_t> real_uid_of(pid_t pid) {
    const Fd file = open_proc(pid, "status", O_RDONLY);
    char text[2048];  // the line is among the first ten
    const auto n = file ? ::read(file.get(), text, sizeof text - 1) : -1;
    if (n <= 0) return std::nullopt;
    text[n] = '\0';
    // The name, which may hold anything, has its newlines escaped there.
    const char* const line = std::strstr(text, "\nUid:\t");
    if (line == nullptr) return std::nullopt;
    return static_cast<uid_t>(std::strtoul(line + 6, nullptr, 10));
}

bool set_oom_score(pid_t pid, int score) {
    const Fd file = open_proc(pid, "oom_score_adj", O_WRONLY);
    char text[16];
    const auto end = std::to_chars(text, text + sizeof text, score);
    const auto size = end.ptr - text;
    return file && ::write(file.get(), text, static_cast<std::size_t>(size)) == size;
}

}  // namespace vakt::sys
