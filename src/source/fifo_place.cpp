// SPDX-License-Identifier: Apache-2.0
// A path at which a FIFO comes and goes.
#include "source/fifo_place.h"

#include <utility>

#include "sys/fifo_reader.h"

namespace vakt::source {

FifoPlace::FifoPlace(loop::Loop& loop, std::string directory, std::string name, loop::Callback look)
    : path_(directory + "/" + name), look_again_(loop, look) {
    auto watch = sys::PathWatch::make(std::move(directory), std::move(name));
    if (!watch) return;
    path_watch_.emplace(std::move(*watch));
    changed_.emplace(loop, path_watch_->fd(), loop::Ready::read, std::move(look));
}

void FifoPlace::start() {
    if (changed_ && !changed_->on()) changed_.reset();
}

void FifoPlace::aim() {
    if (path_watch_) path_watch_->clear();
    if (path_watch_ && changed_) {
        if (sys::fifo_at(path_) && path_watch_->aim_at_file()) return;
        if (path_watch_->aim_at_directory()) {
            // It may have come before the directory was watched: then the file is to be watched,
            // if it can be; while it may not be read, the directory tells of a new mode too.
            if (sys::fifo_at(path_)) static_cast<void>(path_watch_->aim_at_file());
            return;
        }
    }
    look_later();
}

void FifoPlace::stop() {
    if (changed_) changed_->off();
    look_again_.cancel();
}

}  // namespace vakt::source
