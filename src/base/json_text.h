// SPDX-License-Identifier: Apache-2.0
// JSON (RFC 8259), written.
#pragma once

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>

#include "base/utf8.h"

namespace vakt {

/// One value on one line, without blanks. It is valid UTF-8 whatever it is given: broken bytes
/// become '?', control characters (also DEL and C1, which a terminal obeys) \u00XX. Objects and
/// arrays are opened and closed by the caller:
///
///   JsonText out;
///   out.open('{').key("a").value(1).key("b").open('[').value("x").close(']').close('}');
class JsonText {
 public:
    JsonText& open(char bracket) {
        comma();
        text_ += bracket;
        first_ = true;
        return *this;
    }
    JsonText& close(char bracket) {
        text_ += bracket;
        first_ = false;
        return *this;
    }
    JsonText& key(std::string_view key) {
        value(key);
        text_ += ':';
        first_ = true;
        return *this;
    }
    JsonText& value(std::string_view text) {
        comma();
        text_ += '"';
        while (!text.empty()) text.remove_prefix(put_character(text));
        text_ += '"';
        return *this;
    }
    JsonText& value(const char* text) { return value(std::string_view(text)); }
    JsonText& value(std::integral auto number) {
        comma();
        text_ += std::to_string(number);
        return *this;
    }
    JsonText& value(bool truth) { return word(truth ? "true" : "false"); }
    JsonText& null() { return word("null"); }
    /// A number or word as JSON has it. REQUIRES: it is one.
    JsonText& word(std::string_view word) {
        comma();
        text_ += word;
        return *this;
    }

    [[nodiscard]] const std::string& text() const { return text_; }

 private:
    void comma() {
        if (!first_) text_ += ',';
        first_ = false;
    }
    std::size_t put_character(std::string_view text) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        const auto length = utf8_length(text);
        const auto first = static_cast<unsigned char>(text[0]);
        const auto escape = [&](unsigned char code) {
            text_ += "\\u00";
            text_ += kDigits[code >> 4U];
            text_ += kDigits[code & 0xfU];
        };
        if (length == 0) {
            text_ += '?';
        } else if (first < 0x20 || first == 0x7f) {
            escape(first);
        } else if (first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0) {
            escape(static_cast<unsigned char>(text[1]));
        } else {
            if (first == '"' || first == '\\') text_ += '\\';
            text_ += text.substr(0, length);
        }
        return std::max<std::size_t>(length, 1);
    }

    std::string text_;
    bool first_ = true;
};

}  // namespace vakt
