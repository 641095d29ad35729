// SPDX-License-Identifier: Apache-2.0
// Signals as something to read.
#pragma once

#include <initializer_list>
#include <optional>

#include "sys/fd.h"

namespace vakt::sys {

/// Blocks `signals` for the whole process and takes them from a descriptor instead (signalfd(2)).
/// One that was ignored (SIGCHLD by a careless parent) is set to its default first, or it would
/// never show.
class SignalInbox {
 public:
    explicit SignalInbox(std::initializer_list<int> signals);

    /// The next signal that has come, if any.
    [[nodiscard]] std::optional<int> next();
    /// Readable when next() has one.
    [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
    Fd fd_;
};

}  // namespace vakt::sys
