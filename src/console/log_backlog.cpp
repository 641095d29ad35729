// SPDX-License-Identifier: Apache-2.0
// What waits for the log's writer.
#include "console/log_backlog.h"

#include <utility>

namespace vakt::console {
namespace {

/// What a record costs beside its bytes.
constexpr std::size_t kOverhead = 64;

}  // namespace

void LogBacklog::put(Instant now, LogRecord record) {
    if (hung_) {
        if (record.what == LogRecord::What::output) missed_ += record.bytes.size();
        return;
    }
    if (queue_.empty()) moved_ = now;
    record.missed = std::exchange(missed_, 0);
    bytes_ += record.bytes.size() + kOverhead;
    queue_.push_back(std::move(record));
}

void LogBacklog::taken(Instant now) {
    bytes_ -= queue_.front().bytes.size() + kOverhead;
    queue_.pop_front();
    moved_ = now;
    if (bytes_ <= kRoom / 2) hung_ = false;
}

void LogBacklog::on_wake(Instant now) {
    if (now >= wake_at()) hung_ = true;
}

}  // namespace vakt::console
