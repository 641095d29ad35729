// SPDX-License-Identifier: Apache-2.0
// ferrule's record mode: the bridge's core with one source, one client and no socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "bridge/bridge.h"
#include "inside/turn_clock.h"
#include "syslog/lines.h"

namespace vakt::prog {

/// Lines in, parsed and numbered from 1; {packet,4} packets out, each a Batch
/// (wire/bridge_bytes.h). What the reader does not take waits in the ring; when that is full the
/// oldest go, and a gap with their exact count stands in their place.
class FerruleRecords {
 public:
    static constexpr std::size_t kLeastRing = bridge::Bridge::kLeastMemory;

    /// REQUIRES: ring >= kLeastRing.
    FerruleRecords(std::size_t ring, const report::BootId& boot);

    void line(const syslog::Line& line);
    /// All lines of one read were given.
    void read_over() { wall_.reset(); }
    /// The bytes to write next, empty when none wait; valid until the next call of anything.
    [[nodiscard]] std::span<const unsigned char> front();
    /// The first `bytes` of the last front() have been written.
    void written(std::size_t bytes);
    /// bridge/account.h
    [[nodiscard]] std::string account() const { return core_.account(); }

 private:
    std::unique_ptr<std::byte[]> memory_;
    inside::TurnClock clock_;
    std::optional<syslog::Context> wall_;  // of this read
    bridge::Bridge core_;
    bridge::Origin origin_ = 0;
    bridge::ClientNumber client_ = 0;
    std::string credit_;
};

}  // namespace vakt::prog
