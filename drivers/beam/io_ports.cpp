// SPDX-License-Identifier: Apache-2.0
// The processor's I/O ports as a device node.
#include "drivers/beam/io_ports.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "sys/error.h"

namespace vakt::beam {
namespace {

constexpr std::uint16_t kFirst = 0x441;
constexpr std::uint16_t kCount = 3;

#if defined(__x86_64__) || defined(__i386__)
bool in_ring_0() {
    unsigned long code_segment = 0;
    asm volatile("mov %%cs, %0" : "=r"(code_segment));
    return (code_segment & 3) == 0;
}

class X86Ports final : public IoPorts {
 public:
    Status allow([[maybe_unused]] std::uint16_t first,
                 [[maybe_unused]] std::uint16_t count) override {
        if (in_ring_0()) return Done{};
#ifdef SYS_ioperm
        // Not libc's function, which a system in ring 0 need not have.
        if (::syscall(SYS_ioperm, first, count, 1) == 0) return Done{};
#else
        errno = ENOSYS;
#endif
        return sys::last_error("ioperm", "the ib700's ports");
    }
    void out(std::uint16_t port, std::uint8_t value) override {
        asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
    }
};
#else
class X86Ports final : public IoPorts {
 public:
    Status allow(std::uint16_t, std::uint16_t) override {
        return refusal("this processor has no I/O ports");
    }
    void out(std::uint16_t, std::uint8_t) override {}
};
#endif

class IoPortNode final : public drivers::DevNode {
 public:
    explicit IoPortNode(std::unique_ptr<IoPorts> ports) : ports_(std::move(ports)) {}

    Status open() override { return ports_->allow(kFirst, kCount); }
    void close() override {}
    [[nodiscard]] int descriptor() const override { return -1; }
    [[nodiscard]] const std::string& name() const override { return name_; }

    int control(unsigned long, void*) override { return refuse(); }
    ssize_t read(std::span<std::byte>) override { return refuse(); }
    ssize_t write(std::span<const std::byte>) override { return refuse(); }
    ssize_t read_at(std::span<std::byte>, off_t) override { return refuse(); }
    ssize_t write_at(std::span<const std::byte> bytes, off_t offset) override {
        if (bytes.size() != 1 || offset < kFirst || offset >= kFirst + kCount) return refuse();
        // The right is a thread's, and the one that opens is not the one that pets.
        if (const auto allowed = ports_->allow(kFirst, kCount); !allowed) {
            errno = EPERM;
            return -1;
        }
        ports_->out(static_cast<std::uint16_t>(offset), static_cast<std::uint8_t>(bytes.front()));
        return 1;
    }

 private:
    static int refuse() {
        errno = ENOTSUP;
        return -1;
    }

    std::unique_ptr<IoPorts> ports_;
    std::string name_ = "ib700";
};

}  // namespace

std::unique_ptr<IoPorts> own_io_ports() { return std::make_unique<X86Ports>(); }

std::unique_ptr<drivers::DevNode> io_port_node(std::unique_ptr<IoPorts> ports) {
    return std::make_unique<IoPortNode>(std::move(ports));
}

}  // namespace vakt::beam
