// SPDX-License-Identifier: Apache-2.0
// The policy file, read strictly.
#include "swap/allow.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/text.h"
#include "swap/paths.h"

namespace vakt::swap {
namespace {

std::optional<std::uint32_t> parse_id(std::string_view text) {
    const auto id = parse_decimal<std::uint32_t>(text);
    // 2^32 - 1 is "leave as it is" for chown(2), and no id.
    if (!id || *id == std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return id;
}

std::optional<AllowedCaller> parse_caller(std::string_view text) {
    const bool group = text.starts_with("gid:");
    if (!group && !text.starts_with("uid:")) return std::nullopt;
    const auto id = parse_id(text.substr(4));
    if (!id) return std::nullopt;
    return AllowedCaller{.is_group = group, .id = *id};
}

Result<std::vector<AllowedCaller>> parse_callers(std::string_view text) {
    std::vector<AllowedCaller> callers;
    for (;;) {
        const auto comma = text.find(',');
        const auto caller = parse_caller(text.substr(0, comma));
        if (!caller)
            return refusal("CALLERS wants uid:N and gid:N parted by commas, not '" +
                           std::string(text) + "'");
        callers.push_back(*caller);
        if (comma == std::string_view::npos) return callers;
        text.remove_prefix(comma + 1);
    }
}

bool has_control_byte(std::string_view line) {
    return std::any_of(line.begin(), line.end(),
                       [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

Result<AllowRow> parse_row(const std::vector<std::string_view>& words, const Flavours& flavours) {
    if (words.size() != 6 && words.size() != 7)
        return refusal("a row is OWN CONF FLAVOUR PIDFILE|UNIT EXE GID [CALLERS], but this has " +
                       std::to_string(words.size()) + " words");
    AllowRow row{.own = std::string(words[0]),
                 .conf = std::string(words[1]),
                 .flavour = std::string(words[2]),
                 .daemon = std::string(words[3]),
                 .exe = std::string(words[4]),
                 .gid = 0,
                 .callers = {},
                 .writer = {}};
    if (!is_path(row.own))
        return refusal("OWN wants an absolute path without //, . and .., not '" + row.own + "'");
    if (!is_path(row.conf))
        return refusal("CONF wants an absolute path without //, . and .., not '" + row.conf + "'");
    const auto* flavour = find_flavour(flavours, row.flavour);
    if (flavour == nullptr && row.flavour != "auto")
        return refusal("'" + row.flavour + "' is no flavour");
    const bool nobody_told = flavour != nullptr && flavour->tell == Tell::none;
    if (nobody_told && row.daemon.starts_with("uid:")) {
        row.writer = parse_id(std::string_view(row.daemon).substr(4));
        if (!row.writer) return refusal("uid:N wants a decimal number, not '" + row.daemon + "'");
        row.daemon = "-";
    }
    if (!is_path(row.daemon) && !is_unit_name(row.daemon) && !(nobody_told && row.daemon == "-"))
        return refusal("PIDFILE|UNIT wants an absolute path or NAME.service, not '" + row.daemon +
                       "'");
    if (!is_path(row.exe) && !(nobody_told && row.exe == "-"))
        return refusal("EXE wants the absolute path of the daemon's executable, not '" + row.exe +
                       "'");
    const auto gid = parse_id(words[5]);
    if (!gid) return refusal("GID wants a decimal number, not '" + std::string(words[5]) + "'");
    row.gid = *gid;
    if (words.size() == 6) {
        row.callers = {AllowedCaller{.is_group = true, .id = row.gid}};
        return row;
    }
    auto callers = parse_callers(words[6]);
    if (!callers) return callers.error();
    row.callers = std::move(*callers);
    return row;
}

}  // namespace

bool is_unit_name(std::string_view name) {
    constexpr std::string_view kAllowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@";
    constexpr std::string_view kSuffix = ".service";
    return name.size() > kSuffix.size() && name.size() <= kNameMax && name.ends_with(kSuffix) &&
           name.front() != '.' && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

Result<Allow> parse_allow(std::string_view text, const Flavours& flavours) {
    Allow allow;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto line = take_line(text);
        const auto at = "line " + std::to_string(number) + ": ";
        if (has_control_byte(line)) return refusal(at + "a control byte in it");
        const auto words = split_words(line);
        if (words.empty() || words[0].front() == '#') continue;
        auto row = parse_row(words, flavours);
        if (!row) return refusal(at + row.error().doing);
        const bool again = std::any_of(allow.begin(), allow.end(),
                                       [&](const AllowRow& r) { return r.conf == row->conf; });
        if (again) return refusal(at + "an earlier row has the same CONF, '" + row->conf + "'");
        allow.push_back(std::move(*row));
    }
    return allow;
}

const AllowRow* find_row(const Allow& allow, std::string_view own, std::string_view conf) {
    const auto found = std::find_if(allow.begin(), allow.end(), [&](const AllowRow& row) {
        return row.own == own && row.conf == conf;
    });
    return found == allow.end() ? nullptr : &*found;
}

bool may_call(const AllowRow& row, const AskingIds& asking) {
    if (asking.uid == 0) return true;
    return std::any_of(row.callers.begin(), row.callers.end(), [&](const AllowedCaller& caller) {
        if (!caller.is_group) return caller.id == asking.uid;
        return caller.id == asking.gid || std::find(asking.groups.begin(), asking.groups.end(),
                                                    caller.id) != asking.groups.end();
    });
}

}  // namespace vakt::swap
