// SPDX-License-Identifier: Apache-2.0
// keeper.conf as a file.
#include <fcntl.h>
#include <sys/stat.h>

#include "settings/conf_text.h"
#include "settings/keeper_settings.h"
#include "sys/error.h"
#include "sys/fd.h"
#include "sys/open.h"

namespace vakt::settings {
namespace {

constexpr std::size_t kMaxPasswd = 4UL * 1024 * 1024;

/// Opens regular files alone, and looks before: opening a watchdog would start it.
Result<std::string> read_regular(const std::string& path, std::size_t limit) {
    struct stat before {};
    if (::stat(path.c_str(), &before) != 0) return sys::last_error("open", path);
    if (!S_ISREG(before.st_mode)) return refusal(path + ": is not a regular file");
    const sys::Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file) return sys::last_error("open", path);
    if (!S_ISREG(sys::status_of(file).st_mode)) return refusal(path + ": is not a regular file");
    return sys::read_all(file, limit, path);
}

}  // namespace

Result<KeeperFile> read_keeper_file(const std::string& path, const std::string& passwd) {
    const auto text = read_regular(path, kMaxConfText);
    if (!text) return refusal(describe(text.error()));  // the words say it all, whoever shows them
    // Without it names are unknown, and that is said where one is used.
    const auto users = read_regular(passwd, kMaxPasswd);
    return parse_keeper_text(*text, path, users ? std::string_view(*users) : std::string_view());
}

}  // namespace vakt::settings
