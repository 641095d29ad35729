// SPDX-License-Identifier: Apache-2.0
// keeper.conf, the keeper's socket, its files, its leases.
#include <algorithm>

#include "doctor/findings.h"

namespace vakt::doctor {
namespace {

void examine_conf(const Facts& facts, Findings& out) {
    const auto& conf = facts.conf;
    if (!conf.file.there()) {
        out.push_back({Level::wrong, conf.path, "is not there: wd_keeper does not start",
                       "make install puts one there that names no device; see keeper.conf(5)"});
        return;
    }
    guarded(conf, "whoever writes it may reset the board", out);
    for (const auto& error : facts.conf_errors)
        out.push_back({Level::wrong, conf.path, error,
                       "mend that line as it says (keeper.conf(5)), then have wd_keeper read it "
                       "again by SIGHUP"});
    if (!facts.conf_errors.empty()) return;
    if (facts.devices.empty())
        out.push_back({Level::weak, conf.path,
                       "names no device: nothing resets the board when the kernel or the keeper "
                       "hangs",
                       "name the board's watchdog in devices, after reading the danger beside it"});
    if (facts.leases.empty())
        out.push_back({Level::weak, conf.path, "names no lease: no VM is guarded by the board",
                       "add a row to leases with the name and the user of each VM"});
}

void examine_socket(const Facts& facts, Findings& out) {
    switch (facts.keeper) {
        case Reach::answers:
            return;
        case Reach::absent:
            out.push_back({Level::wrong, facts.socket, "is not there: wd_keeper does not run",
                           "start it: systemctl enable --now vakt-keeper, or see wd_keeper(8)"});
            return;
        case Reach::refused:
            out.push_back({Level::wrong, facts.socket,
                           "nobody listens: wd_keeper has ended without a successor",
                           "start it again, and look into the log for why it ended"});
            return;
        case Reach::denied:
            out.push_back({Level::wrong, facts.socket, "may not be connected to",
                           "every user may: chmod 0666 " + facts.socket +
                               ", and its directories want mode 0755; who it is decides what it "
                               "may do"});
            return;
    }
}

void examine_files(const Facts& facts, Findings& out) {
    const auto& dir = facts.state_dir;
    if (!dir.file.there()) {
        out.push_back({Level::wrong, dir.path, "is not there: no reason survives a reset",
                       "install -d -o root -m 0755 " + dir.path});
    } else if (dir.file.kind != FileFacts::Kind::directory) {
        out.push_back({Level::wrong, dir.path, "is no directory: no reason survives a reset",
                       "move it away, then install -d -o root -m 0755 " + dir.path});
    } else {
        guarded(dir, "whoever writes there may forge the reason of a reset", out);
    }
    if (facts.state_mount) {
        const auto& mount = *facts.state_mount;
        if (mount.type == "tmpfs" || mount.type == "ramfs")
            out.push_back(
                {Level::wrong, dir.path,
                 "is on " + mount.type + " (" + mount.at + "): the ledger is gone after a reset",
                 "put it on a disk or flash (wd_keeper --state DIR, VAKT_STATE_DIR)"});
        if (mount.read_only)
            out.push_back(
                {Level::wrong, dir.path,
                 "is on a file system mounted read-only (" + mount.at + "): no ledger is written",
                 "mount a writable one there, or name another (wd_keeper --state DIR)"});
    }
    const auto& state = facts.keeper_state;
    if (state.file.there())
        guarded(state, "whoever writes it may say that the board was given up already", out);
}

void examine_leases(const Facts& facts, Findings& out) {
    for (const auto& lease : facts.leases) {
        const auto subject = "lease " + std::string(lease.rule.name.view());
        if (!lease.user_known)
            out.push_back({Level::weak, subject,
                           "no user has its number " + std::to_string(lease.rule.uid) +
                               (lease.rule.required
                                    ? ", and it is required: the board is reset boot after boot"
                                    : ": nobody can hold it"),
                           "make the user, or mend the row's user"});
    }
    // Only what is named in heart's environment is known to be wanted.
    if (!facts.heart.lease || !facts.conf_errors.empty() || !facts.conf.file.there()) return;
    const auto& wanted = *facts.heart.lease;
    const auto row =
        std::find_if(facts.leases.begin(), facts.leases.end(),
                     [&](const LeaseFacts& lease) { return lease.rule.name.view() == wanted; });
    if (row == facts.leases.end())
        out.push_back({Level::wrong, "VAKT_LEASE=" + wanted,
                       "no row of " + facts.conf.path +
                           " has this name: that heart is refused, and acts as OTP's alone",
                       "add the row, or mend the variable"});
    else if (row->rule.uid != facts.uid && facts.uid != 0)
        out.push_back({Level::wrong, "VAKT_LEASE=" + wanted,
                       "belongs to uid " + std::to_string(row->rule.uid) + ", and this is uid " +
                           std::to_string(facts.uid) + ": that heart is refused",
                       "run the VM as the lease's user, or mend the row's user"});
}

}  // namespace

void examine_keeper(const Facts& facts, Findings& out) {
    examine_conf(facts, out);
    examine_socket(facts, out);
    examine_files(facts, out);
    examine_leases(facts, out);
}

}  // namespace vakt::doctor
