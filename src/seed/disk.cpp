// SPDX-License-Identifier: Apache-2.0
// What both kinds of disk are read with.
#include "seed/disk.h"

#include <algorithm>

namespace vakt::seed {
namespace {

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

std::optional<Volume> open_seed_disk(const ReadAt& read) {
    auto volume = open_iso(read);
    if (!volume) volume = open_fat(read);
    if (volume && same_name(volume->label, "cidata")) return volume;
    return std::nullopt;
}

std::uint32_t little_16(std::string_view bytes, std::size_t at) {
    return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8U;
}

std::uint32_t little_32(std::string_view bytes, std::size_t at) {
    return little_16(bytes, at) | little_16(bytes, at + 2) << 16U;
}

bool same_name(std::string_view one, std::string_view other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](char a, char b) { return small(a) == small(b); });
}

std::string without_blanks(std::string_view text) {
    const auto end = text.find_last_not_of(std::string_view(" \0", 2));
    return std::string(text.substr(0, end == std::string_view::npos ? 0 : end + 1));
}

Result<std::string> read_whole(const ReadAt& read, std::uint64_t offset, std::size_t size) {
    auto bytes = read(offset, size);
    if (bytes && bytes->size() != size)
        return refusal("the disk ends before byte " + std::to_string(offset + size));
    return bytes;
}

}  // namespace vakt::seed
