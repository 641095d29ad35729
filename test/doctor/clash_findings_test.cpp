// SPDX-License-Identifier: Apache-2.0
// clang-format off
// CppUTest's `new` is not for the library's containers.
#include "doctor/findings.h"

#include <CppUTest/TestHarness.h>
// clang-format on

using namespace vakt;
using namespace vakt::doctor;

namespace {

KernelWatchdog i6300esb() {
    return {"watchdog0", "i6300ESB timer", "i6300esb", "pci0000:00/0000:00:03.0"};
}
KernelWatchdog softdog(const char* name) { return {name, "Software Watchdog", "", ""}; }

}  // namespace

TEST_GROUP(Clashes) {
    Facts facts;
    void setup() override {
        facts.devices.resize(1);
        row(0, "/dev/watchdog0", "watchdog0");
        facts.watchdogs = {i6300esb()};
        facts.modules = {"i6300esb", "loop"};
    }
    void row(std::size_t at, const char* path, const char* name) {
        facts.devices[at].settings.driver = "linux";
        facts.devices[at].settings.path = path;
        facts.devices[at].kernel_name = name;
        facts.devices[at].identity = "i6300ESB timer";
    }
    DeviceFacts& vme() {
        auto& device = facts.devices[0];
        device.settings.driver = "vme";
        device.settings.path = "/dev/bus/vme/m0";
        device.kernel_name = "";
        device.registers = VmeRegisters{"a32", 0x10200, 512};
        return device;
    }

    void finds(Level level, const char* subject, const char* words, const char* cure) const {
        Findings found;
        examine_clashes(facts, found);
        CHECK_EQUAL_TEXT(1U, found.size(), found.size() > 1 ? found[1].words.c_str() : "none");
        STRCMP_EQUAL(std::string(name_of(level)).c_str(),
                     std::string(name_of(found[0].level)).c_str());
        STRCMP_EQUAL(subject, found[0].subject.c_str());
        STRCMP_CONTAINS(words, found[0].words.c_str());
        STRCMP_CONTAINS(cure, found[0].cure.c_str());
        CHECK_EQUAL(level == Level::wrong, stops_a_boot(found));
    }
    void finds_nothing() const {
        Findings found;
        examine_clashes(facts, found);
        CHECK_TEXT(found.empty(), found.empty() ? "" : found[0].words.c_str());
        CHECK_FALSE(stops_a_boot(found));
    }
};

TEST(Clashes, one_driver_for_one_watchdog_is_none) { finds_nothing(); }

TEST(Clashes, itco_and_i6300esb_clash_on_the_chip_that_has_both_alone) {
    facts.modules = {"i6300esb", "iTCO_wdt"};
    facts.pci = {"8086:2918", "8086:25ab"};
    finds_nothing();
    facts.pci.emplace_back("8086:25a1");
    finds(Level::wrong, "i6300esb and iTCO_wdt", "Intel's 6300ESB", "blacklist iTCO_wdt");
}

TEST(Clashes, two_watchdogs_of_one_device_are_named_with_their_drivers) {
    facts.watchdogs.push_back({"watchdog1", "iTCO_wdt", "iTCO_wdt", "pci0000:00/0000:00:04.0"});
    finds_nothing();
    facts.watchdogs[1].device = facts.watchdogs[0].device;
    finds(Level::wrong, "/dev/watchdog0 and /dev/watchdog1", "by i6300ESB timer and iTCO_wdt",
          "blacklist one of the two");
}

TEST(Clashes, watchdogs_of_no_device_are_no_twins) {
    facts.devices.clear();
    facts.watchdogs = {softdog("watchdog0"), softdog("watchdog1")};
    finds_nothing();
}

TEST(Clashes, an_old_driver_and_a_new_one_both_claim_dev_watchdog) {
    facts.modules.emplace_back("ib700wdt");
    finds(Level::wrong, "ib700wdt and i6300esb", "both claim /dev/watchdog", "/etc/modprobe.d");
    facts.watchdogs.clear();
    finds_nothing();
}

TEST(Clashes, two_old_drivers_both_claim_dev_watchdog) {
    facts.watchdogs.clear();
    facts.boot_modules = {"wdt_pci", "ib700wdt"};
    finds(Level::wrong, "ib700wdt and wdt_pci", "both claim /dev/watchdog", "blacklist");
}

TEST(Clashes, softdog_first_in_line_is_taken_for_the_hardware) {
    facts.devices[0].identity = "Software Watchdog";
    facts.modules.emplace_back("softdog");
    auto hardware = i6300esb();
    hardware.name = "watchdog1";
    facts.watchdogs = {softdog("watchdog0"), hardware};
    finds(Level::wrong, "/dev/watchdog0", "loaded before i6300esb (/dev/watchdog1)",
          "path = \"/dev/watchdog1\"");
    facts.watchdogs.pop_back();  // there is no other: weak, and said of the device
    finds_nothing();
}

TEST(Clashes, softdog_behind_the_hardware_is_weak) {
    facts.modules.emplace_back("softdog");
    facts.watchdogs.push_back(softdog("watchdog1"));
    finds(Level::weak, "softdog", "decided anew at each boot", "blacklist softdog");
}

TEST(Clashes, two_rows_for_one_watchdog_are_found_by_the_kernels_name) {
    facts.devices.resize(2);
    row(1, "/dev/watchdog1", "watchdog1");
    finds_nothing();
    row(1, "/dev/watchdog", "watchdog0");
    finds(Level::wrong, "/dev/watchdog0 and /dev/watchdog", "two rows of keeper.conf",
          "take one of them out");
}

TEST(Clashes, systemd_and_the_keeper_do_not_share_one) {
    facts.systemd = SystemdWatchdog{"30", "/etc/systemd/system.conf:3"};
    finds(Level::wrong, "/etc/systemd/system.conf:3", "RuntimeWatchdogSec=30",
          "RuntimeWatchdogSec=off");
    facts.devices[0].owner = Owner{1, "systemd"};
    finds(Level::wrong, "/dev/watchdog0", "is open in systemd, process 1", "driver = \"systemd\"");
    facts.devices[0].owner.reset();
    facts.devices[0].settings.driver = "systemd";
    finds_nothing();
}

TEST(Clashes, another_program_that_has_it_is_named) {
    facts.devices[0].owner = Owner{77, "watchdogd"};
    finds(Level::wrong, "/dev/watchdog0", "is open in watchdogd, process 77", "stop watchdogd");
    facts.devices[0].owner->name = "wd_keeper";
    finds_nothing();
}

TEST(Clashes, both_sides_of_where_two_windows_of_registers_meet) {
    vme();
    facts.modules = {"vme_wdt"};
    facts.vme_wdt = VmeRegisters{"a32", 0x10000, 512};  // up to 0x101ff
    finds_nothing();
    facts.vme_wdt->size = 513;
    finds(Level::wrong, "vme_wdt.ko and driver \"vme\" on /dev/bus/vme/m0",
          "two drivers for the same registers", "rmmod vme_wdt");
    facts.vme_wdt = VmeRegisters{"a32", 0x10400, 512};  // the row's end at 0x103ff
    finds_nothing();
    facts.vme_wdt->address = 0x103ff;
    finds(Level::wrong, "vme_wdt.ko and driver \"vme\" on /dev/bus/vme/m0",
          "two drivers for the same registers", "/dev/watchdogN of vme_wdt");
    facts.vme_wdt->space = "a24";
    finds_nothing();
}

TEST(Clashes, a_window_that_cannot_be_compared_is_weak) {
    vme().registers.reset();
    finds_nothing();
    facts.modules = {"vme_wdt"};
    facts.vme_wdt = VmeRegisters{"a32", 0x10000, 512};
    finds(Level::weak, "vme_wdt.ko and driver \"vme\" on /dev/bus/vme/m0", "has no window",
          "give its row a window");
}

TEST(Clashes, a_module_of_the_next_boot_is_weak_since_its_base_is_not_known) {
    vme();
    facts.boot_modules = {"vme_wdt"};
    finds(Level::weak, "vme_wdt.ko and driver \"vme\" on /dev/bus/vme/m0", "at the next boot",
          "take one of the two");
}

TEST(Clashes, the_module_alone_is_none) {
    facts.modules = {"vme_wdt"};
    facts.vme_wdt = VmeRegisters{"a32", 0x10200, 512};
    finds_nothing();
}
