// SPDX-License-Identifier: Apache-2.0
// Being told when one of several files loses its name.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Linux: one inotify(7) descriptor for all of them, which wakes us for nothing else in their
/// directory. Elsewhere make() refuses and the caller has to look by a timer.
class NameWatch {
 public:
    [[nodiscard]] static Result<NameWatch> make();

    /// Becomes readable when one of the files may have been unlinked, moved or replaced.
    [[nodiscard]] int fd() const { return inotify_.get(); }
    /// Watches the file that has this name now. Look at the name after this, not before.
    [[nodiscard]] Status add(const std::string& path);
    /// Takes away what has been told.
    void clear();

 private:
    explicit NameWatch(Fd inotify) : inotify_(std::move(inotify)) {}
    Fd inotify_;
};

}  // namespace vakt::sys
