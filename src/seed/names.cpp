// SPDX-License-Identifier: Apache-2.0
// Host names, node names, addresses and paths, and what is wrong with one.
#include "seed/names.h"

#include <algorithm>

#include "base/text.h"

namespace vakt::seed {
namespace {

constexpr std::size_t kLongestPath = 255;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_printable(char c) { return c >= ' ' && c <= '~'; }

/// Cuts off and returns what stands before the next `part`.
std::string_view take(std::string_view& text, char part) {
    const auto end = std::min(text.find(part), text.size());
    const auto piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return piece;
}

bool is_label(std::string_view label) {
    constexpr std::size_t kLongest = 63;
    return !label.empty() && label.size() <= kLongest && is_word(label.front()) &&
           is_word(label.back()) &&
           std::all_of(label.begin(), label.end(), [](char c) { return is_word(c) || c == '-'; });
}

bool is_below(std::string_view path, std::string_view place) {
    return path.size() > place.size() + 1 && path.starts_with(place) && path[place.size()] == '/';
}

}  // namespace

bool is_domain_name(std::string_view name) {
    constexpr std::size_t kLongest = 253;
    if (name.empty() || name.size() > kLongest || name.back() == '.') return false;
    while (!name.empty())
        if (!is_label(take(name, '.'))) return false;
    return true;
}

std::optional<NodeName> read_node_name(std::string_view text) {
    constexpr std::size_t kLongest = 64;
    auto host = text;
    const auto name = take(host, '@');
    const bool good = !name.empty() && name.size() <= kLongest &&
                      std::all_of(name.begin(), name.end(),
                                  [](char c) { return is_word(c) || c == '_' || c == '-'; });
    if (!good) return std::nullopt;
    if (name.size() == text.size()) return NodeName{std::string(text)};
    if (!is_domain_name(host)) return std::nullopt;
    return NodeName{std::string(text), host.find('.') != std::string_view::npos};
}

std::optional<std::uint32_t> read_address(std::string_view text) {
    if (std::count(text.begin(), text.end(), '.') != 3) return std::nullopt;
    std::uint32_t address = 0;
    for (int at = 0; at < 4; ++at) {
        const auto part = take(text, '.');
        // 010 is eight to some readers.
        if (part.size() > 1 && part.front() == '0') return std::nullopt;
        const auto number = parse_decimal<std::uint8_t>(part);
        if (!number) return std::nullopt;
        address = address << 8U | *number;
    }
    return address;
}

std::string address_text(std::uint32_t address) {
    std::string text;
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        text += (shift == 24 ? "" : ".") + std::to_string(address >> shift & 0xffU);
    return text;
}

std::uint32_t mask_of(unsigned prefix) {
    return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - std::min(prefix, 32U));
}

std::optional<unsigned> read_mask(std::string_view text) {
    const auto mask = read_address(text);
    for (unsigned prefix = 0; mask && prefix <= 32; ++prefix)
        if (mask_of(prefix) == *mask) return prefix;
    return std::nullopt;
}

std::optional<std::string> read_mac(std::string_view text) {
    constexpr std::size_t kSize = 17;
    if (text.size() != kSize) return std::nullopt;
    std::string mac;
    for (std::size_t at = 0; at < kSize; ++at) {
        char c = text[at];
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
        if (at % 3 == 2 ? c != ':' : !is_digit(c) && (c < 'a' || c > 'f')) return std::nullopt;
        mac += c;
    }
    return mac;
}

std::string fault_of_path(std::string_view path, const std::vector<std::string>& places) {
    if (path.empty() || path.front() != '/') return "an absolute path is wanted";
    if (path.size() > kLongestPath) return "a path of more than 255 bytes";
    if (!std::all_of(path.begin(), path.end(), is_printable)) return "not every byte is printable";
    for (auto rest = path.substr(1);;) {
        const bool last = rest.find('/') == std::string_view::npos;
        const auto part = take(rest, '/');
        if (part.empty() || part == "." || part == "..")
            return "an empty, . or .. component leads elsewhere";
        if (last) break;
    }
    std::string all;
    for (const auto& place : places) {
        if (is_below(path, place)) return {};
        all += (all.empty() ? "" : ", ") + place;
    }
    return "it is not below " + (all.empty() ? "any place that may be written" : all);
}

}  // namespace vakt::seed
