// SPDX-License-Identifier: Apache-2.0
// mod_syslog's eyes: everything is looked at, nothing is changed but the lock file.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "swap/allow.h"
#include "swap/owner.h"
#include "swap/plan.h"
#include "swap/verdict.h"
#include "sys/fd.h"
#include "sys/lock.h"
#include "sys/open.h"
#include "sys/other_process.h"
#include "sys/privilege.h"
#include "sys/process.h"

namespace vakt::prog {

/// Nothing: go on.
using Refused = std::optional<swap::Verdict>;

/// What is known of a swap that was asked for. Each look fills in its part or says why not; they
/// are taken in the order they stand here, and each needs those before it.
class Look {
 public:
    /// `own` and `conf` as they came in argv: keys, until a row of the policy has matched.
    Look(const sys::Caller& caller, swap::Wanted wanted, std::string own, std::string conf);

    /// The row that allows it, or -1; -2 when the policy itself is not to be trusted.
    Refused policy();
    /// OWN.
    Refused own_directory();
    /// The lock, and whether another owner that lives holds the configuration (-1).
    Refused lock();
    /// Which daemon is to be told, and by that the flavour. A daemon that is not as it must be is
    /// not refused here but by the plan; -3 when the flavour cannot be found out.
    Refused daemon();
    /// The FIFO; for a flavour that re-reads also ORIG, OTP, CONF and its directory.
    Refused files();

    /// Whose files are trusted besides root's.
    [[nodiscard]] const sys::Trust& trust() const { return trust_; }
    [[nodiscard]] const swap::AllowRow& row() const { return row_; }
    [[nodiscard]] const std::string& own_path() const { return own_path_; }
    [[nodiscard]] const sys::Fd& own() const { return own_; }
    [[nodiscard]] const sys::Fd& conf_dir() const { return conf_dir_; }
    [[nodiscard]] const std::string& conf_name() const { return conf_name_; }
    /// The configuration as it was when it was looked at, open for reading.
    [[nodiscard]] const sys::Fd& old_conf() const { return old_conf_; }
    /// Whether that is what stands there now, and nobody has written it since.
    [[nodiscard]] bool is_conf_unchanged() const;
    [[nodiscard]] const swap::Situation& situation() const { return situation_; }
    [[nodiscard]] const sys::OtherProcess* process() const {
        return process_ ? &*process_ : nullptr;
    }
    [[nodiscard]] const swap::Record& record() const { return record_; }
    [[nodiscard]] const swap::Owner& asking() const { return asking_; }
    [[nodiscard]] const sys::Lock& held() const { return *lock_; }
    /// Where the policy was read, or would have been; empty when the built-in one counts.
    [[nodiscard]] const std::string& policy_path() const { return policy_path_; }

    /// Where the policy lies when we have more rights than the caller.
    static std::string system_policy();
    /// Without the lock: what the record says now, for --check.
    [[nodiscard]] std::optional<swap::Record> peek_record() const;
    /// Whether that owner is still the process it was, in this boot.
    [[nodiscard]] static bool lives(const swap::Owner& owner);

 private:
    Refused system_policy_row();
    /// OWN/syslog.allow; without one, for root the system's, else what the caller may by hand.
    Refused private_policy_row();
    Refused read_policy(const sys::Fd& dir, const std::string& name, const std::string& path);
    void default_row();
    Refused find_owner();
    void find_by_pid_file(const std::string& path);
    void find_by_unit();
    /// The daemon is `pid`, if it is what the row says.
    void judge(pid_t pid);
    [[nodiscard]] std::optional<std::string> distrust_process(pid_t pid) const;
    void no_daemon(swap::DaemonState state, swap::Code code, std::string words);
    Refused read_file(const sys::Fd& dir, const std::string& name, swap::LookedFile& looked,
                      sys::Fd* keep_open);

    const sys::Caller& caller_;
    sys::Trust trust_;
    std::string own_path_;
    std::string conf_path_;
    std::string policy_path_;
    bool policy_is_there_ = true;  ///< good or bad
    swap::AllowRow row_;
    sys::Fd own_;
    sys::Fd conf_dir_;
    std::string conf_name_;
    sys::Fd old_conf_;
    struct stat old_status_ {};
    std::optional<sys::Lock> lock_;
    swap::Record record_;
    swap::Owner asking_;
    std::optional<sys::OtherProcess> process_;
    std::string executable_;
    swap::Situation situation_;
};

/// struct stat as the plain values the decisions take.
swap::FileFacts facts_of(const struct stat& status);

/// mod_syslog --check OWN CONF. Exit status: 0 nothing wrong, 1 findings.
int check(const sys::Caller& caller, const std::string& own, const std::string& conf);

}  // namespace vakt::prog
