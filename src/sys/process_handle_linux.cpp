// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <span>

#include "base/fixed_line.h"
#include "sys/process_handle.h"

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

/// As much of it as there is room for; empty when it cannot be read.
std::string_view read_proc(pid_t pid, std::string_view what, std::span<char> room) {
    const Fd file = open_proc(pid, what, O_RDONLY);
    const auto got = file ? ::read(file.get(), room.data(), room.size()) : -1;
    return {room.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

}  // namespace

const short kEventsOfEnd = POLLIN;

Fd open_pidfd(pid_t pid) { return Fd(::pidfd_open(pid, 0)); }

bool signal_pidfd(const Fd& process, int number) {
    return ::pidfd_send_signal(process.get(), number, nullptr, 0) == 0;
}

std::optional<ProcessFacts> facts_of(pid_t pid) {
    std::array<char, 1024> text;  // 22 fields and a name
    return parse_stat(read_proc(pid, "stat", text));
}

Fd open_end_word(pid_t pid) { return open_proc(pid, "stat", O_RDONLY); }

int ending_signal(const Fd& word) {
    std::array<char, 2048> text;  // 52 fields and a name
    const auto got = word ? ::pread(word.get(), text.data(), text.size(), 0) : -1;
    return got > 0 ? parse_ending_signal({text.data(), static_cast<std::size_t>(got)}) : 0;
}

std::optional<ProcessUids> uids_of(pid_t pid) {
    std::array<char, 2048> text;  // the line is among the first ten
    return parse_uids(read_proc(pid, "status", text));
}

bool set_oom_score(pid_t pid, int score) {
    const Fd file = open_proc(pid, "oom_score_adj", O_WRONLY);
    char text[16];
    const auto end = std::to_chars(text, text + sizeof text, score);
    const auto size = end.ptr - text;
    return file && ::write(file.get(), text, static_cast<std::size_t>(size)) == size;
}

}  // namespace vakt::sys
