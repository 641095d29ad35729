// SPDX-License-Identifier: Apache-2.0
// One group of a configuration, read key by key against the table of keys.
#include "settings/row_reader.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/users.h"
#include "wdt/timing.h"

namespace vakt::settings {
namespace {

std::string_view in_words(Node::Kind kind) {
    switch (kind) {
        case Node::Kind::group:
            return "a group { }";
        case Node::Kind::list:
            return "a list";
        case Node::Kind::text:
            return "a text";
        case Node::Kind::integer:
            return "a whole number";
        case Node::Kind::real:
            return "a number with a fraction";
        case Node::Kind::flag:
            return "true or false";
    }
    return "something else";
}

std::string listed(std::span<const std::string_view> names) {
    std::string all;
    for (const auto& name : names) {
        if (!all.empty()) all += &name == &names.back() ? " or " : ", ";
        all += "\"" + std::string(name) + "\"";
    }
    return all;
}

std::string missing(const std::string& here, const Key& key) {
    const std::string name(key.name);
    if (here.empty())
        return "the key '" + name + "' is wanted, as in " + name + " = " +
               std::string(key.fallback) + ";";
    return "a row of " + here + " wants the key '" + name + "'";
}

}  // namespace

RowReader::RowReader(std::span<const Key> keys, Place place, const Node& group,
                     Complaints& complaints)
    : keys_(keys), place_(place), group_(group), complaints_(complaints) {
    const std::string here(place_name(place));
    for (const auto& node : group.inner)
        if (find_key(keys, place, node.name) == nullptr)
            complaints_.push_back({node.line, "unknown key '" + node.name + "'" +
                                                  (here.empty() ? std::string() : " in " + here) +
                                                  ": " + hint(keys, place, node.name)});
    for (const auto& key : keys)
        if (key.place == place && key.wanted && !has(key.name))
            complaints_.push_back({here.empty() ? 0 : group.line, missing(here, key)});
}

int RowReader::line(std::string_view key) const {
    const auto* node = group_.find(key);
    return node != nullptr ? node->line : group_.line;
}

void RowReader::complain(std::string_view key, std::string words) {
    complaints_.push_back({line(key), std::string(key) + ": " + std::move(words)});
}

const Key& RowReader::key(std::string_view name) const {
    const auto* key = find_key(keys_, place_, name);
    assert(key != nullptr);
    return *key;
}

const Node* RowReader::value(std::string_view key, Node::Kind kind, std::string_view wanted) {
    const auto* node = group_.find(key);
    if (node == nullptr || node->kind == kind) return node;
    complain(key, std::string(wanted) + " is wanted, not " + std::string(in_words(node->kind)));
    return nullptr;
}

void RowReader::text(std::string_view key, std::string& into) {
    const auto* node = value(key, Node::Kind::text, "a text in \" \"");
    if (node == nullptr) return;
    if (node->text.empty()) return complain(key, "an empty text; leave the key out instead");
    const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
    if (std::any_of(node->text.begin(), node->text.end(), is_control))
        return complain(key, quoted(node->text) + " contains a control character");
    into = node->text;
}

std::string RowReader::name(std::string_view key) {
    constexpr std::size_t kLongest = 32;
    std::string name;
    text(key, name);
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_' || c == '.' || c == '@';
    });
    if (!plain || name.size() > kLongest)
        complain(key, quoted(name) +
                          " cannot be a name: wanted are 1 to 32 letters, digits, '-', '_', '.' "
                          "and '@'");
    return name.substr(0, kLongest);
}

void RowReader::path(std::string_view key, std::size_t most, std::string& into) {
    std::string path;
    text(key, path);
    if (path.empty()) return;
    if (path.front() != '/') complain(key, "an absolute path is wanted, not " + quoted(path));
    if (path.size() > most) complain(key, "longer than " + std::to_string(most) + " bytes");
    into = std::move(path);
}

void RowReader::once(Seen& seen, std::string_view key, const std::string& what) {
    if (what.empty()) return;
    const auto [first, is_new] = seen.emplace(what, line(key));
    if (!is_new) complain(key, quoted(what) + " is that of line " + std::to_string(first->second));
}

void RowReader::flag(std::string_view key, bool& into) {
    if (const auto* node = value(key, Node::Kind::flag, "true or false")) into = node->flag;
}

std::optional<std::int64_t> RowReader::within(std::string_view name, std::int64_t value,
                                              bool is_time) {
    const auto& spec = key(name);
    if (value >= spec.least && value <= spec.most) return value;
    const auto words = [&](std::int64_t bound) {
        return is_time ? wdt::in_words(Millis(bound)) : std::to_string(bound);
    };
    // 10.001 s is how "more than 10 s" is said in milliseconds.
    const auto least = is_time && spec.least % 1000 == 1 ? "more than " + words(spec.least - 1)
                                                         : "at least " + words(spec.least);
    complain(name, words(value) + " is out of range: wanted is " + least + " and at most " +
                       words(spec.most));
    return std::nullopt;
}

void RowReader::seconds(std::string_view key, Millis& into) {
    const auto* node = group_.find(key);
    if (node != nullptr && node->kind == Node::Kind::integer) {
        // Beyond this no range of ours reaches, and the product would not fit.
        constexpr std::int64_t kFar = INT64_MAX / 1000;
        const auto whole = std::clamp(node->integer, -kFar, kFar);
        if (const auto good = within(key, whole * 1000, true)) into = Millis(*good);
    } else if (const auto* real = value(key, Node::Kind::real, "a number of seconds")) {
        const auto bounded = std::clamp(real->real, -1e12, 1e12);
        if (const auto good = within(key, std::llround(bounded * 1000), true)) into = Millis(*good);
    }
}

void RowReader::seconds(std::string_view key, std::chrono::nanoseconds& into) {
    auto time = std::chrono::duration_cast<Millis>(into);
    seconds(key, time);
    into = time;
}

void RowReader::number(std::string_view key, std::int64_t& into) {
    if (const auto* node = value(key, Node::Kind::integer, "a whole number"))
        if (const auto good = within(key, node->integer, false)) into = *good;
}

std::vector<std::string> RowReader::texts(std::string_view key) {
    const auto* node = group_.find(key);
    if (node == nullptr) return {};
    if (node->kind == Node::Kind::text) return {node->text};
    if (node->kind != Node::Kind::list) {
        complain(key, "a text or an array [ ] of texts is wanted, not " +
                          std::string(in_words(node->kind)));
        return {};
    }
    std::vector<std::string> all;
    for (const auto& one : node->inner) {
        if (one.kind == Node::Kind::text)
            all.push_back(one.text);
        else
            complain(key, "an array of texts is wanted, not of " + std::string(in_words(one.kind)));
    }
    return all;
}

std::optional<std::size_t> RowReader::one_of(std::string_view key,
                                             std::span<const std::string_view> names) {
    const auto* node = value(key, Node::Kind::text, "a text in \" \"");
    if (node == nullptr) return std::nullopt;
    const auto found = std::find(names.begin(), names.end(), node->text);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    complain(key, quoted(node->text) + " is not " + listed(names));
    return std::nullopt;
}

std::vector<const Node*> RowReader::rows(std::string_view key, std::size_t most) {
    std::vector<const Node*> all;
    const auto* list = value(key, Node::Kind::list, "a list ( ) of groups { }");
    if (list == nullptr) return all;
    for (const auto& row : list->inner) {
        if (row.kind != Node::Kind::group) {
            complaints_.push_back({row.line, std::string(key) + ": a list ( ) of groups { } is " +
                                                 "wanted, not of " +
                                                 std::string(in_words(row.kind))});
        } else if (all.size() == most) {
            complaints_.push_back({row.line, std::string(key) + ": there is room for " +
                                                 std::to_string(most) + " rows, and this is one " +
                                                 "more"});
            break;
        } else {
            all.push_back(&row);
        }
    }
    return all;
}

const Node* RowReader::group(std::string_view key) {
    return value(key, Node::Kind::group, "a group { }");
}

struct RowReader::Kin {
    std::string_view what;   // "user"
    std::string_view place;  // "/etc/passwd"
    std::string_view names;  // the text of it
};

std::optional<std::uint32_t> RowReader::id(std::string_view key, const Node& node, const Kin& kin) {
    const std::string what(kin.what);
    if (node.kind == Node::Kind::integer) {
        // -1 is nobody's number: the system's calls mean "unchanged" by it.
        if (node.integer >= 0 && node.integer < UINT32_MAX)
            return static_cast<std::uint32_t>(node.integer);
        complain(key, std::to_string(node.integer) + " is no " + what + "'s number");
    } else if (node.kind != Node::Kind::text) {
        complain(key, "a " + what + "'s name in \" \" or number is wanted, not " +
                          std::string(in_words(node.kind)));
    } else if (const auto number = find_id(kin.names, node.text)) {
        return number;
    } else {
        const bool digits = node.text.find_first_not_of("0123456789") == std::string::npos;
        complain(key, "no " + what + " " + quoted(node.text) + " in " + std::string(kin.place) +
                          "; " +
                          (digits ? "a number is written without \" \""
                                  : "give the number, or make the " + what + " first"));
    }
    return std::nullopt;
}

void RowReader::user(std::string_view key, std::string_view passwd, std::uint32_t& into) {
    const auto* node = group_.find(key);
    if (node == nullptr) return;
    if (const auto number = id(key, *node, {"user", "/etc/passwd", passwd})) into = *number;
}

std::vector<std::uint32_t> RowReader::users(std::string_view key, std::string_view passwd) {
    std::vector<std::uint32_t> all;
    const auto* node = group_.find(key);
    if (node == nullptr) return all;
    const auto take = [&](const Node& one) {
        const auto number = id(key, one, {"user", "/etc/passwd", passwd});
        if (number && std::find(all.begin(), all.end(), *number) == all.end())
            all.push_back(*number);
    };
    if (node->kind == Node::Kind::list)
        std::for_each(node->inner.begin(), node->inner.end(), take);
    else
        take(*node);
    return all;
}

std::optional<std::uint32_t> RowReader::user_group(std::string_view key, std::string_view groups) {
    const auto* node = group_.find(key);
    if (node == nullptr) return std::nullopt;
    return id(key, *node, {"group", "/etc/group", groups});
}

}  // namespace vakt::settings
