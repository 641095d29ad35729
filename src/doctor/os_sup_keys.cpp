// SPDX-License-Identifier: Apache-2.0
// What a node's system configuration and its settings say, as far as doctor wants to know.
#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "doctor/node_facts.h"

namespace vakt::doctor {
namespace {

/// Without comments, and without blanks outside of strings and quoted atoms.
std::string squeezed(std::string_view text) {
    std::string out;
    char quote = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (quote == 0 && c == '%') {
            at = std::min(text.find('\n', at), text.size());
            continue;
        }
        if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
        out += c;
        if (quote != 0 && c == '\\' && at + 1 < text.size()) {
            out += text[++at];
        } else if (quote == c) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        }
    }
    return out;
}

/// What stands in the list of `{application,[`; "" where there is none. Strings may hold any
/// bracket.
std::string_view list_of(std::string_view terms, std::string_view application) {
    const auto head = "{" + std::string(application) + ",[";
    const auto found = terms.find(head);
    if (found == std::string_view::npos) return {};
    const auto begin = found + head.size();
    int depth = 1;
    char quote = 0;
    for (auto at = begin; at < terms.size(); ++at) {
        const char c = terms[at];
        if (quote != 0) {
            if (c == '\\') ++at;
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '[') {
            ++depth;
        } else if (c == ']' && --depth == 0) {
            return terms.substr(begin, at - begin);
        }
    }
    return {};
}

std::optional<std::string> string_of(std::string_view list, std::string_view key) {
    const auto head = "{" + std::string(key) + ",\"";
    const auto found = list.find(head);
    if (found == std::string_view::npos) return std::nullopt;
    const auto value = list.substr(found + head.size());
    const auto end = value.find('"');
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(value.substr(0, end));
}

}  // namespace

OsSupKeys read_os_sup(std::string_view sys_config, std::string_view application) {
    const auto terms = squeezed(sys_config);
    const auto list = list_of(terms, application);
    OsSupKeys keys;
    const auto says = [&](std::string_view term) {
        return list.find(term) != std::string_view::npos;
    };
    if (says("{start_os_sup,true}")) keys.start = true;
    if (says("{start_os_sup,false}")) keys.start = false;
    keys.own = string_of(list, "os_sup_own");
    keys.conf = string_of(list, "os_sup_syslogconf");
    return keys;
}

std::optional<std::string> setting(std::string_view text, std::string_view key) {
    std::optional<std::string> value;
    while (!text.empty()) {
        const auto line = take_line(text);
        if (!line.starts_with(key) || line.substr(key.size(), 1) != "=") continue;
        auto word = line.substr(key.size() + 1);
        if (word.size() > 1 && word.front() == word.back() && (word[0] == '"' || word[0] == '\''))
            word = word.substr(1, word.size() - 2);
        value = std::string(word);
    }
    return value;
}

std::optional<std::string> term_of(std::string_view script) {
    std::optional<std::string> value;
    while (!script.empty()) {
        for (const auto& word : split_words(take_line(script))) {
            if (word[0] == '#') break;
            // TERM=linux;  TERM="${TERM:-vt100}"  and  : "${TERM:=vt100}"
            for (const std::string_view set : {"TERM=", "TERM:="}) {
                const auto at = word.find(set);
                if (at == std::string_view::npos) continue;
                const bool other_name =
                    at > 0 && (std::isalnum(static_cast<unsigned char>(word[at - 1])) != 0 ||
                               word[at - 1] == '_');
                if (other_name) continue;
                auto rest = word.substr(at + set.size());
                if (rest.starts_with('"') || rest.starts_with('\'')) rest.remove_prefix(1);
                value = std::string(rest.substr(0, rest.find_first_of(";&|\"'`$}")));
            }
        }
    }
    return value;
}

}  // namespace vakt::doctor
