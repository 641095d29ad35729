// SPDX-License-Identifier: Apache-2.0
// The private directory for a console's pipes.
#include "prog/console_place.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "sys/error.h"
#include "sys/open.h"

namespace vakt::prog {
namespace {

std::string chosen() {
    const auto value = [](const char* name) -> std::string {
        const char* text = ::getenv(name);
        return text == nullptr ? "" : text;
    };
    if (auto own = value("VAKT_CONSOLE_DIR"); !own.empty()) return own;
    if (auto runtime = value("XDG_RUNTIME_DIR"); !runtime.empty()) return runtime + "/vakt";
    return "/run/vakt/console/" + std::to_string(::geteuid());
}

}  // namespace

Result<std::string> private_console_directory() {
    auto path = chosen();
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return sys::last_error("make the private pipe directory", path);
    const auto directory =
        sys::open_directory(path, {.uid = ::geteuid(), .group = {}}, sys::Reach::inner);
    if (!directory) return directory.error();
    const auto about = sys::status_of(*directory);
    if (about.st_uid != ::geteuid())
        return refusal("directory " + path + " belongs to uid " + std::to_string(about.st_uid));
    if ((about.st_mode & 077U) != 0 && ::fchmod(directory->get(), 0700) != 0)
        return sys::last_error("close to others", path);
    return path;
}

}  // namespace vakt::prog
