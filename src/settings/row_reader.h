// SPDX-License-Identifier: Apache-2.0
// One group of a configuration, read key by key against the table of keys.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
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
    /// 1 to 32 bytes that are themselves in a path, a message, a metric's label; else complained of
    /// and cut to 32.
    [[nodiscard]] std::string name(std::string_view key);
    /// Absolute, of at most `most` bytes.
    void path(std::string_view key, std::size_t most, std::string& into);
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
    /// One of them, or all of an array [ ] or list ( ) of them.
    [[nodiscard]] std::vector<std::uint32_t> users(std::string_view key, std::string_view passwd);
    /// A number, or a name in `groups`, the text of a group(5) file.
    [[nodiscard]] std::optional<std::uint32_t> user_group(std::string_view key,
                                                          std::string_view groups);

    /// What rows of a list have said of a key, and on which line.
    using Seen = std::map<std::string, int>;
    /// Complains when another row has said `what` of the key ("" is never said).
    void once(Seen& seen, std::string_view key, const std::string& what);

 private:
    struct Kin;  // users or groups: where their names stand, and how to speak of them
    /// Of the kind that is wanted; nullptr when it is not there, or not so.
    const Node* value(std::string_view key, Node::Kind kind, std::string_view wanted);
    [[nodiscard]] const Key& key(std::string_view name) const;
    std::optional<std::uint32_t> id(std::string_view key, const Node& node, const Kin& kin);
    std::optional<std::int64_t> within(std::string_view name, std::int64_t value, bool is_time);

    std::span<const Key> keys_;
    Place place_;
    const Node& group_;
    Complaints& complaints_;
};

}  // namespace vakt::settings
