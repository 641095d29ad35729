// SPDX-License-Identifier: Apache-2.0
#include "doctor/tables.h"

#include <CppUTest/TestHarness.h>

using namespace vakt::doctor;

TEST_GROUP(Tables){
    static std::string value(const char* text){const auto said = read_systemd(text, "f");
return said ? said->value + " " + said->where : "none";
}
}
;

TEST(Tables, the_last_value_of_a_section_counts) {
    const char* unit =
        "Restart=no\n[Unit]\nRestart=on-failure\n[Service]\n Restart = always \nRestartSec=5\n"
        "[Install]\nRestart=never\n[Service]\nExecStart=\nExecStart=/bin/x -y\n";
    CHECK((last_value(unit, "Service", "Restart") == UnitValue{"always", 5}));
    CHECK((last_value(unit, "Service", "ExecStart") == UnitValue{"/bin/x -y", 11}));
    CHECK((last_value("[A]\nK=1\nK=\n", "A", "K") == UnitValue{"", 3}));
    CHECK_FALSE(last_value(unit, "Service", "WatchdogSec").has_value());
    CHECK_FALSE(last_value("", "Service", "Restart").has_value());
}

TEST(Tables, a_process_has_its_effective_user_and_all_its_groups) {
    CHECK((read_process_ids("Name:\tx\nUid:\t990\t990\t990\t990\nGid:\t991\t991\t991\t991\n"
                            "Groups:\t4 101 \n") == ProcessIds{990, {991, 4, 101}}));
    CHECK((read_process_ids("Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t\n") ==
           ProcessIds{0, {0}}));
    CHECK_FALSE(read_process_ids("").has_value());
    CHECK_FALSE(read_process_ids("Uid:\tx\n").has_value());
}

TEST(Tables, a_path_is_in_the_deepest_mount_and_of_two_there_in_the_last) {
    const char* mounts =
        "/dev/sda1 / ext4 rw,relatime 0 0\n"
        "tmpfs /var tmpfs ro 0 0\n"
        "x /var/lib ext4 rw 0 0\n"
        "x /var/lib overlay ro,lower 0 0\n"
        "x /var/library tmpfs rw 0 0\n"
        "short line\n";
    CHECK((find_mount(mounts, "/var/lib/vakt") == Mount{"/var/lib", "overlay", true}));
    CHECK((find_mount(mounts, "/var/lib") == Mount{"/var/lib", "overlay", true}));
    CHECK((find_mount(mounts, "/var/libs") == Mount{"/var", "tmpfs", true}));
    CHECK((find_mount(mounts, "/varx") == Mount{"/", "ext4", false}));
    CHECK_FALSE(find_mount("", "/x").has_value());
}

TEST(Tables, options_that_only_begin_with_ro_are_not_read_only) {
    CHECK_FALSE(find_mount("x / ext4 rootcontext=y 0 0\n", "/x")->read_only);
    CHECK_TRUE(find_mount("x / ext4 ro,noatime 0 0\n", "/x")->read_only);
}

TEST(Tables, options_that_give_up_what_was_flushed_are_seen) {
    CHECK_TRUE(find_mount("x / ext4 rw,nobarrier 0 0\n", "/x")->no_barriers);
    CHECK_TRUE(find_mount("x / ext4 rw,barrier=0,x 0 0\n", "/x")->no_barriers);
    CHECK_FALSE(find_mount("x / ext4 rw,barrier=1,nobarriers 0 0\n", "/x")->no_barriers);
    CHECK_TRUE(find_mount("x / ext4 data=writeback 0 0\n", "/x")->no_order);
    CHECK_FALSE(find_mount("x / ext4 rw,data=ordered 0 0\n", "/x")->no_order);
}

TEST(Tables, modules_are_named_by_the_first_word) {
    CHECK((module_names("iTCO_wdt 16384 0 - Live 0x0\n\n# loop\n;x\nsoftdog 1 0\n") ==
           std::vector<std::string>{"iTCO_wdt", "softdog"}));
}

TEST(Tables, io_ports_are_ranges_with_a_name) {
    const auto all = read_io_ports(
        "0000-0cf7 : PCI Bus 0000:00\n  0441-0443 : ib700wdt\nrubbish\n"
        "xx-yy : z\n1-2 :\n");
    CHECK((all == std::vector<IoPorts>{{0, 0xcf7, "PCI Bus 0000:00"}, {0x441, 0x443, "ib700wdt"}}));
}

TEST(Tables, systemds_watchdog_is_the_last_one_said_in_manager) {
    STRCMP_EQUAL("none", value("").c_str());
    STRCMP_EQUAL("none", value("[Manager]\n#RuntimeWatchdogSec=30\n").c_str());
    STRCMP_EQUAL("none", value("[Other]\nRuntimeWatchdogSec=30\n").c_str());
    STRCMP_EQUAL("none", value("[Manager]\nRuntimeWatchdogSecs=30\nRuntimeWatchdogSec\n").c_str());
    STRCMP_EQUAL("30 f:2", value("[Manager]\nRuntimeWatchdogSec=30\n").c_str());
    STRCMP_EQUAL(
        "1min f:4",
        value("[Manager]\nRuntimeWatchdogSec=30\n\n RuntimeWatchdogSec = 1min \n").c_str());
    STRCMP_EQUAL("0 f:3", value("[Manager]\nRuntimeWatchdogSec=30\nRuntimeWatchdogSec=\n").c_str());
}

TEST(Tables, systemds_watchdog_is_off_at_zero_and_at_off) {
    for (const char* off : {"0", "off", "0s", "0min"})
        CHECK_TEXT((SystemdWatchdog{off, ""}.off()), off);
    for (const char* on : {"30", "1min", "10s", "default", "infinity"})
        CHECK_TEXT(!(SystemdWatchdog{on, ""}.off()), on);
}

TEST(Tables, etc_system_excludes_what_a_line_names) {
    const char* text =
        "* exclude: drv/no\n# exclude: drv/no\nexclude: drv/mcp drv/mcpp\n exclude:drv/x\n"
        "exclude drv/no\nexcluded: drv/no\n";
    CHECK_TRUE(excludes(text, "drv/mcp"));
    CHECK_TRUE(excludes(text, "drv/mcpp"));
    CHECK_TRUE(excludes(text, "drv/x"));
    CHECK_FALSE(excludes(text, "drv/no"));
    CHECK_FALSE(excludes(text, "drv/mc"));
}
