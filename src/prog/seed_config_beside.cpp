// SPDX-License-Identifier: Apache-2.0
// The new files of a seed, each beside its place until it is put there.
#include "prog/seed_config_beside.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "sys/error.h"
#include "sys/fifo.h"
#include "sys/rename.h"

namespace vakt::prog {
namespace {

using seed::AppendedRows;
using seed::FileWrite;
using seed::temp_of;

constexpr std::size_t kMostAppended = 1UL << 20U;

std::string dir_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
}
std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// One file made beside its place.
class NewFile {
 public:
    NewFile(const FileWrite& wanted, const AppendedRows& before, const sys::Trust& trust)
        : wanted_(wanted), before_(before), trust_(trust) {}

    /// False: it is there already, as it is wanted.
    Result<bool> make() {
        auto dir = sys::make_directory(dir_of(wanted_.path), trust_, sys::Reach::strict);
        if (!dir) return dir.error();
        dir_ = std::move(*dir);
        const auto name = name_of(wanted_.path);
        const auto seen = sys::look(dir_, name);
        if (!seen) return seen.error();
        if (*seen && !S_ISREG((*seen)->st_mode))
            return refusal(wanted_.path + " is there and no regular file");
        auto content = wanted_.content;
        if (*seen) {
            auto old = content_of(name, (*seen)->st_size);
            if (!old) return old.error();
            if (wanted_.append) content = is_appended(*old) ? *old : *old + content;
            if (content == *old && has_rights(**seen)) return false;
        }
        auto put = sys::put_file(dir_, temp_of(name), temp_of(temp_of(name)), content,
                                 sys::FileOwner{wanted_.uid, wanted_.gid, wanted_.mode});
        if (!put) return put.error();
        if (auto synced = sys::sync_directory(dir_); !synced) return synced.error();
        return true;
    }

 private:
    /// That the file ends with it proves nothing: each instance appends, and so may others. This
    /// very row was noted, and is still there.
    [[nodiscard]] bool is_appended(const std::string& old) const {
        return seed::has(before_, seed::row_of(wanted_.path, wanted_.content)) &&
               old.find(wanted_.content) != std::string::npos;
    }
    [[nodiscard]] bool has_rights(const struct stat& seen) const {
        return (seen.st_mode & 07777U) == wanted_.mode && seen.st_uid == wanted_.uid &&
               seen.st_gid == wanted_.gid;
    }
    /// Of a file too large to be ours: nothing, where it is not appended to.
    [[nodiscard]] Result<std::string> content_of(const std::string& name, off_t size) const {
        if (!wanted_.append && size > static_cast<off_t>(wanted_.content.size()))
            return std::string();
        const auto file = sys::open_regular(dir_, name);
        if (!file) return file.error();
        return sys::read_all(*file, kMostAppended, wanted_.path);
    }

    const FileWrite& wanted_;
    const AppendedRows& before_;
    const sys::Trust& trust_;
    sys::Fd dir_;
};

}  // namespace

Result<seed::Pending> make_beside(const seed::Plan& plan, const AppendedRows& before,
                                  const sys::Trust& trust) {
    seed::Pending pending{{plan.instance_id, plan.digest}, {}, {}};
    for (const auto& wanted : plan.files) {
        const auto made = NewFile(wanted, before, trust).make();
        if (!made) return refusal(wanted.path + ": " + describe(made.error()));
        if (!*made) continue;
        pending.paths.push_back(wanted.path);
        if (wanted.append) pending.appended.push_back(seed::row_of(wanted.path, wanted.content));
    }
    return pending;
}

std::optional<bool> is_beside(const std::string& path, const sys::Trust& trust) {
    const auto dir = sys::open_directory(dir_of(path), trust, sys::Reach::strict);
    if (!dir) return std::nullopt;
    const auto seen = sys::look(*dir, temp_of(name_of(path)));
    if (!seen) return std::nullopt;
    return seen->has_value();
}

Status put_in_place(const std::string& path, const sys::Trust& trust) {
    const auto dir = sys::open_directory(dir_of(path), trust, sys::Reach::strict);
    if (!dir) return dir.error();
    const auto name = name_of(path);
    if (::renameat(dir->get(), temp_of(name).c_str(), dir->get(), name.c_str()) != 0 &&
        errno != ENOENT)
        return sys::last_error("rename to", path);
    return sys::sync_directory(*dir);
}

Status remove_beside(const std::string& path, const sys::Trust& trust) {
    const auto dir = sys::open_directory(dir_of(path), trust, sys::Reach::strict);
    if (!dir) return dir.error();
    const auto name = temp_of(name_of(path));
    // And what it is written as (sys::put_file).
    for (const auto& one : {name, temp_of(name)})
        if (auto removed = sys::remove_stale(*dir, one); !removed) return removed;
    return sys::sync_directory(*dir);
}

}  // namespace vakt::prog
