// SPDX-License-Identifier: Apache-2.0
// Small files brought to the disk by a child: a disk that hangs holds up nobody else.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace vakt::prog {

struct FileText {
    std::string name;  ///< in the directory
    std::string text;
};

class Aside {
 public:
    explicit Aside(std::string directory);

    /// Replaces the files, each wholly or not at all. False, and nothing done, while those before
    /// are still under way or no child could be made. What fails is not told: the old ones stay.
    [[nodiscard]] bool put(const std::vector<FileText>& files);
    /// Waits for those that are under way, so long at most.
    void finish(std::chrono::milliseconds patience);
    /// At SIGCHLD.
    void collect();

 private:
    std::string directory_;
    pid_t child_ = 0;
};

}  // namespace vakt::prog
