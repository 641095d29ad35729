// SPDX-License-Identifier: Apache-2.0
// keeper.conf as a file.
#include "settings/conf_file.h"
#include "settings/keeper_settings.h"

namespace vakt::settings {

Result<KeeperFile> read_keeper_file(const std::string& path, const std::string& passwd) {
    const auto text = read_conf_text(path);
    if (!text) return text.error();
    return parse_keeper_text(*text, path, read_names(passwd));
}

}  // namespace vakt::settings
