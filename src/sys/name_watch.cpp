// SPDX-License-Identifier: Apache-2.0
// Being told when one of several files loses its name.
#include "sys/name_watch.h"

#include "sys/error.h"

#ifdef __linux__
#include <sys/inotify.h>
#endif

namespace vakt::sys {

#ifdef __linux__

Result<NameWatch> NameWatch::make() {
    Fd inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!inotify) return last_error("inotify_init1", "for names");
    return NameWatch(std::move(inotify));
}

Status NameWatch::add(const std::string& path) {
    // IN_ATTRIB: the link count changed. IN_DELETE_SELF would come only with the last descriptor.
    const auto mask = IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF | IN_DONT_FOLLOW;
    if (::inotify_add_watch(inotify_.get(), path.c_str(), mask) < 0)
        return last_error("inotify_add_watch", path);
    return Done{};
}

void NameWatch::clear() {
    alignas(inotify_event) char events[4096];
    while (::read(inotify_.get(), events, sizeof events) > 0) {
    }
}

#else

Result<NameWatch> NameWatch::make() {
    return Error{"watch names", std::make_error_code(std::errc::operation_not_supported)};
}
Status NameWatch::add(const std::string&) { return refusal("not supported"); }
void NameWatch::clear() {}

#endif

}  // namespace vakt::sys
