// SPDX-License-Identifier: Apache-2.0
// What is wrong in an installation, and what to do about it.
#include "swap/findings.h"

#include <string_view>

#include "base/text.h"
#include "swap/conf_lines.h"
#include "swap/paths.h"

namespace vakt::swap {
namespace {

constexpr std::uint32_t kHelperMode = 04750;
constexpr std::uint32_t kConfMode = 0644;

/// One of the three configuration files.
struct Named {
    const LookedFile& file;
    std::string path;
    std::string when_missing;
};

void check_conf_file(const Named& named, std::uint32_t trusted_uid, Findings& findings) {
    const auto& facts = named.file.facts;
    if (facts.type == FileType::absent) {
        findings.push_back({named.path + " does not exist", named.when_missing});
        return;
    }
    if (const auto why = distrust(facts, trusted_uid, kConfMax)) {
        const bool right_kind = facts.type == FileType::regular && facts.nlink == 1;
        const bool right_size = facts.size > 0 && facts.size <= kConfMax;
        findings.push_back({named.path + " " + *why,
                            !right_kind || !right_size
                                ? "put a plain file there (" + named.when_missing + ")"
                                : "chown root:root " + named.path + "; chmod 0644 " + named.path});
        return;
    }
    if (facts.mode != kConfMode) {
        findings.push_back({named.path + " has mode " + octal(facts.mode) + ", not 0644",
                            "chmod 0644 " + named.path});
    }
}

/// The first line of `orig` that does not come in `otp` behind those before it; 0 when all do.
std::size_t first_line_lost(std::string_view orig, std::string_view otp) {
    for (std::size_t line = 1; !orig.empty(); ++line) {
        const auto wanted = take_line(orig);
        for (bool found = false; !found;) {
            if (otp.empty()) return line;
            found = take_line(otp) == wanted;
        }
    }
    return 0;
}

void check_rule(const Situation& s, const std::string& own, Findings& findings) {
    const auto otp_path = own + "/" + std::string(kOtp);
    const auto orig_path = own + "/" + std::string(kOrig);
    const auto make_again =
        "make-otp-conf " + orig_path + " SELECTOR " + s.fifo_path + " > " + otp_path;
    const auto lines = find_fifo(s.otp.bytes, s.fifo_path);
    const bool wants_pipe = s.flavour.action == ActionSyntax::pipe;
    const auto at = [&](std::size_t line) {
        return otp_path + " line " + std::to_string(line) + " names the FIFO ";
    };
    if (lines.piped.empty() && lines.plain.empty()) {
        findings.push_back({otp_path + " has no rule that writes to " + s.fifo_path, make_again});
    }
    if (wants_pipe && !lines.plain.empty()) {
        findings.push_back(
            {at(lines.plain.front()) + "as a plain file, which blocks or kills this daemon",
             "write |" + s.fifo_path});
    }
    if (!wants_pipe && !lines.piped.empty()) {
        findings.push_back({at(lines.piped.front()) + "with a |, which this daemon does not know",
                            "write the bare path behind a TAB"});
    }
    if (!wants_pipe && !lines.without_tab.empty()) {
        findings.push_back({at(lines.without_tab.front()) + "behind blanks",
                            "part selector and path by a TAB: this daemon knows nothing else"});
    }
    const auto in_orig = find_fifo(s.orig.bytes, s.fifo_path);
    if (!in_orig.piped.empty() || !in_orig.plain.empty()) {
        findings.push_back({orig_path + " names the FIFO too, so nootp would change nothing",
                            "take that line out of " + orig_path});
    }
    if (const auto lost = first_line_lost(s.orig.bytes, s.otp.bytes); lost != 0) {
        findings.push_back({orig_path + " line " + std::to_string(lost) + " is not in " + otp_path +
                                ", which should be ORIG and the FIFO's rule",
                            make_again});
    }
}

void check_fifo(const Situation& s, Findings& findings) {
    const bool enabled = s.flavour.rereads && !s.conf.bytes.empty() && s.conf.bytes == s.otp.bytes;
    if (s.fifo.type == FileType::absent) {
        if (enabled && s.conf.bytes != s.orig.bytes)
            findings.push_back({s.fifo_path + " does not exist though OTP is installed",
                                "run mod_syslog otp again, or nootp"});
        return;
    }
    if (s.fifo.type != FileType::fifo) {
        findings.push_back({s.fifo_path + " is " + name_of(s.fifo.type) + ", not a FIFO",
                            "move it away; mod_syslog never removes what is no FIFO"});
        return;
    }
    if (s.fifo.uid != s.fifo_uid || s.fifo.gid != s.fifo_gid || s.fifo.mode != kFifoMode) {
        findings.push_back({s.fifo_path + " is " + std::to_string(s.fifo.uid) + ":" +
                                std::to_string(s.fifo.gid) + " with mode " + octal(s.fifo.mode) +
                                ", not " + std::to_string(s.fifo_uid) + ":" +
                                std::to_string(s.fifo_gid) + " with 0640",
                            "run mod_syslog otp, which puts it right"});
    }
}

}  // namespace

Findings check_helper(const HelperFacts& helper) {
    Findings findings;
    const bool set_uid = (helper.file.mode & 04000U) != 0;
    if (!set_uid) {
        // The caller's own rights do where the directory is the caller's.
        if (helper.caller_uid != 0 && helper.own_uid != helper.caller_uid) {
            findings.push_back({helper.path + " is not set-uid, and OWN belongs to uid " +
                                    std::to_string(helper.own_uid),
                                "chown root:GROUP " + helper.path + "; chmod 4750 " + helper.path});
        }
        return findings;
    }
    if (helper.file.uid != 0)
        findings.push_back({helper.path + " belongs to uid " + std::to_string(helper.file.uid),
                            "chown root " + helper.path + "; chmod 4750 " + helper.path});
    if (helper.file.mode != kHelperMode)
        findings.push_back({helper.path + " has mode " + octal(helper.file.mode) + ", not 4750",
                            "chmod 4750 " + helper.path});
    if (helper.file.gid != helper.gid) {
        findings.push_back({helper.path + " belongs to group " + std::to_string(helper.file.gid) +
                                ", the policy's is " + std::to_string(helper.gid),
                            "chgrp " + std::to_string(helper.gid) + " " + helper.path +
                                "; chmod 4750 " + helper.path});
    }
    if (!helper.extra_rights && helper.caller_uid != 0) {
        findings.push_back({helper.path + " is set-uid but was started without root's rights",
                            "it lies on a file system mounted nosuid, or the caller is under "
                            "no_new_privs (NoNewPrivileges= of systemd)"});
    }
    return findings;
}

Findings check_files(const Situation& s, const std::string& own, const std::string& conf) {
    Findings findings;
    if (s.flavour.rereads) {
        const auto orig = own + "/" + std::string(kOrig);
        const auto otp = own + "/" + std::string(kOtp);
        check_conf_file({s.orig, orig, "cp -p " + conf + " " + orig}, s.trusted_uid, findings);
        check_conf_file(
            {s.otp, otp, "make-otp-conf " + orig + " SELECTOR " + s.fifo_path + " > " + otp},
            s.trusted_uid, findings);
        check_conf_file({s.conf, conf, "cp -p " + orig + " " + conf}, s.trusted_uid, findings);
        const bool all_there =
            !s.orig.bytes.empty() && !s.otp.bytes.empty() && !s.conf.bytes.empty();
        if (all_there) check_rule(s, own, findings);
        if (all_there && s.conf.bytes != s.orig.bytes && s.conf.bytes != s.otp.bytes) {
            findings.push_back({conf + " is neither ORIG nor OTP: it was edited since",
                                "to keep the edit, take the FIFO's rule out of it, cp -p " + conf +
                                    " " + orig + ", and make " + otp +
                                    " again; to lose it, cp -p " + orig + " " + conf});
        }
    }
    check_fifo(s, findings);
    return findings;
}

Findings check_daemon(const Situation& s) {
    Findings findings;
    if (!s.flavour.name.empty() && !s.flavour.supported) {
        findings.push_back(
            {"a " + s.flavour.name + " syslogd cannot be given a FIFO at run time",
             "run another syslog daemon; with -O FIFO this one dies when the reader leaves"});
        return findings;
    }
    if (s.flavour.tell == Tell::hup && s.daemon != DaemonState::alive) {
        findings.push_back({s.daemon_refusal.words,
                            s.daemon == DaemonState::absent
                                ? "start the syslog daemon, or put its pid file or unit right in "
                                  "the policy"
                                : "put PIDFILE or UNIT, and EXE, right in the policy"});
    }
    if (s.untold) {
        findings.push_back({"an earlier run was ended before it had told the daemon",
                            "run mod_syslog otp or nootp again"});
    }
    return findings;
}

}  // namespace vakt::swap
