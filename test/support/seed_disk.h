// SPDX-License-Identifier: Apache-2.0
// Small disks as mkisofs and mkfs.vfat lay them out, byte by byte, so that tests can spoil any of
// them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "seed/disk.h"

namespace seed_disk {

inline void put(std::string& disk, std::size_t at, std::string_view bytes) {
    if (disk.size() < at + bytes.size()) disk.resize(at + bytes.size(), '\0');
    disk.replace(at, bytes.size(), bytes);
}
inline std::string little(std::uint32_t number, std::size_t size) {
    std::string bytes;
    for (std::size_t at = 0; at < size; ++at, number >>= 8U)
        bytes += static_cast<char>(number & 0xffU);
    return bytes;
}

inline vakt::seed::ReadAt reader(std::string disk) {
    return [disk = std::move(disk)](std::uint64_t offset,
                                    std::size_t size) -> vakt::Result<std::string> {
        return offset < disk.size() ? disk.substr(static_cast<std::size_t>(offset), size)
                                    : std::string();
    };
}

enum class Names { plain, rock_ridge, joliet };

/// A directory record of ECMA-119, 9.1.
inline std::string iso_record(const std::string& name, std::uint32_t sector, std::uint32_t size,
                              bool dir, const std::string& behind = "") {
    std::string record(33, '\0');
    put(record, 2, little(sector, 4));
    put(record, 10, little(size, 4));
    record[25] = dir ? '\2' : '\0';
    record[32] = static_cast<char>(name.size());
    record += name;
    if (record.size() % 2 != 0) record += '\0';
    record += behind;
    record[0] = static_cast<char>(record.size());
    return record;
}

/// Descriptors in sectors 16 and on, the root directories in 20 and 21, one file in 22.
inline std::string iso(const std::string& label, const std::string& name,
                       const std::string& content, Names names) {
    constexpr std::size_t kSector = 2048;
    std::string disk;
    const auto descriptor = [&](std::size_t sector, char type, std::uint32_t root) {
        std::string one(kSector, '\0');
        put(one, 0, std::string(1, type) + "CD001\1");
        put(one, 40, label + std::string(32 - label.size(), ' '));
        if (type == 2) put(one, 88, "%/E");
        put(one, 156, iso_record(std::string(1, '\0'), root, kSector, true));
        put(disk, sector * kSector, one);
    };
    descriptor(16, 1, 20);
    if (names == Names::joliet) descriptor(17, 2, 21);
    descriptor(names == Names::joliet ? 18 : 17, '\xff', 0);
    const auto size = static_cast<std::uint32_t>(content.size());
    std::string wide;
    for (const char c : name) wide += std::string(1, '\0') + c;
    const auto root = [&](bool joliet) {
        const bool rock = names == Names::rock_ridge;
        const std::string susp("SP\7\1\xbe\xef\0", 7);
        const auto nm = "NM" + std::string(1, static_cast<char>(name.size() + 5)) +
                        std::string("\1\0", 2) + name;
        return iso_record(std::string(1, '\0'), 20, kSector, true, rock ? susp : "") +
               iso_record(std::string(1, '\1'), 20, kSector, true) +
               (joliet ? iso_record(wide, 22, size, false)
                       : iso_record(rock || names == Names::joliet ? "FILE.;1" : name + ";1", 22,
                                    size, false, rock ? nm : ""));
    };
    put(disk, 20 * kSector, root(false));
    put(disk, 21 * kSector, root(true));
    put(disk, 22 * kSector, content);
    disk.resize((22 + content.size() / kSector + 1) * kSector, '\0');
    return disk;
}

/// One sector a cluster, two tables, the label and one file with a long name in the root directory;
/// its content backwards from the fourth cluster of those it has, so that only the table knows
/// their order. bits: 12, 16 or 32.
inline std::string fat(unsigned bits, const std::string& label, const std::string& name,
                       const std::string& content) {
    constexpr std::size_t kSector = 512;
    const std::uint32_t clusters = bits == 12 ? 100 : bits == 16 ? 5000 : 66000;
    const auto per_fat =
        static_cast<std::uint32_t>(((clusters + 2) * bits / 8 + kSector) / kSector);
    const std::uint32_t root_sectors = bits == 32 ? 0 : 1;
    const std::uint32_t before = 1 + 2 * per_fat + root_sectors;
    const std::uint32_t data = before * kSector;
    std::string disk(data, '\0');
    put(disk, 11, little(kSector, 2) + "\1" + little(1, 2) + "\2" + little(root_sectors * 16, 2));
    put(disk, 22, little(bits == 32 ? 0 : per_fat, 2));
    put(disk, 32, little(before + clusters, 4));
    if (bits == 32) put(disk, 36, little(per_fat, 4));
    if (bits == 32) put(disk, 44, little(2, 4));
    put(disk, bits == 32 ? 66 : 38,
        "\x29"
        "1234"
        "NO NAME    ");
    put(disk, 510, "\x55\xaa");

    const auto link = [&](std::uint32_t cluster, std::uint32_t next) {
        const std::size_t at = kSector + std::size_t{cluster} * bits / 8;
        const auto old = vakt::seed::little_16(disk, at);
        if (bits == 12 && cluster % 2 != 0)
            next = (old & 0xfU) | next << 4U;
        else if (bits == 12)
            next = (old & 0xf000U) | (next & 0xfffU);
        put(disk, at, little(next, bits == 32 ? 4 : 2));
    };
    const std::uint32_t end = bits == 12 ? 0xfff : bits == 16 ? 0xffff : 0x0fffffff;
    // FAT32: the root directory is cluster 2.
    const std::uint32_t first = bits == 32 ? 3 : 2;
    const auto count = static_cast<std::uint32_t>((content.size() + kSector - 1) / kSector);
    if (bits == 32) link(2, end);
    for (std::uint32_t at = 0; at < count; ++at) {
        const auto cluster = first + count - 1 - at;
        link(cluster, at + 1 == count ? end : cluster - 1);
        put(disk, data + (cluster - 2) * kSector, content.substr(at * kSector, kSector));
    }

    std::string root;
    const auto entry = [&](const std::string& short_name, char attributes, std::uint32_t cluster,
                           std::size_t size) {
        std::string one(32, '\0');
        put(one, 0, short_name + std::string(11 - short_name.size(), ' '));
        one[11] = attributes;
        put(one, 20, little(cluster >> 16U, 2));
        put(one, 26, little(cluster & 0xffffU, 2) + little(static_cast<std::uint32_t>(size), 4));
        root += one;
    };
    entry(label, '\x08', 0, 0);
    entry(
        "\xe5"
        "LETED",
        '\0', 0, 0);
    const auto pieces = name.size() / 13 + 1;
    for (auto piece = pieces; piece-- > 0;) {
        std::string one(32, '\0');
        one[0] = static_cast<char>((piece + 1 == pieces ? 0x40U : 0U) | (piece + 1));
        one[11] = '\x0f';
        std::size_t at = piece * 13;
        for (const std::size_t place :
             {1U, 3U, 5U, 7U, 9U, 14U, 16U, 18U, 20U, 22U, 24U, 28U, 30U}) {
            const std::uint32_t c = at < name.size()    ? static_cast<unsigned char>(name[at])
                                    : at == name.size() ? 0U
                                                        : 0xffffU;
            put(one, place, little(c, 2));
            ++at;
        }
        root += one;
    }
    entry("FILE~1", '\x20', count == 0 ? 0 : first + count - 1, content.size());
    put(disk, bits == 32 ? data : data - kSector, root);
    disk.resize(std::max<std::size_t>(disk.size(), data + std::size_t{first - 2 + count} * kSector),
                '\0');
    return disk;
}

}  // namespace seed_disk
