// SPDX-License-Identifier: Apache-2.0
// The system's own tables, read.
#include "doctor/tables.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace vakt::doctor {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool is_under(std::string_view path, std::string_view mount) {
    if (mount == "/") return true;
    return path.starts_with(mount) && (path.size() == mount.size() || path[mount.size()] == '/');
}

std::optional<std::uint32_t> hex(std::string_view text) {
    std::uint32_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value, 16);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return value;
}

}  // namespace

std::optional<Mount> find_mount(std::string_view mounts, std::string_view path) {
    std::optional<Mount> best;
    while (!mounts.empty()) {
        const auto words = split_words(take_line(mounts));
        if (words.size() < 4 || !is_under(path, words[1])) continue;
        if (best && words[1].size() < best->at.size()) continue;
        best = Mount{std::string(words[1]), std::string(words[2])};
        for (auto rest = words[3]; !rest.empty();) {
            const auto end = std::min(rest.find(','), rest.size());
            const auto option = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            best->read_only |= option == "ro";
            best->no_barriers |= option == "nobarrier" || option == "barrier=0";
            best->no_order |= option == "data=writeback";
        }
    }
    return best;
}

std::vector<std::string> module_names(std::string_view modules) {
    std::vector<std::string> names;
    while (!modules.empty()) {
        const auto words = split_words(take_line(modules));
        if (!words.empty() && words[0][0] != '#' && words[0][0] != ';')
            names.emplace_back(words[0]);
    }
    return names;
}

std::vector<IoPorts> read_io_ports(std::string_view ioports) {
    std::vector<IoPorts> all;
    while (!ioports.empty()) {
        const auto line = trimmed(take_line(ioports));
        const auto dash = line.find('-');
        const auto colon = line.find(" : ");
        if (dash == std::string_view::npos || colon == std::string_view::npos || dash > colon)
            continue;
        const auto first = hex(line.substr(0, dash));
        const auto last = hex(line.substr(dash + 1, colon - dash - 1));
        if (first && last) all.push_back({*first, *last, std::string(line.substr(colon + 3))});
    }
    return all;
}

bool SystemdWatchdog::off() const {
    if (value == "off") return true;
    // A time span whose every number is zero: "0", "0s", "0min".
    return value.find_first_of("123456789") == std::string::npos && value != "infinity" &&
           value != "default";
}

std::optional<UnitValue> last_value(std::string_view text, std::string_view section,
                                    std::string_view key) {
    std::optional<UnitValue> found;
    bool inside = false;
    for (int number = 1; !text.empty(); ++number) {
        const auto line = trimmed(take_line(text));
        if (line.starts_with('[')) inside = line == "[" + std::string(section) + "]";
        if (!inside || !line.starts_with(key)) continue;
        const auto rest = trimmed(line.substr(key.size()));
        if (rest.starts_with('=')) found = UnitValue{std::string(trimmed(rest.substr(1))), number};
    }
    return found;
}

std::optional<SystemdWatchdog> read_systemd(std::string_view text, std::string_view file) {
    const auto found = last_value(text, "Manager", "RuntimeWatchdogSec");
    if (!found) return std::nullopt;
    return SystemdWatchdog{found->value.empty() ? "0" : found->value,
                           std::string(file) + ":" + std::to_string(found->line)};
}

std::optional<ProcessIds> read_process_ids(std::string_view status) {
    ProcessIds ids;
    bool has_uid = false;
    while (!status.empty()) {
        const auto words = split_words(take_line(status));
        if (words.size() < 2) continue;
        for (std::size_t at = 1; at < words.size(); ++at) {
            const auto number = parse_decimal<std::uint32_t>(words[at]);
            if (!number) continue;
            if (words[0] == "Uid:" && at == 1) {
                ids.uid = *number;
                has_uid = true;
            }
            if ((words[0] == "Gid:" && at == 1) || words[0] == "Groups:")
                ids.groups.push_back(*number);
        }
    }
    return has_uid ? std::optional(std::move(ids)) : std::nullopt;
}

bool excludes(std::string_view etc_system, std::string_view what) {
    while (!etc_system.empty()) {
        auto line = trimmed(take_line(etc_system));
        if (line.starts_with('*') || line.starts_with('#')) continue;  // a comment
        if (!line.starts_with("exclude")) continue;
        line = trimmed(line.substr(7));
        if (!line.starts_with(':')) continue;
        const auto names = split_words(line.substr(1));
        if (std::find(names.begin(), names.end(), what) != names.end()) return true;
    }
    return false;
}

}  // namespace vakt::doctor
