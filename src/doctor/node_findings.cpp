// SPDX-License-Identifier: Apache-2.0
// The node that is started at boot: its user, its directory, its start script, and who starts it.
#include <algorithm>

#include "base/text.h"
#include "doctor/findings.h"

namespace vakt::doctor {
namespace {

using Kind = FileFacts::Kind;

void examine_user(const NodeFacts& node, Findings& out) {
    if (node.user.empty()) {
        out.push_back({Level::wrong, node.conf.path, "names no VAKT_USER: nothing can be started",
                       "VAKT_USER=otpuser, or whoever it is"});
    } else if (!node.uid) {
        out.push_back({Level::wrong, node.conf.path,
                       "VAKT_USER=" + node.user + " is in no line of /etc/passwd",
                       "install.sh install --user " + node.user + " makes the user"});
    } else if (*node.uid == 0) {
        out.push_back({Level::weak, node.conf.path,
                       "VAKT_USER=" + node.user +
                           ": the emulator is root, and so is everyone who attaches to it",
                       "an ordinary user: install.sh install --user otpuser"});
    }
}

/// Whether the user may make files in it; its groups are not looked at.
bool may_write(const NodeFacts& node, const FileFacts& folder) {
    if (node.uid.value_or(0) == 0) return true;
    return folder.uid == *node.uid ? (folder.mode & 0200U) != 0 : (folder.mode & 0022U) != 0;
}

void examine_places(const NodeFacts& node, Findings& out) {
    const auto& root = node.root.path;
    if (node.root.file.kind != Kind::directory) {
        out.push_back({Level::wrong, root, "is not there: ROOTDIR of " + node.conf.path,
                       "install.sh install --root " + root + ", then unpack the release there"});
        return;
    }
    if (node.root.file.uid != 0 && node.root.file.uid != node.uid.value_or(0))
        out.push_back({Level::wrong, root,
                       "belongs to uid " + std::to_string(node.root.file.uid) +
                           ", who can have the node run anything",
                       "chown " + node.user + " " + root});
    if ((node.root.file.mode & 0022U) != 0)
        out.push_back(
            {Level::wrong, root, "is written by others than " + node.user, "chmod go-w " + root});
    if (node.erts.empty())
        out.push_back({Level::wrong, root, "has no erts-VSN: no release was unpacked",
                       "unpack the release in it as " + node.user +
                           ", then install.sh install --root " + root + " once more"});
    else if (!node.data.file.there())
        out.push_back({Level::wrong, node.data.path, "is not there: start_erl has nothing to start",
                       "a line \"ERTS_VSN RELEASE_VSN\", as release_handler writes it"});
    if (node.log.file.kind != Kind::directory)
        out.push_back({Level::wrong, node.log.path, "is not there: run_erl has no place to log",
                       "install -d -o " + node.user + " " + node.log.path});
    else if (!may_write(node, node.log.file))
        out.push_back({Level::wrong, node.log.path, "cannot be written by " + node.user,
                       "chown " + node.user + " " + node.log.path});
}

/// What is flushed has to be on the disk: the release's files, start_erl's ledger, the console's
/// log.
void examine_disk(const NodeFacts& node, Findings& out) {
    if (!node.mount) return;
    const auto& [at, type, read_only, no_barriers, no_order] = *node.mount;
    const auto where = " (" + at + ")";
    if (type == "tmpfs" || type == "ramfs")
        out.push_back({Level::weak, node.root.path,
                       "is on " + type + where + ": it is empty after a power cut",
                       "a directory on a disk; a diskless node needs CLIENTDIR on one that stays"});
    if (read_only)
        out.push_back({Level::weak, node.root.path,
                       "is on a file system that is read-only" + where +
                           ": no console log there, and no memory of failed starts",
                       "a writable LOG_DIR and VAKT_START_STATE in " + node.start.path});
    if (no_barriers)
        out.push_back(
            {Level::weak, at,
             "is mounted without barriers: what was flushed is lost when the power is cut",
             "take nobarrier (barrier=0) out of /etc/fstab"});
    if (no_order)
        out.push_back({Level::weak, at,
                       "is mounted with data=writeback: after a power cut new files may hold what "
                       "was in their place before",
                       "data=ordered in /etc/fstab"});
}

void examine_start(const NodeFacts& node, Findings& out) {
    if (node.starters.empty())
        out.push_back({Level::weak, node.conf.path, "names a node that no boot starts",
                       "systemctl enable vakt-node; or install.sh install, with --start sysv, "
                       "busybox or smf"});
    else if (node.starters.size() > 1)
        out.push_back({Level::wrong, node.conf.path,
                       "names a node that is started twice at boot: by " + node.starters[0] +
                           " and by " + node.starters[1],
                       "keep one of them"});
    if (node.root.file.kind != Kind::directory) return;
    const auto& [path, file] = node.start;
    if (!file.there()) {
        out.push_back({Level::wrong, path, "is not there: nothing can start the node",
                       "install.sh install puts it there"});
        return;
    }
    if ((file.mode & 0111U) == 0)
        out.push_back({Level::wrong, path, "cannot be run", "chmod 0755 " + path});
    if (file.uid != 0 && file.uid != node.uid.value_or(0))
        out.push_back({Level::wrong, path, "belongs to uid " + std::to_string(file.uid),
                       "chown " + node.user + " " + path});
    if ((file.mode & 0022U) != 0)
        out.push_back({Level::wrong, path, "is written by others", "chmod go-w " + path});
    if (!node.term)
        out.push_back({Level::weak, path,
                       "does not set TERM: at boot there is none, and the shell behind to_erl is "
                       "without line editing",
                       "TERM=vt100; export TERM"});
    else if (!node.term_known)
        out.push_back({Level::weak, path,
                       "sets TERM=" + *node.term + ", which no terminfo entry describes",
                       "TERM=vt100, or the package that has it (ncurses-term)"});
}

/// Who reboots when heart has given up, by what the start script gives it.
void examine_command(const NodeFacts& node, Findings& out) {
    const auto words = split_words(node.command);
    const bool asks = words.size() > 1 && words[0].ends_with("vaktctl") &&
                      std::find(words.begin(), words.end(), "reboot") != words.end();
    if (asks && !node.may_reboot)
        out.push_back({Level::wrong, node.conf.path,
                       "HEART_COMMAND=\"" + node.command + "\": the keeper does not let " +
                           node.user + " reboot",
                       "rights = ( { user = \"" + node.user +
                           "\"; may = [ \"reboot\" ]; } ); in keeper.conf"});
    if (asks && std::find(words.begin(), words.end(), "--yes") == words.end())
        out.push_back(
            {Level::wrong, node.conf.path,
             "HEART_COMMAND=\"" + node.command + "\" asks first, and nobody is there to answer",
             "vaktctl --yes reboot"});
}

}  // namespace

void examine_node(const Facts& facts, Findings& out) {
    if (!facts.node) return;
    const auto& node = *facts.node;
    guarded(node.conf, "what starts the node as root reads it", out);
    examine_user(node, out);
    examine_places(node, out);
    examine_disk(node, out);
    examine_start(node, out);
    examine_command(node, out);
    if (node.command.empty() && facts.leases.empty())
        out.push_back({Level::weak, node.conf.path,
                       "has no HEART_COMMAND, and keeper.conf no lease: when heart gives the node "
                       "up, nothing happens",
                       "a lease in " + facts.conf.path +
                           ": then the keeper reboots, and nothing has to be setuid"});
}

}  // namespace vakt::doctor
