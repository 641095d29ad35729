// SPDX-License-Identifier: Apache-2.0
// keeper.conf as a file.
#include "settings/conf_text.h"
#include "settings/keeper_settings.h"
#include "sys/open.h"

namespace vakt::settings {

Result<KeeperFile> read_keeper_file(const std::string& path, const std::string& passwd) {
    constexpr std::size_t kMaxPasswd = 4UL * 1024 * 1024;
    const auto text = sys::read_regular(path, kMaxConfText);
    if (!text) return refusal(describe(text.error()));  // the words say it all, whoever shows them
    // Without it names are unknown, and that is said where one is used.
    const auto users = sys::read_regular(passwd, kMaxPasswd);
    return parse_keeper_text(*text, path, users ? std::string_view(*users) : std::string_view());
}

}  // namespace vakt::settings
