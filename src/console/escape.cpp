// SPDX-License-Identifier: Apache-2.0
// What run_erl and to_erl tell each other between the bytes of the console.
#include "console/escape.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace vakt::console {
namespace {

constexpr std::string_view kVersion = "version=";
constexpr std::string_view kWindow = "winsize=";
constexpr std::string_view kViewer = "viewer=1";
constexpr std::string_view kReadOnly = "readonly=1";
constexpr std::string_view kLineStart = "[run_erl v";
constexpr std::size_t kLongestLine = 40;  // two numbers of ten digits

std::string wrapped(std::string words) { return "\x1b_" + std::move(words) + "\x1b\\"; }

template <class Number>
std::optional<std::pair<Number, Number>> two_numbers(std::string_view text, char between) {
    const auto middle = text.find(between);
    if (middle == std::string_view::npos) return std::nullopt;
    const auto first = parse_decimal<Number>(text.substr(0, middle));
    const auto second = parse_decimal<Number>(text.substr(middle + 1));
    if (!first || !second) return std::nullopt;
    return std::pair{*first, *second};
}

std::optional<Greeting::Versions> parse_line(std::string_view line) {
    if (!line.starts_with(kLineStart) || !line.ends_with(']')) return std::nullopt;
    line.remove_suffix(1);
    const auto numbers = two_numbers<std::uint32_t>(line.substr(kLineStart.size()), '-');
    if (!numbers) return std::nullopt;
    return Greeting::Versions{numbers->first, numbers->second};
}

struct Words {
    std::string operator()(const Version& v) const {
        return std::string(kVersion) + std::to_string(v.number);
    }
    std::string operator()(const WindowSize& size) const {
        return std::string(kWindow) + std::to_string(size.columns) + ',' +
               std::to_string(size.rows);
    }
    std::string operator()(Viewer) const { return std::string(kViewer); }
    std::string operator()(ReadOnly) const { return std::string(kReadOnly); }
    std::string operator()(Unknown) const { return {}; }
};

}  // namespace

Command parse_command(std::string_view words) {
    if (words == kViewer) return Viewer{};
    if (words == kReadOnly) return ReadOnly{};
    if (words.starts_with(kVersion)) {
        const auto number = parse_decimal<std::uint32_t>(words.substr(kVersion.size()));
        if (number) return Version{*number};
    }
    if (words.starts_with(kWindow)) {
        const auto size = two_numbers<std::uint16_t>(words.substr(kWindow.size()), ',');
        if (size) return WindowSize{size->first, size->second};
    }
    return Unknown{};
}

std::string command_bytes(const Command& command) { return wrapped(std::visit(Words{}, command)); }

std::string version_line() {
    return std::string(kLineStart) + std::to_string(kNewestVersion) + '-' +
           std::to_string(kOldestVersion) + "]\n";
}

EscapeSplitter::Step EscapeSplitter::next(char c) const {
    const auto byte = static_cast<unsigned char>(c);
    if (held_ == 0) return Step::hold;  // an ESC
    if (held_ == 1) return c == '_' ? Step::hold : Step::text;
    if (hold_[held_ - 1] == kEscape) return c == '\\' ? Step::whole : Step::text;
    if (c == kEscape) return Step::hold;
    if (byte < 0x20 || byte == 0x7f || held_ == kLongest + 2) return Step::text;
    return Step::hold;
}

bool Greeting::feed(std::string_view& bytes, std::string& before) {
    while (!known_ && !bytes.empty()) {
        const char c = bytes.front();
        bytes.remove_prefix(1);
        const auto at = line_.size();
        line_ += c;
        const bool fits = at < kLineStart.size() ? c == kLineStart[at] : at < kLongestLine;
        if (fits && c != '\n') continue;
        if (fits) versions_ = parse_line(std::string_view(line_).substr(0, at));
        if (!versions_) before += line_;
        line_ = {};
        known_ = true;
    }
    return known_;
}

}  // namespace vakt::console
