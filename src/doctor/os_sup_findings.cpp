// SPDX-License-Identifier: Apache-2.0
// What os_sup needs: the policy and its files, the setuid helper, and the keys of os_mon or vakt.
#include <algorithm>

#include "doctor/findings.h"

namespace vakt::doctor {
namespace {

void examine_policy(const NodeFacts& node, Findings& out) {
    if (node.refusal)
        out.push_back({Level::wrong, node.policy, *node.refusal + ": every request is refused",
                       "mend the row (syslog.allow(5))"});
    for (const auto& swap : node.swaps) {
        if (!swap.swaps) continue;
        const auto check = "mod_syslog --check " + swap.own + " " + swap.conf.path;
        for (const auto& it : {swap.conf, swap.orig, swap.otp}) {
            if (!it.file.there())
                out.push_back({Level::wrong, it.path,
                               "is not there: mod_syslog has nothing to swap",
                               "install.sh install makes it; " + check + " says more"});
            else
                guarded(it, "mod_syslog refuses it", out);
        }
    }
}

void examine_helper(const NodeFacts& node, Findings& out) {
    for (const auto& it : node.strangers)
        if (it.file.is_setuid_root())
            out.push_back(
                {Level::wrong, it.path,
                 "is OTP's own, setuid root: whoever runs it overwrites any file",
                 "chmod u-s " + it.path + ", or install.sh install, which puts Vakt's there"});
    for (const auto& it : node.copies)
        if (it.file.there() && !it.file.is_setuid_root())
            out.push_back(
                {Level::weak, it.path,
                 "is a copy without rights: without the bridge it answers -2 to " + node.user,
                 "install.sh install, which puts a link to Vakt's there"});
    const auto& [path, file] = node.mod_syslog;
    if (node.swaps.empty() || !file.there()) return;
    if (!file.is_setuid_root())
        out.push_back({Level::wrong, path, "is not setuid root: it answers -2 to " + node.user,
                       "chown root:" + node.user + " " + path + " && chmod 4750 " + path});
    else if ((file.mode & 0007U) != 0)
        out.push_back({Level::weak, path,
                       "may be started by everyone, though by its policy it serves few",
                       "chmod 4750 " + path});
    if ((file.mode & 0022U) != 0)
        out.push_back({Level::wrong, path, "is written by others than root", "chmod go-w " + path});
}

void examine_keys(const NodeFacts& node, bool has_bridge, Findings& out) {
    if (!node.edited_app.empty())
        out.push_back(
            {Level::weak, node.edited_app,
             "was edited: start_os_sup is true in it, and the next release has it no more",
             "set it in the system configuration file instead"});
    if (!node.sys_config.file.there()) return;
    const auto& path = node.sys_config.path;
    const bool by_vakt = node.vakt.start.value_or(false);
    const bool by_os_mon = node.os_mon.start.value_or(false);
    if (by_vakt && by_os_mon)
        out.push_back({Level::wrong, path,
                       "starts os_sup twice, in os_mon and in vakt: each takes the other's lines",
                       "start_os_sup of one of them alone"});
    if (by_os_mon && !by_vakt)
        out.push_back({Level::note, path,
                       "starts os_sup in os_mon, which OTP does on Solaris alone",
                       "{vakt, [{start_os_sup, true}]} works everywhere, with the same keys"});
    const bool asked = by_vakt || by_os_mon;
    if (!asked) {
        if (!node.swaps.empty())
            out.push_back({Level::note, path,
                           "starts no os_sup, though " + node.policy + " has a row for it",
                           "{vakt, [{start_os_sup, true}]} on the first node of the board"});
        return;
    }
    const auto said = [&](auto key, const char* otherwise) {
        // vakt takes os_mon's where it has none of its own
        if (node.vakt.*key) return *(node.vakt.*key);
        return (node.os_mon.*key).value_or(otherwise);
    };
    const auto own = said(&OsSupKeys::own, "/etc");
    const auto conf = said(&OsSupKeys::conf, "/etc/syslog.conf");
    const bool allowed = std::any_of(
        node.swaps.begin(), node.swaps.end(),
        [&](const SwapFacts& swap) { return swap.own == own && swap.conf.path == conf; });
    const bool by_bridge = has_bridge && node.swaps.empty();
    if (!allowed && !by_bridge && !node.refusal)
        out.push_back({Level::weak, path,
                       "asks for os_sup_own " + own + " and os_sup_syslogconf " + conf +
                           ", and no row of " + node.policy + " allows that",
                       "the row, as install.sh install writes it; with the bridge alone none is "
                       "needed"});
}

}  // namespace

void examine_os_sup(const Facts& facts, Findings& out) {
    if (!facts.node) return;
    examine_policy(*facts.node, out);
    examine_helper(*facts.node, out);
    examine_keys(*facts.node, facts.bridge.has_value(), out);
}

}  // namespace vakt::doctor
