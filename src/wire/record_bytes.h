// SPDX-License-Identifier: Apache-2.0
// A numbered entry or gap as bytes: in the ring, on the bridge's socket, on a port; version 1.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "syslog/entry.h"

namespace vakt::wire {

// All numbers in network order. Both kinds begin alike:
//
//   offset
//   0   size u32       of all behind this field
//   4   kind u8        0 record, 1 gap
//   5   source u8      syslog::Source
//   6   origin u8      which of the bridge's sources (Welcome names them)
//   7   pri u8         0..191, 255: none              gap: syslog::Loss
//   8   seq u64        the bridge's number, unique in one boot
//
// a gap goes on with
//
//   16  count u64      2^64 - 1: unknown
//   24  from u64, to u64   numbers of the first and last lost, 0: had none
//   40  words          the rest, 0..255 bytes
//
// and a record with
//
//   16  time i64       nanoseconds since 1970-01-01T00:00:00Z
//   24  mono u64       nanoseconds of CLOCK_MONOTONIC, 0: not known
//   32  source seq u64 the source's own number, 0: none
//   40  repeats u32    0; else so many more like the last of its kind came since,
//                      and it stands for them
//   44  flags u16      1 malformed, 2 UTF-8 by its own word,
//                      4 time is when it was taken or read (it said none),
//                      8 pid and uid are known, 16 cut, 32 composed (below),
//                      bits 8..10 syslog::Form, all others 0
//   46  unit u16       size of the unit's name, behind the bytes, 0..255
//   48  pid u32, uid u32   the sender's as the kernel knows it, 0 unless flag 8
//   56  host u16 skip, u16 size;  60 app;  64 pid;  68 msgid;  72 structured data;  76 text
//   80  bytes u16      size of the bytes that follow
//   82  bytes          then the unit's name
//
// The six parts lie in the bytes in this order: each `skip` bytes behind the end of the one before;
// an empty one has skip 0. Where the source had the message as one piece (Entry::raw is not empty,
// and each part that is not empty lies in it, in this order), the bytes are what came, to the
// letter, so nothing of it is thrown away; else (flag 32) they are the six parts one behind the
// other, each with skip 0, and raw is forgotten.
//
// For each entry there is one way to write it, and nothing else is read.

inline constexpr std::size_t kRecordHead = 82;
inline constexpr std::size_t kGapHead = 40;
inline constexpr std::size_t kLongestBytes = 65535;
inline constexpr std::size_t kLongestUnit = 255;
inline constexpr std::size_t kLongestWords = 255;  ///< of a gap
/// No entry is longer, its size field included.
inline constexpr std::size_t kLongestRecord = kRecordHead + kLongestBytes + kLongestUnit;

/// put_entry() takes no more, and kLongestRecord at most.
[[nodiscard]] constexpr std::size_t most_bytes(const syslog::Entry& entry) {
    const auto& r = entry.record;
    const auto parts = r.host.size() + r.app.size() + r.pid.size() + r.msgid.size() +
                       r.structured.size() + r.text.size();
    return kRecordHead + std::min(std::max(entry.raw.size(), parts), kLongestBytes) +
           std::min(entry.unit.size(), kLongestUnit);
}

/// What the bridge adds to an entry.
struct Stamp {
    std::uint64_t seq = 0;
    std::uint8_t origin = 0;
    /// When it was read, since 1970: the time of what has none and no taken_ns; else not kept (and
    /// 0 when taken off).
    std::int64_t read_ns = 0;
    std::uint32_t repeats = 0;  ///< not kept of a gap
};

/// Writes an entry into `room`, which has at least most_bytes(entry), and returns how many it took
/// and touches no more. What is longer than kLongestBytes is cut at its end and marked, and so is a
/// unit's name above kLongestUnit; nothing is allocated.
[[nodiscard]] std::size_t put_entry(const syslog::Entry& entry, const Stamp& stamp,
                                    std::span<unsigned char> room);
/// The same for a gap, in kGapHead + kLongestWords; words above 255 bytes are cut.
[[nodiscard]] std::size_t put_gap(const syslog::Gap& gap, const Stamp& stamp,
                                  std::span<unsigned char> room);

struct StampedEntry {
    Stamp stamp{};
    syslog::Entry entry{};  ///< its views are parts of the bytes read; its time is always there.
                            ///< raw is empty if they are composed, and taken_ns is 0
    bool time_is_ours = false;  ///< flag 4
};
struct StampedGap {
    Stamp stamp{};
    syslog::Gap gap{};
};

/// Reads one, whose size field says where it ends, and takes it off the front. None, and the bytes
/// unchanged, for anything that put_entry and put_gap do not write.
[[nodiscard]] std::optional<std::variant<StampedEntry, StampedGap>> take_record(
    std::string_view& bytes);

}  // namespace vakt::wire
