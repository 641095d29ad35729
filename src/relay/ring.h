// SPDX-License-Identifier: Apache-2.0
// Packets that wait for a slow reader, in a bounded ring that drops the oldest and keeps the
// account.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace vakt::relay {

/// pushed = delivered + dropped + queued, at every instant.
struct RingCounts {
    std::uint64_t pushed = 0;
    std::uint64_t delivered = 0;   ///< wholly written
    std::uint64_t dropped = 0;     ///< pushed out by newer ones before any byte of them was written
    std::uint64_t queued = 0;      ///< waiting, the one that is half written too
    std::uint64_t loss_lines = 0;  ///< loss lines written; they are in no other number

    bool operator==(const RingCounts&) const = default;
};

/// How a ring is made.
struct RingShape {
    std::size_t capacity;  ///< bytes, length prefixes included
    std::size_t prefix =
        2;  ///< width of a packet's length, big-endian: 2 or 4 (Erlang's {packet,N})
    /// The text of the packet that stands where `lost` packets were dropped; nullptr for none.
    std::string (*loss_text)(std::uint64_t lost) = nullptr;
};

/// A byte ring of encoded packets. push() encodes in place; front() and written() hand the bytes
/// out in any pieces the writer's descriptor takes. Packets go out whole: one that is half written
/// is never dropped, the loss is then behind it, and the loss line stands exactly there.
class Ring {
 public:
    explicit Ring(const RingShape& shape);

    /// Queues a packet, and drops as many of the oldest as that needs.
    /// REQUIRES: body fits the prefix, and prefix and body fit the capacity (else it is dropped
    /// itself).
    void push(std::string_view body) {
        const std::size_t size = prefix_ + body.size();
        ++counts_.pushed;
        if (size > capacity_) {
            ++counts_.dropped;
            ++lost_;
            return;
        }
        if (capacity_ - used_ < size) make_room(size);
        const std::size_t at = wrap(head_ + used_);
        if (size <= capacity_ - at) {
            put_big_endian(&bytes_[at], prefix_, body.size());
            std::memcpy(&bytes_[at + prefix_], body.data(), body.size());
        } else {
            push_wrapped(at, body);
        }
        used_ += size;
        ++counts_.queued;
    }

    /// The bytes to write next, in one piece; empty when none wait. Valid until the next call of
    /// push() or written().
    [[nodiscard]] std::span<const unsigned char> front();

    /// The first `bytes` of the last front() have been written. REQUIRES: no push() in between.
    void written(std::size_t bytes);

    /// Bytes that can be pushed, prefixes included, before anything is dropped.
    [[nodiscard]] std::size_t room() const { return capacity_ - used_; }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    [[nodiscard]] const RingCounts& counts() const { return counts_; }

 private:
    void push_wrapped(std::size_t at, std::string_view body);
    void make_room(std::size_t size);
    void drop_oldest();
    void encode_loss();
    void copy_in(std::size_t at, const void* from, std::size_t size);
    [[nodiscard]] std::size_t packet_size(std::size_t at) const;
    [[nodiscard]] std::size_t wrap(std::size_t at) const {
        return at < capacity_ ? at : at - capacity_;
    }

    std::size_t capacity_;
    std::size_t prefix_;
    std::string (*loss_text_)(std::uint64_t);
    std::unique_ptr<unsigned char[]> bytes_;  // pages are touched only once they are needed
    std::size_t head_ = 0;                    // offset of the oldest unwritten byte
    std::size_t used_ = 0;
    std::size_t rest_ = 0;  // bytes at head_ that finish a half written packet

    // What goes out before anything in bytes_: the rest of a half written packet whose successors
    // were dropped, or a loss line.
    enum class Ahead { nothing, packet, loss };
    Ahead ahead_ = Ahead::nothing;
    std::string ahead_bytes_;
    std::size_t ahead_sent_ = 0;
    std::uint64_t lost_ = 0;  // dropped in front of head_ and not yet said
    std::uint64_t said_ = 0;  // of these, how many the loss line in ahead_bytes_ speaks of
    RingCounts counts_;
};

}  // namespace vakt::relay
