// SPDX-License-Identifier: Apache-2.0
// Who gets what the sources read.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "syslog/entry.h"
#include "syslog/timestamp.h"

namespace vakt::source {

/// Both clocks at one moment.
struct Time {
    syslog::Context wall;
    std::uint64_t mono_ns = 0;  ///< CLOCK_MONOTONIC
};
/// What every source is given to ask for the time, once a turn.
using Clock = std::function<Time()>;

/// A source calls it from the loop, never from within one of these calls.
class RecordSink {
 public:
    virtual ~RecordSink() = default;
    /// One message, parsed. Its views hold during the call only.
    virtual void entry(const syslog::Entry& entry) = 0;
    /// Here some are missing, and the source knows it.
    virtual void gap(const syslog::Gap& gap) = 0;
    /// All of one turn was given: time to wake those who wait.
    virtual void read_over() = 0;
    /// Something that somebody should know; the source goes on, or tries again by itself.
    virtual void trouble(const Error& error) = 0;
};

/// What a source counts itself, beside what it gives.
struct SourceCounts {
    std::uint64_t bytes = 0;
    std::uint64_t reads = 0;  ///< system calls, or library calls, that gave something
    std::uint64_t empty = 0;  ///< lines or datagrams without content: counted, given to nobody
    bool operator==(const SourceCounts&) const = default;
};

}  // namespace vakt::source
