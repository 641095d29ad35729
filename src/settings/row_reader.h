// SPDX-License-Identifier: Apache-2.0
// One group of a configuration, read key by key against the table of keys.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "settings/conf_tree.h"
#include "settings/keys.h"

namespace vakt::settings {

using Millis = std::chrono::milliseconds;

/// A key that is not there leaves what `into` was, so a struct's own defaults count; a key that
/// is wrong does too, and is complained of with its line and what would do. The constructor
/// complains of unknown keys and of missing ones that are wanted.
class RowReader {
 public:
    RowReader(std::span<const Key> keys, Place place, const Node& group, Complaints& complaints);

    /// A key's line, or the row's when it is not there.
    [[nodiscard]] int line(std::string_view key = {}) const;
    [[nodiscard]] bool has(std::string_view key) const { return group_.find(key) != nullptr; }
    void complain(std::string_view key, std::string words);

    void text(std::string_view key, std::string& into);
    void flag(std::string_view key, bool& into);
    /// Within the range of the table, in milliseconds.
    void seconds(std::string_view key, Millis& into);
    void seconds(std::string_view key, std::chrono::nanoseconds& into);
    void number(std::string_view key, std::int64_t& into);
    template <class T>
    void number(std::string_view key, T& into) {
        auto value = static_cast<std::int64_t>(into);
        number(key, value);
        into = static_cast<T>(value);
    }
    /// A string, or all of an array of strings.
    [[nodiscard]] std::vector<std::string> texts(std::string_view key);
    /// A value of `values` by its name in `names`.
    [[nodiscard]] std::optional<std::size_t> one_of(std::string_view key,
                                                    std::span<const std::string_view> names);
    /// The groups of a list; more than `most` of them are complained of.
    [[nodiscard]] std::vector<const Node*> rows(std::string_view key, std::size_t most);
    [[nodiscard]] const Node* group(std::string_view key);
    /// A number, or a name in `passwd`, the text of a passwd(5) file.
    void user(std::string_view key, std::string_view passwd, std::uint32_t& into);

 private:
    /// Of the kind that is wanted; nullptr when it is not there, or not so.
    const Node* value(std::string_view key, Node::Kind kind, std::string_view wanted);
    [[nodiscard]] const Key& key(std::string_view name) const;
    std::optional<std::int64_t> within(std::string_view name, std::int64_t value, bool is_time);

    std::span<const Key> keys_;
    Place place_;
    const Node& group_;
    Complaints& complaints_;
};

}  // namespace vakt::settings
