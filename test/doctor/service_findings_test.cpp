// SPDX-License-Identifier: Apache-2.0
// clang-format off
// CppUTest's `new` is not for the library's containers.
#include "doctor/findings.h"

#include <CppUTest/TestHarness.h>
// clang-format on

using namespace vakt::doctor;
using Kind = FileFacts::Kind;

TEST_GROUP(ServiceFindings) {
    Facts facts;
    Service& keeper = facts.services.emplace_back();

    void setup() override {
        keeper.name = "vakt-keeper";
        keeper.path = "/usr/lib/systemd/system/vakt-keeper.service";
        keeper.enabled = true;
        keeper.program = {"/usr/lib/vakt/bin/wd_keeper", {Kind::regular, 0, 0755}};
        keeper.restart = "always";
    }
    /// Exactly one finding, with these words in it and in its cure.
    void finds(Level level, const char* words, const char* cure) const {
        Findings found;
        examine_services(facts, found);
        CHECK_EQUAL(1U, found.size());
        CHECK(found[0].level == level);
        STRCMP_EQUAL(keeper.path.c_str(), found[0].subject.c_str());
        STRCMP_CONTAINS(words, found[0].words.c_str());
        STRCMP_CONTAINS(cure, found[0].cure.c_str());
    }
    void finds_nothing() const {
        Findings found;
        examine_services(facts, found);
        CHECK(found.empty());
    }
};

TEST(ServiceFindings, a_unit_as_it_is_installed_and_enabled_is_well) {
    finds_nothing();
    facts.services.clear();
    finds_nothing();
}

TEST(ServiceFindings, it_is_enabled_starts_what_is_there_and_starts_it_again) {
    keeper.enabled = false;
    finds(Level::weak, "no boot starts it", "systemctl enable vakt-keeper");
    keeper.enabled = true;
    keeper.program.file = {};
    finds(Level::wrong, "starts /usr/lib/vakt/bin/wd_keeper, which is not there", "make install");
    keeper.program.file = {Kind::regular, 0, 0755};
    keeper.restart = "on-failure";
    finds(Level::wrong, "has not Restart=always", "systemctl edit vakt-keeper");
}

TEST(ServiceFindings, where_systemd_owns_the_hardware_it_has_to_miss_the_keeper_and_reset) {
    DeviceFacts device;
    device.settings.driver = "systemd";
    facts.devices.push_back(device);
    keeper.on_failure = "reboot-force";
    finds(Level::wrong, "has no WatchdogSec=", "WatchdogSec=30");
    keeper.watchdog = "30";
    finds_nothing();
    keeper.on_failure = "none";
    finds(Level::wrong, "has no FailureAction=reboot-force", "FailureAction=reboot-force");
    keeper.name = "vakt-bridge";  // the guard is the keeper's alone
    finds_nothing();
}
