// SPDX-License-Identifier: Apache-2.0
// RFC 5424's STRUCTURED-DATA (section 6.3), walked without copying.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace vakt::syslog {

/// Takes "-" or one or more SD-ELEMENTs off the front of `text` and returns them as they came,
/// empty for "-". None, and `text` unchanged, when that is not what it begins with, or an element
/// does not end. Names may be longer than 32 bytes; their characters and the quotes are checked.
[[nodiscard]] std::optional<std::string_view> take_structured(std::string_view& text);

/// One SD-PARAM, or the beginning of an SD-ELEMENT, when `name` is empty.
struct SdPart {
    std::string_view id;     ///< SD-ID of the element it belongs to
    std::string_view name;   ///< PARAM-NAME
    std::string_view value;  ///< PARAM-VALUE as it came, with its backslashes (see unescape_sd)
    bool operator==(const SdPart&) const = default;
};

/// Walks what take_structured() returned:
///
///   for (SdReader reader(record.structured); const auto part = reader.next();) ...
class SdReader {
 public:
    explicit SdReader(std::string_view structured) : rest_(structured) {}
    /// Each element's beginning, then its parameters; none at the end.
    [[nodiscard]] std::optional<SdPart> next();

 private:
    std::string_view rest_;
    std::string_view id_;
    bool inside_ = false;
};

/// A PARAM-VALUE without its escapes (\" \\ \], section 6.3.3; a backslash before anything else is
/// itself), in `room`, which holds at least value.size() bytes.
[[nodiscard]] std::string_view unescape_sd(std::string_view value, std::span<char> room);

}  // namespace vakt::syslog
