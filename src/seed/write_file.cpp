// SPDX-License-Identifier: Apache-2.0
// One row of write_files.
#include "seed/write_file.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "base/users.h"
#include "seed/base64.h"
#include "seed/names.h"

namespace vakt::seed {
namespace {

constexpr std::array<Key, 8> kKeys{{{"path"},
                                    {"content"},
                                    {"encoding"},
                                    {"permissions"},
                                    {"owner"},
                                    {"append"},
                                    {"defer"},
                                    {"source", "nothing is fetched here; write content"}}};

/// Three or four octal digits of which the first of four is 0.
std::optional<std::uint32_t> read_mode(std::string_view text) {
    if (text.starts_with("0o")) text.remove_prefix(2);
    if (text.size() == 4 && text.front() == '0') text.remove_prefix(1);
    if (text.size() != 3) return std::nullopt;
    std::uint32_t mode = 0;
    for (const char c : text) {
        if (c < '0' || c > '7') return std::nullopt;
        mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
    }
    return mode;
}

void read_permissions(MapReader& map, FileWrite& file) {
    const auto* const node = map.scalar("permissions");
    if (node == nullptr) return;
    const auto mode = read_mode(node->text);
    if (!mode)
        return map.complain("permissions",
                            quoted(node->text) + " is not like '0644': octal, at most '0777'");
    if (node->plain && node->text.front() != '0')
        return map.complain("permissions", "YAML reads " + node->text +
                                               " as a decimal number; write '0" + node->text + "'");
    file.mode = *mode;
}

std::optional<std::uint32_t> id_of(std::string_view name, std::string_view names) {
    const auto number = parse_decimal<std::uint32_t>(name);
    if (number) return *number == UINT32_MAX ? std::nullopt : number;
    return find_id(names, name);
}

void read_owner(MapReader& map, const Surroundings& around, FileWrite& file) {
    const auto text = map.text("owner");
    if (!text) return;
    const auto colon = text->find(':');
    const auto user = text->substr(0, colon);
    const auto group = colon == std::string::npos ? "" : text->substr(colon + 1);
    const auto uid = id_of(user, around.passwd);
    if (uid)
        file.uid = *uid;
    else
        map.complain("owner", "there is no user " + quoted(user));
    if (colon == std::string::npos) return;
    const auto gid = id_of(group, around.groups);
    if (gid)
        file.gid = *gid;
    else
        map.complain("owner", "there is no group " + quoted(group));
}

void read_content(MapReader& map, FileWrite& file) {
    constexpr std::array<std::string_view, 2> kBase64{"b64", "base64"};
    file.content = map.text("content").value_or("");
    const auto encoding = map.text("encoding").value_or("text/plain");
    if (encoding == "text/plain") return;
    if (encoding.starts_with("gz"))
        return map.complain("encoding", "gzip is not unpacked here; write it as b64");
    if (std::find(kBase64.begin(), kBase64.end(), encoding) == kBase64.end())
        return map.complain("encoding", quoted(encoding) + " is neither text/plain nor b64");
    auto bytes = decode_base64(file.content);
    if (!bytes) return map.complain("content", "this is no base64");
    file.content = std::move(*bytes);
}

}  // namespace

FileWrite read_write_file(const yaml::Node& row, const Surroundings& around,
                          Complaints& complaints) {
    MapReader map(row, "a row of write_files", complaints);
    map.only(kKeys);
    FileWrite file;
    file.line = row.line;
    if (const auto path = map.text("path")) {
        file.path = *path;
        if (const auto fault = fault_of_path(*path, around.places); !fault.empty())
            map.complain("path", quoted(*path) + ": " + fault);
    } else if (!map.has("path")) {
        map.complain("path", "is wanted");
    }
    read_content(map, file);
    read_permissions(map, file);
    read_owner(map, around, file);
    file.append = map.flag("append").value_or(false);
    file.defer = map.flag("defer").value_or(false);
    return file;
}

}  // namespace vakt::seed
