// SPDX-License-Identifier: Apache-2.0
// Bringing files to the disk while others are written.
#include "sys/background_sync.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace vakt::sys {

void BackgroundSync::sync() {
    for (const auto& file : files_) {
        // EINVAL: a device or pipe, which has no disk.
        if (::fsync(file.get()) == 0 || errno == EINVAL) continue;
        int none = 0;
        error_.compare_exchange_strong(none, errno);
    }
    files_.clear();
    busy_ = false;
}

void BackgroundSync::start(std::vector<Fd> files) {
    wait();
    files_ = std::move(files);
    busy_ = true;
    pthread_t thread{};
    if (::pthread_create(&thread, nullptr, sync_of, this) == 0)
        thread_ = thread;
    else
        sync();
}

void* BackgroundSync::sync_of(void* self) {
    static_cast<BackgroundSync*>(self)->sync();
    return nullptr;
}

void BackgroundSync::wait() {
    if (thread_) ::pthread_join(*thread_, nullptr);
    thread_.reset();
}

std::error_code BackgroundSync::take_error() {
    return {error_.exchange(0), std::generic_category()};
}

}  // namespace vakt::sys
