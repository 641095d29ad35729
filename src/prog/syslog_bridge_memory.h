// SPDX-License-Identifier: Apache-2.0
// What of a bridge outlives it: its ring, and the numbers that were reserved.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "prog/daemon_log.h"
#include "report/boot_id.h"

namespace vakt::prog {

/// STATE/bridge.seq: "BOOT-ID NUMBER\n", the first number of that boot that no bridge can have
/// used. On the disk before a number below it is used, so that none is used twice, whatever else
/// is lost.
class ReservedNumbers {
 public:
    static constexpr std::uint64_t kAtOnce = std::uint64_t{1} << 32;

    /// Reserves the next kAtOnce. Where the file cannot be read or written, which is said, numbers
    /// begin at the nanoseconds since the boot: no bridge of it has had so many records.
    ReservedNumbers(std::string state, const report::BootId& boot, Log& log);

    /// The first of those that were reserved.
    [[nodiscard]] std::uint64_t first() const { return first_; }
    /// A bridge of this boot was here before, or nobody knows.
    [[nodiscard]] bool were_used() const { return were_used_; }
    /// Reserves more when less than half are left behind `next`. Once in an hour of the busiest.
    void keep_ahead_of(std::uint64_t next);

 private:
    [[nodiscard]] Status write(std::uint64_t number) const;

    std::string state_;
    report::BootId boot_;
    Log& log_;
    std::uint64_t first_ = 1;
    std::uint64_t end_ = 0;
    bool were_used_ = true;
};

}  // namespace vakt::prog
