// SPDX-License-Identifier: Apache-2.0
// A libconfig text before libconfig sees it: what it would take in silence is refused here.
#include "settings/conf_text.h"

#include <charconv>
#include <cstdint>

namespace vakt::settings {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
// The rest of a setting's name, by libconfig's grammar.
bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '*'; }
bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7f;
}

/// Walks over the text once, token by token.
class Screen {
 public:
    Screen(std::string_view text, Complaints& complaints) : text_(text), complaints_(complaints) {}

    std::string walk() {
        out_.reserve(text_.size() + text_.size() / 8);
        while (at_ < text_.size()) token();
        for (const auto& bracket : open_)
            complain(bracket.line, std::string("'") + bracket.kind + "' is never closed");
        out_ += '\n';
        return std::move(out_);
    }

 private:
    struct Bracket {
        char kind;
        int line;
    };

    [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
    void complain(int line, std::string words) {
        // The first of a line says it; and a file of rubbish is not worth thousands.
        if (complaints_.size() < kEnough &&
            (complaints_.empty() || complaints_.back().line != line))
            complaints_.push_back({line, std::move(words)});
    }
    /// Takes over `count` bytes, keeping the lines.
    void take(std::size_t count) {
        for (const char c : text_.substr(at_, count)) {
            if (c == '\n') ++line_;
            if (is_control(c)) complain(line_, "a control character: only text is taken");
            out_.push_back(c);
        }
        at_ += count;
    }

    void token() {
        const char c = text_[at_];
        if (c == '#' || rest().starts_with("//")) {
            take(std::min(rest().find('\n'), rest().size()));
        } else if (rest().starts_with("/*")) {
            comment();
        } else if (c == '"') {
            string();
        } else if (c == '@') {
            complain(line_, "@include and the like are not taken: put everything into one file");
            take(1);
        } else if (is_letter(c) || c == '*') {
            std::size_t size = 1;
            while (at_ + size < text_.size() && is_name(text_[at_ + size])) ++size;
            take(size);
        } else if (is_digit(c) || c == '+' || c == '-' || c == '.') {
            number();
        } else {
            bracket(c);
            take(1);
        }
    }

    void comment() {
        const auto end = rest().find("*/", 2);
        if (end == std::string_view::npos) complain(line_, "this /* comment is never ended by */");
        take(end == std::string_view::npos ? rest().size() : end + 2);
    }

    void string() {
        std::size_t size = 1;
        for (; size < rest().size() && rest()[size] != '"'; ++size) {
            if (rest()[size] == '\n') break;
            if (rest().substr(size).starts_with("\\x00"))
                complain(line_, "a string cannot contain \\x00");
            if (rest()[size] == '\\' && size + 1 < rest().size() && rest()[size + 1] != '\n')
                ++size;
        }
        if (size >= rest().size() || rest()[size] != '"')
            complain(line_, "this string has no closing \" on its line");
        take(std::min(size + 1, rest().size()));
    }

    void number() {
        const bool hex = rest().starts_with("0x") || rest().starts_with("0X");
        std::size_t size = 1;
        const auto belongs = [&](char c) {
            const char before = rest()[size - 1];
            const bool exponent = !hex && (before == 'e' || before == 'E');
            return is_digit(c) || is_letter(c) || c == '.' || (exponent && (c == '+' || c == '-'));
        };
        while (size < rest().size() && belongs(rest()[size])) ++size;
        auto digits = rest().substr(0, size);
        const bool real = !hex && digits.find_first_of(".eE") != std::string_view::npos;
        while (!real && digits.ends_with('L')) digits.remove_suffix(1);
        const auto marks = size - digits.size();
        if (marks > 2 || !(real ? is_real(digits) : is_integer(digits, hex)))
            complain(line_, quoted(rest().substr(0, size)) + " is no number that can be used");
        take(digits.size());
        if (!real) out_ += 'L';
        at_ += marks;
    }

    static bool is_integer(std::string_view digits, bool hex) {
        if (hex) digits.remove_prefix(2);
        if (hex && digits.starts_with('-')) return false;
        return is_number<std::int64_t>(digits, hex ? 16 : 10);
    }
    static bool is_real(std::string_view digits) {
        return is_number<double>(digits, std::chars_format::general);
    }
    /// The whole of `digits`, and within the type's range.
    template <class T, class How>
    static bool is_number(std::string_view digits, How how) {
        if (digits.starts_with('+')) digits.remove_prefix(1);
        T value{};
        const auto* end = digits.data() + digits.size();
        const auto read = std::from_chars(digits.data(), end, value, how);
        return read.ec == std::errc() && read.ptr == end;
    }

    void bracket(char c) {
        if (c == '{' || c == '(' || c == '[') {
            if (open_.size() == kMaxNesting) complain(line_, "brackets are nested too deep");
            open_.push_back({c, line_});
        } else if (c == '}' || c == ')' || c == ']') {
            const char wanted = c == '}' ? '{' : c == ')' ? '(' : '[';
            if (open_.empty()) {
                complain(line_, std::string("'") + c + "' closes nothing");
            } else if (open_.back().kind != wanted) {
                complain(line_, std::string("'") + c + "' does not close the '" +
                                    open_.back().kind + "' of line " +
                                    std::to_string(open_.back().line));
                open_.pop_back();
            } else {
                open_.pop_back();
            }
        }
    }

    static constexpr std::size_t kEnough = 20;

    std::string_view text_;
    Complaints& complaints_;
    std::string out_;
    std::vector<Bracket> open_;
    std::size_t at_ = 0;
    int line_ = 1;
};

}  // namespace

std::string screen(std::string_view text, Complaints& complaints) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a byte order mark
    return Screen(text, complaints).walk();
}

}  // namespace vakt::settings
