// SPDX-License-Identifier: Apache-2.0
// What a file system has room for (statvfs(3)).
#include "sys/file_system.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <utility>

namespace vakt::sys {
namespace {

// "/" and "." are their own.
std::string above(const std::string& path) {
    const auto last = path.find_last_not_of('/');
    if (last == std::string::npos) return "/";
    const auto slash = path.rfind('/', last);
    if (slash == std::string::npos) return ".";
    return path.substr(0, slash == 0 ? 1 : slash);
}

}  // namespace

std::optional<std::uint64_t> size_of_file_system(std::string path) {
    struct statvfs about = {};
    while (::statvfs(path.c_str(), &about) != 0) {
        auto next = above(path);
        if (errno != ENOENT || next == path) return std::nullopt;
        path = std::move(next);
    }
    const auto size = std::uint64_t{about.f_blocks} * about.f_frsize;
    if (size == 0) return std::nullopt;
    return size;
}

}  // namespace vakt::sys
