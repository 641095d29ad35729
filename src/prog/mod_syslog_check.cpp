// SPDX-License-Identifier: Apache-2.0
// mod_syslog --check: what is missing or wrong in an installation, in words.
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "prog/mod_syslog_look.h"
#include "swap/findings.h"

namespace vakt::prog {
namespace {

using swap::Finding;
using swap::Findings;

/// Collects what is found and says it in one write.
class Report {
 public:
    void note(const std::string& words) { text_ += words + "\n"; }
    void add(const Finding& finding) {
        text_ += "wrong: " + finding.what + "\n";
        text_ += " cure: " + finding.cure + "\n";
        ++count_;
    }
    void add(const Findings& findings) {
        for (const auto& finding : findings) add(finding);
    }
    int finish() {
        text_ += count_ == 0 ? std::string("nothing wrong\n")
                             : std::to_string(count_) + " found wrong\n";
        static_cast<void>(!::write(STDOUT_FILENO, text_.data(), text_.size()));
        return count_ == 0 ? 0 : 1;
    }

 private:
    std::string text_;
    std::size_t count_ = 0;
};

struct OwnProgram {
    std::string path = "mod_syslog";
    swap::FileFacts facts;
};

OwnProgram look_at_ourselves() {
    OwnProgram program;
    if (const auto path = sys::executable_of(::getpid())) program.path = *path;
    struct stat status {};
    if (::stat("/proc/self/exe", &status) == 0) program.facts = facts_of(status);
    return program;
}

std::string say_owner(const Look& look) {
    const auto record = look.peek_record();
    if (!record) return "owner: unknown (the lock file is not there, or root's alone to read)";
    if (!record->owner) return "owner: nobody";
    const auto pid = std::to_string(record->owner->pid);
    if (!Look::lives(*record->owner)) return "owner: process " + pid + ", which has ended";
    const auto name = sys::facts_of(record->owner->pid);
    return "owner: process " + pid + (name ? " (" + std::string(name->name.view()) + ")" : "") +
           "; otp and nootp of others are refused with -1 while it lives";
}

std::string cure_of_policy(const swap::Verdict& verdict, const std::string& path) {
    if (path.empty()) {
        return "OWN and CONF are absolute paths, and OWN is a directory that belongs to root, or "
               "to the "
               "caller, and is written by nobody else";
    }
    if (verdict.code == swap::Code::refused) {
        return "put a row OWN CONF FLAVOUR PIDFILE|UNIT EXE GID [CALLERS] into " + path +
               " with exactly these paths, and the caller's group or uid (syslog.allow(5))";
    }
    return path +
           " is to be a plain file of root, mode 0644, well formed, below directories of root";
}

}  // namespace

int check(const sys::Caller& caller, const std::string& own, const std::string& conf) {
    Report report;
    const auto program = look_at_ourselves();
    // Root asks for those who will start the set-uid program, so what counts for them counts here.
    auto seen_as = caller;
    if (caller.uid == 0 && program.facts.uid == 0 && (program.facts.mode & 04000U) != 0)
        seen_as.extra_rights = true;

    Look look(seen_as, swap::Wanted::otp, own, conf);
    const auto refused = look.policy();
    const auto& policy = look.policy_path();
    report.note("policy: " + (policy.empty() ? "none; the caller's own rights decide" : policy));
    if (refused) {
        report.add({refused->words, cure_of_policy(*refused, policy)});
        return report.finish();
    }
    if (const auto bad = look.own_directory()) {
        report.add({bad->words, "make it a directory of root that nobody else may write"});
        return report.finish();
    }
    report.add(swap::check_helper({.path = program.path,
                                   .file = program.facts,
                                   .caller_uid = caller.uid,
                                   .extra_rights = caller.extra_rights,
                                   .own_uid = sys::status_of(look.own()).st_uid,
                                   .gid = look.row().gid}));
    const auto unknown_daemon = look.daemon();
    report.note("flavour: " + (unknown_daemon ? "unknown" : look.situation().flavour.name));
    if (unknown_daemon) {
        report.add({unknown_daemon->words,
                    "start the syslog daemon, or name its flavour, pid file "
                    "and executable in the policy"});
    } else {
        if (look.situation().daemon_hidden && seen_as.extra_rights)
            report.note("daemon: " + look.situation().daemon_refusal.words + "; root's to judge");
        else
            report.add(swap::check_daemon(look.situation()));
    }
    if (const auto bad = look.files())
        report.add({bad->words,
                    "every directory above belongs to root and is written by nobody "
                    "else; the files can be read"});
    report.add(swap::check_files(look.situation(), own, conf));
    report.note(say_owner(look));
    return report.finish();
}

}  // namespace vakt::prog
