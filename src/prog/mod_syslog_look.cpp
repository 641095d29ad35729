// SPDX-License-Identifier: Apache-2.0
// mod_syslog's eyes.
#include "prog/mod_syslog_look.h"

#include <sys/stat.h>

#include <cerrno>
#include <chrono>

#include "swap/file_facts.h"
#include "swap/paths.h"
#include "swap/pid_file.h"

namespace vakt::prog {
namespace {

using swap::Code;
using swap::DaemonState;
using swap::Verdict;

constexpr std::chrono::seconds kLockPatience{10};

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

Verdict refuse_file(const Error& error) { return {Code::file, describe(error)}; }

bool is_missing(const Error& error) {
    return error.code == std::errc::no_such_file_or_directory ||
           error.code == std::errc::not_a_directory ||
           error.code == std::errc::too_many_symbolic_link_levels;
}

}  // namespace

swap::FileFacts facts_of(const struct stat& status) {
    using swap::FileType;
    const auto mode = status.st_mode;
    const auto type = S_ISREG(mode)    ? FileType::regular
                      : S_ISDIR(mode)  ? FileType::directory
                      : S_ISFIFO(mode) ? FileType::fifo
                      : S_ISLNK(mode)  ? FileType::symlink
                                       : FileType::other;
    return {.type = type,
            .uid = status.st_uid,
            .gid = status.st_gid,
            .mode = mode & 07777U,
            .nlink = status.st_nlink,
            .size = status.st_size < 0 ? 0 : static_cast<std::uint64_t>(status.st_size)};
}

Look::Look(const sys::Caller& caller, swap::Wanted wanted, std::string own, std::string conf)
    : caller_(caller), own_path_(std::move(own)), conf_path_(std::move(conf)) {
    // With extra rights only root's files count; else the caller's own do as well.
    if (!caller.extra_rights) trust_ = {.uid = caller.uid, .group = caller.gid};
    situation_.wanted = wanted;
    situation_.trusted_uid = trust_.uid;
    situation_.fifo_uid = trust_.uid;
}

std::string Look::system_policy() { return VAKT_SYSCONFDIR "/vakt/" + std::string(swap::kAllow); }

Refused Look::policy() {
    if (!swap::is_path(own_path_) || !swap::is_path(conf_path_))
        return Verdict{Code::refused, "OWN and CONF want absolute paths without //, . and .."};
    if (auto refused = caller_.extra_rights ? system_policy_row() : private_policy_row())
        return refused;
    const swap::AskingIds asking{.uid = caller_.uid, .gid = caller_.gid, .groups = caller_.groups};
    if (!policy_path_.empty() && !swap::may_call(row_, asking)) {
        return Verdict{Code::refused, "uid " + std::to_string(caller_.uid) +
                                          " may not ask for this (" + policy_path_ + ")"};
    }
    situation_.fifo_path = own_path_ + "/" + std::string(swap::kFifo);
    situation_.fifo_gid = row_.gid;
    const auto split = swap::split_path(conf_path_);
    conf_name_ = split.name;
    if (split.dir == own_path_) {
        for (const auto name :
             {swap::kOrig, swap::kOtp, swap::kFifo, swap::kLock, swap::kAllow, swap::kFifoTemp})
            if (conf_name_ == name)
                return Verdict{Code::refused, "CONF is one of mod_syslog's own files"};
    }
    return std::nullopt;
}

Refused Look::system_policy_row() {
    policy_path_ = system_policy();
    const auto split = swap::split_path(policy_path_);
    const auto dir = sys::open_directory(split.dir, sys::Trust{}, sys::Reach::strict);
    if (!dir) {
        policy_is_there_ = dir.error().code != std::errc::no_such_file_or_directory;
        return refuse_file(dir.error());
    }
    return read_policy(*dir, split.name, policy_path_);
}

Refused Look::private_policy_row() {
    const auto dir = sys::open_directory(own_path_, trust_, sys::Reach::strict);
    if (!dir) return refuse_file(dir.error());
    const std::string name(swap::kAllow);
    const auto there = sys::look(*dir, name);
    if (!there) return refuse_file(there.error());
    if (*there) {
        policy_path_ = own_path_ + "/" + name;
        return read_policy(*dir, name, policy_path_);
    }
    // What root does by hand must not undo what the set-uid program did for others: same row, same
    // group.
    if (caller_.uid == 0) {
        auto refused = system_policy_row();
        const bool no_row = refused && (!policy_is_there_ || refused->code == Code::refused);
        if (!no_row) return refused;
        policy_path_.clear();
    }
    default_row();
    return std::nullopt;
}

Refused Look::read_policy(const sys::Fd& dir, const std::string& name, const std::string& path) {
    const auto file = sys::open_regular(dir, name);
    if (!file) {
        policy_is_there_ = file.error().code != std::errc::no_such_file_or_directory;
        return refuse_file(file.error());
    }
    auto facts = facts_of(sys::status_of(*file));
    if (facts.size == 0) facts.size = 1;  // an empty policy is good, and allows nothing
    if (const auto why = swap::distrust(facts, trust_.uid, swap::kAllowMax))
        return Verdict{Code::file, path + " " + *why};
    const auto text = sys::read_all(*file, swap::kAllowMax, path);
    if (!text) return refuse_file(text.error());
    const auto allow = swap::parse_allow(*text, swap::compiled_flavours());
    if (!allow) return Verdict{Code::file, path + ": " + describe(allow.error())};
    const auto* row = swap::find_row(*allow, own_path_, conf_path_);
    if (row == nullptr) {
        return Verdict{Code::refused, path + " has no row for " + own_path_ + " " + conf_path_};
    }
    row_ = *row;
    return std::nullopt;
}

/// Without a policy and without extra rights the caller may do what it could do by hand.
void Look::default_row() {
    row_ = {.own = own_path_,
            .conf = conf_path_,
            .flavour = "auto",
            .daemon = {},
            .exe = {},
            .gid = caller_.gid,
            .callers = {}};
}

Refused Look::own_directory() {
    auto dir = sys::open_directory(own_path_, trust_, sys::Reach::strict);
    if (!dir) return refuse_file(dir.error());
    own_ = std::move(*dir);
    return std::nullopt;
}

bool Look::lives(const swap::Owner& owner) {
    const auto boot = sys::boot_id();
    if (!boot || *boot != owner.boot) return false;
    const auto facts = sys::facts_of(owner.pid);
    return facts && !facts->is_dead() && facts->start == owner.start;
}

Refused Look::find_owner() {
    const auto boot = sys::boot_id();
    if (!boot) return refuse_file(boot.error());
    const auto pid = sys::asking_process("beam");
    const auto facts = sys::facts_of(pid);
    // It may have ended by now; then its claim has lapsed before it is made.
    asking_ = {.boot = *boot, .pid = pid, .start = facts ? facts->start : 0};
    return std::nullopt;
}

Refused Look::lock() {
    if (auto refused = find_owner()) return refused;
    auto lock = sys::Lock::take(own_, std::string(swap::kLock), trust_, kLockPatience);
    if (!lock) return refuse_file(lock.error());
    const auto text = lock->read(swap::kRecordSize);
    if (!text) return refuse_file(text.error());
    lock_ = std::move(*lock);
    // What cannot be read is nobody's: only a power cut can have torn it, and no owner outlives
    // that.
    record_ = swap::parse_record(*text).value_or(swap::Record{});
    situation_.untold = !record_.told;
    if (record_.owner && !swap::may_act(record_, lives(*record_.owner), asking_)) {
        return Verdict{Code::refused, "process " + std::to_string(record_.owner->pid) + " holds " +
                                          situation_.fifo_path + ", and it lives; process " +
                                          std::to_string(asking_.pid) + " asked"};
    }
    return std::nullopt;
}

std::optional<swap::Record> Look::peek_record() const {
    const auto file = sys::open_regular(own_, std::string(swap::kLock));
    if (!file) return std::nullopt;
    const auto text = sys::read_all(*file, swap::kRecordSize, swap::kLock);
    return text ? swap::parse_record(*text) : std::nullopt;
}

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
    if (!uids) return describe(uids.error());
    for (const auto uid : {uids->real, uids->effective})
        if (uid != 0 && uid != trust_.uid)
            return subject + " runs as uid " + std::to_string(uid) + ", not as root";
    return std::nullopt;
}

void Look::judge(pid_t pid) {
    // Held first, looked at then, and asked last whether it is still there: so what was seen is
    // its.
    auto process = sys::Process::hold(pid);
    if (!process) {
        no_daemon(DaemonState::absent, Code::daemon,
                  "the daemon is not running: " + describe(process.error()));
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

Refused Look::read_file(const sys::Fd& dir, const std::string& name, swap::LookedFile& looked,
                        sys::Fd* keep_open) {
    const auto seen = sys::look(dir, name);
    if (!seen) return refuse_file(seen.error());
    if (!*seen) return std::nullopt;
    looked.facts = facts_of(**seen);
    if (looked.facts.type != swap::FileType::regular) return std::nullopt;
    auto file = sys::open_regular(dir, name);
    if (!file) return refuse_file(file.error());
    looked.facts = facts_of(sys::status_of(*file));  // of what was opened, whatever was seen
    if (looked.facts.size > swap::kConfMax) return std::nullopt;
    auto bytes = sys::read_all(*file, swap::kConfMax, name);
    if (!bytes) return refuse_file(bytes.error());
    looked.bytes = std::move(*bytes);
    if (keep_open != nullptr) *keep_open = std::move(*file);
    return std::nullopt;
}

Refused Look::files() {
    const auto fifo = sys::look(own_, std::string(swap::kFifo));
    if (!fifo) return refuse_file(fifo.error());
    if (*fifo) situation_.fifo = facts_of(**fifo);
    if (!situation_.flavour.rereads) return std::nullopt;

    const auto split = swap::split_path(conf_path_);
    auto dir = sys::open_directory(split.dir, trust_, sys::Reach::strict);
    if (!dir) return refuse_file(dir.error());
    conf_dir_ = std::move(*dir);
    if (auto bad = read_file(own_, std::string(swap::kOrig), situation_.orig, nullptr)) return bad;
    if (auto bad = read_file(own_, std::string(swap::kOtp), situation_.otp, nullptr)) return bad;
    if (auto bad = read_file(conf_dir_, conf_name_, situation_.conf, &old_conf_)) return bad;
    if (old_conf_) old_status_ = sys::status_of(old_conf_);
    return std::nullopt;
}

bool Look::is_conf_unchanged() const {
    const auto now = sys::look(conf_dir_, conf_name_);
    return now && *now && (*now)->st_dev == old_status_.st_dev &&
           (*now)->st_ino == old_status_.st_ino && (*now)->st_size == old_status_.st_size &&
           (*now)->st_mtim.tv_sec == old_status_.st_mtim.tv_sec &&
           (*now)->st_mtim.tv_nsec == old_status_.st_mtim.tv_nsec;
}

}  // namespace vakt::prog
