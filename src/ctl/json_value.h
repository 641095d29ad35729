// SPDX-License-Identifier: Apache-2.0
// JSON (RFC 8259), read strictly and within bounds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vakt::ctl {

struct JsonValue;
struct JsonMember;
/// As it was written: nobody here reckons with it.
struct JsonNumber {
    std::string text;
    bool operator==(const JsonNumber&) const = default;
};
using JsonArray = std::vector<JsonValue>;
using JsonObject = std::vector<JsonMember>;

struct JsonValue {
    std::variant<std::nullptr_t, bool, JsonNumber, std::string, JsonArray, JsonObject> is;

    bool operator==(const JsonValue&) const;

    /// The member of an object; nullptr if it is none or has none of this name.
    [[nodiscard]] const JsonValue* member(std::string_view name) const;
    /// nullptr for another type.
    [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&is); }
    [[nodiscard]] const JsonArray* array() const { return std::get_if<JsonArray>(&is); }
    /// The number, if it is a whole one that fits.
    [[nodiscard]] std::optional<std::int64_t> whole() const;
};

struct JsonMember {
    std::string key;
    JsonValue value;
    bool operator==(const JsonMember&) const;
};

/// The one value that the bytes are. Refused is all that the RFC refuses, and beyond it: a key that
/// is there twice, nesting deeper than 32, broken UTF-8, a lone surrogate.
[[nodiscard]] std::optional<JsonValue> read_json(std::string_view bytes);

}  // namespace vakt::ctl
