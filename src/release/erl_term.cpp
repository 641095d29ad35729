// SPDX-License-Identifier: Apache-2.0
// Erlang terms as text, as far as a file of them (file:consult/1) has them.
#include "release/erl_term.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace vakt::release {
namespace {

// Deeper than any file of OTP's; what is deeper is no such file.
constexpr unsigned kDeepest = 32;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
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

    Result<Term> file() {
        auto read = term(0);
        if (!read) return read;
        skip();
        if (!take('.')) return fault("no full stop behind the term: half-written?");
        skip();
        if (!rest_.empty()) return fault("more than one term");
        return read;
    }

 private:
    Result<Term> term(unsigned depth) {
        skip();
        if (rest_.empty()) return fault("the file ends in the middle of a term: half-written?");
        if (depth > kDeepest) return fault("too deep");
        Term made;
        made.line = line_;
        const char c = rest_.front();
        if (c == '{' || c == '[') return several(made, depth);
        if (c == '"') return string(made);
        if (c == '\'') {
            auto text = quoted('\'');
            if (!text) return text.error();
            made.text = std::move(*text);
            return made;
        }
        if (is_digit(c) || c == '-') {
            made.kind = Term::Kind::number;
            made.text = c;
            rest_.remove_prefix(1);
            made.text += while_true(is_digit);
            if (!is_digit(made.text.back())) return fault("a sign without a number");
            return made;
        }
        if (!is_lower(c)) return fault("what begins here is no term");
        made.text = while_true(is_name);
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
            if (!take(',')) return fault("neither a comma nor the end of a tuple or list");
        }
    }

    // Characters that the writer did not think printable come as numbers.
    static Term as_string(Term list) {
        if (list.kind != Term::Kind::list) return list;
        std::string text;
        for (const auto& item : list.items) {
            const auto c = item.kind == Term::Kind::number ? parse_decimal<std::uint32_t>(item.text)
                                                           : std::nullopt;
            if (!c || *c == 0 || *c > 0x10FFFF) return list;
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
            char c = step();
            if (c != '\\') {
                text.push_back(c);
                continue;
            }
            if (rest_.empty()) break;
            c = step();
            constexpr std::string_view kNames = "nrtbfves0";
            constexpr std::string_view kBytes("\n\r\t\b\f\v\x1b \0", 9);
            const auto at = kNames.find(c);
            if (is_digit(c) || c == 'x' || c == '^') return fault("an escape that no path has");
            text.push_back(at == std::string_view::npos ? c : kBytes[at]);
        }
        if (rest_.empty()) return fault("the file ends in the middle of a text: half-written?");
        rest_.remove_prefix(1);
        return text;
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
    return Reader(text, name).file();
}

}  // namespace vakt::release
