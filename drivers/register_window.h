// SPDX-License-Identifier: Apache-2.0
// The seam to a board's registers: two functions, read and write, of 8, 16 or 32 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "drivers/dev_node.h"
#include "sys/fd.h"
#include "wdt/device_settings.h"

namespace vakt::drivers {

/// The values are the widths in bytes.
enum class Width : std::uint8_t { byte = 1, half = 2, word = 4 };

/// One register: where it is, in bytes from the window's start, and how wide it is.
struct Register {
    std::uint32_t offset = 0;
    Width width = Width::byte;
    bool operator==(const Register&) const = default;
};

/// A window on registers. One access is one bus cycle of the register's own width; none is cached,
/// joined, split or repeated, and values are in the machine's own order whatever the board's is.
class RegisterWindow {
 public:
    RegisterWindow() = default;
    RegisterWindow(const RegisterWindow&) = delete;
    RegisterWindow& operator=(const RegisterWindow&) = delete;
    virtual ~RegisterWindow() = default;

    /// Errors: invalid_argument for a register outside the window or not aligned to its width; what
    /// the bus said otherwise.
    virtual Result<std::uint32_t> read(Register at) = 0;
    /// Bits of `value` above the register's width are not written.
    virtual Status write(Register at, std::uint32_t value) = 0;

    [[nodiscard]] virtual const std::string& name() const = 0;
    /// As WatchdogDevice::descriptor().
    [[nodiscard]] virtual int descriptor() const = 0;
};

using WindowResult = Result<std::unique_ptr<RegisterWindow>>;

/// Bytes `offset` to `offset + size` of the file, UIO node or memory node at `path`, mapped. `fd`
/// may be open already (handed over); else `path` is opened. A bus error in a mapped window is
/// SIGBUS, which ends the program: the hardware then resets the board, the safe direction.
/// Errors: what open or mmap said; invalid_argument for a plain file that ends before the window.
[[nodiscard]] WindowResult mapped_window(const std::string& path, std::uint64_t offset,
                                         std::size_t size, wdt::ByteOrder order, sys::Fd fd = {});

/// `size` bytes from `offset` of a Linux VME user window, /dev/bus/vme/mN, through `node` (opened
/// here unless it is open). With `setup` the window is pointed there first (VME_SET_MASTER of
/// drivers/staging/vme_user/vme_user.h); without, it is used as it stands.
[[nodiscard]] WindowResult user_window(std::unique_ptr<DevNode> node,
                                       const std::optional<wdt::VmeWindow>& setup,
                                       std::uint64_t offset, std::size_t size,
                                       wdt::ByteOrder order);

/// Whether the register lies in a window of `size` bytes, on a multiple of its width.
[[nodiscard]] constexpr bool fits(Register at, std::size_t size) {
    const auto width = static_cast<std::size_t>(at.width);
    return at.offset % width == 0 && width <= size && at.offset <= size - width;
}

/// `value` as `bytes` laid out in `order`, and back.
void put(std::uint32_t value, wdt::ByteOrder order, std::span<std::byte> bytes);
[[nodiscard]] std::uint32_t get(wdt::ByteOrder order, std::span<const std::byte> bytes);

}  // namespace vakt::drivers
