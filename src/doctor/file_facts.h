// SPDX-License-Identifier: Apache-2.0
// A file, as stat(2) says it.
#pragma once

#include <cstdint>
#include <string>

namespace vakt::doctor {

/// What stat(2) says.
struct FileFacts {
    enum class Kind : std::uint8_t { absent, regular, directory, device, socket, fifo, other };
    Kind kind = Kind::absent;
    std::uint32_t uid = 0;
    std::uint32_t mode = 0;  ///< 07777

    [[nodiscard]] bool there() const { return kind != Kind::absent; }
    [[nodiscard]] bool written_by_others() const { return (mode & 022U) != 0; }
    [[nodiscard]] bool is_setuid_root() const { return uid == 0 && (mode & 04000U) != 0; }
};

struct NamedFile {
    std::string path;
    FileFacts file;
};

}  // namespace vakt::doctor
