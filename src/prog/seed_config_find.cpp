// SPDX-License-Identifier: Apache-2.0
// Where a seed lies: a directory, a disk image, or one of the machine's disks.
#include "prog/seed_config_find.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <memory>

#include "base/text.h"
#include "seed/disk.h"
#include "sys/error.h"
#include "sys/open.h"

namespace vakt::prog {
namespace {

using seed::Document;
using seed::Documents;

/// A document by its name: nullopt when it is not there.
using Read = std::function<Result<std::optional<std::string>>(const std::string& name)>;

Result<Documents> read_documents(const std::string& before_name, const Read& read) {
    Documents documents;
    const auto take = [&](const char* name, std::optional<Document>& into) -> Status {
        auto text = read(name);
        if (!text) return refusal(before_name + name + ": " + describe(text.error()));
        if (*text) into = Document{before_name + name, std::move(**text)};
        return Done{};
    };
    std::optional<Document> vendor;
    for (const auto& [name, into] : {std::pair("meta-data", &documents.meta_data),
                                     std::pair("user-data", &documents.user_data),
                                     std::pair("network-config", &documents.network_config),
                                     std::pair("vendor-data", &vendor)})
        if (auto taken = take(name, *into); !taken) return taken.error();
    documents.vendor_data = vendor.has_value();
    return documents;
}

Result<std::optional<Seed>> of_directory(const std::string& path) {
    const sys::Fd dir(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!dir) return sys::last_error("open", path);
    auto documents = read_documents(
        path + "/", [&](const std::string& name) -> Result<std::optional<std::string>> {
            const auto file = sys::open_regular(dir, name);
            if (!file) {
                if (file.error().code == std::errc::no_such_file_or_directory)
                    return std::optional<std::string>();
                return file.error();
            }
            auto text = sys::read_all(*file, seed::kMaxFile, name);
            if (!text) return text.error();
            return std::optional(std::move(*text));
        });
    if (!documents) return documents.error();
    return std::optional(Seed{path, std::move(*documents)});
}

/// The disk is open as long as what is returned.
Result<seed::ReadAt> open_disk(const std::string& path) {
    struct stat before {};
    if (::stat(path.c_str(), &before) != 0) return sys::last_error("open", path);
    if (!S_ISBLK(before.st_mode) && !S_ISREG(before.st_mode)) return refusal(path + " is no disk");
    const auto disk =
        std::make_shared<sys::Fd>(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!*disk) return sys::last_error("open", path);
    return seed::ReadAt(
        [disk, path](std::uint64_t offset, std::size_t size) -> Result<std::string> {
            std::string bytes(size, '\0');
            std::size_t have = 0;
            while (have < size) {
                const auto got = ::pread(disk->get(), bytes.data() + have, size - have,
                                         static_cast<off_t>(offset + have));
                if (got < 0 && errno == EINTR) continue;
                if (got < 0) return sys::last_error("read", path);
                if (got == 0) break;
                have += static_cast<std::size_t>(got);
            }
            bytes.resize(have);
            return bytes;
        });
}

Result<std::optional<Seed>> of_volume(const std::string& path, const seed::Volume& volume) {
    auto documents =
        read_documents(path + ":", [&](const std::string& name) { return volume.file(name); });
    if (!documents) return documents.error();
    return std::optional(Seed{path + " (" + volume.kind + ")", std::move(*documents)});
}

struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
};

/// Names of the disks and partitions that hold something, in order.
Result<std::vector<std::string>> disks(const std::string& block) {
    const std::unique_ptr<DIR, CloseDir> dir(::opendir(block.c_str()));
    if (!dir) return sys::last_error("open", block);
    std::vector<std::string> names;
    while (const auto* const entry = ::readdir(dir.get())) {
        const std::string name(entry->d_name);
        if (name.starts_with('.') || name.starts_with("ram") || name.starts_with("zram")) continue;
        const auto size = sys::read_regular(std::string(block).append("/" + name + "/size"), 64);
        if (size && *size != "0\n") names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

Result<std::optional<Seed>> open_seed(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return sys::last_error("open", path);
    if (S_ISDIR(status.st_mode)) return of_directory(path);
    const auto disk = open_disk(path);
    if (!disk) return disk.error();
    auto volume = seed::open_iso(*disk);
    if (!volume) volume = seed::open_fat(*disk);
    if (!volume) return refusal(path + " has neither an ISO 9660 nor a FAT file system");
    return of_volume(path, *volume);
}

Result<std::optional<Seed>> find_seed(const DiskPlaces& places) {
    const auto names = disks(places.block);
    if (!names) return names.error();
    std::string found;
    std::optional<seed::Volume> volume;
    for (const auto& name : *names) {
        // A partition that begins where its disk does.
        if (!found.empty() && name.starts_with(found)) continue;
        const auto disk = open_disk(places.dev + "/" + name);
        if (!disk) continue;
        auto seen = seed::open_seed_disk(*disk);
        if (!seen) continue;
        if (volume) return refusal(found.append(" and " + name + " are both labelled cidata"));
        found = name;
        volume = std::move(seen);
    }
    if (!volume) return std::optional<Seed>();
    return of_volume(places.dev + "/" + found, *volume);
}

}  // namespace vakt::prog
