// SPDX-License-Identifier: Apache-2.0
// Who has a watchdog open that we cannot open.
#include "prog/wd_keeper_owner.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

#include "base/text.h"
#include "prog/daemon_log.h"
#include "sys/descriptors.h"
#include "sys/process.h"
#include "sys/process_handle.h"

namespace vakt::prog {
namespace {

struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
};

bool same_device(const struct stat& one, const struct stat& other) {
    if (S_ISCHR(one.st_mode)) return S_ISCHR(other.st_mode) && one.st_rdev == other.st_rdev;
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool has_open(pid_t pid, const struct stat& wanted) {
    const auto path = "/proc/" + std::to_string(pid) + "/fd";
    const std::unique_ptr<DIR, CloseDir> dir(::opendir(path.c_str()));
    if (!dir) return false;
    while (const auto* entry = ::readdir(dir.get())) {
        struct stat found {};
        if (::fstatat(::dirfd(dir.get()), entry->d_name, &found, 0) == 0 &&
            same_device(found, wanted))
            return true;
    }
    return false;
}

void look(const std::string& path) {
    Log log("wd_keeper", true);
    struct stat wanted {};
    if (::stat(path.c_str(), &wanted) != 0) return;
    const std::unique_ptr<DIR, CloseDir> proc(::opendir("/proc"));
    while (const auto* entry = proc ? ::readdir(proc.get()) : nullptr) {
        const auto pid = parse_decimal<std::uint32_t>(entry->d_name);
        if (!pid || !has_open(static_cast<pid_t>(*pid), wanted)) continue;
        const auto facts = sys::facts_of(static_cast<pid_t>(*pid));
        const auto name = facts ? facts->name.view() : std::string_view("?");
        log.say(sys::Severity::err, path, " belongs to ", name, ", process ", *pid,
                *pid == 1 ? "; take RuntimeWatchdogSec= out of systemd's configuration, or let us "
                            "work through it: driver = \"systemd\""
                          : "; end it, or give us another device");
        return;
    }
    log.say(sys::Severity::err, path, " belongs to a process that we may not see");
}

}  // namespace

void name_the_owner(const std::string& path) {
    const pid_t child = ::fork();
    if (child != 0) return;
    sys::set_oom_score(0, 0);
    sys::close_from(3);
    look(path);
    ::_exit(0);
}

}  // namespace vakt::prog
