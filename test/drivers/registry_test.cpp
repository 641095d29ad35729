// SPDX-License-Identifier: Apache-2.0
#include "drivers/registry.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <thread>

#include "drivers/soft_board.h"
#include "drivers/vme_wdt.h"
#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::drivers;
using namespace std::chrono_literals;

TEST_GROUP(Registry) {
    Scratch scratch;
    static wdt::DeviceSettings of(const char* driver, const std::string& path) {
        wdt::DeviceSettings settings;
        settings.driver = driver;
        settings.path = path;
        return settings;
    }
    static std::string why(const DeviceResult& result) {
        return result ? "it opened" : describe(result.error());
    }
};

TEST(Registry, settings_that_are_wrong_open_nothing) {
    STRCMP_EQUAL("driver: 'wdt' is not linux, vme, ntwdt, ib700, soft or systemd",
                 why(open_device(of("wdt", "/dev/null"))).c_str());
    auto settings = of("vme", scratch.put("regs", std::string(512, '\0')));
    settings.profile = "none";
    STRCMP_EQUAL("profile: 'none' is not one of fga5000 fga5000-negative",
                 why(open_device(settings)).c_str());
}

TEST(Registry, every_driver_names_the_node_it_could_not_open) {
    const auto path = scratch.at("none");
    for (const auto name : wdt::driver_names()) {
        const auto words = why(open_device(of(std::string(name).c_str(), path)));
        CHECK_TRUE_TEXT(words.find(path) != std::string::npos, words.c_str());
        CHECK_TRUE_TEXT(words.find("No such file") != std::string::npos, words.c_str());
    }
}

TEST(Registry, a_file_that_is_no_watchdog_is_refused_by_the_linux_driver) {
    const auto path = scratch.put("plain", "");
    STRCMP_EQUAL(("WDIOC_GETSUPPORT " + path + ": Inappropriate ioctl for device").c_str(),
                 why(open_device(of("linux", path))).c_str());
    CHECK_TRUE(scratch.get("plain").empty());  // nothing was written to it
}

TEST(Registry, a_board_in_a_plain_file_is_armed_petted_disarmed_and_left) {
    std::string registers(1024, '\0');
    registers[0x200 + 0x188] = 0x20;
    const auto path = scratch.put("regs", registers);
    auto settings = of("vme", path);
    settings.offset = 0x200;
    {
        const auto device = open_device(settings);
        CHECK_TRUE_TEXT(static_cast<bool>(device), why(device).c_str());
        CHECK(*(*device)->boot_status() == wdt::kCardReset);
        CHECK(*(*device)->arm(60s) == 26800ms);
        CHECK_TRUE(static_cast<bool>((*device)->pet()));
        CHECK_EQUAL(0xb0, static_cast<unsigned char>(scratch.get("regs")[0x200 + 0x1e4]));
    }
    CHECK_EQUAL(0xb0, static_cast<unsigned char>(scratch.get("regs")[0x200 + 0x1e4]));

    const sys::Fd handed(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    const auto heir = adopt_device(settings, sys::Fd(::dup(handed.get())), 26800ms);
    CHECK_TRUE(static_cast<bool>((*heir)->pet()));
    CHECK_TRUE(static_cast<bool>((*heir)->disarm()));
    CHECK_EQUAL(0x30, static_cast<unsigned char>(scratch.get("regs")[0x200 + 0x1e4]));
}

TEST(Registry, a_little_endian_setting_overrules_the_profile) {
    std::string registers(512, '\xff');
    registers[0x1e8 + 1] = '\xbf';  // big endian: bit 22 is zero, half is over
    auto settings = of("vme", scratch.put("regs", registers));
    const auto big = open_device(settings);
    CHECK_TRUE(*dynamic_cast<VmeWdt&>(**big).past_half());
    settings.byte_order = wdt::ByteOrder::little;
    const auto little = open_device(settings);
    CHECK_FALSE(*dynamic_cast<VmeWdt&>(**little).past_half());
}

TEST(Registry, ports_are_bytes_of_a_node) {
    const auto path = scratch.put("port", std::string(0x500, '.'));
    const auto device = open_device(of("ib700", path));
    CHECK(scratch.get("port") == std::string(0x500, '.'));
    CHECK(*(*device)->arm(10s) == 10s);
    CHECK_EQUAL(10, scratch.get("port")[0x443]);
    CHECK_TRUE(static_cast<bool>((*device)->disarm()));
    CHECK_EQUAL(0, scratch.get("port")[0x441]);
}

TEST(Registry, nothing_is_adopted_from_no_descriptor) {
    CHECK(adopt_device(of("soft", "/run/x"), sys::Fd(), 10s).error().code ==
          std::errc::bad_file_descriptor);
}

TEST(Registry, a_simulated_board_behind_a_real_socket_is_armed_and_adopted) {
    const auto path = scratch.at("board.sock");
    const sys::Fd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    LONGS_EQUAL(0, ::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
    LONGS_EQUAL(0, ::listen(listener.get(), 4));

    SoftBoard board;
    std::thread simulator([&] {
        const sys::Fd device(::accept(listener.get(), nullptr, nullptr));
        std::array<char, 64> text{};
        for (;;) {
            const auto got = ::recv(device.get(), text.data(), text.size(), 0);
            if (got <= 0) return;
            const auto answer = board.on({}, {text.data(), static_cast<std::size_t>(got)});
            if (!answer) continue;
            const SoftText said(*answer);
            if (::send(device.get(), said.view().data(), said.view().size(), MSG_NOSIGNAL) < 0)
                return;
        }
    });
    {
        auto device = open_device(of("soft", path));
        CHECK_TRUE_TEXT(static_cast<bool>(device), why(device).c_str());
        CHECK(*(*device)->arm(20s) == 20s);
        CHECK_TRUE(static_cast<bool>((*device)->pet()));
        const auto heir =
            adopt_device(of("soft", path), sys::Fd(::dup((*device)->descriptor())), 20s);
        *device = nullptr;  // the predecessor goes; the connection stays
        CHECK_TRUE(static_cast<bool>((*heir)->pet()));
        CHECK(*(*heir)->time_left() == 20s);
    }
    simulator.join();
    CHECK_TRUE(board.counting());
}
