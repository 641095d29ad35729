// SPDX-License-Identifier: Apache-2.0
// The boot ledger: what is noted on disk before a reset, in slots that survive a power cut.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/fixed_text.h"
#include "report/boot_id.h"
#include "report/cause.h"

namespace vakt::report {

/// Layout, version 1. The file is 64 slots of 256 bytes, so that no slot spans two sectors. Entry
/// number S (from 1) stands in slot S % 64. Numbers are in network order.
///
///   offset size
///      0     4  "VKLG"
///      4     1  version, 1
///      5     1  kind            (Kind)
///      6     1  cause           (Cause; unknown where the kind has none)
///      7     1  step            (Step)
///      8     8  sequence, from 1, one more with each entry, over all boots
///     16    16  boot id
///     32     8  wall clock, nanoseconds since the epoch, two's complement
///     40     8  milliseconds since the boot (CLOCK_BOOTTIME)
///     48     4  boots counted, this one included
///     52     4  boots before this one that failed one after the other
///     56     4  milliseconds since the last good beat; 0xffffffff: unknown
///     60     1  flags of this boot: 1 healthy, 2 ended in order; other bits 0
///     61     1  length of the lease's name, 0 to 32
///     62    32  the lease's name, the rest 0
///     94     1  length of the text, 0 to 157
///     95   157  text for people, the rest 0
///    252     4  CRC-32 (base/crc32.h) of bytes 0 to 251
///
/// A slot that is not exactly so counts as empty, or as damaged unless it is all zeros. Writing an
/// entry touches one slot, and that is the oldest one: a write torn at any byte leaves all others
/// readable. Every entry carries the counts, so that the newest one is enough to go on counting.
inline constexpr std::size_t kSlotSize = 256;
inline constexpr std::size_t kSlots = 64;
inline constexpr std::uint8_t kLedgerVersion = 1;
inline constexpr std::uint32_t kBeatAgeUnknown = 0xffffffff;

enum class Kind : std::uint8_t {
    boot = 1,       ///< a boot began
    healthy = 2,    ///< it is one that counts as having come up
    note = 3,       ///< why an act follows, before the act
    recovered = 4,  ///< what this lease (none: all) had noted before does not hold any more
    snoozed = 5,
    clean = 6,     ///< an orderly shutdown has begun
    reported = 7,  ///< the report on the boot before was handed over
    info = 8,      ///< for people, such as a warning; judges nothing
};
inline constexpr std::uint8_t kKinds = 9;

/// How the text of start_erl's own infos begins: which release it took instead of the plain one.
inline constexpr std::string_view kStartInfo = "start_erl: ";

using Slot = std::array<std::uint8_t, kSlotSize>;

/// One entry. The writer fills in `sequence`, `boots`, `failed_boots`, `healthy` and `ended`.
struct Entry {
    Kind kind = Kind::note;
    Cause cause = Cause::unknown;
    Step step = Step::none;
    std::uint64_t sequence = 0;
    BootId boot_id{};
    std::int64_t wall_ns = 0;
    std::uint64_t uptime_ms = 0;
    std::uint32_t boots = 0;
    std::uint32_t failed_boots = 0;
    std::uint32_t beat_age_ms = kBeatAgeUnknown;
    bool healthy = false;
    bool ended = false;
    FixedText<32> lease;
    FixedText<157> text;

    bool operator==(const Entry&) const = default;
};

[[nodiscard]] inline bool is_start_info(const Entry& entry) {
    return entry.kind == Kind::info && entry.text.view().starts_with(kStartInfo);
}

[[nodiscard]] Slot encode(const Entry& entry);
/// none for anything that encode() does not make.
[[nodiscard]] std::optional<Entry> decode(std::span<const std::uint8_t> slot);

/// What a ledger file holds: its good entries, oldest first, and how many slots were damaged. A
/// file of any length is read; bytes beyond the last whole slot count as a damaged one.
struct LedgerContent {
    std::vector<Entry> entries;
    std::size_t damaged = 0;
};
[[nodiscard]] LedgerContent read_ledger(std::span<const std::uint8_t> file);

/// Goes on from what a file holds. Holds no heap and makes none.
///
/// Boots are counted by boot_id: the first entry of another boot_id begins a boot. A boot failed
/// that neither became healthy nor ended in order; failed boots are counted while they follow one
/// another, an orderly end without health leaves the count as it is, and health ends it. A restart
/// that was asked for is an orderly end, unless a fault was noted before and not recovered from.
class LedgerWriter {
 public:
    struct Write {
        std::uint64_t offset = 0;  ///< in the file, bytes
        Slot bytes{};
        Entry entry;  ///< as it was completed
    };

    /// `entries`: what the file holds, oldest first.
    LedgerWriter(std::span<const Entry> entries, const BootId& boot_id);

    /// The slot to write for this entry. Calling it again for a write that failed gives the next
    /// slot: what the failed write left behind is never relied on.
    [[nodiscard]] Write add(Entry entry);

    /// The number that add() gives next.
    [[nodiscard]] std::uint64_t next_sequence() const { return next_; }
    [[nodiscard]] std::uint32_t boots() const { return boots_; }
    [[nodiscard]] std::uint32_t failed_boots() const { return failed_boots_; }
    /// No entry of this boot_id was there: the caller adds Kind::boot first.
    [[nodiscard]] bool is_new_boot() const { return is_new_boot_; }

 private:
    void look_for_fault(const Entry& entry);

    BootId boot_id_;
    std::uint64_t next_ = 1;
    std::uint32_t boots_ = 1;
    std::uint32_t failed_boots_ = 0;
    bool healthy_ = false;
    bool ended_ = false;
    bool faulted_ = false;
    bool is_new_boot_ = true;
};

}  // namespace vakt::report
