// SPDX-License-Identifier: Apache-2.0
// Processes: who they are, and by descriptor.
#include "sys/process_handle.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <span>

#include "base/fixed_line.h"
#include "base/text.h"

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

/// Cuts off and returns the next word, parted by blanks, tabs or the line's end.
std::string_view take_word(std::string_view& text) {
    constexpr std::string_view kBlank = " \t\n";
    text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
    const auto word = text.substr(0, text.find_first_of(kBlank));
    text.remove_prefix(word.size());
    return word;
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

std::optional<ProcessFacts> parse_stat(std::string_view text) {
    // The name in brackets may hold anything, so fields are counted from the last bracket.
    const auto open = text.find('(');
    const auto close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
        return std::nullopt;
    ProcessFacts facts;
    facts.name = text.substr(open + 1, close - open - 1);
    auto rest = text.substr(close + 1);
    const auto state = take_word(rest);  // field 3
    const auto parent = parse_decimal<std::uint32_t>(take_word(rest));
    take_word(rest);
    const auto session = parse_decimal<std::uint32_t>(take_word(rest));
    for (int field = 7; field < 22; ++field) take_word(rest);
    const auto start = parse_decimal<std::uint64_t>(take_word(rest));
    constexpr std::uint32_t kMost = INT_MAX;
    if (state.size() != 1 || !parent || *parent > kMost || !session || *session > kMost || !start)
        return std::nullopt;
    facts.state = state.front();
    facts.parent = static_cast<pid_t>(*parent);
    facts.session = static_cast<pid_t>(*session);
    facts.start = *start;
    return facts;
}

std::optional<ProcessFacts> facts_of(pid_t pid) {
    std::array<char, 1024> text;  // 22 fields and a name
    return parse_stat(read_proc(pid, "stat", text));
}

std::optional<ProcessUids> parse_uids(std::string_view text) {
    while (!text.empty()) {
        // The name, which may hold anything, has its newlines escaped there.
        auto line = take_line(text);
        if (take_word(line) != "Uid:") continue;
        const auto real = parse_decimal<uid_t>(take_word(line));
        const auto effective = parse_decimal<uid_t>(take_word(line));
        if (real && effective) return ProcessUids{.real = *real, .effective = *effective};
    }
    return std::nullopt;
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
