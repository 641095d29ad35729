// SPDX-License-Identifier: Apache-2.0
// Which dmesg records of pstore a report has told of already.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/boot_id.h"
#include "report/pstore.h"

namespace vakt::report {

/// A record stays in pstore until somebody removes it or the kernel needs its place, over any
/// number of boots, and on a board whose clock begins anew with each of them its time tells
/// nothing. So what was told is kept on disk, by its bytes: they alone are the same in each boot.
struct ToldRecord {
    BootId boot{};  ///< whose report told of it first
    std::uint32_t crc = 0;
    std::uint64_t size = 0;

    bool operator==(const ToldRecord&) const = default;
};
using ToldRecords = std::vector<ToldRecord>;
/// Twice of what is read of pstore at once.
inline constexpr std::size_t kMostTold = 128;

/// Marks the dmesg records that the report of another boot than this one has told of; a report that
/// is made twice in a boot says the same.
void mark_told(std::vector<PstoreFile>& files, const ToldRecords& told, const BootId& this_boot);

/// What was told, and what is there now, which this boot's report tells of. What is not there is
/// forgotten beyond kMostTold, the oldest first.
[[nodiscard]] ToldRecords told_with(const std::vector<PstoreFile>& files, const ToldRecords& told,
                                    const BootId& this_boot);

/// "vakt-told 1", then a line "BOOT_ID CRC-32 SIZE" for each, then "end".
[[nodiscard]] std::string text_of(const ToldRecords& told);
/// Of anything else that text_of() did not write: nothing was told.
[[nodiscard]] ToldRecords read_told(std::string_view text);

/// The file of it is two slots, written in turn: number N stands in slot N % 2, so that a write
/// that is torn at any byte leaves the slot before it, and one that is made when the file is needs
/// no room on a disk that has filled up since. A slot is text_of(), "slot NUMBER CRC-32" of all
/// before the CRC, and zeros. An older program's file, the text alone, is slot 0 with number 0.
inline constexpr std::size_t kToldSlot = 12288;  // pages: no two slots share one
inline constexpr std::size_t kToldSlots = 2;
struct ToldSlot {
    std::uint64_t number = 0;
    ToldRecords told;
};
/// Whether an earlier boot's report kept what it told of, be it nothing: what is there and was not
/// told has come since then, whatever its time says. Not by a slot that this boot's first report of
/// all may have written: one that is made again has to say the same.
[[nodiscard]] bool kept_before(const ToldSlot& slot, const BootId& this_boot);
/// kToldSlot bytes.
[[nodiscard]] std::string slot_of(const ToldSlot& slot);
/// The newest that is whole; number 0 and nothing told where none is.
[[nodiscard]] ToldSlot read_slots(std::string_view file);

}  // namespace vakt::report
