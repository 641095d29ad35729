// SPDX-License-Identifier: Apache-2.0
#include "drivers/beam/inner_settings.h"

#include <CppUTest/TestHarness.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace vakt;
using namespace vakt::beam;

namespace {

using Environment = std::vector<std::pair<const char*, const char*>>;

heart::Lookup in(const Environment& environment) {
    return [environment](const char* name) -> const char* {
        for (const auto& [known, value] : environment)
            if (std::strcmp(known, name) == 0) return value;
        return nullptr;
    };
}
bool ends_in_sock(const std::string& path) { return path.ends_with(".sock"); }
Result<InnerSettings> read(const Environment& environment) {
    return read_inner_settings(in(environment), &ends_in_sock);
}

}  // namespace

TEST_GROUP(InnerSettings) {
    std::vector<std::string> said;
    heart::Settings port(const char* command, const Environment& environment = {}) {
        said.clear();
        return read_port_command(command, in(environment), said);
    }
    bool says(const char* words) {
        for (const auto& line : said)
            if (line.find(words) != std::string::npos) return true;
        return false;
    }
};

TEST(InnerSettings, without_a_wish_nothing_resets_the_board) {
    const auto settings = read({});
    CHECK_FALSE(settings->device.has_value());
    CHECK_FALSE(settings->reboots);
}

TEST(InnerSettings, the_device_is_chosen_by_its_file) {
    CHECK_TRUE(read({{"HEART_WATCHDOG_PATH", "/dev/watchdog1"}})->device->driver == "linux");
    const auto soft = read({{"HEART_WATCHDOG_PATH", "/b.sock"}});
    CHECK_TRUE(soft->device->driver == "soft");
    CHECK_TRUE(soft->device->path == "/b.sock");
    CHECK_TRUE(soft->reboots);
}

TEST(InnerSettings, the_ib700_is_spoken_to_by_instructions_or_through_a_node) {
    const auto own = read({{"HEART_WATCHDOG_DRIVER", "ib700"}});
    CHECK_TRUE(own->by_instructions);
    CHECK_TRUE(own->device.has_value());
    const auto node =
        read({{"HEART_WATCHDOG_DRIVER", "ib700"}, {"HEART_WATCHDOG_PATH", "/dev/port"}});
    CHECK_FALSE(node->by_instructions);
    CHECK_TRUE(node->device->path == "/dev/port");
}

TEST(InnerSettings, none_is_a_wish_for_reboot_alone) {
    const auto settings = read({{"HEART_WATCHDOG_DRIVER", "none"}});
    CHECK_FALSE(settings->device.has_value());
    CHECK_TRUE(settings->reboots);
}

TEST(InnerSettings, a_driver_it_does_not_know_or_that_lacks_its_path_is_refused) {
    CHECK_TRUE(describe(read({{"HEART_WATCHDOG_DRIVER", "i6300"}}).error()).find("'i6300'") !=
               std::string::npos);
    CHECK_TRUE(
        describe(read({{"HEART_WATCHDOG_DRIVER", "linux"}}).error()).find("HEART_WATCHDOG_PATH") !=
        std::string::npos);
    CHECK_FALSE(static_cast<bool>(read({{"HEART_WATCHDOG_PATH", "watchdog0"}})));
}

TEST(InnerSettings, hw_wd_disable_leaves_every_device_alone) {
    const auto settings = read({{"HEART_WATCHDOG_PATH", "/dev/watchdog0"}, {"HW_WD_DISABLE", ""}});
    CHECK_FALSE(settings->device.has_value());
    CHECK_FALSE(settings->reboots);
}

TEST(InnerSettings, the_report_lies_beside_the_keepers_socket) {
    CHECK_TRUE(read({{"VAKT_KEEPER_SOCKET", "/run/own/keeper.sock"}})->run_dir == "/run/own");
    CHECK_TRUE(read({})->run_dir == "/run/vakt");
}

TEST(InnerSettings, the_ports_command_is_read_as_heart_reads_its_arguments) {
    CHECK(port("heart -pid 7 -ht 0x20").beat_timeout == 32s);
    CHECK(port("heart -pid 7 -ht 10").beat_timeout == 60s);
    CHECK(port("heart").beat_timeout == 60s);
}

TEST(InnerSettings, what_cannot_be_done_inside_is_refused_in_words) {
    CHECK_FALSE(port("heart", {{"HEART_COMMAND", "reboot"}}).command.has_value());
    CHECK_TRUE(says("HEART_COMMAND is refused"));
    CHECK_FALSE(port("heart -pid 7", {{"HEART_KILL_SIGNAL", "SIGABRT"}}).knows_vm);
    CHECK_TRUE(says("HEART_KILL_SIGNAL and HEART_NO_KILL are refused"));
    port("heart");
    CHECK_FALSE(says("refused"));
}
