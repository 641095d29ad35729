// SPDX-License-Identifier: Apache-2.0
// Host names, node names, addresses and paths, and what is wrong with one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vakt::seed {

/// Labels of letters, digits and inner hyphens, 1 to 63 bytes each, parted by dots; at most 253 in
/// all (RFC 1123, section 2.1).
[[nodiscard]] bool is_domain_name(std::string_view name);

/// The name of a node as in -sname and -name: NAME, or NAME@HOST.
struct NodeName {
    std::string text;
    bool is_long = false;  ///< its host has a dot: -name
};
/// NAME: 1 to 64 letters, digits, _ and -. HOST: a domain name.
[[nodiscard]] std::optional<NodeName> read_node_name(std::string_view text);

/// Four numbers and dots.
[[nodiscard]] std::optional<std::uint32_t> read_address(std::string_view text);
[[nodiscard]] std::string address_text(std::uint32_t address);
/// 0 to 32, of a mask without holes.
[[nodiscard]] std::optional<unsigned> read_mask(std::string_view text);
[[nodiscard]] std::uint32_t mask_of(unsigned prefix);
/// Six pairs of hexadecimal digits and colons, of which the result has the small ones.
[[nodiscard]] std::optional<std::string> read_mac(std::string_view text);

/// What is wrong with a path that is to be written; "" when nothing is. It is absolute, at most 255
/// bytes that are printable, has no empty, `.` or `..` component, and lies below one of `places`.
[[nodiscard]] std::string fault_of_path(std::string_view path,
                                        const std::vector<std::string>& places);

}  // namespace vakt::seed
