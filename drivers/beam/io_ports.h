// SPDX-License-Identifier: Apache-2.0
// The processor's I/O ports as a device node, for systems where the program may speak to them.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "drivers/dev_node.h"

namespace vakt::beam {

/// The out instruction, and the right to it.
class IoPorts {
 public:
    IoPorts() = default;
    IoPorts(const IoPorts&) = delete;
    IoPorts& operator=(const IoPorts&) = delete;
    virtual ~IoPorts() = default;

    /// Asks for the right to `count` ports from `first` on.
    virtual Status allow(std::uint16_t first, std::uint16_t count) = 0;
    virtual void out(std::uint16_t port, std::uint8_t value) = 0;
};

/// x86: in ring 0, where OSv runs programs, nothing is asked; else ioperm(2), which wants
/// CAP_SYS_RAWIO and holds for the calling thread. Elsewhere refused.
[[nodiscard]] std::unique_ptr<IoPorts> own_io_ports();

/// The ib700's ports, 0x441 to 0x443, as /dev/port shows them: a byte written at an offset. The
/// right is asked for with each write, since it is a thread's.
[[nodiscard]] std::unique_ptr<drivers::DevNode> io_port_node(std::unique_ptr<IoPorts> ports);

}  // namespace vakt::beam
