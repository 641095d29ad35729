// SPDX-License-Identifier: Apache-2.0
// bridge.conf, the bridge's socket, and what it reads, keeps and feeds.
#include <algorithm>

#include "doctor/findings.h"

namespace vakt::doctor {
namespace {

using syslog::Source;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

std::string named(const Owner& owner) {
    return owner.name + ", process " + std::to_string(owner.pid);
}

bool reads(const BridgeFacts& bridge, Source kind) {
    return std::any_of(bridge.sources.begin(), bridge.sources.end(),
                       [&](const BridgeSource& source) { return source.kind == kind; });
}

void examine_conf(const BridgeFacts& bridge, Findings& out) {
    const auto& conf = bridge.conf;
    if (!conf.file.there()) {
        out.push_back({Level::wrong, conf.path, "is not there: syslog_bridge does not start again",
                       "make install puts one there; see bridge.conf(5)"});
        return;
    }
    guarded(conf, "whoever writes it chooses what the bridge opens, and who reads it", out);
    for (const auto& error : bridge.conf_errors)
        out.push_back({Level::wrong, conf.path, error,
                       "mend that line as it says (bridge.conf(5)), then have syslog_bridge read "
                       "it again by SIGHUP"});
    if (bridge.memory && bridge.ring > *bridge.memory / 4)
        out.push_back({Level::weak, conf.path,
                       "ring takes " + std::to_string(bridge.ring / kMiB) + " MiB of " +
                           std::to_string(*bridge.memory / kMiB) + " MiB of memory",
                       "make ring smaller, and start the bridge again"});
}

void examine_socket(const BridgeFacts& bridge, Findings& out) {
    switch (bridge.reach) {
        case Reach::answers:
            if (!bridge.no_welcome.empty())
                out.push_back({Level::wrong, bridge.socket, bridge.no_welcome,
                               "look into its log, where SIGUSR1 has it say its account; if it "
                               "says nothing start it again, and of another version start the one "
                               "that is installed"});
            return;
        case Reach::absent:
            out.push_back(
                {Level::weak, bridge.socket,
                 "is not there: syslog_bridge does not run, and events come the classic "
                 "way or not at all",
                 "start it: systemctl enable --now vakt-bridge, or see syslog_bridge(8)"});
            return;
        case Reach::refused:
            out.push_back({Level::wrong, bridge.socket,
                           "nobody listens: syslog_bridge has ended without a successor",
                           "start it again, and look into the log for why it ended"});
            return;
        case Reach::denied:
            out.push_back({Level::wrong, bridge.socket, "may not be connected to by this user",
                           "make the user a member of the socket's group (group in bridge.conf), "
                           "or name it in users; its directories want mode 0755"});
            return;
    }
}

void examine_journal(const BridgeFacts& bridge, Findings& out) {
    if (!reads(bridge, Source::journal) || !bridge.ids || bridge.ids->uid == 0) return;
    const auto& groups = bridge.ids->groups;
    const bool may = std::any_of(
        bridge.journal_groups.begin(), bridge.journal_groups.end(), [&](std::uint32_t group) {
            return std::find(groups.begin(), groups.end(), group) != groups.end();
        });
    if (!may)
        out.push_back({Level::wrong, bridge.conf.path,
                       "names the journal, but syslog_bridge (uid " +
                           std::to_string(bridge.ids->uid) +
                           ") is in no group that may read it: it sees its own lines alone",
                       "set SupplementaryGroups=systemd-journal in vakt-bridge.service, or usermod "
                       "-a -G systemd-journal its user, and start it again"});
}

void examine_fifos(const BridgeFacts& bridge, Findings& out) {
    for (const auto& source : bridge.sources) {
        if (source.kind != Source::fifo) continue;
        const auto& at = source.at;
        if (!at.file.there())
            out.push_back({Level::note, at.path,
                           "is not there yet: the bridge waits until a syslogd's FIFO comes", ""});
        else if (at.file.kind != FileFacts::Kind::fifo)
            out.push_back({Level::wrong, at.path, "is no FIFO, and is not read",
                           "move it away, then mkfifo -m 0640 " + at.path});
        const auto other = std::find_if(source.holders.begin(), source.holders.end(),
                                        [](const Owner& owner) { return owner.name == "ferrule"; });
        if (other != source.holders.end())
            out.push_back({Level::wrong, at.path,
                           "is read by " + named(*other) +
                               ", and by the bridge: each gets a part of the lines",
                           "give the bridge a FIFO of its own, or let the VM use the resident way "
                           "(vakt) and mod_syslog nootp"});
    }
}

void examine_feed(const BridgeFacts& bridge, Findings& out) {
    if (!bridge.feed) return;
    const auto& [path, file] = *bridge.feed;
    if (!file.there()) {
        out.push_back(
            {Level::note, path, "is not there: it is fed once mod_syslog otp has made it", ""});
        return;
    }
    if (file.kind != FileFacts::Kind::fifo) {
        out.push_back({Level::wrong, path, "is no FIFO, and is not fed",
                       "move it away; mod_syslog otp makes the FIFO"});
        return;
    }
    if (file.written_by_others())
        out.push_back({Level::wrong, path, "may be written by others, who can forge any event",
                       "run mod_syslog otp again, which puts it right"});
    if (bridge.ids && bridge.ids->uid != 0 && bridge.ids->uid != file.uid)
        out.push_back({Level::wrong, path,
                       "belongs to uid " + std::to_string(file.uid) + ", and the bridge, uid " +
                           std::to_string(bridge.ids->uid) + ", may not write it",
                       "in syslog.allow write bridge uid:" + std::to_string(bridge.ids->uid) +
                           " - in this row, then mod_syslog nootp and otp"});
}

/// journald's queue for its one reader is short, and it says "missed N messages" only to itself.
void examine_forwarding(const BridgeFacts& bridge, Findings& out) {
    constexpr const char* kSocket = "/run/systemd/journal/syslog";
    if (reads(bridge, Source::forward)) {
        if (!bridge.forward.there())
            out.push_back({Level::wrong, kSocket,
                           "is not there: journald forwards nothing to the bridge",
                           "set Sockets=syslog.socket as vakt-bridge.service says, and "
                           "ForwardToSyslog=yes in journald.conf"});
        else if (bridge.syslogd)
            out.push_back({Level::wrong, kSocket,
                           named(*bridge.syslogd) + " reads it, and it has room for one reader",
                           "stop that daemon, or take the source forward out of bridge.conf"});
    } else if (bridge.forward.there() && !bridge.syslogd) {
        out.push_back({Level::weak, kSocket,
                       "has no reader: journald fills it and throws the rest away",
                       "systemctl disable --now syslog.socket, or read it (type \"forward\" in the "
                       "journal's place)"});
    }
}

void examine_box(const BridgeFacts& bridge, Findings& out) {
    if (!bridge.has_black_box) {
        out.push_back({Level::note, bridge.conf.path,
                       "has no black box: the last lines do not survive a power cut", ""});
        return;
    }
    const auto& dir = bridge.box_dir;
    if (dir.file.kind != FileFacts::Kind::directory) {
        out.push_back({Level::wrong, dir.path,
                       "is no directory: the last lines do not survive a power cut",
                       "systemd-tmpfiles --create, or install -d -o vakt -m 0755 " + dir.path});
        return;
    }
    if (bridge.ids && bridge.ids->uid != 0 && bridge.ids->uid != dir.file.uid)
        out.push_back({Level::wrong, dir.path,
                       "belongs to uid " + std::to_string(dir.file.uid) + ", and the bridge, uid " +
                           std::to_string(bridge.ids->uid) + ", cannot write the black box",
                       "chown " + std::to_string(bridge.ids->uid) + " " + dir.path});
    if (!bridge.box_mount) return;
    const auto& mount = *bridge.box_mount;
    if (mount.type == "tmpfs" || mount.type == "ramfs")
        out.push_back(
            {Level::weak, dir.path,
             "is on " + mount.type + " (" + mount.at + "): the black box is gone after a reset",
             "put it on a disk or flash (syslog_bridge --state DIR)"});
    if (mount.read_only)
        out.push_back(
            {Level::wrong, dir.path,
             "is on a file system mounted read-only (" + mount.at + "): no black box is written",
             "mount a writable one there, or say black_box = { size = 0; };"});
}

}  // namespace

void examine_bridge(const Facts& facts, Findings& out) {
    if (!facts.bridge) return;
    const auto& bridge = *facts.bridge;
    examine_conf(bridge, out);
    examine_socket(bridge, out);
    if (!bridge.conf_errors.empty() || !bridge.conf.file.there()) return;
    examine_journal(bridge, out);
    examine_fifos(bridge, out);
    examine_feed(bridge, out);
    examine_forwarding(bridge, out);
    examine_box(bridge, out);
}

}  // namespace vakt::doctor
