// SPDX-License-Identifier: Apache-2.0
// The walk: one component at a time, each held open while the next is opened in it.
#include "sys/open.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "sys/error.h"

namespace vakt::sys {
namespace {

#ifdef O_PATH
constexpr int kPassThrough = O_PATH;  // needs search permission alone
#else
constexpr int kPassThrough = O_RDONLY;
#endif
constexpr int kDirectory = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::string octal(mode_t mode) {
    std::string digits = "0";
    for (int shift = 9; shift >= 0; shift -= 3)
        digits.push_back(static_cast<char>('0' + ((mode >> shift) & 7U)));
    return digits;
}

Status judge(const struct stat& status, const Trust& trust, bool strict, std::string_view path) {
    const std::string words = "directory " + std::string(path);
    if (status.st_uid != 0 && status.st_uid != trust.uid)
        return refusal(words + " belongs to uid " + std::to_string(status.st_uid));
    mode_t distrusted = status.st_mode & (S_IWGRP | S_IWOTH);
    if (!strict && (status.st_mode & S_ISVTX) != 0) distrusted = 0;
    if (!strict && trust.group == status.st_gid) distrusted &= ~static_cast<mode_t>(S_IWGRP);
    if (distrusted != 0) {
        return refusal(words + " may be written by others than its owner (mode " +
                       octal(status.st_mode & 07777U) + ")");
    }
    return Done{};
}

/// Opens the next directory of the walk; one that is missing may be made.
Fd open_next(const Fd& here, const std::string& name, int how, bool make) {
    Fd next(::openat(here.get(), name.c_str(), how | kDirectory));
    if (next || !make || errno != ENOENT) return next;
    constexpr mode_t kMode = 0755;
    if (::mkdirat(here.get(), name.c_str(), kMode) != 0 && errno != EEXIST) return next;
    return Fd(::openat(here.get(), name.c_str(), how | kDirectory));
}

Result<Fd> walk(std::string_view path, const Trust& trust, Reach reach, bool make) {
    if (path.empty() || path.front() != '/') return refusal("not an absolute path");
    const bool root_alone = path.size() == 1;
    Fd here(::open("/", (root_alone ? O_RDONLY : kPassThrough) | kDirectory));
    if (!here) return last_error("open", "/");
    if (auto good = judge(status_of(here), trust, root_alone && reach == Reach::strict, "/"); !good)
        return good.error();
    for (std::size_t begin = 1; !root_alone;) {
        const auto end = std::min(path.find('/', begin), path.size());
        const std::string name(path.substr(begin, end - begin));
        if (name.empty() || name == "." || name == "..")
            return refusal("the path " + std::string(path) + " has an empty, . or .. component");
        const bool last = end == path.size();
        const auto so_far = path.substr(0, end);
        Fd next = open_next(here, name, last ? O_RDONLY : kPassThrough, make);
        if (!next) return last_error("open directory", so_far);
        auto good = judge(status_of(next), trust, last && reach == Reach::strict, so_far);
        if (!good) return good.error();
        here = std::move(next);
        if (last) break;
        begin = end + 1;
    }
    return here;
}

}  // namespace

Result<Fd> open_directory(std::string_view path, const Trust& trust, Reach reach) {
    return walk(path, trust, reach, false);
}

Result<Fd> make_directory(std::string_view path, const Trust& trust, Reach reach) {
    return walk(path, trust, reach, true);
}

Result<std::optional<struct stat>> look(const Fd& dir, const std::string& name) {
    struct stat status {};
    if (::fstatat(dir.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
        return std::optional(status);
    if (errno == ENOENT) return std::optional<struct stat>();
    return last_error("fstatat", name);
}

Result<Fd> open_regular(const Fd& dir, const std::string& name) {
    const auto seen = look(dir, name);
    if (!seen) return seen.error();
    if (*seen && !S_ISREG((*seen)->st_mode)) return refusal(name + " is not a regular file");
    Fd file(::openat(dir.get(), name.c_str(),
                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file) return last_error("open", name);
    if (!S_ISREG(status_of(file).st_mode)) return refusal(name + " is not a regular file");
    return file;
}

Result<std::string> read_all(const Fd& file, std::size_t limit, std::string_view name) {
    std::string bytes;
    std::array<char, 16384> piece;
    for (;;) {
        const auto got = ::read(file.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return last_error("read", name);
        if (got == 0) return bytes;
        bytes.append(piece.data(), static_cast<std::size_t>(got));
        if (bytes.size() > limit) {
            errno = EFBIG;
            return last_error("read", name);
        }
    }
}

Result<std::string> read_regular(const std::string& path, std::size_t limit) {
    struct stat before {};
    if (::stat(path.c_str(), &before) != 0) return last_error("open", path);
    if (!S_ISREG(before.st_mode)) return refusal(path + ": is not a regular file");
    const Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file) return last_error("open", path);
    if (!S_ISREG(status_of(file).st_mode)) return refusal(path + ": is not a regular file");
    return read_all(file, limit, path);
}

struct stat status_of(const Fd& file) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        status = {};  // of no type, nobody's, written by all: every judge refuses it
        status.st_uid = static_cast<uid_t>(-1);
        status.st_mode = S_IWGRP | S_IWOTH;
    }
    return status;
}

}  // namespace vakt::sys
