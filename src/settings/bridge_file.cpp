// SPDX-License-Identifier: Apache-2.0
// bridge.conf as a file.
#include "settings/bridge_settings.h"
#include "settings/conf_file.h"

namespace vakt::settings {

Result<BridgeFile> read_bridge_file(const std::string& path, std::string_view socket,
                                    const std::string& passwd, const std::string& group) {
    const auto text = read_conf_text(path);
    if (!text) return text.error();
    const auto users = read_names(passwd);
    const auto groups = read_names(group);
    return parse_bridge_text(*text, path, {users, groups, socket});
}

}  // namespace vakt::settings
