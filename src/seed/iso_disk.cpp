// SPDX-License-Identifier: Apache-2.0
// ISO 9660 (ECMA-119): volume descriptors, and the root directory of one of them. Offsets are
// those of the standard's byte positions, less one; of every number its little-endian form is read.
#include <algorithm>
#include <utility>

#include "seed/disk.h"

namespace vakt::seed {
namespace {

constexpr std::size_t kSector = 2048;
constexpr std::uint64_t kFirstDescriptor = 16;
constexpr std::uint64_t kMostDescriptors = 16;
constexpr std::size_t kMaxDirectory = 64UL * 1024;
constexpr std::size_t kRecordHead = 33;  // before the name

/// Where a directory or file lies.
struct Extent {
    std::uint32_t sector = 0;
    std::uint32_t size = 0;
};

Extent extent_of(std::string_view record) { return {little_32(record, 2), little_32(record, 10)}; }

/// UCS-2, the high byte first; what is not ASCII is '?'.
std::string from_ucs2(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2)
        text += bytes[at] == '\0' && bytes[at + 1] >= ' ' ? bytes[at + 1] : '?';
    return text;
}

/// Rock Ridge's NM entries in what follows a record's name (IEEE P1282, 4.1.4); "" without one.
std::string rock_ridge_name(std::string_view area) {
    constexpr std::size_t kHead = 5;  // signature, length, version, flags
    std::string name;
    while (area.size() >= kHead) {
        const auto length = static_cast<unsigned char>(area[2]);
        if (length < 4 || length > area.size()) break;
        if (area.starts_with("NM") && length >= kHead) name += area.substr(kHead, length - kHead);
        area.remove_prefix(length);
    }
    return name;
}

std::string plain_name(std::string_view name) {
    name = name.substr(0, name.find(';'));
    if (name.ends_with('.')) name.remove_suffix(1);
    return std::string(name);
}

class Iso {
 public:
    Iso(ReadAt read, Extent root, bool joliet)
        : read_(std::move(read)), root_(root), joliet_(joliet) {}

    [[nodiscard]] Result<std::optional<std::string>> file(std::string_view name) const {
        if (root_.size > kMaxDirectory) return refusal("its root directory is too large");
        const auto bytes = read_whole(read_, std::uint64_t{root_.sector} * kSector, root_.size);
        if (!bytes) return bytes.error();
        const std::string_view all(*bytes);
        for (std::size_t at = 0; at < all.size();) {
            const auto length = static_cast<unsigned char>(all[at]);
            if (length == 0) {  // the rest of a sector
                at = (at / kSector + 1) * kSector;
                continue;
            }
            if (length <= kRecordHead || length > all.size() - at)
                return refusal("its root directory is damaged");
            const auto record = all.substr(at, length);
            at += length;
            if (!same_name(name_of(record), name)) continue;
            return content(record, name);
        }
        return std::optional<std::string>();
    }

 private:
    [[nodiscard]] std::string name_of(std::string_view record) const {
        const auto size = static_cast<unsigned char>(record[32]);
        if (size > record.size() - kRecordHead) return {};
        const auto name = record.substr(kRecordHead, size);
        if (joliet_) return plain_name(from_ucs2(name));
        // One byte keeps what follows on even places.
        const auto behind = kRecordHead + size + (size % 2 == 0 ? 1U : 0U);
        auto longer = rock_ridge_name(record.substr(std::min<std::size_t>(behind, record.size())));
        return longer.empty() ? plain_name(name) : longer;
    }

    [[nodiscard]] Result<std::optional<std::string>> content(std::string_view record,
                                                             std::string_view name) const {
        constexpr unsigned kDirectory = 0x02;
        constexpr unsigned kGoesOn = 0x80;  // in another extent
        const auto flags = static_cast<unsigned char>(record[25]);
        const auto extent = extent_of(record);
        if ((flags & (kDirectory | kGoesOn)) != 0)
            return refusal(std::string(name) + " is no plain file");
        if (extent.size > kMaxFile) return refusal(std::string(name) + " is too large");
        auto bytes = read_whole(read_, std::uint64_t{extent.sector} * kSector, extent.size);
        if (!bytes) return bytes.error();
        return std::optional(std::move(*bytes));
    }

    ReadAt read_;
    Extent root_;
    bool joliet_;
};

bool is_joliet(std::string_view descriptor) {
    const auto escape = descriptor.substr(88, 3);
    return escape == "%/@" || escape == "%/C" || escape == "%/E";
}

/// Whether the first record of a directory announces Rock Ridge or another user of the system use
/// fields (SUSP 1.12, 5.3).
bool has_susp(const ReadAt& read, Extent root) {
    const auto bytes = read_whole(read, std::uint64_t{root.sector} * kSector, kSector);
    return bytes && bytes->substr(34, 2) == "SP";
}

}  // namespace

std::optional<Volume> open_iso(const ReadAt& read) {
    constexpr char kPrimary = 1;
    constexpr char kSupplementary = 2;
    std::optional<std::string> label;
    Extent root;
    std::optional<Extent> joliet;
    for (std::uint64_t at = 0; at < kMostDescriptors; ++at) {
        const auto sector = read_whole(read, (kFirstDescriptor + at) * kSector, kSector);
        if (!sector || sector->substr(1, 5) != "CD001") break;
        const std::string_view descriptor(*sector);
        const auto extent = extent_of(descriptor.substr(156));
        if (descriptor[0] == kPrimary && !label) {
            label = without_blanks(descriptor.substr(40, 32));
            root = extent;
        } else if (descriptor[0] == kSupplementary && is_joliet(descriptor)) {
            joliet = extent;
        }
    }
    if (!label) return std::nullopt;
    const bool by_joliet = joliet && !has_susp(read, root);
    const Iso iso(read, by_joliet ? *joliet : root, by_joliet);
    return Volume{"iso9660", *label, [iso](std::string_view name) { return iso.file(name); }};
}

}  // namespace vakt::seed
