// SPDX-License-Identifier: Apache-2.0
// What waits for the log's writer, and what happens when that does not come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "base/instant.h"

namespace vakt::console {

/// One thing for the log.
struct LogRecord {
    enum class What : std::uint8_t {
        output,         ///< of the node: `bytes`
        after_silence,  ///< and a time
        still_alive,    ///< and a time
        status,         ///< `bytes` for the status file
    };
    What what = What::output;
    std::int64_t time = 0;     ///< seconds since the epoch
    std::uint64_t missed = 0;  ///< bytes of output that were dropped before this
    std::string bytes;

    bool operator==(const LogRecord&) const = default;
};

/// A queue between the node and the writer. A node that is faster than the disk waits for it, as
/// with OTP's run_erl; but only as long as the disk takes something: after `kPatience` without that
/// nothing is waited for any more, and what comes is dropped and counted, until half of what waits
/// has been taken.
///
///   state    | put             full for kPatience   taken
///   well     | queued          -> hung              -
///   hung     | counted         -                    at half: -> well
class LogBacklog {
 public:
    static constexpr std::size_t kRoom = 1 << 20;
    static constexpr auto kPatience = std::chrono::seconds(1);

    void put(Instant now, LogRecord record);

    [[nodiscard]] bool empty() const { return queue_.empty(); }
    /// REQUIRES: not empty.
    [[nodiscard]] const LogRecord& first() const { return queue_.front(); }
    /// The writer has it.
    void taken(Instant now);

    /// Whether the node is to wait.
    [[nodiscard]] bool full() const { return !hung_ && bytes_ >= kRoom; }
    [[nodiscard]] bool hung() const { return hung_; }
    /// Patience may be over.
    void on_wake(Instant now);
    /// When on_wake is wanted.
    [[nodiscard]] Instant wake_at() const { return full() ? moved_ + kPatience : kNever; }

    /// Counted since the last record that was queued.
    [[nodiscard]] std::uint64_t missed() const { return missed_; }

 private:
    std::deque<LogRecord> queue_;
    std::size_t bytes_ = 0;
    std::uint64_t missed_ = 0;
    Instant moved_{};  // when it last became longer than nothing, or something was taken
    bool hung_ = false;
};

}  // namespace vakt::console
