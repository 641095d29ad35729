// SPDX-License-Identifier: Apache-2.0
// mod_syslog's eyes.
#include "prog/mod_syslog_look.h"

#include <sys/stat.h>

#include <cerrno>
#include <chrono>

#include "swap/file_facts.h"
#include "swap/paths.h"
#include "sys/boot_id.h"

namespace vakt::prog {
namespace {

using swap::Code;
using swap::Verdict;

constexpr std::chrono::seconds kLockPatience{10};

Verdict refuse_file(const Error& error) { return {Code::file, describe(error)}; }

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
    if (row_.writer) situation_.fifo_uid = *row_.writer;
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
            .callers = {},
            .writer = {}};
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
