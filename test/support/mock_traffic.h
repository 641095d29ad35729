// SPDX-License-Identifier: Apache-2.0
// Nodes and windows whose traffic a test states before it happens.
#pragma once

#include <CppUTest/TestHarness.h>
#include <CppUTestExt/MockSupport.h>

#include <cerrno>
#include <string>

#include "drivers/dev_node.h"
#include "drivers/register_window.h"

namespace vakt::fake {

/// What the next control() does: which request, with which integers behind its argument, what it
/// leaves there and what it fails with. Integers are those of the argument, 32 bits each.
inline void expect_control(unsigned long request, const char* in = "", const char* out = "",
                           int error = 0) {
    mock()
        .expectOneCall("control")
        .withUnsignedLongIntParameter("request", request)
        .withStringParameter("in", in)
        .andReturnValue(out);
    mock().expectOneCall("errno").andReturnValue(error);
}

inline void expect_write(const char* text) {
    mock().expectOneCall("write").withStringParameter("text", text);
}
inline void expect_write_at(long offset, int value) {
    mock().expectOneCall("write_at").withParameter("offset", offset).withParameter("value", value);
}
inline void expect_open() { mock().expectOneCall("open"); }
inline void expect_close() { mock().expectOneCall("close"); }

/// Arguments are read and written as decimal numbers with commas between. How many integers a
/// request carries stands in its size field, which Linux and Solaris have in the same place.
class MockNode final : public drivers::DevNode {
 public:
    explicit MockNode(std::string path) : path_(std::move(path)) {}
    ~MockNode() override = default;

    Status open() override {
        mock().actualCall("open");
        open_ = true;
        return Done{};
    }
    void close() override {
        mock().actualCall("close");
        open_ = false;
    }
    [[nodiscard]] int descriptor() const override { return open_ ? 9 : -1; }
    [[nodiscard]] const std::string& name() const override { return path_; }

    int control(unsigned long request, void* argument) override {
        const auto size = (request >> 16) & 0xff;
        auto* numbers = static_cast<int*>(argument);
        const auto count = argument == nullptr || size > 12 ? 0 : size / sizeof(int);
        std::string in;
        const bool reads_only = count == 0 || quiet(request);
        for (std::size_t i = 0; i < count && !reads_only; ++i)
            in += (i ? "," : "") + std::to_string(numbers[i]);
        std::string out = mock()
                              .actualCall("control")
                              .withUnsignedLongIntParameter("request", request)
                              .withStringParameter("in", in.c_str())
                              .returnStringValueOrDefault("");
        const int error = mock().actualCall("errno").returnIntValueOrDefault(0);
        if (error != 0) {
            errno = error;
            return -1;
        }
        for (std::size_t i = 0; !out.empty() && i < 3; ++i) {
            const auto comma = out.find(',');
            numbers[i] = std::stoi(out.substr(0, comma));
            out = comma == std::string::npos ? "" : out.substr(comma + 1);
        }
        return 0;
    }
    ssize_t read(std::span<std::byte> /*into*/) override { return 0; }
    ssize_t write(std::span<const std::byte> bytes) override {
        std::string text;
        for (const auto byte : bytes) {
            const char c = static_cast<char>(byte);
            text += c == 0 ? std::string("NUL") : std::string(1, c);
        }
        mock().actualCall("write").withStringParameter("text", text.c_str());
        return static_cast<ssize_t>(bytes.size());
    }
    ssize_t read_at(std::span<std::byte> /*into*/, off_t /*offset*/) override { return 0; }
    ssize_t write_at(std::span<const std::byte> bytes, off_t offset) override {
        mock()
            .actualCall("write_at")
            .withParameter("offset", static_cast<long>(offset))
            .withParameter("value", std::to_integer<int>(bytes[0]));
        return static_cast<ssize_t>(bytes.size());
    }

 private:
    /// Requests that only ask leave their argument's first content unsaid.
    static bool quiet(unsigned long request) {
        const auto direction = request & 0xc0000000UL;
        const bool is_solaris = (request & 0xff00) == ('a' << 8);
        if (is_solaris) return direction == 0x40000000UL;
        const auto number = request & 0xff;
        return number != 4 && number != 6 && number != 8;  // SETOPTIONS SETTIMEOUT SETPRETIMEOUT
    }
    std::string path_;
    bool open_ = false;
};

inline void expect_read(drivers::Register at, std::uint32_t value) {
    mock()
        .expectOneCall("read")
        .withParameter("offset", at.offset)
        .withParameter("width", static_cast<int>(at.width))
        .andReturnValue(value);
}
inline void expect_write(drivers::Register at, std::uint32_t value) {
    mock()
        .expectOneCall("write")
        .withParameter("offset", at.offset)
        .withParameter("width", static_cast<int>(at.width))
        .withParameter("value", value);
}

class MockWindow final : public drivers::RegisterWindow {
 public:
    Result<std::uint32_t> read(drivers::Register at) override {
        return mock()
            .actualCall("read")
            .withParameter("offset", at.offset)
            .withParameter("width", static_cast<int>(at.width))
            .returnUnsignedIntValueOrDefault(0);
    }
    Status write(drivers::Register at, std::uint32_t value) override {
        mock()
            .actualCall("write")
            .withParameter("offset", at.offset)
            .withParameter("width", static_cast<int>(at.width))
            .withParameter("value", value);
        return Done{};
    }
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] int descriptor() const override { return 8; }

 private:
    std::string name_ = "/dev/board";
};

}  // namespace vakt::fake
