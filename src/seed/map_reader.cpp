// SPDX-License-Identifier: Apache-2.0
// One map of a seed's document, read key by key.
#include "seed/map_reader.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace vakt::seed {
namespace {

using Kind = yaml::Node::Kind;

const yaml::Node& or_empty(const yaml::Node& node) {
    static const yaml::Node kEmpty{.kind = Kind::map};
    return node.kind == Kind::map ? node : kEmpty;
}

bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
        });
    });
}

}  // namespace

MapReader::MapReader(const yaml::Node& node, std::string_view what, Complaints& complaints)
    : map_(or_empty(node)), what_(what), complaints_(complaints) {
    if (node.kind != Kind::map && !node.is_null())
        complaints_.push_back({node.line, what_ + ": a map is wanted, KEY: VALUE"});
}

void MapReader::only(std::span<const Key> keys) {
    for (const auto& node : map_.inner) {
        const auto known = std::find_if(keys.begin(), keys.end(),
                                        [&](const Key& key) { return key.name == node.key; });
        if (known == keys.end())
            complaints_.push_back({node.line, quoted(node.key) + " is no key of " + what_});
        else if (!known->refused.empty())
            complaints_.push_back({node.line, node.key + ": " + std::string(known->refused)});
    }
}

const yaml::Node* MapReader::found(std::string_view key) const {
    const auto* const node = map_.find(key);
    return node == nullptr || node->is_null() ? nullptr : node;
}

int MapReader::line(std::string_view key) const {
    const auto* const node = map_.find(key);
    return node == nullptr ? map_.line : node->line;
}

void MapReader::complain(std::string_view key, const std::string& words) {
    complaints_.push_back({line(key), std::string(key) + ": " + words});
}

const yaml::Node* MapReader::of_kind(std::string_view key, Kind kind, const char* wanted) {
    const auto* const node = found(key);
    if (node == nullptr || node->kind == kind) return node;
    complain(key, std::string(wanted) + " is wanted");
    return nullptr;
}

const yaml::Node* MapReader::scalar(std::string_view key) {
    return of_kind(key, Kind::text, "a text");
}

std::optional<std::string> MapReader::text(std::string_view key) {
    const auto* const node = scalar(key);
    return node == nullptr ? std::nullopt : std::optional(node->text);
}

std::optional<bool> MapReader::flag(std::string_view key) {
    constexpr std::array<std::string_view, 3> kTrue{"true", "yes", "on"};
    constexpr std::array<std::string_view, 3> kFalse{"false", "no", "off"};
    const auto* const node = scalar(key);
    if (node == nullptr) return std::nullopt;
    if (is_one_of(node->text, kTrue)) return true;
    if (is_one_of(node->text, kFalse)) return false;
    complain(key, quoted(node->text) + " is neither true nor false");
    return std::nullopt;
}

std::optional<std::uint32_t> MapReader::number(std::string_view key, std::uint32_t least,
                                               std::uint32_t most) {
    const auto* const node = scalar(key);
    if (node == nullptr) return std::nullopt;
    // 010 is eight to YAML and ten to people.
    const bool is_octal = node->text.size() > 1 && node->text.front() == '0';
    const auto number = is_octal ? std::nullopt : parse_decimal<std::uint32_t>(node->text);
    if (number && *number >= least && *number <= most) return number;
    complain(key, quoted(node->text) + " is no number from " + std::to_string(least) + " to " +
                      std::to_string(most));
    return std::nullopt;
}

const yaml::Node* MapReader::map(std::string_view key) {
    return of_kind(key, Kind::map, "a map, KEY: VALUE,");
}

std::span<const yaml::Node> MapReader::list(std::string_view key) {
    const auto* const node = of_kind(key, Kind::list, "a list");
    if (node == nullptr) return {};
    return node->inner;
}

std::vector<std::string> MapReader::texts(std::string_view key) {
    const auto* const node = found(key);
    if (node == nullptr) return {};
    if (node->kind == Kind::text) return {node->text};
    std::vector<std::string> all;
    for (const auto& inner : list(key)) {
        if (inner.kind != Kind::text || inner.is_null())
            complaints_.push_back({inner.line, std::string(key) + ": a list of texts is wanted"});
        else
            all.push_back(inner.text);
    }
    return all;
}

}  // namespace vakt::seed
