// SPDX-License-Identifier: Apache-2.0
// heart's port: descriptors 0 and 1, read and written without ever waiting.
#pragma once

#include <poll.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "sys/nonblock.h"
#include "wire/heart_op.h"

namespace vakt::prog {

/// What the VM sends. Reads only what is there, so no flag of descriptor 0 is changed.
class Inbox {
 public:
    /// Reads all that is queued now and calls give(heart::Event) for it: at most kMost bytes, more
    /// than any pipe holds unasked, so that a flood cannot keep us here. `wanted()` false ends it
    /// early. PortClosed or PortFailed comes last.
    template <class Give, class Wanted>
    void drain(Give&& give, Wanted&& wanted) {
        for (std::size_t taken = 0; taken < kMost && open_ && wanted();) {
            pollfd input = {0, POLLIN, 0};
            if (::poll(&input, 1, 0) != 1) return;
            const auto moved = sys::read_some(0, buffer_);
            switch (moved.how) {
                case sys::Moved::How::some:
                    taken += moved.bytes;
                    reader_.feed(std::string_view(buffer_.data(), moved.bytes), give);
                    break;
                case sys::Moved::How::blocked:
                    return;
                case sys::Moved::How::end:
                    open_ = false;
                    return give(heart::Event{heart::PortClosed{}});
                case sys::Moved::How::failed:
                    open_ = false;
                    return give(heart::Event{heart::PortFailed{}});
            }
        }
    }

    /// False after the end of file.
    [[nodiscard]] bool open() const { return open_; }

 private:
    static constexpr std::size_t kMost = 4U << 20;

    bool open_ = true;
    wire::HeartReader reader_;
    std::array<char, 65536> buffer_;
};

/// What the VM is told. What it does not read now waits here, up to a limit; beyond it is dropped:
/// it hangs then, and its silence decides.
class Outbox {
 public:
    void ack() {
        if (room()) wire::encode_heart_ack(waiting_);
        flush();
    }
    void command(std::string_view text) {
        if (room()) wire::encode_heart_command(text, waiting_);
        flush();
    }
    /// Writes what can be written now. A port nobody reads any more takes everything: end of file
    /// decides.
    void flush();
    [[nodiscard]] bool waiting() const { return !waiting_.empty(); }

 private:
    [[nodiscard]] bool room() const { return waiting_.size() < 262144; }

    sys::NonBlocking unblocked_{1};
    std::string waiting_;
};

}  // namespace vakt::prog
