// SPDX-License-Identifier: Apache-2.0
// clang-format off
// CppUTest's `new` is not for the library's containers.
#include "doctor/findings.h"

#include <CppUTest/TestHarness.h>
// clang-format on

using namespace vakt;
using namespace vakt::doctor;
using Kind = FileFacts::Kind;
using syslog::Source;

TEST_GROUP(BridgeFindings) {
    Facts facts;
    BridgeFacts& bridge = facts.bridge.emplace();

    /// A bridge with which nothing is wrong.
    void setup() override {
        bridge.conf = {"/etc/vakt/bridge.conf", {Kind::regular, 0, 0644}};
        bridge.sources = {{Source::journal, {}, {}}};
        bridge.ring = 4194304;
        bridge.memory = 64UL << 20;
        bridge.socket = "/run/vakt/bridge.sock";
        bridge.reach = Reach::answers;
        bridge.box_dir = {"/var/lib/vakt/bridge", {Kind::directory, 990, 0755}};
        bridge.box_mount = Mount{"/", "ext4", false};
        bridge.process = Owner{500, "syslog_bridge"};
        bridge.ids = ProcessIds{990, {991, 101}};
        bridge.journal_groups = {101, 4};
    }
    /// Exactly one finding, of this level, with these words in it and in its cure.
    void finds(Level level, const char* subject, const char* words, const char* cure) const {
        Findings found;
        examine_bridge(facts, found);
        CHECK_EQUAL_TEXT(1U, found.size(), found.size() > 1 ? found[1].words.c_str() : "none");
        CHECK_TEXT(found[0].level == level, std::string(name_of(found[0].level)).c_str());
        STRCMP_EQUAL(subject, found[0].subject.c_str());
        STRCMP_CONTAINS(words, found[0].words.c_str());
        STRCMP_CONTAINS(cure, found[0].cure.c_str());
        CHECK_EQUAL(level == Level::note, found[0].cure.empty());
    }
    void finds_nothing() const {
        Findings found;
        examine_bridge(facts, found);
        CHECK_TEXT(found.empty(), found.empty() ? "" : found[0].words.c_str());
    }
    BridgeSource& fifo() {
        bridge.sources.push_back(
            {Source::fifo, {"/run/f", {Kind::fifo, 0, 0640}}, {{500, "syslog_bridge"}}});
        return bridge.sources.back();
    }
};

TEST(BridgeFindings, nothing_is_wrong_with_one_that_is_well) { finds_nothing(); }

TEST(BridgeFindings, where_there_is_no_bridge_there_is_nothing_to_say) {
    facts.bridge.reset();
    finds_nothing();
}

TEST(BridgeFindings, its_configuration_is_there_roots_and_in_order) {
    bridge.conf.file.mode = 0664;
    finds(Level::wrong, "/etc/vakt/bridge.conf", "mode 0664", "chmod go-w");
    bridge.conf.file = {};
    finds(Level::wrong, "/etc/vakt/bridge.conf", "is not there", "make install");
    bridge.conf.file = {Kind::regular, 0, 0644};
    bridge.conf_errors = {"/etc/vakt/bridge.conf:3: unknown key 'x'"};
    finds(Level::wrong, "/etc/vakt/bridge.conf", ":3: unknown key", "SIGHUP");
}

TEST(BridgeFindings, a_ring_over_a_quarter_of_the_memory_is_weak) {
    bridge.ring = 16UL << 20;
    finds_nothing();
    ++bridge.ring;
    finds(Level::weak, "/etc/vakt/bridge.conf", "ring takes 16 MiB of 64 MiB", "ring smaller");
    bridge.memory.reset();
    finds_nothing();
}

TEST(BridgeFindings, a_bridge_that_cannot_be_reached_is_told_why) {
    bridge.reach = Reach::absent;
    finds(Level::weak, "/run/vakt/bridge.sock", "does not run",
          "systemctl enable --now vakt-bridge");
    bridge.reach = Reach::refused;
    finds(Level::wrong, "/run/vakt/bridge.sock", "nobody listens", "start it again");
    bridge.reach = Reach::denied;
    finds(Level::wrong, "/run/vakt/bridge.sock", "by this user", "users");
    bridge.reach = Reach::answers;
    bridge.no_welcome = "does not answer";
    finds(Level::wrong, "/run/vakt/bridge.sock", "does not answer", "SIGUSR1");
}

TEST(BridgeFindings, a_journal_is_read_by_root_or_a_member_of_its_groups) {
    bridge.ids->groups = {991};
    finds(Level::wrong, "/etc/vakt/bridge.conf", "(uid 990) is in no group",
          "SupplementaryGroups=systemd-journal");
    bridge.ids->groups = {991, 4};
    finds_nothing();
    bridge.ids = ProcessIds{0, {0}};
    bridge.box_dir.file.uid = 0;
    finds_nothing();
    bridge.ids = ProcessIds{990, {991}};
    bridge.box_dir.file.uid = 990;
    bridge.sources = {{Source::kmsg, {"/dev/kmsg", {}}, {}}};
    finds_nothing();
}

TEST(BridgeFindings, a_fifo_has_one_reader) {
    auto& source = fifo();
    finds_nothing();
    source.holders.push_back({77, "rsyslogd"});  // it writes
    finds_nothing();
    source.holders.push_back({78, "ferrule"});
    finds(Level::wrong, "/run/f", "read by ferrule, process 78, and by the bridge",
          "a FIFO of its own");
}

TEST(BridgeFindings, what_should_be_a_fifo_is_one) {
    auto& source = fifo();
    source.at.file = {};
    finds(Level::note, "/run/f", "is not there yet", "");
    source.at.file = {Kind::regular, 0, 0644};
    finds(Level::wrong, "/run/f", "is no FIFO", "mkfifo");
}

TEST(BridgeFindings, a_feed_is_a_fifo_of_the_bridges_user_that_nobody_else_writes) {
    bridge.feed = NamedFile{"/etc/syslog.otp", {Kind::fifo, 990, 0640}};
    finds_nothing();
    bridge.feed->file.mode = 0660;
    finds(Level::wrong, "/etc/syslog.otp", "written by others", "mod_syslog otp");
    bridge.feed->file = {Kind::fifo, 0, 0640};
    finds(Level::wrong, "/etc/syslog.otp", "belongs to uid 0, and the bridge, uid 990",
          "bridge uid:990 -");
    bridge.feed->file = {Kind::regular, 990, 0640};
    finds(Level::wrong, "/etc/syslog.otp", "is no FIFO", "move it away");
    bridge.feed->file = {};
    finds(Level::note, "/etc/syslog.otp", "once mod_syslog otp", "");
}

TEST(BridgeFindings, what_journald_forwards_has_one_reader) {
    bridge.forward = {Kind::socket, 0, 0666};
    finds(Level::weak, "/run/systemd/journal/syslog", "has no reader",
          "disable --now syslog.socket");
    bridge.syslogd = Owner{60, "rsyslogd"};
    finds_nothing();
    bridge.sources = {{Source::forward, {"/run/systemd/journal/syslog", bridge.forward}, {}}};
    finds(Level::wrong, "/run/systemd/journal/syslog", "rsyslogd, process 60", "stop that daemon");
    bridge.syslogd.reset();
    finds_nothing();
    bridge.forward = {};
    finds(Level::wrong, "/run/systemd/journal/syslog", "forwards nothing", "Sockets=syslog.socket");
}

TEST(BridgeFindings, a_black_box_can_be_written_and_survives) {
    bridge.box_dir.file.uid = 0;
    finds(Level::wrong, "/var/lib/vakt/bridge", "cannot write the black box", "chown 990");
    bridge.box_dir.file = {};
    finds(Level::wrong, "/var/lib/vakt/bridge", "is no directory", "systemd-tmpfiles --create");
    bridge.box_dir.file = {Kind::directory, 990, 0755};
    bridge.box_mount = Mount{"/var", "tmpfs", false};
    finds(Level::weak, "/var/lib/vakt/bridge", "is on tmpfs (/var)", "--state DIR");
    bridge.box_mount = Mount{"/var", "ext4", true};
    finds(Level::wrong, "/var/lib/vakt/bridge", "read-only (/var)", "size = 0");
    bridge.has_black_box = false;
    finds(Level::note, "/etc/vakt/bridge.conf", "has no black box", "");
}
