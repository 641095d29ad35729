// SPDX-License-Identifier: Apache-2.0
// A lock file that also holds a small record.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/fd.h"
#include "sys/open.h"

namespace vakt::sys {

/// Held until destroyed. The file stays: removing it would let two hold "the" lock.
class Lock {
 public:
    /// Makes the file (0600) if it is not there and waits at most `patience` for the lock. Refused
    /// when it is no regular file of root or trust.uid, has two names, or can be opened by others
    /// (who could then hold it for ever).
    static Result<Lock> take(const Fd& dir, const std::string& name, const Trust& trust,
                             std::chrono::milliseconds patience);

    /// The record, at most `limit` bytes.
    [[nodiscard]] Result<std::string> read(std::size_t limit) const;
    /// One write over the record: `text` must always have the same length, so that whoever is
    /// killed leaves the old or the new one.
    [[nodiscard]] Status write(std::string_view text) const;

 private:
    explicit Lock(Fd file) : file_(std::move(file)) {}
    Fd file_;
};

}  // namespace vakt::sys
