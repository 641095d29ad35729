// SPDX-License-Identifier: Apache-2.0
// Where run_erl -p and to_erl -p meet.
#include "prog/console_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "sys/private_directory.h"

namespace vakt::prog {
namespace {

constexpr const char* kShared = "/run/vakt/console";

std::string chosen() {
    const auto* const own = std::getenv("VAKT_CONSOLE_DIR");
    if (own != nullptr && *own != '\0') return own;
    const auto* const session = std::getenv("XDG_RUNTIME_DIR");
    if (session != nullptr && *session != '\0') return std::string(session) + "/vakt";
    struct stat about = {};
    if (::stat(kShared, &about) == 0 && S_ISDIR(about.st_mode))
        return std::string(kShared) + '/' + std::to_string(::geteuid());
    return {};
}

}  // namespace

Result<std::string> private_console_directory() {
    auto path = chosen();
    if (path.empty())
        return refusal(
            std::string("-p: neither VAKT_CONSOLE_DIR nor XDG_RUNTIME_DIR is set, and ") + kShared +
            " is not there");
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (auto made = sys::make_private_directory(path); !made) return made.error();
    return path;
}

}  // namespace vakt::prog
