// SPDX-License-Identifier: Apache-2.0
// clang-format off
// CppUTest's `new` is not for the library's containers.
#include "doctor/findings.h"

#include <CppUTest/TestHarness.h>
// clang-format on

using namespace vakt;
using namespace vakt::doctor;
using Kind = FileFacts::Kind;

namespace {

/// A node that starts at boot and may have the syslog configuration swapped.
Facts healthy() {
    Facts facts;
    facts.conf = {"/etc/vakt/keeper.conf", {Kind::regular, 0, 0644}};
    LeaseFacts lease;
    lease.rule.name = "otp";
    facts.leases.push_back(lease);
    NodeFacts node;
    node.conf = {"/etc/vakt/node.conf", {Kind::regular, 0, 0644}};
    node.user = "otp";
    node.uid = 1000;
    node.root = {"/home/otp/otp", {Kind::directory, 1000, 0755}};
    node.log = {"/home/otp/otp/log", {Kind::directory, 1000, 0755}};
    node.start = {"/home/otp/otp/bin/start", {Kind::regular, 1000, 0755}};
    node.data = {"/home/otp/otp/releases/start_erl.data", {Kind::regular, 1000, 0644}};
    node.erts = {"erts-13.1"};
    node.starters = {"vakt-node.service"};
    node.term = "vt100";
    node.mount = Mount{"/", "ext4"};
    node.command = "/usr/lib/vakt/bin/vaktctl --yes reboot";
    node.may_reboot = true;
    node.policy = "/etc/vakt/syslog.allow";
    node.swaps.push_back({{"/etc/syslog.conf", {Kind::regular, 0, 0644}},
                          {"/etc/syslog.conf.ORIG", {Kind::regular, 0, 0644}},
                          {"/etc/syslog.conf.OTP", {Kind::regular, 0, 0644}},
                          "/etc",
                          true});
    node.mod_syslog = {"/usr/lib/vakt/bin/mod_syslog", {Kind::regular, 0, 04750}};
    node.sys_config = {"/home/otp/otp/releases/1/sys.config", {Kind::regular, 1000, 0644}};
    node.vakt.start = true;
    facts.node = node;
    return facts;
}

}  // namespace

TEST_GROUP(NodeFindings) {
    Facts facts = healthy();
    NodeFacts& node = *facts.node;

    [[nodiscard]] Findings all() const {
        Findings found;
        examine_node(facts, found);
        examine_os_sup(facts, found);
        return found;
    }
    /// Exactly one finding, of this level, with these words in it and in its cure.
    void finds(Level level, const char* subject, const char* words, const char* cure) const {
        const auto found = all();
        CHECK_EQUAL_TEXT(1U, found.size(), found.size() > 1 ? found[1].words.c_str() : "none");
        STRCMP_EQUAL(name_of(level).data(), name_of(found[0].level).data());
        STRCMP_EQUAL(subject, found[0].subject.c_str());
        STRCMP_CONTAINS(words, found[0].words.c_str());
        STRCMP_CONTAINS(cure, found[0].cure.c_str());
    }
    void finds_nothing() const {
        const auto found = all();
        CHECK_TEXT(found.empty(), found.empty() ? "" : found[0].words.c_str());
    }
};

TEST(NodeFindings, nothing_is_wrong_with_a_healthy_node_or_without_one) {
    finds_nothing();
    facts.node.reset();
    facts.leases.clear();
    CHECK_TRUE(all().empty());
}

TEST(NodeFindings, the_user_is_there_and_not_root) {
    node.conf.file.mode = 0666;
    finds(Level::wrong, "/etc/vakt/node.conf", "as root reads it", "chmod go-w");
    node.conf.file.mode = 0644;
    node.uid.reset();
    node.root.file.uid = node.log.file.uid = node.start.file.uid = 0;
    finds(Level::wrong, "/etc/vakt/node.conf", "in no line of /etc/passwd", "makes the user");
    node.uid = 0;
    finds(Level::weak, "/etc/vakt/node.conf", "the emulator is root", "an ordinary user");
    node.user.clear();
    finds(Level::wrong, "/etc/vakt/node.conf", "names no VAKT_USER", "VAKT_USER=");
}

TEST(NodeFindings, the_installation_directory_is_the_user_s_with_a_release_in_it) {
    node.root.file.uid = 7;
    finds(Level::wrong, "/home/otp/otp", "belongs to uid 7", "chown otp");
    node.root.file.uid = 0;  // a release that its user cannot change
    finds_nothing();
    node.root.file.mode = 0775;
    finds(Level::wrong, "/home/otp/otp", "written by others", "chmod go-w");
    node.root.file.mode = 0755;
    node.erts.clear();
    finds(Level::wrong, "/home/otp/otp", "no erts-VSN", "unpack the release");
    node.erts = {"erts-13.1"};
    node.data.file = {};
    finds(Level::wrong, "/home/otp/otp/releases/start_erl.data", "nothing to start", "ERTS_VSN");
    node.data.file = node.start.file;
    node.root.file = {};
    finds(Level::wrong, "/home/otp/otp", "is not there", "install.sh install --root");
}

TEST(NodeFindings, run_erl_has_a_place_to_log) {
    node.log.file = {};
    finds(Level::wrong, "/home/otp/otp/log", "no place to log", "install -d -o otp");
    node.log.file = {Kind::directory, 0, 0755};
    finds(Level::wrong, "/home/otp/otp/log", "cannot be written by otp", "chown otp");
    node.log.file = {Kind::directory, 0, 0775};  // maybe by its group
    finds_nothing();
    node.log.file = {Kind::directory, 1000, 0555};
    finds(Level::wrong, "/home/otp/otp/log", "cannot be written by otp", "chown otp");
}

TEST(NodeFindings, what_is_flushed_stays) {
    node.mount = Mount{"/home", "tmpfs"};
    finds(Level::weak, "/home/otp/otp", "is on tmpfs (/home)", "CLIENTDIR");
    node.mount = Mount{"/home", "ext4", true};
    finds(Level::weak, "/home/otp/otp", "read-only (/home)", "VAKT_START_STATE");
    node.mount = Mount{"/home", "ext4", false, true};
    finds(Level::weak, "/home", "without barriers", "barrier=0");
    node.mount = Mount{"/home", "ext4", false, false, true};
    finds(Level::weak, "/home", "data=writeback", "data=ordered");
    node.mount.reset();
    finds_nothing();
}

TEST(NodeFindings, exactly_one_way_starts_it_at_boot) {
    node.starters.clear();
    finds(Level::weak, "/etc/vakt/node.conf", "no boot starts", "systemctl enable vakt-node");
    node.starters = {"vakt-node.service", "/etc/rc3.d/S75otp.system"};
    finds(Level::wrong, "/etc/vakt/node.conf",
          "by vakt-node.service and by /etc/rc3.d/S75otp.system", "one of them");
}

TEST(NodeFindings, the_start_script_can_be_run_and_sets_term) {
    node.start.file = {};
    finds(Level::wrong, "/home/otp/otp/bin/start", "is not there", "install.sh");
    node.start.file = {Kind::regular, 1000, 0644};
    finds(Level::wrong, "/home/otp/otp/bin/start", "cannot be run", "chmod 0755");
    node.start.file = {Kind::regular, 7, 0755};
    finds(Level::wrong, "/home/otp/otp/bin/start", "belongs to uid 7", "chown otp");
    node.start.file = {Kind::regular, 0, 0757};
    finds(Level::wrong, "/home/otp/otp/bin/start", "written by others", "chmod go-w");
    node.start.file.mode = 0755;
    node.term.reset();
    finds(Level::weak, "/home/otp/otp/bin/start", "does not set TERM", "TERM=vt100");
    node.term = "sun";
    node.term_known = false;
    finds(Level::weak, "/home/otp/otp/bin/start", "TERM=sun, which no terminfo", "ncurses-term");
}

TEST(NodeFindings, whoever_is_asked_to_reboot_may) {
    node.may_reboot = false;
    finds(Level::wrong, "/etc/vakt/node.conf", "does not let otp reboot", "rights = (");
    node.may_reboot = true;
    node.command = "vaktctl reboot";
    finds(Level::wrong, "/etc/vakt/node.conf", "asks first", "--yes");
    node.command = "/opt/my_own reboot";
    finds_nothing();
    node.command.clear();
    finds_nothing();
    facts.leases.clear();
    finds(Level::weak, "/etc/vakt/node.conf", "nothing happens", "a lease in /etc/vakt/keeper");
}

TEST_GROUP_BASE(OsSupFindings, TEST_GROUP_CppUTestGroupNodeFindings){};

TEST(OsSupFindings, the_three_files_of_a_swap_are_there_and_root_s) {
    node.swaps[0].otp.file = {};
    finds(Level::wrong, "/etc/syslog.conf.OTP", "is not there", "mod_syslog --check /etc");
    node.swaps[0].otp.file = {Kind::regular, 1000, 0644};
    finds(Level::wrong, "/etc/syslog.conf.OTP", "mod_syslog refuses it", "chown root");
    node.swaps[0].swaps = false;  // rsyslog: none of them is looked at
    finds_nothing();
    node.refusal = "/etc/vakt/syslog.allow:3: x";
    finds(Level::wrong, "/etc/vakt/syslog.allow", "every request is refused", "syslog.allow(5)");
}

TEST(OsSupFindings, the_helper_is_setuid_for_its_group_and_otp_s_own_never) {
    node.mod_syslog.file.mode = 0755;
    finds(Level::wrong, "/usr/lib/vakt/bin/mod_syslog", "is not setuid", "chmod 4750");
    node.mod_syslog.file.mode = 04755;
    finds(Level::weak, "/usr/lib/vakt/bin/mod_syslog", "by everyone", "chmod 4750");
    node.mod_syslog.file.mode = 04750;
    node.strangers = {{"/o/lib/os_mon-2.8/priv/bin/mod_syslog", {Kind::regular, 0, 04755}}};
    finds(Level::wrong, "/o/lib/os_mon-2.8/priv/bin/mod_syslog", "OTP's own", "chmod u-s");
    node.strangers[0].file.mode = 0755;
    finds_nothing();
}

TEST(OsSupFindings, a_release_s_copy_of_the_helper_needs_its_rights) {
    node.copies = {{"/o/lib/vakt-0.1/priv/bin/mod_syslog", {Kind::regular, 0, 04750}}};
    finds_nothing();
    node.copies[0].file.mode = 0750;
    finds(Level::weak, "/o/lib/vakt-0.1/priv/bin/mod_syslog", "without rights", "install.sh");
    node.copies[0].file = {};
    finds_nothing();
}

TEST(OsSupFindings, the_keys_ask_for_what_the_policy_allows) {
    node.vakt.own = "/opt";
    finds(Level::weak, "/home/otp/otp/releases/1/sys.config", "os_sup_own /opt", "the row");
    node.vakt.own.reset();
    node.os_mon.conf = "/opt/syslog.conf";  // vakt takes it from there
    finds(Level::weak, "/home/otp/otp/releases/1/sys.config", "/opt/syslog.conf", "the row");
    node.os_mon.conf.reset();
    node.os_mon.start = true;
    finds(Level::wrong, "/home/otp/otp/releases/1/sys.config", "twice", "one of them");
    node.vakt.start.reset();
    finds(Level::note, "/home/otp/otp/releases/1/sys.config", "on Solaris alone", "{vakt, [");
    node.os_mon.start = false;
    finds(Level::note, "/home/otp/otp/releases/1/sys.config", "starts no os_sup", "first node");
    node.swaps.clear();
    finds_nothing();
    node.edited_app = "/o/lib/os_mon-2.8/ebin/os_mon.app";
    finds(Level::weak, "/o/lib/os_mon-2.8/ebin/os_mon.app", "was edited",
          "system configuration file");
}
