// SPDX-License-Identifier: Apache-2.0
// The decision of mod_syslog.
#include "swap/plan.h"

#include <optional>

#include "swap/conf_lines.h"
#include "swap/paths.h"

namespace vakt::swap {
namespace {

Verdict refuse_file(std::string_view what, std::string_view why) {
    return {Code::file, std::string(what) + " " + std::string(why)};
}

std::optional<Verdict> check_files(const Situation& s) {
    if (s.fifo.type != FileType::absent && s.fifo.type != FileType::fifo)
        return refuse_file(s.fifo_path, "is " + name_of(s.fifo.type) + ", not a FIFO");
    if (!s.flavour.rereads) return std::nullopt;

    if (const auto why = distrust(s.orig.facts, s.trusted_uid, kConfMax))
        return refuse_file(kOrig, *why);
    if (const auto why = distrust(s.otp.facts, s.trusted_uid, kConfMax))
        return refuse_file(kOtp, *why);
    if (const auto why = distrust(s.conf.facts, s.trusted_uid, kConfMax))
        return refuse_file("the configuration", *why);

    if (s.wanted == Wanted::otp && s.flavour.action == ActionSyntax::pipe) {
        const auto lines = find_fifo(s.otp.bytes, s.fifo_path);
        if (!lines.plain.empty()) {
            return refuse_file(kOtp, "line " + std::to_string(lines.plain.front()) + " names " +
                                         s.fifo_path +
                                         " as a plain file, which blocks or kills this daemon; "
                                         "write |" +
                                         s.fifo_path);
        }
    }
    if (s.conf.bytes != s.orig.bytes && s.conf.bytes != s.otp.bytes) {
        return refuse_file("the configuration",
                           "is neither " + std::string(kOrig) + " nor " + std::string(kOtp) +
                               ": it was edited since, and swapping would lose that");
    }
    return std::nullopt;
}

std::optional<Verdict> check_daemon(const Situation& s) {
    if (!s.flavour.supported) {
        return Verdict{Code::daemon,
                       "a " + s.flavour.name +
                           " syslogd cannot be given a FIFO at run time: it reads no "
                           "configuration, so no rule and no SIGHUP can lead it there, and "
                           "started with -O FIFO it dies when the reader leaves; run another "
                           "syslog daemon"};
    }
    if (s.flavour.tell == Tell::none || s.daemon == DaemonState::alive) return std::nullopt;
    // A daemon with a permanent rule finds the FIFO when it starts; a wrong one is a wrong policy.
    if (s.daemon == DaemonState::absent && !s.flavour.rereads) return std::nullopt;
    return s.daemon_refusal;
}

std::optional<Step> fifo_step(const Situation& s) {
    if (s.fifo.type == FileType::absent) return Step::make_fifo;
    if (s.fifo.uid != s.fifo_uid || s.fifo.nlink != 1) return Step::replace_fifo;
    // Whoever could open it may still hold it, and forge lines or take them: a new one is nobody's
    // yet.
    const auto others_could = s.fifo.gid == s.fifo_gid ? 037U : 077U;
    if ((s.fifo.mode & others_could) != 0) return Step::replace_fifo;
    if (s.fifo.gid != s.fifo_gid || s.fifo.mode != kFifoMode) return Step::repair_fifo;
    return std::nullopt;
}

Steps steps_to_otp(const Situation& s) {
    Steps steps;
    const auto fifo = fifo_step(s);
    if (fifo) steps.push_back(*fifo);
    const bool swap = s.flavour.rereads && s.conf.bytes != s.otp.bytes;
    if (swap) steps.push_back(Step::install_otp);
    const bool new_fifo = fifo && *fifo != Step::repair_fifo;
    // Solaris drops a FIFO's rule whenever its reader leaves, until the next HUP (os_sup page,
    // finding 5).
    const bool rule_may_be_off = s.flavour.rereads && s.flavour.action == ActionSyntax::plain;
    if ((swap || new_fifo || s.untold || rule_may_be_off) && s.flavour.tell == Tell::hup &&
        s.daemon == DaemonState::alive) {
        if (s.flavour.reader_first) steps.push_back(Step::hold_fifo);
        steps.push_back(Step::tell_daemon);
    }
    return steps;
}

/// The FIFO goes without a wait: no supported daemon opens a pipe's path with O_CREAT, and one that
/// has not yet read ORIG writes into the FIFO it holds, which nobody reads any more.
Steps steps_to_nootp(const Situation& s) {
    Steps steps;
    if (s.flavour.rereads) {
        const bool swap = s.conf.bytes != s.orig.bytes;
        if (swap) steps.push_back(Step::install_orig);
        if (swap || s.untold) steps.push_back(Step::tell_daemon);
    }
    if (s.fifo.type == FileType::fifo) steps.push_back(Step::remove_fifo);
    return steps;
}

}  // namespace

std::variant<Steps, Verdict> plan(const Situation& situation) {
    if (const auto refused = check_files(situation)) return *refused;
    if (const auto refused = check_daemon(situation)) return *refused;
    return situation.wanted == Wanted::otp ? steps_to_otp(situation) : steps_to_nootp(situation);
}

}  // namespace vakt::swap
