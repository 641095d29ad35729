// SPDX-License-Identifier: Apache-2.0
// A FIFO made, repaired and removed.
#include "sys/fifo.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "sys/error.h"
#include "sys/open.h"

namespace vakt::sys {
namespace {

Status refuse_unless_fifo(const struct stat& status, const std::string& name) {
    if (S_ISFIFO(status.st_mode)) return Done{};
    return refusal(name + " is not a FIFO");
}

}  // namespace

Status make_fifo(const Fd& dir, const std::string& name, const std::string& temp,
                 const FifoOwner& owner) {
    if (auto clean = remove_stale(dir, temp); !clean) return clean;
    if (::mkfifoat(dir.get(), temp.c_str(), 0600) != 0) return last_error("mkfifo", temp);
    auto done = [&]() -> Status {
        if (auto owned = repair_fifo(dir, temp, owner); !owned) return owned;
        if (::renameat(dir.get(), temp.c_str(), dir.get(), name.c_str()) != 0)
            return last_error("rename to", name);
        return Done{};
    }();
    if (!done) static_cast<void>(remove_stale(dir, temp));
    return done;
}

Status repair_fifo(const Fd& dir, const std::string& name, const FifoOwner& owner) {
#ifdef O_PATH
    // Not opened as a FIFO: a writer must not see a reader come and go. What O_PATH holds is what
    // is judged and changed, whatever the name means by then.
    const Fd fifo(::openat(dir.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!fifo) return last_error("open", name);
    if (auto is = refuse_unless_fifo(status_of(fifo), name); !is) return is;
    if (::fchownat(fifo.get(), "", owner.uid, owner.gid, AT_EMPTY_PATH) != 0)
        return last_error("chown", name);
    const auto path = "/proc/self/fd/" + std::to_string(fifo.get());
    if (::chmod(path.c_str(), owner.mode) != 0) return last_error("chmod", name);
#else
    const auto seen = look(dir, name);
    if (!seen) return seen.error();
    if (!*seen) return refusal(name + " is gone");
    if (auto is = refuse_unless_fifo(**seen, name); !is) return is;
    if (::fchownat(dir.get(), name.c_str(), owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) != 0)
        return last_error("chown", name);
    if (::fchmodat(dir.get(), name.c_str(), owner.mode, 0) != 0) return last_error("chmod", name);
#endif
    return Done{};
}

Status remove_fifo(const Fd& dir, const std::string& name) {
    const auto seen = look(dir, name);
    if (!seen) return seen.error();
    if (!*seen) return Done{};
    if (auto is = refuse_unless_fifo(**seen, name); !is) return is;
    if (::unlinkat(dir.get(), name.c_str(), 0) != 0) return last_error("unlink", name);
    return Done{};
}

Status remove_stale(const Fd& dir, const std::string& temp) {
    if (::unlinkat(dir.get(), temp.c_str(), 0) == 0 || errno == ENOENT) return Done{};
    return last_error("unlink", temp);
}

}  // namespace vakt::sys
