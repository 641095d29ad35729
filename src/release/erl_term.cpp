// SPDX-License-Identifier: Apache-2.0
// Erlang terms as text, as far as a file of them (file:consult/1) has them.
#include "release/erl_term.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>

#include "base/text.h"

namespace vakt::release {
namespace {

// Deeper than any file of OTP's; what is deeper is no such file.
constexpr unsigned kDeepest = 32;
constexpr std::uint32_t kLastCharacter = 0x10FFFF;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_digit_or_part(char c) { return is_digit(c) || c == '_'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_name(char c) {
    return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '@';
}

void put_utf8(std::string& out, std::uint32_t c) {
    const auto tail = [&](unsigned shift) {
        out.push_back(static_cast<char>(0x80 | (c >> shift & 0x3F)));
    };
    if (c < 0x80) {
        out.push_back(static_cast<char>(c));
    } else if (c < 0x800) {
        out.push_back(static_cast<char>(0xC0 | c >> 6));
        tail(0);
    } else if (c < 0x10000) {
        out.push_back(static_cast<char>(0xE0 | c >> 12));
        tail(6);
        tail(0);
    } else {
        out.push_back(static_cast<char>(0xF0 | c >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

class Reader {
 public:
    Reader(std::string_view text, std::string_view name) : rest_(text), name_(name) {}

    Result<Term> one() {
        auto read = stopped();
        if (!read) return read;
        skip();
        if (!rest_.empty()) return fault("more than one term");
        return read;
    }

    Result<std::vector<Term>> all() {
        std::vector<Term> read;
        for (skip(); !rest_.empty(); skip()) {
            auto term = stopped();
            if (!term) return term.error();
            read.push_back(std::move(*term));
        }
        return read;
    }

 private:
    Result<Term> stopped() {
        auto read = term(0);
        if (!read) return read;
        skip();
        if (!take('.')) return fault("no full stop behind the term: half-written?");
        return read;
    }

    Result<Term> term(unsigned depth) {
        skip();
        if (rest_.empty()) return fault("the file ends in the middle of a term: half-written?");
        if (depth > kDeepest) return fault("too deep");
        Term made;
        made.line = line_;
        const char c = rest_.front();
        if (c == '{' || c == '[') return several(made, depth);
        if (c == '#') return map(made, depth);
        if (c == '<') return binary(made);
        if (c == '"') return string(made);
        if (c == '\'') {
            auto text = quoted('\'');
            if (!text) return text.error();
            made.text = std::move(*text);
            return made;
        }
        if (c == '$' || c == '-' || c == '+' || is_digit(c)) return number(made);
        if (!is_lower(c)) return fault("what begins here is no term");
        made.text = while_true(is_name);
        if (made.text == "fun") return fun(made);
        return made;
    }

    // ---- numbers ----

    Result<Term> number(Term made) {
        made.kind = Term::Kind::number;
        if (take('$')) {
            const auto c = character();
            if (!c) return c.error();
            made.text = std::to_string(*c);
            return made;
        }
        if (take('-'))
            made.text = '-';
        else
            take('+');
        skip();
        const auto digits = while_true(is_digit_or_part);
        if (digits.empty()) return fault("a sign without a number");
        std::copy_if(digits.begin(), digits.end(), std::back_inserter(made.text), is_digit);
        const bool has_base = take('#');
        const bool has_fraction =
            !has_base && rest_.size() > 1 && rest_[0] == '.' && is_digit(rest_[1]);
        if (!has_base && !has_fraction) return made;
        take('.');
        while_true(is_name);
        if (has_fraction && (rest_.starts_with('-') || rest_.starts_with('+'))) {  // its exponent
            step();
            while_true(is_digit);
        }
        return unknown(made);
    }

    // ---- what holds terms ----

    static Term unknown(Term made) {
        made.kind = Term::Kind::other;
        made.text.clear();
        made.items.clear();
        return made;
    }

    Result<Term> several(Term made, unsigned depth) {
        const char end = rest_.front() == '{' ? '}' : ']';
        made.kind = end == '}' ? Term::Kind::tuple : Term::Kind::list;
        rest_.remove_prefix(1);
        skip();
        if (take(end)) return made;
        for (;;) {
            auto item = term(depth + 1);
            if (!item) return item;
            made.items.push_back(std::move(*item));
            skip();
            if (take(end)) return as_string(std::move(made));
            if (end == ']' && take('|')) return tail(std::move(made), depth);
            if (!take(',')) return fault("neither a comma nor the end of a tuple or list");
        }
    }

    Result<Term> tail(Term made, unsigned depth) {
        auto rest = term(depth + 1);
        if (!rest) return rest;
        skip();
        if (!take(']')) return fault("more than one tail of a list");
        return unknown(std::move(made));
    }

    Result<Term> map(Term made, unsigned depth) {
        if (!take('#') || !take('{')) return fault("what begins here is no term");
        skip();
        if (take('}')) return unknown(std::move(made));
        for (;;) {
            auto key = term(depth + 1);
            if (!key) return key;
            skip();
            if (!take('=') || !take('>')) return fault("no => behind a key of a map");
            auto value = term(depth + 1);
            if (!value) return value;
            skip();
            if (take('}')) return unknown(std::move(made));
            if (!take(',')) return fault("neither a comma nor the end of a map");
        }
    }

    // Its segments are passed over, strings whole.
    Result<Term> binary(Term made) {
        if (!take('<') || !take('<')) return fault("what begins here is no term");
        for (skip(); !rest_.empty(); skip()) {
            if (rest_.starts_with(">>")) {
                rest_.remove_prefix(2);
                return unknown(std::move(made));
            }
            if (rest_.front() == '"') {
                if (auto text = quoted('"'); !text) return text.error();
            } else if (is_name(rest_.front()) ||
                       std::string_view(",:/-$#").find(rest_.front()) != std::string_view::npos) {
                step();
            } else {
                break;
            }
        }
        return fault("a binary that has no end, or holds what no binary does");
    }

    // fun MODULE:FUNCTION/ARITY
    Result<Term> fun(Term made) {
        for (const char behind : {':', '/'}) {
            if (auto name = term(kDeepest); !name || name->kind != Term::Kind::atom)
                return fault("a fun that names no function");
            skip();
            if (!take(behind)) return fault("a fun that names no function");
        }
        skip();
        if (while_true(is_digit).empty()) return fault("a fun that names no function");
        return unknown(std::move(made));
    }

    // Characters that the writer did not think printable come as numbers.
    static Term as_string(Term list) {
        if (list.kind != Term::Kind::list) return list;
        std::string text;
        for (const auto& item : list.items) {
            const auto c = item.kind == Term::Kind::number ? parse_decimal<std::uint32_t>(item.text)
                                                           : std::nullopt;
            if (!c || *c == 0 || *c > kLastCharacter) return list;
            put_utf8(text, *c);
        }
        list.kind = Term::Kind::string;
        list.text = std::move(text);
        list.items.clear();
        return list;
    }

    Result<Term> string(Term made) {
        made.kind = Term::Kind::string;
        while (!rest_.empty() && rest_.front() == '"') {
            auto text = quoted('"');
            if (!text) return text.error();
            made.text += *text;
            skip();
        }
        return made;
    }

    Result<std::string> quoted(char end) {
        rest_.remove_prefix(1);
        std::string text;
        while (!rest_.empty() && rest_.front() != end) {
            if (rest_.front() != '\\') {
                text.push_back(step());
                continue;
            }
            const auto c = character();
            if (!c) return c.error();
            put_utf8(text, *c);
        }
        if (rest_.empty()) return fault("the file ends in the middle of a text: half-written?");
        rest_.remove_prefix(1);
        return text;
    }

    /// A character or an escape; a byte of UTF-8 is taken for a character of its own.
    Result<std::uint32_t> character() {
        if (rest_.empty()) return fault("the file ends in the middle of a text: half-written?");
        const char first = step();
        if (first != '\\') return std::uint32_t{static_cast<unsigned char>(first)};
        if (rest_.empty()) return fault("the file ends in the middle of a text: half-written?");
        const char c = step();
        if (c == '^' && !rest_.empty())
            return std::uint32_t{static_cast<unsigned char>(step())} & 31U;
        if (c == 'x') return take('{') ? digits(16, 8, true) : digits(16, 2, false);
        if (is_octal(c)) {
            rest_ = {rest_.data() - 1, rest_.size() + 1};
            return digits(8, 3, false);
        }
        constexpr std::string_view kNames = "nrtbfvesd";
        constexpr std::string_view kBytes = "\n\r\t\b\f\v\x1b \x7f";
        const auto at = kNames.find(c);
        const char meant = at == std::string_view::npos ? c : kBytes[at];
        return std::uint32_t{static_cast<unsigned char>(meant)};
    }
    Result<std::uint32_t> digits(unsigned base, std::size_t most, bool closed) {
        std::uint32_t value = 0;
        const auto* const end = rest_.data() + std::min(most, rest_.size());
        const auto read = std::from_chars(rest_.data(), end, value, static_cast<int>(base));
        if (read.ec != std::errc() || value > kLastCharacter)
            return fault("an escape that is no character");
        rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
        if (closed && !take('}')) return fault("an escape that is no character");
        return value;
    }

    char step() {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        if (c == '\n') ++line_;
        return c;
    }
    template <class Is>
    std::string while_true(const Is& is) {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is);
        std::string taken(rest_.begin(), end);
        rest_.remove_prefix(taken.size());
        return taken;
    }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void skip() {
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (c == '%') {
                rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
            } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                step();
            } else {
                return;
            }
        }
    }
    [[nodiscard]] Error fault(const char* why) const {
        return refusal(std::string(name_) + ":" + std::to_string(line_) + ": " + why);
    }

    std::string_view rest_;
    std::string_view name_;
    unsigned line_ = 1;
};

}  // namespace

Result<Term> read_term(std::string_view text, std::string_view name) {
    return Reader(text, name).one();
}

Result<std::vector<Term>> read_terms(std::string_view text, std::string_view name) {
    return Reader(text, name).all();
}

}  // namespace vakt::release
