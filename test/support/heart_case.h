// SPDX-License-Identifier: Apache-2.0
// A heart's case: a folder, a program, a command that leaves a mark; and many of them at once.
#pragma once

#include <functional>
#include <string_view>

#include "test/support/cases.h"
#include "test/support/heart_process.h"

namespace vakt::test {

inline std::string self;  // path of this program

struct Case {
    std::string dir;
    std::string ours;
    std::string otps;  // empty: none on this machine

    [[nodiscard]] std::string mark() const { return dir + "/mark"; }
    /// A heart command that leaves a mark.
    [[nodiscard]] std::string marker() const { return "exec " + self + " mark " + mark(); }
    [[nodiscard]] Start start(const std::vector<std::string>& more = {}) const {
        Start start;
        start.arguments = {"-ht", "11"};
        start.arguments.insert(start.arguments.end(), more.begin(), more.end());
        start.environment["HEART_COMMAND"] = marker();
        return start;
    }
    [[nodiscard]] bool marked() const {
        const auto text = slurp(mark());
        return !text.empty() && text.back() == '\n';
    }
    /// When the command ran.
    [[nodiscard]] Clock::time_point acted(Clock::duration limit) const {
        expect(eventually(limit, [&] { return marked(); }), "the heart command never ran");
        return Clock::time_point(std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(std::stod(slurp(mark())))));
    }
    [[nodiscard]] const std::string& reference() const {
        if (otps.empty()) skip("no heart of OTP's on this machine");
        return otps;
    }
};

inline void in_time(const Case& c, Clock::time_point last_beat) {
    const double took = seconds(c.acted(16s) - last_beat);
    std::printf("acted after %.3f s\n", took);
    expect(took >= 11.0, "too early");
    // A busy machine is late itself; OTP's heart is at 15. make bench has the figure.
    expect(took < 13.0, "too late");
}
inline void left_well(HeartProcess& heart) {
    expect(heart.ended(5s) == 0, "heart did not end with 0");
}

/// A child that stands for the VM: sleeps until it is ended. Ended with its parent.
inline pid_t make_vm() {
    const pid_t vm = ::fork();
    if (vm == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) ::pause();
    }
    return vm;
}
inline std::vector<std::string> pid_arguments(pid_t vm) { return {"-pid", std::to_string(vm)}; }

using Cases = std::map<std::string, std::function<void(const Case&)>>;

/// Every case at once, each in a process and folder of its own: DIR/CASE/log and DIR/CASE/code.
inline int run_all(const Cases& cases, const std::string& dir, const std::string& ours,
                   const std::string& otps) {
    std::map<std::string, std::function<void(const std::string&)>> in_folder;
    for (const auto& one : cases)
        in_folder[one.first] = [&](const std::string& folder) {
            one.second(Case{folder, ours, otps});
        };
    return run_all_at_once(dir, in_folder, kNoLimit);
}

/// A heart command: writes when it ran (CLOCK_MONOTONIC, seconds).
inline int mark(const std::string& path) {
    const double now =
        seconds(Clock::now().time_since_epoch());  // before a busy disk takes its own
    std::FILE* file = std::fopen(path.c_str(), "w");
    if (file == nullptr) return 1;
    std::fprintf(file, "%.9f\n", now);
    return std::fclose(file);
}

/// NAME run DIR OURS OTPS | NAME mark FILE
inline int peer_main(const char* name, const Cases& cases, int argc, char** argv) {
    char path[4096];
    const auto n = ::readlink("/proc/self/exe", path, sizeof path);
    self.assign(path, static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    ::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 2 && arguments[0] == "mark") return mark(arguments[1]);
    if (arguments.size() == 4 && arguments[0] == "run")
        return run_all(cases, arguments[1], arguments[2], arguments[3]);
    std::fprintf(stderr, "usage: %s run DIR OURS OTPS | mark FILE\n", name);
    return 2;
}

}  // namespace vakt::test
