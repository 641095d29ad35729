// SPDX-License-Identifier: Apache-2.0
// What a port of the emulator and the guarding thread share; neither ever waits for the other here.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "drivers/beam/byte_ring.h"
#include "drivers/beam/inner_heart.h"
#include "heart/event.h"
#include "sys/fd.h"

namespace vakt::beam {

/// A counter both sides can poll (eventfd(2)): adding to it never waits and takes no lock.
class Bell {
 public:
    Bell();
    /// Another descriptor of the same bell.
    [[nodiscard]] Bell copy() const;
    void ring() const;
    void hush() const;
    [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
    explicit Bell(sys::Fd fd) : fd_(std::move(fd)) {}
    sys::Fd fd_;
};

/// One port. The emulator puts into `to_heart`, the guarding thread into `to_vm`.
struct HeartLink {
    PortId id = 0;
    heart::Settings settings;
    ByteRing<16384> to_heart;
    ByteRing<16384> to_vm;
    Bell for_vm;  ///< rung by the guarding thread: `to_vm` or `ends` has something

    std::atomic<bool> crashes{false};  ///< PREPARING_CRASH: from any thread, at any moment
    std::atomic<bool> closed{false};   ///< the emulator has closed the port
    std::atomic<bool> ends{false};     ///< the heart has left
    std::atomic<bool> settled{false};  ///< nothing more is done for this port
};

/// What a message of the VM means; it has no length before it (a driver's port has none).
[[nodiscard]] heart::Event message_of(std::string_view body);

}  // namespace vakt::beam
