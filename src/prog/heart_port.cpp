// SPDX-License-Identifier: Apache-2.0
// heart's port: descriptors 0 and 1, read and written without ever waiting.
#include "prog/heart_port.h"

#include <span>

namespace vakt::prog {

void Outbox::flush() {
    while (!waiting_.empty()) {
        const auto* const bytes = reinterpret_cast<const unsigned char*>(waiting_.data());
        const auto moved = sys::write_some(1, std::span(bytes, waiting_.size()));
        switch (moved.how) {
            case sys::Moved::How::some:
                waiting_.erase(0, moved.bytes);
                break;
            case sys::Moved::How::blocked:
                return;
            case sys::Moved::How::end:
            case sys::Moved::How::failed:
                waiting_.clear();
                return;
        }
    }
}

}  // namespace vakt::prog
