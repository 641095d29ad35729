// SPDX-License-Identifier: Apache-2.0
#include "drivers/register_window.h"

#include <CppUTest/TestHarness.h>
#include <CppUTestExt/MockSupport.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "test/support/fake_node.h"
#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::drivers;
using wdt::ByteOrder;

namespace {
constexpr Register kByte{0x11, Width::byte};
constexpr Register kHalf{0x12, Width::half};
constexpr Register kWord{0x14, Width::word};

/// 32 bytes, each its own place, at `offset` of a file of `size` bytes.
std::string pattern(std::size_t offset, std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = offset; i < size; ++i) bytes[i] = static_cast<char>(i - offset);
    return bytes;
}

void check_reads(RegisterWindow& window, ByteOrder order) {
    const bool big = order == ByteOrder::big;
    CHECK_EQUAL(0x11U, *window.read(kByte));
    CHECK_EQUAL(big ? 0x1213U : 0x1312U, *window.read(kHalf));
    CHECK_EQUAL(big ? 0x14151617U : 0x17161514U, *window.read(kWord));
}

void check_limits(RegisterWindow& window, std::uint32_t size) {
    CHECK_TRUE(static_cast<bool>(window.read({size - 1, Width::byte})));
    CHECK_TRUE(static_cast<bool>(window.read({size - 2, Width::half})));
    CHECK_TRUE(static_cast<bool>(window.read({size - 4, Width::word})));
    for (const auto outside :
         {Register{size, Width::byte}, Register{size, Width::half}, Register{size - 2, Width::word},
          Register{1, Width::half}, Register{2, Width::word}, Register{0xfffffffc, Width::word}}) {
        CHECK(window.read(outside).error().code == std::errc::invalid_argument);
        CHECK(window.write(outside, 0).error().code == std::errc::invalid_argument);
    }
}

/// What is behind a VME user window; outlives the node in front of it.
struct Bus {
    Bus() {
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
    }
    std::array<std::byte, 256> bytes{};
    std::vector<unsigned char> setup;
    unsigned long asked = 0;
    int cycles = 0;
    ssize_t short_by = 0;
    bool refuses = false;
    bool fails = false;
};

/// What a packed struct of the kernel's holds: in the machine's own byte order, nothing between.
struct Packed {
    void word(std::uint32_t value) { add(&value, sizeof value); }
    void long_word(std::uint64_t value) { add(&value, sizeof value); }
    void add(const void* value, std::size_t size) {
        bytes.resize(bytes.size() + size);
        std::memcpy(bytes.data() + bytes.size() - size, value, size);
    }
    std::vector<unsigned char> bytes;
};

/// A VME user window: a file of bytes with one request.
class VmeNode final : public fake::Node {
 public:
    VmeNode(fake::Hardware& hardware, Bus& bus)
        : Node(hardware, "/dev/bus/vme/m0", EBUSY), bus_(bus) {}
    int control(unsigned long request, void* argument) override {
        bus_.asked = request;
        const auto* raw = static_cast<const unsigned char*>(argument);
        bus_.setup.assign(raw, raw + 32);
        return bus_.refuses ? fail(EINVAL) : 0;
    }
    ssize_t read_at(std::span<std::byte> into, off_t offset) override {
        if (bus_.fails) return fail(EIO);
        ++bus_.cycles;
        for (std::size_t i = 0; i < into.size(); ++i)
            into[i] = bus_.bytes[static_cast<std::size_t>(offset) + i];
        return static_cast<ssize_t>(into.size()) - bus_.short_by;
    }
    ssize_t write_at(std::span<const std::byte> from, off_t offset) override {
        if (bus_.fails) return fail(EIO);
        ++bus_.cycles;
        for (std::size_t i = 0; i < from.size(); ++i)
            bus_.bytes[static_cast<std::size_t>(offset) + i] = from[i];
        return static_cast<ssize_t>(from.size()) - bus_.short_by;
    }

 private:
    Bus& bus_;
};

}  // namespace

TEST_GROUP(ByteOrder){};

TEST(ByteOrder, bytes_are_laid_out_as_the_board_has_them_and_read_back) {
    std::array<std::byte, 4> raw{};
    put(0x11223344, ByteOrder::big, raw);
    CHECK(raw == (std::array{std::byte{0x11}, std::byte{0x22}, std::byte{0x33}, std::byte{0x44}}));
    CHECK_EQUAL(0x11223344U, get(ByteOrder::big, raw));
    CHECK_EQUAL(0x44332211U, get(ByteOrder::little, raw));
    put(0xaabb1122, ByteOrder::little, std::span(raw).first(2));
    CHECK(raw[0] == std::byte{0x22});
    CHECK(raw[1] == std::byte{0x11});
    CHECK(raw[2] == std::byte{0x33});  // above the width nothing is written
}

TEST_GROUP(MappedWindow) { Scratch scratch; };

TEST(MappedWindow, reads_every_width_in_both_orders) {
    const auto path = scratch.put("regs", pattern(0, 64));
    for (const auto order : {ByteOrder::big, ByteOrder::little}) {
        const auto window = mapped_window(path, 0, 32, order);
        check_reads(**window, order);
    }
}

TEST(MappedWindow, writes_every_width_in_both_orders_and_nothing_beside) {
    for (const auto order : {ByteOrder::big, ByteOrder::little}) {
        const bool big = order == ByteOrder::big;
        const auto path = scratch.put("regs", std::string(32, '.'));
        const auto window = mapped_window(path, 0, 32, order);
        CHECK_TRUE(static_cast<bool>((*window)->write({1, Width::byte}, 0xffffff41)));
        CHECK_TRUE(static_cast<bool>((*window)->write({4, Width::half}, 0x4142)));
        CHECK_TRUE(static_cast<bool>((*window)->write({8, Width::word}, 0x41424344)));
        const std::string wanted = big ? ".A..AB..ABCD" : ".A..BA..DCBA";
        STRCMP_EQUAL((wanted + std::string(20, '.')).c_str(), scratch.get("regs").c_str());
    }
}

TEST(MappedWindow, begins_where_it_is_told_across_a_page_too) {
    for (const std::size_t offset : {4UL, 512UL, 4096UL, 4080UL}) {
        const auto path = scratch.put("regs", pattern(offset, offset + 32));
        const auto window = mapped_window(path, offset, 32, ByteOrder::big);
        check_reads(**window, ByteOrder::big);
    }
}

TEST(MappedWindow, keeps_within_its_size_and_to_its_widths) {
    const auto window = mapped_window(scratch.put("regs", pattern(0, 64)), 0, 32, ByteOrder::big);
    check_limits(**window, 32);
}

TEST(MappedWindow, a_file_that_ends_before_its_registers_is_refused) {
    const auto path = scratch.put("regs", std::string(511, 'x'));
    CHECK(mapped_window(path, 0, 512, ByteOrder::big).error().code == std::errc::invalid_argument);
    scratch.put("regs", std::string(512, 'x'));
    CHECK_TRUE(static_cast<bool>(mapped_window(path, 0, 512, ByteOrder::big)));
    CHECK_FALSE(static_cast<bool>(mapped_window(path, 4, 512, ByteOrder::big)));
}

TEST(MappedWindow, a_path_that_is_not_there_is_named) {
    const auto path = scratch.at("none");
    STRCMP_EQUAL(("open " + path + ": No such file or directory").c_str(),
                 describe(mapped_window(path, 0, 512, ByteOrder::big).error()).c_str());
}

TEST_GROUP(UserWindow) {
    fake::Hardware hardware;
    Bus bus;
    std::unique_ptr<DevNode> fresh() { return std::make_unique<VmeNode>(hardware, bus); }
};

TEST(UserWindow, reads_and_writes_every_width_in_both_orders_each_in_one_cycle) {
    for (const auto order : {ByteOrder::big, ByteOrder::little}) {
        bus = Bus();
        const auto window = user_window(fresh(), std::nullopt, 0, 64, order);
        check_reads(**window, order);
        CHECK_EQUAL(3, bus.cycles);
        CHECK_TRUE(static_cast<bool>((*window)->write({4, Width::half}, 0x4142)));
        CHECK_EQUAL(4, bus.cycles);
        CHECK_EQUAL(0x4142U, *(*window)->read({4, Width::half}));
        CHECK(bus.bytes[4] == (order == ByteOrder::big ? std::byte{0x41} : std::byte{0x42}));
        CHECK(bus.bytes[6] == std::byte{6});
    }
}

TEST(UserWindow, begins_at_its_offset_and_keeps_within_its_size) {
    const auto window = user_window(fresh(), std::nullopt, 16, 32, ByteOrder::big);
    CHECK_EQUAL(16U, *(*window)->read({0, Width::byte}));
    check_limits(**window, 32);
}

TEST(UserWindow, used_as_it_stands_it_is_asked_nothing) {
    const auto window = user_window(fresh(), std::nullopt, 0, 32, ByteOrder::big);
    CHECK_TRUE(static_cast<bool>(window));
    CHECK_EQUAL(0UL, bus.asked);
}

TEST(UserWindow, is_pointed_where_the_settings_say_in_vme_users_own_layout) {
    const wdt::VmeWindow setup{0x01230000, 0x10000, "a24", 16};
    const auto window = user_window(fresh(), setup, 0, 32, ByteOrder::big);
    CHECK_TRUE(static_cast<bool>(window));
    CHECK_EQUAL(static_cast<unsigned long>(_IOW(0xAE, 4, char[32])), bus.asked);
    Packed wanted;
    wanted.word(1);               // enable
    wanted.long_word(0x1230000);  // address
    wanted.long_word(0x10000);    // size
    wanted.word(2);               // A24
    wanted.word(0x9001);          // SCT SUPER DATA
    wanted.word(2);               // D16
    CHECK(bus.setup == wanted.bytes);
}

TEST(UserWindow, a_refused_setup_is_an_error) {
    auto made = fresh();
    bus.refuses = true;
    const auto window =
        user_window(std::move(made), wdt::VmeWindow{0, 0x10000, "a32", 32}, 0, 32, ByteOrder::big);
    STRCMP_EQUAL("VME_SET_MASTER /dev/bus/vme/m0: Invalid argument",
                 describe(window.error()).c_str());
}

TEST(UserWindow, registers_beyond_the_window_set_up_are_refused) {
    const wdt::VmeWindow setup{0, 0x10000, "a32", 32};
    CHECK_TRUE(static_cast<bool>(user_window(fresh(), setup, 0xfe00, 512, ByteOrder::big)));
    CHECK_FALSE(static_cast<bool>(user_window(fresh(), setup, 0xfe04, 512, ByteOrder::big)));
}

TEST(UserWindow, a_bus_error_and_a_short_cycle_are_errors) {
    const auto window = user_window(fresh(), std::nullopt, 0, 32, ByteOrder::big);
    bus.fails = true;
    STRCMP_EQUAL("read /dev/bus/vme/m0: Input/output error",
                 describe((*window)->read(kWord).error()).c_str());
    CHECK_FALSE(static_cast<bool>((*window)->write(kWord, 1)));
    bus.fails = false;
    bus.short_by = 1;
    CHECK((*window)->read(kWord).error().code == std::errc::io_error);
    CHECK((*window)->write(kWord, 1).error().code == std::errc::io_error);
}
