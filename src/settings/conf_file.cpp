// SPDX-License-Identifier: Apache-2.0
// What every configuration file of ours is read with: its text, the names it uses, its faults as
// lines.
#include "settings/conf_file.h"

#include "sys/open.h"

namespace vakt::settings {

Result<std::string> read_conf_text(const std::string& path) {
    auto text = sys::read_regular(path, kMaxConfText);
    if (!text) return refusal(describe(text.error()));  // the words say it all, whoever shows them
    return text;
}

std::string read_names(const std::string& path) {
    constexpr std::size_t kMost = 4UL * 1024 * 1024;
    auto names = sys::read_regular(path, kMost);
    return names ? std::move(*names) : std::string();
}

}  // namespace vakt::settings
