// SPDX-License-Identifier: Apache-2.0
// One group of a configuration, read key by key against the table of keys.
#include "settings/row_reader.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "settings/users.h"
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
            complaints_.push_back({group.line, "a row of " + here + " wants the key '" +
                                                   std::string(key.name) + "'"});
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

void RowReader::user(std::string_view key, std::string_view passwd, std::uint32_t& into) {
    const auto* node = group_.find(key);
    if (node == nullptr) return;
    if (node->kind == Node::Kind::integer) {
        // -1 is nobody's number: the system's calls mean "unchanged" by it.
        if (node->integer < 0 || node->integer >= UINT32_MAX)
            return complain(key, std::to_string(node->integer) + " is no user's number");
        into = static_cast<std::uint32_t>(node->integer);
        return;
    }
    if (value(key, Node::Kind::text, "a user's name in \" \" or number") == nullptr) return;
    if (const auto uid = find_uid(passwd, node->text)) {
        into = *uid;
        return;
    }
    const bool digits = node->text.find_first_not_of("0123456789") == std::string::npos;
    complain(key, "no user " + quoted(node->text) + " in /etc/passwd; " +
                      (digits ? "a number is written without \" \""
                              : "give the number, or make the user first"));
}

}  // namespace vakt::settings
