// SPDX-License-Identifier: Apache-2.0
// Atomic replacement: write, fsync, rename, fsync.
#include "sys/rename.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "sys/attributes.h"
#include "sys/error.h"
#include "sys/fifo.h"
#include "sys/open.h"

namespace vakt::sys {
namespace {

Status write_all(const Fd& file, std::string_view bytes, std::string_view name) {
    while (!bytes.empty()) {
        const auto wrote = ::write(file.get(), bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return last_error("write", name);
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return Done{};
}

/// Owner, mode and attributes of another file.
Status make_like(const Fd& file, const std::string& temp, const Fd& old) {
    const auto like = status_of(old);
    // Owner first: chown clears set-id bits, and until chmod nobody else has any right.
    if (::fchown(file.get(), like.st_uid, like.st_gid) != 0) return last_error("chown", temp);
    if (::fchmod(file.get(), like.st_mode & 07777U) != 0) return last_error("chmod", temp);
    return copy_attributes(old, file, temp);
}

/// `finish` gives the new file its owner and rights.
template <class Finish>
Status put(const Fd& dir, const std::string& name, const std::string& temp, std::string_view bytes,
           const Finish& finish) {
    if (auto clean = remove_stale(dir, temp); !clean) return clean;
    const Fd file(::openat(dir.get(), temp.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return last_error("create", temp);
    auto done = write_all(file, bytes, temp);
    if (done) done = finish(file);
    if (done && ::fsync(file.get()) != 0) done = last_error("fsync", temp);
    if (done && ::renameat(dir.get(), temp.c_str(), dir.get(), name.c_str()) != 0)
        done = last_error("rename to", name);
    if (!done) static_cast<void>(remove_stale(dir, temp));
    return done;
}

}  // namespace

Status replace_file(const Fd& dir, const std::string& name, const std::string& temp,
                    std::string_view bytes, const Fd& old) {
    return put(dir, name, temp, bytes, [&](const Fd& file) { return make_like(file, temp, old); });
}

Status put_file(const Fd& dir, const std::string& name, const std::string& temp,
                std::string_view bytes, mode_t mode) {
    return put(dir, name, temp, bytes, [&](const Fd& file) -> Status {
        if (::fchmod(file.get(), mode) != 0) return last_error("chmod", temp);
        return Done{};
    });
}

Status put_file(const Fd& dir, const std::string& name, const std::string& temp,
                std::string_view bytes, const FileOwner& owner) {
    return put(dir, name, temp, bytes, [&](const Fd& file) -> Status {
        const auto ours = status_of(file);
        const bool is_ours = ours.st_uid == owner.uid && ours.st_gid == owner.gid;
        if (!is_ours && ::fchown(file.get(), owner.uid, owner.gid) != 0)
            return last_error("chown", temp);
        if (::fchmod(file.get(), owner.mode) != 0) return last_error("chmod", temp);
        return Done{};
    });
}

Status show_file(const std::string& path, std::string_view text) {
    const auto temp = path + ".new";
    const Fd file(
        ::open(temp.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!file) return last_error("open", temp);
    if (auto wrote = write_all(file, text, temp); !wrote) return wrote;
    if (std::rename(temp.c_str(), path.c_str()) != 0) return last_error("rename to", path);
    return Done{};
}

Status sync_directory(const Fd& dir) {
    if (::fsync(dir.get()) != 0) return last_error("fsync", "the directory of the configuration");
    return Done{};
}

}  // namespace vakt::sys
