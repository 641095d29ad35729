// SPDX-License-Identifier: Apache-2.0
// Whether a file is good enough to trust it.
#include "swap/file_facts.h"

namespace vakt::swap {

std::string name_of(FileType type) {
    switch (type) {
        case FileType::absent:
            return "absent";
        case FileType::regular:
            return "a regular file";
        case FileType::directory:
            return "a directory";
        case FileType::fifo:
            return "a FIFO";
        case FileType::symlink:
            return "a symbolic link";
        case FileType::other:
            break;
    }
    return "a device or socket";
}

std::string octal(std::uint32_t mode) {
    std::string digits;
    for (unsigned shift = 9;; shift -= 3) {
        digits.push_back(static_cast<char>('0' + ((mode >> shift) & 7U)));
        if (shift == 0) return digits;
    }
}

std::optional<std::string> distrust(const FileFacts& facts, std::uint32_t trusted_uid,
                                    std::uint64_t limit) {
    if (facts.type == FileType::absent) return "does not exist";
    if (facts.type != FileType::regular)
        return "is " + name_of(facts.type) + ", not a regular file";
    if (facts.uid != 0 && facts.uid != trusted_uid)
        return "belongs to uid " + std::to_string(facts.uid) + ", not to root";
    if ((facts.mode & 022U) != 0)
        return "may be written by others than its owner (mode " + octal(facts.mode) + ")";
    if (facts.nlink != 1) return "has " + std::to_string(facts.nlink) + " names (hard links)";
    if (facts.size == 0) return "is empty";
    if (facts.size > limit) return "is larger than " + std::to_string(limit) + " bytes";
    return std::nullopt;
}

}  // namespace vakt::swap
