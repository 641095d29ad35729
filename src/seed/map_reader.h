// SPDX-License-Identifier: Apache-2.0
// One map of a seed's document, read key by key.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/yaml_tree.h"

namespace vakt::seed {

/// A key of a map. With `refused` it is known and not done here, for this reason.
struct Key {
    std::string_view name;
    std::string_view refused{};
};

/// A key that is not there, or has nothing behind it, is nullopt or nullptr; one of the wrong kind
/// is, too, and is complained of with its line.
class MapReader {
 public:
    /// What is no map is complained of as `what` and read as an empty one.
    MapReader(const yaml::Node& node, std::string_view what, Complaints& complaints);

    /// Complains of every key that is not among these, or is refused.
    void only(std::span<const Key> keys);

    [[nodiscard]] bool has(std::string_view key) const { return found(key) != nullptr; }
    /// A key's line, or the map's.
    [[nodiscard]] int line(std::string_view key = {}) const;
    void complain(std::string_view key, const std::string& words);

    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    /// The text with how it was written.
    [[nodiscard]] const yaml::Node* scalar(std::string_view key);
    [[nodiscard]] std::optional<bool> flag(std::string_view key);
    [[nodiscard]] std::optional<std::uint32_t> number(std::string_view key, std::uint32_t least,
                                                      std::uint32_t most);
    [[nodiscard]] const yaml::Node* map(std::string_view key);
    /// The elements of a list; empty when there is none.
    [[nodiscard]] std::span<const yaml::Node> list(std::string_view key);
    /// One text, or a list of texts.
    [[nodiscard]] std::vector<std::string> texts(std::string_view key);

 private:
    [[nodiscard]] const yaml::Node* found(std::string_view key) const;
    const yaml::Node* of_kind(std::string_view key, yaml::Node::Kind kind, const char* wanted);

    const yaml::Node& map_;
    std::string what_;
    Complaints& complaints_;
};

}  // namespace vakt::seed
