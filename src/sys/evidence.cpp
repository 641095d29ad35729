// SPDX-License-Identifier: Apache-2.0
// Whether disk and memory still do their work.
#include "sys/evidence.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>

#include "base/text.h"
#include "sys/error.h"
#include "sys/fd.h"
#include "sys/open.h"

namespace vakt::sys {
namespace {

/// What O_DIRECT wants of address, length and place: no disk has larger blocks.
constexpr std::size_t kBlock = 4096;
constexpr std::size_t kMostOfProc = 65536;
constexpr int kFlags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

ssize_t read_block(const Fd& file) {
    alignas(kBlock) static std::array<char, kBlock> block;
    ssize_t got = 0;
    do {
        got = ::pread(file.get(), block.data(), block.size(), 0);
    } while (got < 0 && errno == EINTR);
    return got;
}

#ifdef O_DIRECT
constexpr int kDirect = O_DIRECT;
#else
constexpr int kDirect = 0;
#endif

Result<Fd> open_to_read(const std::string& path, int more) {
    Fd file(::open(path.c_str(), O_RDONLY | kFlags | more));
    if (!file) return last_error("open", path);
    const auto mode = status_of(file).st_mode;
    if (!S_ISREG(mode) && !S_ISBLK(mode))
        return refusal("read " + path + ": neither a file nor a block device");
    return file;
}

/// Of "avg10=12.34": 1234.
std::optional<std::uint32_t> hundredths(std::string_view text) {
    const auto point = text.find('.');
    if (point == std::string_view::npos || text.size() != point + 3) return std::nullopt;
    const auto whole = parse_decimal<std::uint32_t>(text.substr(0, point));
    const auto part = parse_decimal<std::uint32_t>(text.substr(point + 1));
    if (!whole || !part || *whole > 100) return std::nullopt;
    return *whole * 100 + *part;
}

std::string percent(std::uint32_t value) {
    const auto part = value % 100;
    return std::to_string(value / 100) + (part < 10 ? ".0" : ".") + std::to_string(part) + " %";
}

Result<std::string> read_proc(const std::string& path) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return last_error("open", path);
    return read_all(file, kMostOfProc, path);
}

Status enough_available(const std::string& meminfo) {
    const auto available = available_share(meminfo);
    if (!available) return available.error();
    if (*available >= kLeastAvailable) return Done{};
    return refusal("only " + percent(*available) + " of memory is available, less than " +
                   percent(kLeastAvailable));
}

}  // namespace

Status read_from_disk(const std::string& path) {
    auto file = open_to_read(path, kDirect);
    if (!file && file.error().code != std::errc::invalid_argument) return file.error();
    auto got = file ? read_block(*file) : -1;
    if (!file || (got < 0 && errno == EINVAL)) {
        // This file system has no direct reading (tmpfs), or wants larger blocks.
        file = open_to_read(path, 0);
        if (!file) return file.error();
        ::posix_fadvise(file->get(), 0, kBlock, POSIX_FADV_DONTNEED);
        got = read_block(*file);
    }
    if (got < 0) return last_error("read", path);
    if (got == 0) return refusal("read " + path + ": it is empty");
    return Done{};
}

Status write_to_disk(const std::string& path) {
    constexpr std::string_view kLine =
        "Written again and again by wd_keeper, as keeper.conf(5) asks.  \n";
    static_assert(kLine.size() == 64);
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | kFlags, 0600));
    if (!file) return last_error("open", path);
    if (!S_ISREG(status_of(file).st_mode)) return refusal("write " + path + ": not a plain file");
    ssize_t put = 0;
    do {
        put = ::pwrite(file.get(), kLine.data(), kLine.size(), 0);
    } while (put < 0 && errno == EINTR);
    if (put < 0) return last_error("write", path);
    if (put != static_cast<ssize_t>(kLine.size())) {
        errno = ENOSPC;
        return last_error("write", path);
    }
    // The times of the file alone would not make fdatasync go to the disk, data does.
    if (::fdatasync(file.get()) != 0) return last_error("fdatasync", path);
    return Done{};
}

std::optional<std::uint32_t> parse_full_pressure(std::string_view text) {
    constexpr std::string_view kKey = "avg10=";
    while (!text.empty()) {
        const auto words = split_words(take_line(text));
        if (words.size() < 2 || words[0] != "full") continue;
        if (!words[1].starts_with(kKey)) return std::nullopt;
        return hundredths(words[1].substr(kKey.size()));
    }
    return std::nullopt;
}

std::optional<std::uint32_t> parse_available(std::string_view text) {
    std::optional<std::uint64_t> total;
    std::optional<std::uint64_t> available;
    while (!text.empty()) {
        const auto words = split_words(take_line(text));
        if (words.size() < 2) continue;
        if (words[0] == "MemTotal:") total = parse_decimal<std::uint64_t>(words[1]);
        if (words[0] == "MemAvailable:") available = parse_decimal<std::uint64_t>(words[1]);
    }
    // Beyond that it is no board's memory, and times 10000 would not fit.
    constexpr std::uint64_t kMost = std::uint64_t{1} << 48;
    if (!total || !available || *total == 0 || *total > kMost || *available > *total)
        return std::nullopt;
    return static_cast<std::uint32_t>(*available * 10000 / *total);
}

Status memory_is_at_ease(std::uint32_t limit, const std::string& pressure,
                         const std::string& meminfo) {
    const auto text = read_proc(pressure);
    if (!text) {
        // psi=0 on the kernel's command line leaves the file and refuses to open it.
        const auto code = text.error().code;
        if (code == std::errc::no_such_file_or_directory ||
            code == std::errc::operation_not_supported)
            return enough_available(meminfo);
        return text.error();
    }
    const auto full = parse_full_pressure(*text);
    if (!full) return refusal(pressure + ": no full avg10 in it");
    if (*full <= limit) return Done{};
    return refusal("all tasks waited for memory " + percent(*full) + " of 10 s, more than " +
                   percent(limit));
}

}  // namespace vakt::sys
