// SPDX-License-Identifier: Apache-2.0
// The seam to a device node: what a driver does to one, so that a fake can stand for the hardware.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::drivers {

/// A device node, closed at first. The calls are the system's own, with its results: -1 and errno
/// on failure (sys::last_error reads it). An interrupted call is repeated.
class DevNode {
 public:
    DevNode() = default;
    DevNode(const DevNode&) = delete;
    DevNode& operator=(const DevNode&) = delete;
    virtual ~DevNode() = default;

    virtual Status open() = 0;
    /// Nothing if closed already. Says nothing to the device beyond the close itself.
    virtual void close() = 0;
    /// -1 if closed.
    [[nodiscard]] virtual int descriptor() const = 0;
    [[nodiscard]] virtual const std::string& name() const = 0;

    virtual int control(unsigned long request, void* argument) = 0;
    virtual ssize_t read(std::span<std::byte> into) = 0;
    virtual ssize_t write(std::span<const std::byte> bytes) = 0;
    virtual ssize_t read_at(std::span<std::byte> into, off_t offset) = 0;
    virtual ssize_t write_at(std::span<const std::byte> bytes, off_t offset) = 0;
};

/// How a node is opened; never made, never a controlling terminal, never inherited.
enum class Access { write_only, read_write };

/// The node at `path`.
[[nodiscard]] std::unique_ptr<DevNode> device_node(std::string path, Access access);

/// A Unix SOCK_SEQPACKET socket at `path`. A request waits at most a second for the other side, and
/// a peer that is gone is EPIPE and never a signal.
[[nodiscard]] std::unique_ptr<DevNode> socket_node(std::string path);

/// The service manager at `address` (sys/notify.h), which is told and never asked: only write() is
/// there, one notice each, and it does not wait. open() fails where nobody listens.
[[nodiscard]] std::unique_ptr<DevNode> notify_node(std::string address);

/// The same kinds, already open: handed over by a predecessor. `fd` must be open.
[[nodiscard]] std::unique_ptr<DevNode> adopted_node(std::string path, Access access, sys::Fd fd);
[[nodiscard]] std::unique_ptr<DevNode> adopted_socket(std::string path, sys::Fd fd);

}  // namespace vakt::drivers
