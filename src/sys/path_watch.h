// SPDX-License-Identifier: Apache-2.0
// Being told that a path may name another file now, without looking every second.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Linux: inotify(7). Elsewhere make() refuses and the caller has to look by a timer.
class PathWatch {
 public:
    [[nodiscard]] static Result<PathWatch> make(std::string directory, std::string name);

    /// Becomes readable when it is time to look.
    [[nodiscard]] int fd() const { return inotify_.get(); }

    /// Watches the file itself, which wakes us for nothing else in its directory: being unlinked or
    /// renamed over shows there too. Look at the path after this, not before. Fails when the path
    /// is not there.
    [[nodiscard]] Status aim_at_file();
    /// Watches the directory for anything to come. Look at the path after this, not before.
    [[nodiscard]] Status aim_at_directory();

    /// Takes away what has been told.
    void clear();

 private:
    PathWatch(Fd inotify, std::string directory, std::string name)
        : inotify_(std::move(inotify)), directory_(std::move(directory)), name_(std::move(name)) {}
    Status aim(const std::string& path, unsigned mask);

    Fd inotify_;
    std::string directory_;
    std::string name_;
    int watching_ = -1;
};

}  // namespace vakt::sys
