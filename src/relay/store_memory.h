// SPDX-License-Identifier: Apache-2.0
// What lies in the memory of a store, version 1, in the machine's own byte order: it never leaves
// the machine, nor one boot of it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace vakt::relay {

// In this order: head, sources, names, one word for each segment, the segments, all of one size.
//
// A process may be killed between any two stores, so each thing becomes true by one store of eight
// bytes, made after all that it speaks of (publish()):
//
//   the memory         its magic, the last of all; it is taken away before anything is begun anew
//   a record           the word of its segment: lane + 1 in the upper half, bytes used in the
//   lower;
//                      0: free
//   a segment's end    its word becomes 0, after `floor`, `dropped_gap` and `dropped` know of it
//   a source, a name   its `there`
//   a mark             its `seq`, which is 0 while it is written; and it holds only once the record
//                      of that number is there, so it is written before that
//
// Plain counters are stored when what they count is done: after a kill one may be short by the one
// thing that was being done.

using BootBytes = std::array<std::uint8_t, 16>;

inline constexpr std::uint64_t kStoreMagic = 0x56414B54'52494E47;  // "VAKTRING"
inline constexpr std::uint32_t kStoreVersion = 1;
inline constexpr std::size_t kMostKeptSources = 32;
inline constexpr std::size_t kMostKeptNames = 32;
inline constexpr std::size_t kLongestKeptName = 32;
inline constexpr std::size_t kLongestPosition = 255;

/// Makes true what was stored before it.
inline void publish(std::uint64_t& word, std::uint64_t value) {
    std::atomic_ref<std::uint64_t>(word).store(value, std::memory_order_release);
}

/// A stored size may be bent: it is never more than there is room for.
inline std::size_t at_most(std::uint64_t stored, std::size_t room) {
    return stored < room ? static_cast<std::size_t>(stored) : room;
}

struct StoreHead {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t segments;
    std::uint64_t size;  ///< of the whole memory, bytes
    BootBytes boot;
    std::uint64_t begin;  ///< the first number given out of this memory
    std::uint64_t floor;  ///< all numbers below it were given, whatever is still kept
    std::array<std::uint64_t, 2> dropped;  ///< of each lane the last number dropped; 0: none
    std::uint64_t dropped_gap;             ///< the last number dropped that was a gap's; 0: none
};

/// A name in place.
struct KeptName {
    std::uint64_t size;
    std::array<char, kLongestKeptName> bytes;

    [[nodiscard]] std::string_view view() const {
        return {bytes.data(), at_most(size, bytes.size())};
    }
    void set(std::string_view text) {
        const auto kept = at_most(text.size(), bytes.size());
        if (kept != 0) std::memcpy(bytes.data(), text.data(), kept);
        size = kept;
    }
};

/// What is known of a source beside its records. All in entries but for the bytes.
struct SourceFigures {
    std::uint64_t accepted;      ///< became records of the ring
    std::uint64_t folded;        ///< the same as the one before, counted
    std::uint64_t held_back;     ///< by the rate guard
    std::uint64_t withheld;      ///< auth and authpriv, not asked for
    std::uint64_t lost;          ///< that the source itself knew of
    std::uint64_t unknown_gaps;  ///< times it lost it knew not how many
    std::uint64_t malformed;     ///< of all it gave
    std::uint64_t bytes;         ///< of all it gave
    std::uint64_t repeats;       ///< records that stand for folded ones
    std::uint64_t gaps;          ///< gaps of it in the ring
    bool operator==(const SourceFigures&) const = default;
};

/// How far a source was with one of its records or gaps.
struct Mark {
    std::uint64_t seq;        ///< that one's number; 0: no mark
    std::uint64_t resumable;  ///< 1: the source can be read again from here on
    std::uint64_t numbers;    ///< 1: `next` is known
    std::uint64_t next;       ///< the source's own number, expected next
    // Figures as they were, and how much of them had been said in records and gaps of the ring.
    std::uint64_t folded;
    std::uint64_t folded_said;
    std::uint64_t held_back;
    std::uint64_t held_said;
    std::uint64_t withheld;
    std::uint64_t position_size;
    std::array<char, kLongestPosition + 1> position;

    [[nodiscard]] std::string_view where() const {
        return {position.data(), at_most(position_size, kLongestPosition)};
    }
};

struct KeptSource {
    std::uint64_t there;  ///< 1: yes
    std::uint64_t kind;   ///< syslog::Source
    KeptName name;
    std::uint64_t last;  ///< number of its last record, stored before that
    SourceFigures figures;
    std::array<Mark, 2> marks;  ///< written in turn
};

/// What a client of a name acknowledged last.
struct KeptPlace {
    std::uint64_t there;
    KeptName name;
    std::uint64_t used;  ///< the larger, the later it was used
    std::uint64_t seq;
};

struct StoreTables {
    StoreHead head;
    std::array<KeptSource, kMostKeptSources> sources;
    std::array<KeptPlace, kMostKeptNames> places;
};
static_assert(std::is_trivially_copyable_v<StoreTables> && sizeof(StoreTables) % 8 == 0);
static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free);

}  // namespace vakt::relay
