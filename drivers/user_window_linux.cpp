// SPDX-License-Identifier: Apache-2.0
// Registers behind a Linux VME user window, /dev/bus/vme/mN.
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <utility>

#include "drivers/register_window.h"
#include "sys/error.h"

namespace vakt::drivers {

namespace {

// Our own copy of vme_user's request: its header is not among the kernel's exported ones
// (drivers/staging/vme_user/vme_user.h, vme.h; Linux 6.1).
struct __attribute__((packed)) VmeMaster {
    std::uint32_t enable;
    std::uint64_t address;
    std::uint64_t size;
    std::uint32_t space;
    std::uint32_t cycle;
    std::uint32_t width;
};
static_assert(sizeof(VmeMaster) == 32);
constexpr unsigned long kSetMaster = _IOW(0xAE, 4, VmeMaster);
constexpr std::uint32_t kSingleCycle = 0x1;
constexpr std::uint32_t kSupervisorData = 0x1000 | 0x8000;

std::uint32_t space_bits(const std::string& space) {
    if (space == "a16") return 0x1;
    if (space == "a24") return 0x2;
    if (space == "a64") return 0x8;
    if (space == "crcsr") return 0x10;
    return 0x4;
}

class UserWindow final : public RegisterWindow {
 public:
    UserWindow(std::unique_ptr<DevNode> node, std::uint64_t offset, std::size_t size,
               wdt::ByteOrder order)
        : node_(std::move(node)), offset_(offset), size_(size), order_(order) {}

    Result<std::uint32_t> read(Register at) override {
        if (!fits(at, size_)) return outside();
        std::array<std::byte, 4> raw{};
        const auto bytes = std::span(raw).first(static_cast<std::size_t>(at.width));
        const auto got = node_->read_at(bytes, place(at));
        if (got < 0) return sys::last_error("read", node_->name());
        if (static_cast<std::size_t>(got) != bytes.size()) return short_of("read");
        return get(order_, bytes);
    }

    Status write(Register at, std::uint32_t value) override {
        if (!fits(at, size_)) return outside();
        std::array<std::byte, 4> raw{};
        const auto bytes = std::span(raw).first(static_cast<std::size_t>(at.width));
        put(value, order_, bytes);
        const auto put_out = node_->write_at(bytes, place(at));
        if (put_out < 0) return sys::last_error("write", node_->name());
        if (static_cast<std::size_t>(put_out) != bytes.size()) return short_of("write");
        return Done{};
    }

    [[nodiscard]] const std::string& name() const override { return node_->name(); }
    [[nodiscard]] int descriptor() const override { return node_->descriptor(); }

 private:
    [[nodiscard]] off_t place(Register at) const { return static_cast<off_t>(offset_ + at.offset); }
    [[nodiscard]] Error outside() const {
        return Error{"register of " + node_->name(),
                     std::make_error_code(std::errc::invalid_argument)};
    }
    [[nodiscard]] Error short_of(const char* what) const {
        return Error{std::string("short ") + what + " of " + node_->name(),
                     std::make_error_code(std::errc::io_error)};
    }

    std::unique_ptr<DevNode> node_;
    std::uint64_t offset_;
    std::size_t size_;
    wdt::ByteOrder order_;
};

}  // namespace

WindowResult user_window(std::unique_ptr<DevNode> node, const std::optional<wdt::VmeWindow>& setup,
                         std::uint64_t offset, std::size_t size, wdt::ByteOrder order) {
    if (node->descriptor() < 0) {
        if (const auto opened = node->open(); !opened) return opened.error();
    }
    if (setup) {
        if (offset + size > setup->size)
            return Error{"registers at " + std::to_string(offset) + " of " + node->name() +
                             " lie outside its window of " + std::to_string(setup->size) + " bytes",
                         std::make_error_code(std::errc::invalid_argument)};
        VmeMaster master{};
        master.enable = 1;
        master.address = setup->address;
        master.size = setup->size;
        master.space = space_bits(setup->space);
        master.cycle = kSingleCycle | kSupervisorData;
        master.width = setup->width / 8;  // VME_D8 1, VME_D16 2, VME_D32 4, VME_D64 8
        if (node->control(kSetMaster, &master) != 0)
            return sys::last_error("VME_SET_MASTER", node->name());
    }
    return WindowResult(std::make_unique<UserWindow>(std::move(node), offset, size, order));
}

}  // namespace vakt::drivers
