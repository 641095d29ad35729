// SPDX-License-Identifier: Apache-2.0
// Finds the FIFO in a syslog configuration by what stands before and behind its path.
#include "swap/conf_lines.h"

#include <algorithm>
#include <optional>
#include <string>

namespace vakt::swap {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_space(char c) { return is_blank(c) || c == '\n'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// The text with comments and line continuations turned into blanks, byte for byte in place. A `#`
/// begins a comment at the start of a line or behind a blank, outside quotes.
std::string without_comments(std::string_view conf) {
    std::string text(conf);
    bool comment = false;
    char quote = '\0';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') {
            comment = false;
            quote = '\0';  // one quote in a BSD line must not hide the lines below it
            continue;
        }
        if (comment) {
            text[i] = ' ';
        } else if (c == '\\' && i + 1 < text.size() && text[i + 1] == '\n') {
            // The newline stays for the line numbers; a continued line is told by this mark.
            text[i] = '\\';
        } else if (quote != '\0') {
            if (c == quote) quote = '\0';
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '#' && (i == 0 || is_space(text[i - 1]))) {
            comment = true;
            text[i] = ' ';
        }
    }
    return text;
}

enum class Use { none, piped, plain, plain_without_tab };

/// The index of the last byte before `end` that is no blank, stepping over continued lines and,
/// when `over_lines`, over any newline; nothing at the start of the line or text.
std::optional<std::size_t> last_before(std::string_view text, std::size_t end, bool over_lines) {
    while (end > 0) {
        const char c = text[end - 1];
        const bool continued = c == '\n' && end > 1 && text[end - 2] == '\\';
        const bool skipped = is_blank(c) || continued || (c == '\n' && over_lines);
        if (!skipped) return c == '\n' ? std::nullopt : std::optional(end - 1);
        end -= continued ? 2 : 1;
    }
    return std::nullopt;
}

/// `word(` or `word=` before the path: `file` is a plain one, every other keyword is not our
/// business.
Use keyword_use(std::string_view text, std::size_t bracket) {
    const auto end = last_before(text, bracket, true);
    if (!end) return Use::none;
    std::size_t begin = *end + 1;
    while (begin > 0 && is_letter(text[begin - 1])) --begin;
    std::string word(text.substr(begin, *end + 1 - begin));
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return word == "file" ? Use::plain : Use::piped;
}

/// How the path at [at, at + size) is used.
Use use_of(std::string_view text, std::size_t at, std::size_t size) {
    const auto behind = at + size;
    constexpr std::string_view kEnds = " \t\r\n;,\"')#\\";
    if (behind < text.size() && kEnds.find(text[behind]) == std::string_view::npos)
        return Use::none;
    if (at == 0) return Use::none;

    auto end = at;
    const char before = text[at - 1];
    const bool quoted = before == '"' || before == '\'';
    if (quoted) --end;
    // `-/path` asks BSD daemons not to sync after each line; it is as plain as without.
    const bool dashed = before == '-' && at > 1 && (is_space(text[at - 2]) || text[at - 2] == '|');
    if (dashed) --end;
    if (!quoted && !dashed && !is_space(before) && before != '|' && before != '(' && before != '=')
        return Use::none;  // the end of a longer path

    if (const auto last = last_before(text, end, true); last) {
        if (text[*last] == '(' || text[*last] == '=') return keyword_use(text, *last);
    }
    if (quoted) return Use::none;
    const auto last = last_before(text, end, false);
    if (!last) return Use::none;  // nothing selects anything for it
    if (text[*last] == '|') return Use::piped;
    const auto gap = text.substr(*last + 1, end - *last - 1);
    return gap.find('\t') == std::string_view::npos ? Use::plain_without_tab : Use::plain;
}

}  // namespace

FifoLines find_fifo(std::string_view conf, std::string_view fifo_path) {
    FifoLines found;
    if (fifo_path.empty()) return found;
    const auto text = without_comments(conf);
    std::size_t line = 1;
    std::size_t counted = 0;
    for (auto at = text.find(fifo_path); at != std::string::npos;
         at = text.find(fifo_path, at + fifo_path.size())) {
        const auto use = use_of(text, at, fifo_path.size());
        const auto from = text.begin() + static_cast<std::ptrdiff_t>(counted);
        const auto here = text.begin() + static_cast<std::ptrdiff_t>(at);
        line += static_cast<std::size_t>(std::count(from, here, '\n'));
        counted = at;
        if (use == Use::piped) found.piped.push_back(line);
        if (use == Use::plain || use == Use::plain_without_tab) found.plain.push_back(line);
        if (use == Use::plain_without_tab) found.without_tab.push_back(line);
    }
    return found;
}

}  // namespace vakt::swap
