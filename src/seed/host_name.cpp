// SPDX-License-Identifier: Apache-2.0
// The machine's name, short and whole.
#include "seed/host_name.h"

#include "base/text.h"
#include "seed/names.h"

namespace vakt::seed {

void read_host_name(MapReader& map, std::string_view key, HostName& host) {
    const auto text = map.text(key);
    if (!text) return;
    if (!is_domain_name(*text)) return map.complain(key, quoted(*text) + " is no host name");
    const auto dot = text->find('.');
    host.name = text->substr(0, dot);
    host.fqdn = dot == std::string::npos ? "" : *text;
}

std::string full_name(std::string_view hosts) {
    while (!hosts.empty()) {
        const auto words = split_words(take_line(hosts));
        if (words.size() < 2 || words[0] != kOwnAddress) continue;
        const auto name = words[1];
        const bool is_whole = is_domain_name(name) && name.find('.') != std::string_view::npos;
        return is_whole ? std::string(name) : std::string();
    }
    return {};
}

}  // namespace vakt::seed
