// SPDX-License-Identifier: Apache-2.0
#include "drivers/service_wdt.h"

#include <CppUTest/TestHarness.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "drivers/registry.h"
#include "test/support/fake_boards.h"
#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::drivers;
using namespace std::chrono_literals;

TEST_GROUP(ServiceWdt) {
    Scratch scratch;
    void teardown() override {
        for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
            ::unsetenv(name);
    }
    static sys::Fd manager(const std::string& path) {
        sys::Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        LONGS_EQUAL(0, ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
        return socket;
    }
    static std::string heard(const sys::Fd& socket) {
        std::array<char, 256> text{};
        const auto got = ::recv(socket.get(), text.data(), text.size(), 0);
        return got < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(got));
    }
    static std::string why(const DeviceResult& result) {
        return result ? "it opened" : describe(result.error());
    }
};

TEST(ServiceWdt, a_real_socket_hears_what_systemd_understands) {
    const auto path = scratch.at("notify");
    const auto socket = manager(path);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "30000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    wdt::DeviceSettings settings;
    settings.driver = "systemd";
    const auto opened = open_device(settings);
    CHECK_TRUE_TEXT(static_cast<bool>(opened), why(opened).c_str());
    auto& device = **opened;
    STRCMP_EQUAL("", heard(socket).c_str());
    CHECK(*device.arm(60s) == 30s);
    STRCMP_EQUAL("WATCHDOG_USEC=30000000\n", heard(socket).c_str());
    CHECK(*device.arm(12s) == 12s);
    STRCMP_EQUAL("WATCHDOG_USEC=12000000\n", heard(socket).c_str());
    CHECK_TRUE(static_cast<bool>(device.pet()));
    STRCMP_EQUAL("WATCHDOG=1\n", heard(socket).c_str());
    CHECK_TRUE(static_cast<bool>(device.disarm()));
    STRCMP_EQUAL("WATCHDOG_USEC=0\n", heard(socket).c_str());
}

TEST(ServiceWdt, one_handed_over_is_told_nothing_until_it_is_petted) {
    const auto path = scratch.at("notify");
    const auto socket = manager(path);
    ::setenv("WATCHDOG_USEC", "30000000", 1);
    wdt::DeviceSettings settings;
    settings.driver = "systemd";
    settings.path = path;
    const auto heir = adopt_device(settings, sys::Fd(::dup(socket.get())), 30s);
    CHECK_TRUE_TEXT(static_cast<bool>(heir), why(heir).c_str());
    STRCMP_EQUAL("", heard(socket).c_str());
    CHECK_TRUE(static_cast<bool>((*heir)->pet()));
    STRCMP_EQUAL("WATCHDOG=1\n", heard(socket).c_str());
}

TEST(ServiceWdt, it_needs_systemd_and_a_timeout_of_a_second) {
    wdt::DeviceSettings settings;
    settings.driver = "systemd";
    STRCMP_EQUAL("systemd: NOTIFY_SOCKET is not set: this was not started by systemd",
                 why(open_device(settings)).c_str());
    const auto path = scratch.at("notify");
    const auto socket = manager(path);
    settings.path = path;
    STRCMP_EQUAL(
        "systemd watches no such service: WATCHDOG_USEC is not set for this process; the unit "
        "wants WatchdogSec=",
        why(open_device(settings)).c_str());
    ::setenv("WATCHDOG_USEC", "999999", 1);
    STRCMP_EQUAL("WatchdogSec=999999us is too short: 1 s at least",
                 why(open_device(settings)).c_str());
    ::setenv("WATCHDOG_USEC", "1000000", 1);
    CHECK_TRUE(static_cast<bool>(open_device(settings)));
    ::setenv("WATCHDOG_PID", "1", 1);
    CHECK_FALSE(static_cast<bool>(open_device(settings)));
}

TEST(ServiceWdt, a_systemd_that_does_not_read_is_a_failed_pet_and_nothing_waits) {
    fake::Hardware hardware;
    auto node = std::make_unique<fake::NotifyNode>(hardware);
    auto* raw = node.get();
    const auto device = ServiceWdt::make(std::move(node), 30s);
    CHECK_TRUE(static_cast<bool>((*device)->arm(20s)));
    raw->full = true;
    CHECK((*device)->pet().error().code == std::errc::resource_unavailable_try_again);
    CHECK_FALSE(static_cast<bool>((*device)->disarm()));
    raw->full = false;
    CHECK_TRUE(static_cast<bool>((*device)->pet()));
}

TEST(ServiceWdt, says_that_the_unit_must_reset_the_board_and_that_its_end_is_not_missed_by_itself) {
    fake::Hardware hardware;
    const auto device = ServiceWdt::make(std::make_unique<fake::NotifyNode>(hardware), 30s);
    CHECK_TRUE((*device)->capabilities().closing_disarms);
    LONGS_EQUAL(1, (*device)->remarks().size());
    STRCMP_CONTAINS("FailureAction=reboot-force", (*device)->remarks().front().c_str());
    STRCMP_CONTAINS("RuntimeWatchdogSec=", (*device)->remarks().front().c_str());
}
