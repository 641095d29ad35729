// SPDX-License-Identifier: Apache-2.0
// The black box: the last records of each boot, in slots of a file that survive a power cut.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/boot_id.h"

namespace vakt::report {

// Layout, version 1. The file is chunks of 512 bytes, so that none spans two sectors. Numbers are
// in network order. The first chunk is the header:
//
//   offset size
//      0     4  "VKBB"
//      4     1  version, 1
//      5     3  0
//      8     4  slot size, 512
//     12     4  slots behind the header
//     16     4  how many of them, the first ones, are for severity emerg to err
//     20   488  0
//    508     4  CRC-32 (base/crc32.h) of bytes 0 to 507
//
// and each other one is a slot:
//
//      0     4  "VKBS"
//      4     1  version, 1
//      5     1  PRI 0 to 191 (facility * 8 + severity); 255: none
//      6     1  source (syslog::Source)
//      7     1  flags: 1 the text is the beginning of a longer one, 2 a gap, 4 malformed;
//               other bits 0
//      8     8  serial, from 1, one more with each slot written, over all boots
//     16    16  boot id
//     32     8  the bridge's number, unique in its boot
//     40     8  wall clock, nanoseconds since the epoch, two's complement
//     48     8  CLOCK_MONOTONIC, nanoseconds; 0: not known
//     56     4  so many more like it came since, and it stands for them
//     60     2  size of the text, 0 to 446
//     62   446  "HOST APP[PID]: TEXT", any bytes, the rest 0; of a longer one its beginning
//    508     4  CRC-32 of bytes 0 to 507
//
// The slots are two rings, one for emerg to err and one for all else, so that chatter does not push
// out what matters. A record takes one slot, and the oldest of its ring: a write torn at any byte
// leaves all others readable. Readers need no header, and order by the serial.
inline constexpr std::size_t kBoxSlot = 512;
inline constexpr std::size_t kBoxText = 446;
inline constexpr std::uint8_t kBoxVersion = 1;
inline constexpr std::uint8_t kNoPri = 255;
/// The least file: 15 slots. The largest one is what is read in a second or so after a boot.
inline constexpr std::size_t kLeastBox = 16 * kBoxSlot;
inline constexpr std::size_t kLargestBox = std::size_t{64} << 20;

using BoxSlot = std::array<std::uint8_t, kBoxSlot>;

/// One record that outlives the boot it was logged in.
struct BlackBoxLine {
    BootId boot_id{};
    std::uint64_t sequence = 0;  ///< the bridge's number; orders the lines of one boot
    std::int64_t wall_ns = 0;    ///< nanoseconds since the epoch
    std::string text{};          ///< any bytes
    std::uint8_t pri = kNoPri;
    std::uint8_t source = 0;    ///< syslog::Source
    std::uint64_t mono_ns = 0;  ///< 0: not known
    std::uint32_t repeats = 0;
    bool cut = false;
    bool gap = false;
    bool malformed = false;

    bool operator==(const BlackBoxLine&) const = default;
};

/// Severity emerg to err.
[[nodiscard]] bool is_urgent(const BlackBoxLine& line);

/// All but serial and checksum, which place() adds. A text longer than kBoxText is cut and marked.
[[nodiscard]] BoxSlot box_slot(const BlackBoxLine& line);

struct PlacedLine {
    std::uint64_t serial = 0;
    BlackBoxLine line;
    bool operator==(const PlacedLine&) const = default;
};
/// None for anything that is not written.
[[nodiscard]] std::optional<PlacedLine> read_box_slot(std::span<const std::uint8_t> slot);

/// How many slots a file has, of kLeastBox to kLargestBox bytes.
struct BoxShape {
    std::uint32_t slots = 0;
    std::uint32_t urgent = 0;  ///< of them, a quarter

    [[nodiscard]] static BoxShape of(std::uint64_t bytes);
    [[nodiscard]] std::uint64_t size() const { return (std::uint64_t{slots} + 1) * kBoxSlot; }
    bool operator==(const BoxShape&) const = default;
};
[[nodiscard]] BoxSlot box_header(const BoxShape& shape);
/// None for anything that box_header() does not make.
[[nodiscard]] std::optional<BoxShape> read_box_header(std::span<const std::uint8_t> bytes);

/// Reads a file in pieces and keeps its newest lines, in bounded memory whatever the bytes are.
class BoxReader {
 public:
    /// Keeps the newest `most` of the urgent ones and of the others. Lines of boot `without` are
    /// passed over.
    explicit BoxReader(std::size_t most, std::optional<BootId> without = std::nullopt)
        : most_(most), without_(without) {}

    /// The file's bytes from the first on; each piece but the last one is whole chunks.
    void feed(std::span<const std::uint8_t> bytes);
    /// What was kept, oldest first.
    [[nodiscard]] std::vector<PlacedLine> lines();
    /// Chunks that are neither whole nor blank.
    [[nodiscard]] std::size_t damaged() const { return damaged_; }

 private:
    void keep_newest(std::vector<PlacedLine>& lines, std::size_t most) const;

    std::size_t most_;
    std::optional<BootId> without_;
    std::vector<PlacedLine> urgent_;
    std::vector<PlacedLine> others_;
    std::size_t damaged_ = 0;
};

/// Where what comes next is written.
class BoxPlacer {
 public:
    /// `shape` has a slot of each kind at least.
    explicit BoxPlacer(const BoxShape& shape);

    /// What the file holds, slot by slot, before the first place().
    void found(std::uint32_t slot, const PlacedLine& line);

    /// Adds serial and checksum to what box_slot() made, and returns where in the file it belongs,
    /// in bytes.
    [[nodiscard]] std::uint64_t place(BoxSlot& slot);

 private:
    struct Ring {
        std::uint32_t first = 0;
        std::uint32_t size = 0;
        std::uint32_t next = 0;
        std::uint64_t newest = 0;  ///< serial found
    };
    std::array<Ring, 2> rings_;
    std::uint64_t serial_ = 1;
};

}  // namespace vakt::report
