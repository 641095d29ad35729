// SPDX-License-Identifier: Apache-2.0
// The keeper's whole status, put together from its messages.
#pragma once

#include "base/fixed_list.h"
#include "wire/lease_bytes.h"

namespace vakt::wire {

struct WholeStatus {
    lease::StatusBoard board;
    FixedList<lease::StatusLease, keeper::kMaxLeases> leases;
    FixedList<lease::StatusDevice, keeper::kMaxDevices> devices;
    FixedList<lease::StatusEvidence, keeper::kMaxEvidence> evidence;

    bool operator==(const WholeStatus&) const = default;
};

/// Takes the messages that answer StatusAsked, one after the other.
class StatusReader {
 public:
    enum class Took : std::uint8_t {
        part,   ///< more is to come
        whole,  ///< status() is complete; the next StatusBoard begins another
        other,  ///< not of a status, as News is: nothing changed
        bad,    ///< a row without its board, or more rows than there can be: this is no keeper
    };
    [[nodiscard]] Took take(const LeaseMessage& message) {
        return std::visit([this](const auto& m) { return add(m); }, message);
    }
    [[nodiscard]] const WholeStatus& status() const { return status_; }

 private:
    Took add(const lease::StatusBoard& board) {
        if (open_) return Took::bad;
        status_ = {};
        status_.board = board;
        open_ = true;
        return Took::part;
    }
    Took add(const lease::StatusLease& row) { return add(status_.leases, row); }
    Took add(const lease::StatusDevice& row) { return add(status_.devices, row); }
    Took add(const lease::StatusEvidence& row) { return add(status_.evidence, row); }
    Took add(const lease::StatusEnd&) {
        if (!open_) return Took::bad;
        open_ = false;
        return Took::whole;
    }
    // Between the parts of a status there is nothing.
    template <class Other>
    Took add(const Other&) {
        return open_ ? Took::bad : Took::other;
    }
    template <class Rows, class Row>
    Took add(Rows& rows, const Row& row) {
        return open_ && rows.push_back(row) ? Took::part : Took::bad;
    }

    WholeStatus status_;
    bool open_ = false;
};

}  // namespace vakt::wire
