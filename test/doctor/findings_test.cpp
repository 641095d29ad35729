// SPDX-License-Identifier: Apache-2.0
#include "doctor/findings.h"

#include <CppUTest/TestHarness.h>

using namespace vakt;
using namespace vakt::doctor;
using namespace std::chrono_literals;
using Kind = FileFacts::Kind;

namespace {

/// A board on which nothing is wrong.
Facts healthy() {
    Facts facts;
    facts.uid = 0;
    facts.conf = {"/etc/vakt/keeper.conf", {Kind::regular, 0, 0644}};
    DeviceFacts device;
    device.settings.driver = "linux";
    device.settings.path = "/dev/watchdog0";
    device.node = {Kind::device, 0, 0600};
    device.owner = Owner{400, "wd_keeper"};
    device.has_sysfs = true;
    device.identity = "i6300ESB timer";
    device.nowayout = false;
    device.min_timeout = 1;
    device.max_timeout = 2046;
    facts.devices.push_back(device);
    LeaseFacts lease;
    lease.rule.name = "otp";
    lease.rule.uid = 1000;
    facts.leases.push_back(lease);
    facts.socket = "/run/vakt/keeper.sock";
    facts.keeper = Reach::answers;
    facts.keeper_state = {"/run/vakt/keeper.state", {Kind::regular, 0, 0600}};
    facts.state_dir = {"/var/lib/vakt", {Kind::directory, 0, 0755}};
    facts.state_mount = Mount{"/", "ext4", false};
    facts.pstore_backend = "ramoops";
    facts.pmsg = {Kind::device, 0, 0222};
    facts.handle_boot_enabled = true;
    facts.open_timeout = 120;
    facts.modules = {"i6300esb", "loop"};
    facts.io_ports = {{0, 0xcf7, "PCI Bus"}};
    facts.hearts = {{"/usr/lib/erlang/erts-13/bin/heart", true}};
    facts.our_heart = "/usr/local/lib/vakt/bin/heart";
    facts.enders = {{"/usr/sbin/reboot", {Kind::regular, 0, 0755}}};
    return facts;
}

}  // namespace

TEST_GROUP(Findings) {
    Facts facts = healthy();
    DeviceFacts& device = facts.devices[0];

    /// Exactly one finding, of this level, with these words in it and in its cure.
    void finds(Level level, const char* subject, const char* words, const char* cure) const {
        const auto found = examine(facts);
        CHECK_EQUAL_TEXT(1U, found.size(), found.size() > 1 ? found[1].words.c_str() : "none");
        CHECK_TEXT(found[0].level == level, std::string(name_of(found[0].level)).c_str());
        STRCMP_EQUAL(subject, found[0].subject.c_str());
        STRCMP_CONTAINS(words, found[0].words.c_str());
        STRCMP_CONTAINS(cure, found[0].cure.c_str());
        CHECK_EQUAL(level == Level::note ? 0 : 1, exit_status(found));
    }
    void finds_nothing() const {
        const auto found = examine(facts);
        CHECK_TEXT(found.empty(), found.empty() ? "" : found[0].words.c_str());
        CHECK_EQUAL(0, exit_status(found));
    }
};

TEST(Findings, nothing_is_wrong_with_a_healthy_board) { finds_nothing(); }

TEST(Findings, without_a_configuration_the_keeper_does_not_start) {
    facts.conf.file = {};
    facts.devices.clear();
    facts.leases.clear();
    finds(Level::wrong, "/etc/vakt/keeper.conf", "is not there", "make install");
}

TEST(Findings, each_error_of_the_configuration_is_one) {
    facts.devices.clear();
    facts.leases.clear();
    facts.conf_errors = {"/etc/vakt/keeper.conf:3: unknown key 'x'", "/etc/vakt/keeper.conf:9: y"};
    const auto found = examine(facts);
    CHECK_EQUAL(2U, found.size());
    STRCMP_EQUAL("/etc/vakt/keeper.conf:3: unknown key 'x'", found[0].words.c_str());
    STRCMP_CONTAINS("SIGHUP", found[0].cure.c_str());
}

TEST(Findings, a_configuration_that_others_write_is_wrong) {
    facts.conf.file.mode = 0664;
    finds(Level::wrong, "/etc/vakt/keeper.conf", "mode 0664", "chmod go-w");
    facts.conf.file = {Kind::regular, 7, 0644};
    finds(Level::wrong, "/etc/vakt/keeper.conf", "belongs to uid 7", "chown root");
}

TEST(Findings, no_device_and_no_lease_are_weak) {
    auto devices = facts.devices;
    facts.devices.clear();
    finds(Level::weak, "/etc/vakt/keeper.conf", "names no device", "name the board's watchdog");
    facts.devices = devices;
    facts.leases.clear();
    finds(Level::weak, "/etc/vakt/keeper.conf", "names no lease", "add a row to leases");
}

TEST(Findings, a_keeper_that_cannot_be_reached_is_wrong) {
    facts.keeper = Reach::absent;
    finds(Level::wrong, "/run/vakt/keeper.sock", "does not run", "systemctl enable --now");
    facts.keeper = Reach::refused;
    finds(Level::wrong, "/run/vakt/keeper.sock", "nobody listens", "start it again");
    facts.keeper = Reach::denied;
    finds(Level::wrong, "/run/vakt/keeper.sock", "may not be connected to", "chmod 0666");
}

TEST(Findings, a_state_directory_keeps_the_ledger_over_a_reset) {
    facts.state_dir.file = {};
    finds(Level::wrong, "/var/lib/vakt", "is not there", "install -d");
    facts.state_dir.file = {Kind::regular, 0, 0644};
    finds(Level::wrong, "/var/lib/vakt", "is no directory", "move it away");
    facts.state_dir.file = {Kind::directory, 0, 01777};
    finds(Level::wrong, "/var/lib/vakt", "forge", "chmod go-w");
    facts.state_dir.file = {Kind::directory, 0, 0755};
    facts.state_mount = Mount{"/var", "tmpfs", false};
    finds(Level::wrong, "/var/lib/vakt", "is on tmpfs (/var)", "--state");
    facts.state_mount = Mount{"/", "squashfs", true};
    finds(Level::wrong, "/var/lib/vakt", "read-only (/)", "writable");
}

TEST(Findings, keepers_state_belongs_to_root_alone_where_there_is_one) {
    facts.keeper_state.file.mode = 0622;
    finds(Level::wrong, "/run/vakt/keeper.state", "given up already", "chmod go-w");
    facts.keeper_state.file = {};
    finds_nothing();
}

TEST(Findings, a_lease_of_nobody_is_weak) {
    facts.leases[0].user_known = false;
    finds(Level::weak, "lease otp", "nobody can hold it", "make the user");
    facts.leases[0].rule.required = true;
    finds(Level::weak, "lease otp", "reset boot after boot", "make the user");
}

TEST(Findings, a_heart_asks_for_a_lease_that_is_its_own) {
    facts.uid = 1000;
    facts.heart.lease = "otp";
    finds_nothing();
    facts.heart.lease = "opt";
    finds(Level::wrong, "VAKT_LEASE=opt", "no row of /etc/vakt/keeper.conf", "add the row");
    facts.heart.lease = "otp";
    facts.uid = 1001;
    finds(Level::wrong, "VAKT_LEASE=otp", "belongs to uid 1000, and this is uid 1001",
          "run the VM");
}

TEST(Findings, a_device_is_there_and_a_node) {
    device.node = {};
    device.owner.reset();
    device.has_sysfs = false;
    finds(Level::wrong, "/dev/watchdog0", "is not there", "/sys/class/watchdog");
    device.node = {Kind::regular, 0, 0600};
    finds(Level::wrong, "/dev/watchdog0", "is no device node", "mend path");
    device.node = {Kind::device, 0, 0602};
    finds(Level::weak, "/dev/watchdog0", "opened by every user", "chmod 0600");
    device.node = {Kind::device, 0, 0660};
    finds_nothing();
}

TEST(Findings, a_foreign_owner_is_named) {
    device.owner = Owner{77, "watchdogd"};
    finds(Level::wrong, "/dev/watchdog0", "open in watchdogd, process 77", "stop watchdogd");
    device.owner = Owner{1, "systemd"};
    finds(Level::wrong, "/dev/watchdog0", "open in systemd, process 1", "RuntimeWatchdogSec=off");
    // And its setting is not said a second time.
    facts.systemd = SystemdWatchdog{"30", "/etc/systemd/system.conf:5"};
    finds(Level::wrong, "/dev/watchdog0", "open in systemd", "driver = \"systemd\"");
}

TEST(Findings, an_owner_that_only_root_would_see_is_noted) {
    device.owner.reset();
    finds_nothing();
    facts.uid = 1000;
    finds(Level::note, "owners", "seen by root alone", "as root");
}

TEST(Findings, systemd_takes_the_watchdog_only_where_it_is_told_to) {
    facts.systemd = SystemdWatchdog{"30", "/etc/systemd/system.conf:5"};
    finds(Level::wrong, "/etc/systemd/system.conf:5", "RuntimeWatchdogSec=30",
          "driver = \"systemd\"");
    facts.systemd = SystemdWatchdog{"off", "/etc/systemd/system.conf:5"};
    finds_nothing();
    device.settings.driver = "systemd";
    device.settings.path.clear();
    finds(Level::weak, "driver systemd", "owns no hardware watchdog", "RuntimeWatchdogSec=30");
    facts.systemd = SystemdWatchdog{"30", "f:1"};
    finds_nothing();
}

TEST(Findings, a_clash_of_the_next_boot_is_found_before_it) {
    facts.boot_modules = {"iTCO_wdt", "wdat_wdt"};
    finds(Level::wrong, "iTCO_wdt and wdat_wdt", "two drivers for one chip", "/etc/modprobe.d");
    facts.boot_modules = {"softdog"};
    finds(Level::weak, "softdog", "decided anew at each boot", "blacklist softdog");
    facts.boot_modules = {"iTCO_wdt"};
    finds_nothing();
}

TEST(Findings, both_sides_of_what_the_hardware_counts) {
    device.max_timeout = 60;
    finds_nothing();
    device.max_timeout = 59;
    finds(Level::wrong, "/dev/watchdog0", "asked for 60 s, but counts 59 s at most",
          "timeout = 59 or less");
    device.max_timeout = 0;  // no bound is known
    device.min_timeout = 60;
    finds_nothing();
    device.min_timeout = 61;
    finds(Level::wrong, "/dev/watchdog0", "counts 61 s at least", "timeout = 61 or more");
}

TEST(Findings, a_pretimeout_wants_a_device_that_has_one_and_its_governor) {
    device.settings.pretimeout = 10s;
    finds(Level::weak, "/dev/watchdog0", "has no pretimeout", "take pretimeout out");
    device.has_pretimeout = true;
    finds_nothing();
    device.settings.governor = "panic";
    device.governors = "noop\n";
    finds(Level::wrong, "/dev/watchdog0", "no pretimeout governor panic", "pretimeout_panic");
    device.governors = "noop\npanic\n";
    finds_nothing();
}

TEST(Findings, a_timer_of_the_kernels_own_is_weak_and_nowayout_is_no_fault) {
    device.identity = "Software Watchdog";
    finds(Level::weak, "/dev/watchdog0", "softdog", "the board's own");
    device.identity = "x";
    device.nowayout = true;
    finds(Level::note, "/dev/watchdog0", "nowayout", "");
    device.nowayout = false;
    device.settings.path = "/dev/watchdog";
    finds(Level::note, "/dev/watchdog", "another name of /dev/watchdog0", "write /dev/watchdog0");
}

TEST(Findings, two_drivers_for_one_chip_clash) {
    facts.modules = {"iTCO_wdt"};
    finds_nothing();
    facts.modules = {"wdat_wdt", "iTCO_wdt"};
    finds(Level::wrong, "iTCO_wdt and wdat_wdt", "two drivers for one chip", "blacklist iTCO_wdt");
}

TEST(Findings, the_ports_of_an_ib700_are_ours_or_the_kernels) {
    facts.io_ports.push_back({0x441, 0x443, "ib700wdt"});
    finds_nothing();
    device.settings.driver = "ib700";
    device.settings.path = "/dev/port";
    finds(Level::wrong, "ib700", "belong to ib700wdt", "driver = \"linux\"");
    facts.io_ports.back() = {0x443, 0x450, "serial"};
    finds(Level::wrong, "ib700", "belong to serial", "no IB700");
    facts.io_ports.back() = {0x444, 0x450, "serial"};
    finds_nothing();
    facts.io_ports.back() = {0x430, 0x440, "serial"};
    finds_nothing();
}

TEST(Findings, on_solaris_the_drivers_that_clash_with_the_vme_bus_are_excluded) {
    facts.etc_system = "exclude: drv/mcp drv/mcpp\n";
    finds_nothing();  // no VME here
    facts.has_force_vme = true;
    finds(Level::wrong, "/etc/system", "does not exclude drv/mcpzsa", "exclude: drv/mcpzsa");
    facts.etc_system = "exclude: drv/mcp drv/mcpp\nexclude: drv/mcpzsa\n";
    finds_nothing();
    facts.etc_system = "";
    facts.has_force_vme = false;
    device.settings.driver = "vme";
    CHECK_EQUAL(3U, examine(facts).size());
}

TEST(Findings, hearts_times_and_the_device_keep_the_hard_deadline) {
    facts.heart.beat_timeout = "20";
    facts.heart.boot_delay = "50";
    finds_nothing();
    facts.heart.boot_delay = "49";
    finds(Level::wrong, "/dev/watchdog0",
          "20 s beat timeout + 49 s boot delay - 10 s = 59 s is the longest",
          "change them, or timeout");
}

TEST(Findings, hearts_numbers_are_above_10_and_up_to_65535) {
    for (const char* good : {"11", "65535", "0x20"}) {
        facts.heart.beat_timeout = good;
        finds_nothing();
    }
    for (const char* bad : {"10", "65536", "", "x"}) {
        facts.heart.beat_timeout = bad;
        finds(Level::wrong, ("HEART_BEAT_TIMEOUT=" + std::string(bad)).c_str(), "is not used",
              "above 10");
    }
}

TEST(Findings, a_crash_dumps_wait_fits_the_budget) {
    facts.heart.lease = "otp";
    facts.heart.dump_seconds = "48";
    finds_nothing();
    facts.heart.dump_seconds = "49";
    finds(Level::weak, "ERL_CRASH_DUMP_SECONDS=49", "is cut at 48 s",
          "raise HEART_BEAT_BOOT_DELAY");
    facts.heart.dump_seconds = "-1";
    finds(Level::weak, "ERL_CRASH_DUMP_SECONDS=-1", "is cut at 48 s", "raise");
}

TEST(Findings, words_that_heart_does_not_take_are_said) {
    facts.heart.kill_signal = "SIGABRT";
    facts.heart.no_kill = "TRUE";
    finds_nothing();
    facts.heart.kill_signal = "SIGTERM";
    finds(Level::weak, "HEART_KILL_SIGNAL=SIGTERM", "SIGKILL ends the VM", "SIGABRT");
    facts.heart.kill_signal.reset();
    facts.heart.no_kill = "1";
    finds(Level::weak, "HEART_NO_KILL=1", "is killed", "TRUE");
    facts.heart.no_kill.reset();
    facts.heart.hw_disable = "";
    finds(Level::weak, "HW_WD_DISABLE", "takes no lease", "unset");
}

TEST(Findings, a_heart_command_is_there_and_may_be_run_by_its_user) {
    facts.uid = 1000;
    facts.heart.command = "/opt/end now";
    facts.command = NamedFile{"/opt/end", {Kind::regular, 0, 0755}};
    finds_nothing();
    facts.command->file.mode = 0744;
    finds(Level::wrong, "HEART_COMMAND=/opt/end now", "/opt/end cannot be run by uid 1000",
          "chmod a+rx");
    facts.command->file.uid = 1000;
    finds_nothing();
    facts.command->file = {Kind::directory, 0, 0755};
    finds(Level::wrong, "HEART_COMMAND=/opt/end now", "cannot be run", "mend");
    facts.command->file = {};
    finds(Level::wrong, "HEART_COMMAND=/opt/end now", "is not there", "mend the command");
}

TEST(Findings, for_root_it_is_the_leases_user_who_runs_the_command) {
    facts.heart.lease = "otp";
    facts.heart.command = "/opt/end";
    facts.command = NamedFile{"/opt/end", {Kind::regular, 0, 0700}};
    finds(Level::wrong, "HEART_COMMAND=/opt/end", "by uid 1000", "chmod");
    facts.heart.lease.reset();
    finds_nothing();
}

TEST(Findings, a_setuid_reboot_is_weak_and_the_lease_is_its_cure) {
    facts.enders[0].file.mode = 04755;
    finds(Level::weak, "/usr/sbin/reboot", "setuid root", "the keeper reboots for it");
    facts.enders[0].file.mode = 04700;  // nobody else may run it
    finds_nothing();
}

TEST(Findings, without_a_lease_a_user_may_not_reboot) {
    facts.uid = 1000;
    facts.heart.command = "/usr/sbin/reboot";
    facts.command = facts.enders[0];
    finds_nothing();
    facts.leases.clear();
    const auto found = examine(facts);
    CHECK_EQUAL(2U, found.size());  // the other: no lease is named
    STRCMP_CONTAINS("uid 1000 may not reboot", found[1].words.c_str());
    STRCMP_CONTAINS("give its VM a lease", found[1].cure.c_str());
}

TEST(Findings, another_heart_beside_the_emulator_is_weak) {
    facts.hearts[0].ours = false;
    finds(Level::weak, "/usr/lib/erlang/erts-13/bin/heart", "is not Vakt's",
          "ln -sf /usr/local/lib/vakt/bin/heart /usr/lib/erlang/erts-13/bin/heart");
}

TEST(Findings, a_watchdog_that_the_kernel_pets_for_ever_is_weak) {
    facts.open_timeout = 0;
    finds(Level::weak, "/sys/module/watchdog/parameters/open_timeout", "for ever",
          "watchdog.open_timeout=120");
    facts.handle_boot_enabled = false;
    finds_nothing();
}

TEST(Findings, memory_that_outlives_a_reset_is_wanted) {
    facts.pmsg = {};
    finds(Level::weak, "/dev/pmsg0", "pstore is ramoops", "CONFIG_PSTORE_PMSG");
    facts.pstore_backend.clear();
    finds(Level::weak, "pstore", "no backend", "ramoops");
}
