// SPDX-License-Identifier: Apache-2.0
// A NoCloud seed's meta-data: which instance this is, and its host name.
#include "seed/meta_data.h"

#include <algorithm>

namespace vakt::seed {
namespace {

bool is_instance_id(const std::string& id) {
    constexpr std::size_t kLongest = 128;
    return !id.empty() && id.size() <= kLongest && std::all_of(id.begin(), id.end(), [](char c) {
        const bool is_word =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return is_word || std::string_view("._:/@+-").find(c) != std::string_view::npos;
    });
}

}  // namespace

MetaData read_meta_data(const yaml::Node& document, Complaints& complaints) {
    MetaData data;
    MapReader map(document, "meta-data", complaints);
    if (const auto id = map.text("instance-id")) {
        data.instance_id = *id;
        if (!is_instance_id(*id))
            map.complain("instance-id", "1 to 128 letters, digits and . _ : / @ + - are wanted");
    } else if (!map.has("instance-id")) {
        map.complain("instance-id", "is wanted: what has another one is configured anew");
    }
    read_host_name(map, "local-hostname", data.host);
    if (map.has("network-interfaces"))
        map.complain("network-interfaces", "not done here; write network-config");
    for (const auto& node : document.inner)
        if (node.key != "instance-id" && node.key != "local-hostname")
            data.unused.push_back(node.key);
    return data;
}

}  // namespace vakt::seed
