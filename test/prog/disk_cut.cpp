// SPDX-License-Identifier: Apache-2.0
// What a power cut may leave of a disk whose writes QEMU has logged (blklogwrites):
//   disk_cut DISK LOG SEED [lies]
// DISK is the disk as it was when LOG began, and becomes what is left. SEED chooses the moment,
// after any entry of the log, and what of the disk's own cache is lost: all that was written before
// the last flush is there; of what came after it some is, some is not, and of one write only some
// sectors. Every fourth seed loses nothing, as a disk without a cache. With `lies` the disk keeps
// no promise: what was flushed may be lost as well. Says what was chosen.
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace {

using Bytes = std::vector<char>;

/// The log's layout is that of Linux's dm-log-writes: a superblock, then entries, each a sector and
/// behind it what was written; all numbers in little-endian order.
constexpr std::uint64_t kMagic = 0x6a736677736872;
constexpr std::uint64_t kFlush = 1;
constexpr std::uint64_t kForced = 2;
constexpr std::uint64_t kDiscard = 4;
/// Of QEMU's writes to the log the last ones may have been under way when it was killed.
constexpr std::size_t kUnderWay = 16;

std::uint64_t number(std::span<const char> bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

struct Entry {
    std::uint64_t at = 0;    ///< bytes on the disk
    std::uint64_t size = 0;  ///< bytes
    std::uint64_t flags = 0;
    std::size_t data = 0;  ///< in the log
};

struct Log {
    std::uint64_t sector = 512;
    std::vector<Entry> entries;
};

/// All that is whole: QEMU was killed, and what its superblock counts is what it knew at the last
/// flush.
Log read_log(std::span<const char> bytes) {
    Log log;
    if (bytes.size() < 512 || number(bytes, 0, 8) != kMagic) return log;
    log.sector = number(bytes, 24, 4);
    if (log.sector < 512 || log.sector > 4096) return log;
    for (std::size_t at = log.sector; bytes.size() - at >= log.sector;) {
        Entry entry{.at = number(bytes, at, 8) * log.sector,
                    .size = number(bytes, at + 8, 8) * log.sector,
                    .flags = number(bytes, at + 16, 8),
                    .data = at + log.sector};
        at = entry.data;
        if (entry.size == 0 && entry.flags == 0) break;
        if ((entry.flags & kDiscard) == 0) {
            if (entry.size > bytes.size() - at) break;
            at += entry.size;
        }
        log.entries.push_back(entry);
    }
    log.entries.resize(log.entries.size() - std::min(log.entries.size(), kUnderWay));
    return log;
}

class Disk {
 public:
    Disk(Bytes bytes, std::span<const char> log) : bytes_(std::move(bytes)), log_(log) {}

    void put(const Entry& entry) { put(entry, 0, entry.size); }
    void put(const Entry& entry, std::uint64_t from, std::uint64_t size) {
        if (entry.at + from + size > bytes_.size()) return;
        const auto to = bytes_.begin() + static_cast<std::ptrdiff_t>(entry.at + from);
        if ((entry.flags & kDiscard) != 0)
            std::fill_n(to, size, '\0');
        else
            std::copy_n(log_.begin() + static_cast<std::ptrdiff_t>(entry.data + from), size, to);
    }
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
    Bytes bytes_;
    std::span<const char> log_;
};

Bytes read(const char* path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void cut(const Log& log, std::uint64_t seed, bool lies, Disk& disk) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t limit) { return random() % limit; };
    const auto end = below(log.entries.size() + 1);
    std::uint64_t flushed = 0;
    for (std::uint64_t i = 0; i < end; ++i)
        if (!lies && (log.entries[i].flags & kFlush) != 0) flushed = i + 1;
    std::uint64_t lost = 0;
    std::uint64_t torn = 0;
    const bool cached = seed % 4 != 0;
    // From none to all of it.
    const auto kept_of_8 = below(9);
    for (std::uint64_t i = 0; i < end; ++i) {
        const auto& entry = log.entries[i];
        if (!cached || i < flushed || (entry.flags & kForced) != 0 || below(8) < kept_of_8) {
            disk.put(entry);
            continue;
        }
        ++lost;
        if (below(4) != 0) continue;
        ++torn;
        for (std::uint64_t from = 0; from < entry.size; from += log.sector)
            if (below(2) == 0) disk.put(entry, from, log.sector);
    }
    std::cout << "entry " << end << " of " << log.entries.size() << ", " << end - flushed
              << " since the last flush, " << lost << " of them lost (" << torn << " torn)\n";
}

}  // namespace

int main(int argc, char** argv) {
    const bool lies = argc == 5 && std::string(argv[4]) == "lies";
    if (argc != 4 && !lies) return 64;
    const auto bytes = read(argv[2]);
    const auto log = read_log(bytes);
    if (log.entries.empty()) {
        std::cout << argv[2] << ": nothing in it\n";
        return 1;
    }
    Disk disk(read(argv[1]), bytes);
    cut(log, std::stoull(argv[3]), lies, disk);
    std::ofstream out(argv[1], std::ios::binary | std::ios::trunc);
    out.write(disk.bytes().data(), static_cast<std::streamsize>(disk.bytes().size()));
    return out.flush() ? 0 : 1;
}
