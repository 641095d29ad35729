// SPDX-License-Identifier: Apache-2.0
// A path at which a FIFO comes and goes.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "loop/loop.h"
#include "sys/path_watch.h"

namespace vakt::source {

/// Calls back whenever DIRECTORY/NAME may name another FIFO than before; where the system cannot
/// tell, every kLookEvery. With nothing changed the process is not woken.
class FifoPlace {
 public:
    static constexpr std::chrono::milliseconds kLookEvery{1000};

    FifoPlace(loop::Loop& loop, std::string directory, std::string name, loop::Callback look);

    /// Begins. The callback is not called for what is there already.
    void start();
    /// To be called first in the callback, and after start(): what happens to the path after this
    /// is told, what happened before it is seen by the look that follows.
    void aim();
    /// Calls back once, in kLookEvery.
    void look_later() { look_again_.start(kLookEvery); }
    void stop();

    [[nodiscard]] const std::string& path() const { return path_; }

 private:
    std::string path_;
    std::optional<sys::PathWatch> path_watch_;
    std::optional<loop::Watch> changed_;
    loop::Timer look_again_;
};

}  // namespace vakt::source
