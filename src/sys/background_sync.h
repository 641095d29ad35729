// SPDX-License-Identifier: Apache-2.0
// Bringing files to the disk while others are written.
#pragma once

#include <pthread.h>

#include <atomic>
#include <optional>
#include <system_error>
#include <vector>

#include "sys/fd.h"

namespace vakt::sys {

/// One fsync(2) after the other, in a thread that is there as long as they take.
class BackgroundSync {
 public:
    BackgroundSync() = default;
    ~BackgroundSync() { wait(); }
    BackgroundSync(const BackgroundSync&) = delete;
    BackgroundSync& operator=(const BackgroundSync&) = delete;

    /// Whether the files of the last start() are not all on the disk yet.
    [[nodiscard]] bool busy() const { return busy_; }
    /// Waits for those of the last start(), then begins with these. Where no thread is to be had
    /// it does it itself.
    void start(std::vector<Fd> files);
    void wait();

    /// The first error since it was asked for last.
    [[nodiscard]] std::error_code take_error();

 private:
    void sync();
    static void* sync_of(void* self);

    std::vector<Fd> files_;
    std::optional<pthread_t> thread_;  // std::thread says by a throw that there is none
    std::atomic<bool> busy_ = false;
    std::atomic<int> error_ = 0;
};

}  // namespace vakt::sys
