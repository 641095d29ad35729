// SPDX-License-Identifier: Apache-2.0
// mod_syslog's eyes: which process is the syslog daemon, and whether it is the one expected.
#include <cerrno>

#include "prog/mod_syslog_look.h"
#include "swap/file_facts.h"
#include "swap/paths.h"
#include "swap/pid_file.h"

namespace vakt::prog {
namespace {

using swap::Code;
using swap::DaemonState;
using swap::Verdict;

#ifdef __sun
constexpr bool kPlainIsSafe = true;
#else
constexpr bool kPlainIsSafe = false;
#endif

/// Where daemons leave their pid, when no policy says it; OWN/syslog.pid comes before these.
constexpr const char* kPidFiles[] = {"/etc/syslog.pid",     "/run/syslog.pid",
                                     "/var/run/syslog.pid", "/run/syslogd.pid",
                                     "/run/syslog-ng.pid",  "/run/rsyslogd.pid"};
/// systemd's service units with cgroups v2, and with v1.
constexpr const char* kUnitRoots[] = {"/sys/fs/cgroup/system.slice/",
                                      "/sys/fs/cgroup/systemd/system.slice/"};

bool is_missing(const Error& error) {
    return error.code == std::errc::no_such_file_or_directory ||
           error.code == std::errc::not_a_directory ||
           error.code == std::errc::too_many_symbolic_link_levels;
}

}  // namespace

void Look::no_daemon(DaemonState state, Code code, std::string words) {
    process_.reset();
    situation_.daemon = state;
    situation_.daemon_refusal = {code, std::move(words)};
}

/// Why it is not the daemon of the row, or nothing when it is.
std::optional<std::string> Look::distrust_process(pid_t pid) const {
    const auto subject = "process " + std::to_string(pid);
    if (row_.exe.empty()) {
        const auto file = sys::status_of_executable(pid);
        if (!file) return describe(file.error());
        if (file->st_uid != 0 && file->st_uid != trust_.uid)
            return subject + " runs a file of uid " + std::to_string(file->st_uid);
    } else if (executable_ == row_.exe + " (deleted)") {
        return subject + " runs a file that was removed or replaced since: restart it";
    } else if (executable_ != row_.exe || !sys::runs_the_file_at(pid, row_.exe)) {
        return subject + " runs " + executable_ + ", not " + row_.exe;
    }
    const auto uids = sys::uids_of(pid);
    if (!uids) return subject + " has ended, or /proc is not there";
    for (const auto uid : {uids->real, uids->effective})
        if (uid != 0 && uid != trust_.uid)
            return subject + " runs as uid " + std::to_string(uid) + ", not as root";
    return std::nullopt;
}

void Look::judge(pid_t pid) {
    // Held first, looked at then, and asked last whether it is still there: so what was seen is
    // its.
    auto process = sys::OtherProcess::hold(pid);
    if (!process || process->ended()) {
        no_daemon(DaemonState::absent, Code::daemon,
                  "the daemon is not running: " +
                      (process ? "process " + std::to_string(pid) + " has ended"
                               : describe(process.error())));
        return;
    }
    const auto executable = sys::executable_of(pid);
    if (!executable) {
        situation_.daemon_hidden = executable.error().code == std::errc::permission_denied;
        no_daemon(DaemonState::wrong, Code::daemon, describe(executable.error()));
        return;
    }
    executable_ = *executable;
    if (auto why = distrust_process(pid)) {
        no_daemon(DaemonState::wrong, Code::daemon, std::move(*why));
        return;
    }
    if (const auto there = process->signal(0); !there) {
        situation_.daemon_hidden = there.error().code == std::errc::operation_not_permitted;
        no_daemon(DaemonState::wrong, Code::daemon, describe(there.error()));
        return;
    }
    process_ = std::move(*process);
    situation_.daemon = DaemonState::alive;
}

void Look::find_by_pid_file(const std::string& path) {
    const auto split = swap::split_path(path);
    const auto dir = sys::open_directory(split.dir, trust_, sys::Reach::strict);
    if (!dir) {
        no_daemon(is_missing(dir.error()) ? DaemonState::absent : DaemonState::wrong, Code::file,
                  describe(dir.error()));
        return;
    }
    const auto file = sys::open_regular(*dir, split.name);
    if (!file) {
        no_daemon(is_missing(file.error()) ? DaemonState::absent : DaemonState::wrong, Code::file,
                  "pid file " + path + ": " + describe(file.error()));
        return;
    }
    if (const auto why =
            swap::distrust(facts_of(sys::status_of(*file)), trust_.uid, swap::kPidFileMax)) {
        no_daemon(DaemonState::wrong, Code::file, "pid file " + path + " " + *why);
        return;
    }
    const auto text = sys::read_all(*file, swap::kPidFileMax, path);
    const auto pid = text ? swap::parse_pid_file(*text) : std::nullopt;
    if (!pid) {
        no_daemon(DaemonState::wrong, Code::file, "pid file " + path + " holds no pid");
        return;
    }
    judge(*pid);
}

void Look::find_by_unit() {
    std::optional<pid_t> found;
    for (const auto* root : kUnitRoots) {
        const auto dir = sys::open_directory(root + row_.daemon, trust_, sys::Reach::inner);
        if (!dir) continue;
        const auto file = sys::open_regular(*dir, "cgroup.procs");
        if (!file) continue;
        const auto text = sys::read_all(*file, 65536, "cgroup.procs");
        if (!text) continue;
        for (const auto pid : sys::parse_procs(*text)) {
            judge(pid);
            if (situation_.daemon != DaemonState::alive) continue;
            if (found) {
                no_daemon(DaemonState::wrong, Code::daemon,
                          row_.daemon + " has more than one process that runs " + row_.exe);
                return;
            }
            found = pid;
        }
        break;
    }
    if (found)
        judge(*found);  // the last one that was judged may have been another
    else
        no_daemon(DaemonState::absent, Code::daemon,
                  "no process of " + row_.daemon + " runs " + row_.exe + " as root");
}

Refused Look::daemon() {
    const auto flavours = swap::compiled_flavours();
    const auto* flavour = swap::find_flavour(flavours, row_.flavour);
    const bool nobody_told = flavour != nullptr && flavour->tell == swap::Tell::none;
    if (nobody_told) {
        situation_.flavour = *flavour;
        return std::nullopt;
    }
    if (row_.is_unit()) {
        find_by_unit();
    } else if (!row_.daemon.empty()) {
        find_by_pid_file(row_.daemon);
    } else {
        find_by_pid_file(own_path_ + "/syslog.pid");
        for (const auto* path : kPidFiles) {
            const bool missing = situation_.daemon == DaemonState::absent &&
                                 situation_.daemon_refusal.code == Code::file;
            if (!missing) break;
            find_by_pid_file(path);
        }
    }
    if (flavour == nullptr) {
        const bool seen = situation_.daemon == DaemonState::alive;
        if (seen) flavour = swap::flavour_of(flavours, executable_, kPlainIsSafe);
        if (!seen) return situation_.daemon_refusal;
        if (flavour == nullptr)
            return Verdict{Code::daemon, executable_ + " is no syslog daemon that is known"};
    }
    situation_.flavour = *flavour;
    return std::nullopt;
}

}  // namespace vakt::prog
