// SPDX-License-Identifier: Apache-2.0
// JSON (RFC 8259), read strictly and within bounds.
#include "ctl/json_value.h"

#include <algorithm>
#include <charconv>

#include "base/utf8.h"

namespace vakt::ctl {
namespace {

constexpr int kDeepest = 32;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void put_utf8(std::string& out, std::uint32_t code) {
    const auto byte = [&](std::uint32_t bits) { out += static_cast<char>(bits); };
    const auto tail = [&](unsigned shift) { byte(0x80U | (code >> shift & 0x3fU)); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xc0U | code >> 6);
        tail(0);
    } else if (code < 0x10000) {
        byte(0xe0U | code >> 12);
        tail(6);
        tail(0);
    } else {
        byte(0xf0U | code >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

/// What it cannot read makes it not good, and from then on it reads nothing.
class Reader {
 public:
    explicit Reader(std::string_view in) : in_(in) {}

    std::optional<JsonValue> all() {
        auto value = this->value(0);
        blanks();
        if (!good_ || !in_.empty()) return std::nullopt;
        return value;
    }

 private:
    void blanks() { in_.remove_prefix(std::min(in_.find_first_not_of(" \t\r\n"), in_.size())); }
    bool take(std::string_view word) {
        if (!good_ || !in_.starts_with(word)) return false;
        in_.remove_prefix(word.size());
        return true;
    }
    void want(std::string_view word) { good_ = take(word); }
    bool fail() { return good_ = false; }
    [[nodiscard]] char peek() const { return in_.empty() ? '\0' : in_.front(); }

    JsonValue value(int depth) {
        blanks();
        if (depth > kDeepest) fail();
        if (!good_) return {};
        if (take("null")) return {nullptr};
        if (take("true")) return {true};
        if (take("false")) return {false};
        if (take("\"")) return {string()};
        if (take("[")) return {array(depth)};
        if (take("{")) return {object(depth)};
        return {number()};
    }

    JsonArray array(int depth) {
        JsonArray array;
        blanks();
        if (take("]")) return array;
        do {
            array.push_back(value(depth + 1));
            blanks();
        } while (take(","));
        want("]");
        return array;
    }

    JsonObject object(int depth) {
        JsonObject object;
        blanks();
        if (take("}")) return object;
        do {
            blanks();
            want("\"");
            auto key = string();
            blanks();
            want(":");
            const auto same = [&](const auto& member) { return member.key == key; };
            if (std::ranges::any_of(object, same)) fail();
            object.push_back({std::move(key), value(depth + 1)});
            blanks();
        } while (take(","));
        want("}");
        return object;
    }

    std::size_t digits() {
        std::size_t count = 0;
        while (is_digit(peek())) {
            in_.remove_prefix(1);
            ++count;
        }
        return count;
    }

    JsonNumber number() {
        const auto start = in_;
        take("-");
        const bool zero = peek() == '0';
        const auto count = digits();
        if (count == 0 || (zero && count > 1)) fail();
        if (take(".") && digits() == 0) fail();
        if (take("e") || take("E")) {
            if (!take("+")) take("-");
            if (digits() == 0) fail();
        }
        return {std::string(start.substr(0, start.size() - in_.size()))};
    }

    std::string string() {
        std::string text;
        while (good_) {
            if (take("\"")) return text;
            if (take("\\")) {
                escape(text);
                continue;
            }
            const auto length = utf8_length(in_);
            if (length == 0 || static_cast<unsigned char>(in_.front()) < 0x20) {
                fail();
                break;
            }
            text += in_.substr(0, length);
            in_.remove_prefix(length);
        }
        return text;
    }

    void escape(std::string& text) {
        constexpr std::string_view kLetters = "\"\\/bfnrt";
        constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
        const auto letter = in_.empty() ? std::string_view::npos : kLetters.find(peek());
        if (letter != std::string_view::npos) {
            in_.remove_prefix(1);
            text += kMeant[letter];
            return;
        }
        want("u");
        auto code = four_digits();
        if (code >= 0xd800 && code < 0xdc00) {
            want("\\u");
            const auto low = four_digits();
            if (low < 0xdc00 || low > 0xdfff) fail();
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        } else if (code >= 0xdc00 && code < 0xe000) {
            fail();
        }
        if (good_) put_utf8(text, code);
    }

    std::uint32_t four_digits() {
        std::uint32_t code = 0;
        const auto four = in_.substr(0, 4);
        const auto [end, error] = std::from_chars(four.data(), four.data() + four.size(), code, 16);
        if (four.size() < 4 || error != std::errc() || end != four.data() + 4) fail();
        if (good_) in_.remove_prefix(4);
        return good_ ? code : 0;
    }

    std::string_view in_;
    bool good_ = true;
};

}  // namespace

// Not defaulted: clang 14 breaks over a type that contains itself.
bool JsonValue::operator==(const JsonValue& other) const { return is == other.is; }
bool JsonMember::operator==(const JsonMember& other) const {
    return key == other.key && value == other.value;
}

const JsonValue* JsonValue::member(std::string_view name) const {
    const auto* const object = std::get_if<JsonObject>(&is);
    if (object == nullptr) return nullptr;
    for (const auto& [key, value] : *object)
        if (key == name) return &value;
    return nullptr;
}

std::optional<std::int64_t> JsonValue::whole() const {
    const auto* const number = std::get_if<JsonNumber>(&is);
    if (number == nullptr) return std::nullopt;
    const auto& text = number->text;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<JsonValue> read_json(std::string_view bytes) { return Reader(bytes).all(); }

}  // namespace vakt::ctl
