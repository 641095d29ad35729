// SPDX-License-Identifier: Apache-2.0
// What the last boot left behind, gathered for the reset report.
#include "notes/findings.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "report/black_box.h"
#include "sys/error.h"
#include "sys/fd.h"
#include "sys/open.h"

namespace vakt::notes {
namespace {

constexpr std::size_t kMostFiles = 64;
constexpr off_t kMostBytes = 1 << 20;
constexpr int kDeepest = 3;
constexpr std::int64_t kSecond = 1'000'000'000;
/// Solaris has it unsigned, for an int.
constexpr int kWhereWeAre = static_cast<int>(AT_FDCWD);
/// So much may a clock be set in the first seconds of a boot.
constexpr std::int64_t kSlack = 10 * kSecond;

struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
};
using Directory = std::unique_ptr<DIR, CloseDir>;

class Gatherer {
 public:
    Gatherer(std::optional<std::int64_t> since, report::Findings& findings)
        : since_(since), findings_(findings) {}

    void folder(int above, const std::string& name, const std::string& path, int depth) {
        sys::Fd fd(::openat(above, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!fd && errno == ENOENT) return;
        if (!fd) return trouble(sys::last_error("open", path));
        const Directory dir(::fdopendir(::dup(fd.get())));
        if (!dir) return trouble(sys::last_error("read", path));
        std::vector<std::string> names;
        while (const auto* found = ::readdir(dir.get()))
            if (found->d_name[0] != '.') names.emplace_back(found->d_name);
        std::sort(names.begin(), names.end());
        for (const auto& inner : names) {
            auto its_path = path;
            its_path.append("/").append(inner);
            entry(fd, inner, its_path, depth);
        }
    }

 private:
    void trouble(const Error& error) { findings_.troubles.push_back(describe(error)); }

    void entry(const sys::Fd& dir, const std::string& name, const std::string& path, int depth) {
        const auto seen = sys::look(dir, name);
        if (!seen || !*seen) return;  // gone meanwhile
        const auto& status = **seen;
        if (S_ISDIR(status.st_mode)) {
            if (depth < kDeepest) folder(dir.get(), name, path, depth + 1);
            return;
        }
        if (!S_ISREG(status.st_mode)) return;
        const auto changed =
            std::int64_t{status.st_mtim.tv_sec} * kSecond + std::int64_t{status.st_mtim.tv_nsec};
        if (since_ && changed < *since_) return;
        if (findings_.pstore.size() == kMostFiles)
            return trouble(refusal(path + " is one too many and was not read"));
        const auto file = sys::open_regular(dir, name);
        if (!file) return trouble(file.error());
        auto bytes = last_of(*file, status.st_size, path);
        if (!bytes) return trouble(bytes.error());
        // A moved file has the time of its moving, which says nothing of the record in it.
        const auto time = since_ ? std::nullopt : std::optional(changed);
        findings_.pstore.push_back({name, std::move(*bytes), time});
    }

    static Result<std::string> last_of(const sys::Fd& file, off_t size, const std::string& path) {
        if (size > kMostBytes) ::lseek(file.get(), size - kMostBytes, SEEK_SET);
        return sys::read_all(file, 2 * kMostBytes, path);
    }

    std::optional<std::int64_t> since_;
    report::Findings& findings_;
};

/// Whether a file of the bridge's user is one that nobody else writes, and is no name of another
/// one. Its bytes are not trusted either way: a slot is good that has its mark and checksum.
Status judge_black_box(const struct stat& file, const std::string& path) {
    if (!S_ISREG(file.st_mode)) return refusal(path + " is no plain file and was not read");
    if (file.st_nlink != 1) return refusal(path + " has another name, too, and was not read");
    if ((file.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return refusal(path + " can be written by others and was not read");
    return Done{};
}

/// The bridge has a directory of its own in the keeper's where it runs as another user.
std::string box_directory(const std::string& state) {
    const auto own = state + "/bridge";
    return ::access((own + "/black_box").c_str(), F_OK) == 0 ? own : state;
}

Result<std::vector<report::PlacedLine>> read_black_box(const std::string& state,
                                                       const report::BootId& this_boot) {
    constexpr std::size_t kKept = 256;  // of each kind; the report takes 40
    constexpr std::size_t kPiece = 64 * report::kBoxSlot;
    const sys::Fd dir(::open(state.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!dir) return sys::last_error("open", state);
    const auto path = state + "/black_box";
    const auto seen = sys::look(dir, "black_box");
    if (!seen) return seen.error();
    if (!*seen) return std::vector<report::PlacedLine>{};
    if (const auto good = judge_black_box(**seen, path); !good) return good.error();
    const auto file = sys::open_regular(dir, "black_box");
    if (!file) return file.error();
    if (const auto good = judge_black_box(sys::status_of(*file), path); !good) return good.error();

    report::BoxReader reader(kKept, this_boot);
    std::vector<std::uint8_t> piece(kPiece);
    for (std::size_t at = 0; at < report::kLargestBox;) {
        std::size_t size = 0;
        while (size < kPiece) {
            const auto got = ::pread(file->get(), piece.data() + size, kPiece - size,
                                     static_cast<off_t>(at + size));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return sys::last_error("read", path);
            if (got == 0) break;
            size += static_cast<std::size_t>(got);
        }
        reader.feed(std::span(piece).first(size));
        if (size < kPiece) break;
        at += size;
    }
    return reader.lines();
}

}  // namespace

void gather(const Places& places, std::int64_t began_ns, report::Findings& findings) {
    Gatherer(std::nullopt, findings).folder(kWhereWeAre, places.pstore, places.pstore, 1);
    if (!places.archive.empty())
        Gatherer(began_ns - kSlack, findings)
            .folder(kWhereWeAre, places.archive, places.archive, 1);
    auto logged = read_black_box(box_directory(places.state), findings.this_boot);
    if (!logged) return findings.troubles.push_back(describe(logged.error()));
    for (auto& one : *logged) findings.black_box.push_back(std::move(one.line));
}

}  // namespace vakt::notes
