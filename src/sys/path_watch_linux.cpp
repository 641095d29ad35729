// SPDX-License-Identifier: Apache-2.0
// Being told that a path may name another file now, without looking every second.
#include <utility>

#include "sys/error.h"
#include "sys/path_watch.h"

#ifdef __linux__
#include <sys/inotify.h>
#endif

namespace vakt::sys {

#ifdef __linux__

Result<PathWatch> PathWatch::make(std::string directory, std::string name) {
    Fd inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!inotify) return last_error("inotify_init1 for", directory);
    return PathWatch(std::move(inotify), std::move(directory), std::move(name));
}

Status PathWatch::aim_at_file() {
    // IN_ATTRIB: the link count changed; IN_DELETE_SELF would come only when the last descriptor,
    // ours, is closed.
    return aim(directory_ + "/" + name_, IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF);
}

Status PathWatch::aim_at_directory() {
    return aim(directory_, IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR);
}

Status PathWatch::aim(const std::string& path, unsigned mask) {
    const int wanted = ::inotify_add_watch(inotify_.get(), path.c_str(), mask);
    if (wanted < 0) return last_error("inotify_add_watch", path);
    if (watching_ >= 0 && watching_ != wanted) ::inotify_rm_watch(inotify_.get(), watching_);
    watching_ = wanted;
    return Done{};
}

void PathWatch::clear() {
    alignas(inotify_event) char events[4096];
    while (::read(inotify_.get(), events, sizeof events) > 0) {
    }
}

#else

Result<PathWatch> PathWatch::make(std::string, std::string) {
    return Error{"watch a path", std::make_error_code(std::errc::operation_not_supported)};
}
Status PathWatch::aim_at_file() { return refusal("not supported"); }
Status PathWatch::aim_at_directory() { return refusal("not supported"); }
void PathWatch::clear() {}

#endif

}  // namespace vakt::sys
