// SPDX-License-Identifier: Apache-2.0
// FAT12, FAT16 and FAT32: the boot sector, chains of clusters, and the root directory with long
// names. A chain that comes back to itself ends at the length that a file or directory may have.
#include <algorithm>
#include <utility>

#include "seed/disk.h"

namespace vakt::seed {
namespace {

constexpr std::size_t kEntry = 32;
constexpr std::size_t kMaxDirectory = 64UL * 1024;

/// The boot sector's numbers, looked through once.
struct Layout {
    std::uint64_t fat = 0;           ///< bytes from the start
    std::uint64_t root = 0;          ///< bytes from the start; FAT32: not used
    std::uint32_t root_size = 0;     ///< bytes; FAT32: 0
    std::uint32_t root_cluster = 0;  ///< FAT32 alone
    std::uint64_t data = 0;          ///< of cluster 2
    std::uint32_t cluster = 0;       ///< bytes
    std::uint32_t clusters = 0;      ///< how many, from number 2
    unsigned bits = 0;               ///< 12, 16, 32
    std::string label;
};

bool is_power_of_two(std::uint32_t number) { return number != 0 && (number & (number - 1)) == 0; }

std::optional<Layout> layout_of(std::string_view boot) {
    constexpr std::uint32_t kMostFat12 = 4085;
    constexpr std::uint32_t kMostFat16 = 65525;
    constexpr std::uint32_t kMostFat32 = 0x0ffffff5;
    if (boot[510] != '\x55' || boot[511] != '\xaa') return std::nullopt;
    const auto sector = little_16(boot, 11);
    const auto per_cluster = static_cast<std::uint32_t>(static_cast<unsigned char>(boot[13]));
    const auto reserved = little_16(boot, 14);
    const auto fats = static_cast<std::uint32_t>(static_cast<unsigned char>(boot[16]));
    const auto root_entries = little_16(boot, 17);
    const auto few_sectors = little_16(boot, 19);
    const auto sectors = few_sectors != 0 ? few_sectors : little_32(boot, 32);
    const auto few_per_fat = little_16(boot, 22);
    const std::uint64_t per_fat = few_per_fat != 0 ? few_per_fat : little_32(boot, 36);
    if (sector < 512 || sector > 4096 || !is_power_of_two(sector) ||
        !is_power_of_two(per_cluster) || reserved == 0 || fats == 0 || fats > 2 || per_fat == 0)
        return std::nullopt;
    const std::uint64_t root_sectors = (root_entries * kEntry + sector - 1) / sector;
    const std::uint64_t before = reserved + fats * per_fat + root_sectors;
    if (before >= sectors) return std::nullopt;

    Layout layout;
    layout.clusters = static_cast<std::uint32_t>((sectors - before) / per_cluster);
    layout.bits = layout.clusters < kMostFat12 ? 12 : layout.clusters < kMostFat16 ? 16 : 32;
    if (layout.clusters >= kMostFat32) return std::nullopt;
    // A FAT32 has no root directory of its own place, and the others have one.
    if ((layout.bits == 32) != (root_entries == 0)) return std::nullopt;
    layout.fat = std::uint64_t{reserved} * sector;
    layout.root = (reserved + fats * per_fat) * sector;
    layout.root_size = static_cast<std::uint32_t>(root_entries * kEntry);
    layout.root_cluster = layout.bits == 32 ? little_32(boot, 44) : 0;
    layout.data = before * sector;
    layout.cluster = sector * per_cluster;
    const std::size_t extended = layout.bits == 32 ? 66 : 38;
    if (boot[extended] == '\x29') layout.label = without_blanks(boot.substr(extended + 5, 11));
    return layout;
}

class Fat {
 public:
    Fat(ReadAt read, Layout layout) : read_(std::move(read)), layout_(std::move(layout)) {}

    /// The name of the root directory's own entry, or the boot sector's.
    [[nodiscard]] std::string label() const {
        constexpr unsigned kLabel = 0x08;
        std::string label = layout_.label;
        static_cast<void>(each_entry([&](std::string_view entry, const std::string&) {
            if ((attributes(entry) & 0x1fU) != kLabel) return false;
            label = without_blanks(entry.substr(0, 11));
            return true;
        }));
        return label;
    }

    [[nodiscard]] Result<std::optional<std::string>> file(std::string_view name) const {
        constexpr unsigned kNoFile = 0x18;  // a directory, or the label
        std::string found;
        const auto done = each_entry([&](std::string_view entry, const std::string& long_name) {
            if ((attributes(entry) & kNoFile) != 0 || !same_name(long_name, name)) return false;
            found = entry;
            return true;
        });
        if (!done) return done.error();
        if (found.empty()) return std::optional<std::string>();
        const auto size = little_32(found, 28);
        if (size > kMaxFile) return refusal(std::string(name) + " is too large");
        const auto first =
            little_16(found, 26) | (layout_.bits == 32 ? little_16(found, 20) << 16U : 0U);
        auto bytes = chain(first, size);
        if (!bytes) return bytes.error();
        if (bytes->size() < size) return refusal(std::string(name) + " is cut off");
        bytes->resize(size);
        return std::optional(std::move(*bytes));
    }

 private:
    static unsigned attributes(std::string_view entry) {
        return static_cast<unsigned char>(entry[11]);
    }

    /// Calls `take(entry, long name)` for each entry that is in use until it returns true.
    template <class Take>
    Status each_entry(const Take& take) const {
        constexpr unsigned kLongName = 0x0f;
        constexpr char kEnd = 0;
        constexpr char kDeleted = '\xe5';
        const auto bytes =
            layout_.bits == 32
                ? chain(layout_.root_cluster, kMaxDirectory)
                : read_whole(read_, layout_.root,
                             std::min<std::size_t>(layout_.root_size, kMaxDirectory));
        if (!bytes) return bytes.error();
        const std::string_view all(*bytes);
        std::string long_name;
        for (std::size_t at = 0; at + kEntry <= all.size(); at += kEntry) {
            const auto entry = all.substr(at, kEntry);
            if (entry[0] == kEnd) break;
            if (entry[0] == kDeleted) {
                long_name.clear();
            } else if ((attributes(entry) & 0x3fU) == kLongName) {
                // The last piece of a name comes first.
                long_name.insert(0, piece_of_name(entry));
            } else {
                if (take(entry, long_name)) return Done{};
                long_name.clear();
            }
        }
        return Done{};
    }

    /// Thirteen characters of UCS-2; what is not ASCII is '?'.
    static std::string piece_of_name(std::string_view entry) {
        std::string piece;
        for (const unsigned at : {1U, 3U, 5U, 7U, 9U, 14U, 16U, 18U, 20U, 22U, 24U, 28U, 30U}) {
            const auto character = little_16(entry, at);
            if (character == 0) break;
            piece += character >= ' ' && character <= '~' ? static_cast<char>(character) : '?';
        }
        return piece;
    }

    /// At most so many bytes of the clusters that follow one another from this one on.
    [[nodiscard]] Result<std::string> chain(std::uint32_t cluster, std::size_t most) const {
        std::string bytes;
        while (bytes.size() < most) {
            if (cluster < 2 || cluster - 2 >= layout_.clusters) break;
            const auto size = std::min<std::size_t>(layout_.cluster, most - bytes.size());
            const auto piece = read_whole(
                read_, layout_.data + std::uint64_t{cluster - 2} * layout_.cluster, size);
            if (!piece) return piece.error();
            bytes += *piece;
            const auto next = next_of(cluster);
            if (!next) return next.error();
            cluster = *next;
        }
        return bytes;
    }

    [[nodiscard]] Result<std::uint32_t> next_of(std::uint32_t cluster) const {
        const auto at = std::uint64_t{cluster} * layout_.bits / 8;
        const auto entry = read_whole(read_, layout_.fat + at, layout_.bits == 32 ? 4 : 2);
        if (!entry) return entry.error();
        if (layout_.bits == 32) return little_32(*entry, 0) & 0x0fffffffU;
        const auto number = little_16(*entry, 0);
        if (layout_.bits == 16) return number;
        return cluster % 2 == 0 ? number & 0xfffU : number >> 4U;
    }

    ReadAt read_;
    Layout layout_;
};

}  // namespace

std::optional<Volume> open_fat(const ReadAt& read) {
    constexpr std::size_t kBootSector = 512;
    const auto boot = read_whole(read, 0, kBootSector);
    if (!boot) return std::nullopt;
    auto layout = layout_of(*boot);
    if (!layout) return std::nullopt;
    const Fat fat(read, std::move(*layout));
    return Volume{"vfat", fat.label(), [fat](std::string_view name) { return fat.file(name); }};
}

}  // namespace vakt::seed
