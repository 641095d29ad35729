// SPDX-License-Identifier: Apache-2.0
// STRUCTURED-DATA: checked once, then walked.
#include "syslog/structured.h"

#include <algorithm>

namespace vakt::syslog {
namespace {

/// SD-NAME: printable, without '=', blank, ']' and '"'.
std::size_t name_size(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && text[end] > ' ' && text[end] <= '~' && text[end] != '=' &&
           text[end] != ']' && text[end] != '"')
        ++end;
    return end;
}

/// Where the value that begins here ends: at its quote, or npos.
std::size_t value_size(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '"') return at;
        if (text[at] == '\\') ++at;
    }
    return std::string_view::npos;
}

/// The size of the SD-ELEMENT that `text` begins with, 0 for none.
std::size_t element_size(std::string_view text) {
    if (!text.starts_with('[')) return 0;
    std::size_t at = 1 + name_size(text.substr(1));
    if (at == 1) return 0;
    while (at < text.size() && text[at] == ' ') {
        ++at;
        const auto name = name_size(text.substr(at));
        at += name;
        if (name == 0 || !text.substr(at).starts_with("=\"")) return 0;
        at += 2;
        const auto value = value_size(text.substr(at));
        if (value == std::string_view::npos) return 0;
        at += value + 1;
    }
    return at < text.size() && text[at] == ']' ? at + 1 : 0;
}

}  // namespace

std::optional<std::string_view> take_structured(std::string_view& text) {
    if (text == "-" || text.starts_with("- ")) {
        text.remove_prefix(1);
        return std::string_view();
    }
    std::size_t end = 0;
    while (const auto size = element_size(text.substr(end))) end += size;
    // Behind the last element stands a blank or nothing.
    if (end == 0 || (end < text.size() && text[end] == '[')) return std::nullopt;
    const auto structured = text.substr(0, end);
    text.remove_prefix(end);
    return structured;
}

std::optional<SdPart> SdReader::next() {
    if (inside_ && rest_.starts_with(']')) {
        inside_ = false;
        rest_.remove_prefix(1);
    }
    if (rest_.empty()) return std::nullopt;
    rest_.remove_prefix(1);  // the '[' of an element, or the blank before a parameter
    const auto size = name_size(rest_);
    const auto name = rest_.substr(0, size);
    if (!inside_) {
        inside_ = true;
        id_ = name;
        rest_.remove_prefix(size);
        return SdPart{id_, {}, {}};
    }
    const auto behind = rest_.substr(std::min(rest_.size(), size + 2));  // ="
    const auto end = value_size(behind);
    if (end == std::string_view::npos) {  // not what take_structured() returned
        rest_ = {};
        return std::nullopt;
    }
    rest_ = behind.substr(end + 1);
    return SdPart{id_, name, behind.substr(0, end)};
}

std::string_view unescape_sd(std::string_view value, std::span<char> room) {
    std::size_t size = 0;
    for (std::size_t at = 0; at < value.size(); ++at) {
        if (value[at] == '\\' && at + 1 < value.size() &&
            std::string_view("\"\\]").find(value[at + 1]) != std::string_view::npos)
            ++at;
        room[size++] = value[at];
    }
    return {room.data(), size};
}

}  // namespace vakt::syslog
