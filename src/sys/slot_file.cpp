// SPDX-License-Identifier: Apache-2.0
// A file of fixed slots, each written whole and made durable before it is relied on.
#include "sys/slot_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "sys/error.h"

namespace vakt::sys {

Result<SlotFile> SlotFile::open(const std::string& path) {
    constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK;
    Fd fd(::open(path.c_str(), kFlags));
    bool made = false;
    if (!fd && errno == ENOENT) {
        fd = Fd(::open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0600));
        made = static_cast<bool>(fd);
    }
    if (!fd) return last_error("open", path);
    struct stat found {};
    if (::fstat(fd.get(), &found) != 0) return last_error("fstat", path);
    if (!S_ISREG(found.st_mode)) return refusal("open " + path + ": not a plain file");
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return last_error("flock", path);
    if (made) {
        const auto slash = path.rfind('/');
        const auto directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
        const Fd dir(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!dir || ::fsync(dir.get()) != 0) return last_error("fsync", directory);
    }
    return SlotFile(path, std::move(fd));
}

Result<std::vector<std::uint8_t>> SlotFile::read(std::size_t most) const {
    std::vector<std::uint8_t> bytes(most);
    const auto size = read_at(0, bytes);
    if (!size) return size.error();
    bytes.resize(*size);
    return bytes;
}

Result<std::size_t> SlotFile::read_at(std::uint64_t offset, std::span<std::uint8_t> room) const {
    std::size_t size = 0;
    while (size < room.size()) {
        const auto got = ::pread(fd_.get(), room.data() + size, room.size() - size,
                                 static_cast<off_t>(offset + size));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return last_error("read", path_);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    return size;
}

Status SlotFile::resize(std::uint64_t size) const {
    const auto length = static_cast<off_t>(size);
    if (::ftruncate(fd_.get(), length) != 0) return last_error("resize", path_);
    if (length == 0) return Done{};
    errno = ::posix_fallocate(fd_.get(), 0, length);
    if (errno != 0) return last_error("make room for", path_);
    return Done{};
}

Status SlotFile::reserve(std::size_t size) const {
    struct stat found {};
    if (::fstat(fd_.get(), &found) != 0) return last_error("fstat", path_);
    const auto there = static_cast<std::size_t>(found.st_size);
    if (there >= size) return Done{};
    return write(there, std::vector<std::uint8_t>(size - there));
}

Status SlotFile::put(std::uint64_t offset, std::span<const std::uint8_t> bytes) const {
    while (!bytes.empty()) {
        const auto put =
            ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return last_error("write", path_);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        offset += static_cast<std::uint64_t>(put);
    }
    return Done{};
}

Status SlotFile::sync() const {
    if (::fdatasync(fd_.get()) != 0) return last_error("fdatasync", path_);
    return Done{};
}

Status SlotFile::write(std::uint64_t offset, std::span<const std::uint8_t> bytes) const {
    auto done = put(offset, bytes);
    return done ? sync() : done;
}

}  // namespace vakt::sys
