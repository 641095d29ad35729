// SPDX-License-Identifier: Apache-2.0
// The flavour table: parsing and asking.
#include "swap/flavour.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace vakt::swap {
namespace {

constexpr std::string_view kCompiledText =
#include <flavours_conf.inc>
    ;

bool is_word(std::string_view word) {
    constexpr std::string_view kAllowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-";
    return !word.empty() && word.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::optional<bool> parse_choice(std::string_view value, std::string_view no,
                                 std::string_view yes) {
    if (value == yes) return true;
    if (value == no) return false;
    return std::nullopt;
}

std::optional<std::vector<std::string>> parse_names(std::string_view value) {
    std::vector<std::string> names;
    for (;;) {
        const auto comma = value.find(',');
        if (!is_word(value.substr(0, comma))) return std::nullopt;
        names.emplace_back(value.substr(0, comma));
        if (comma == std::string_view::npos) return names;
        value.remove_prefix(comma + 1);
    }
}

/// False when the value is not one of the key's.
bool set(Flavour& flavour, std::string_view key, std::string_view value) {
    if (key == "exe") {
        auto names = parse_names(value);
        if (!names) return false;
        flavour.exe = std::move(*names);
        return true;
    }
    const auto choice = key == "tell"     ? parse_choice(value, "none", "hup")
                        : key == "action" ? parse_choice(value, "plain", "pipe")
                        : key == "reader" ? parse_choice(value, "any", "first")
                                          : parse_choice(value, "no", "yes");
    if (!choice) return false;
    if (key == "tell") flavour.tell = *choice ? Tell::hup : Tell::none;
    if (key == "action") flavour.action = *choice ? ActionSyntax::pipe : ActionSyntax::plain;
    if (key == "reader") flavour.reader_first = *choice;
    if (key == "rereads") flavour.rereads = *choice;
    if (key == "supported") flavour.supported = *choice;
    return true;
}

constexpr std::string_view kKeys[] = {"tell", "rereads", "action", "exe", "reader", "supported"};

/// The flavour of one line, or what is wrong with the line.
Result<Flavour> parse_line(const std::vector<std::string_view>& words) {
    Flavour flavour;
    if (!is_word(words[0]) || words[0] == "auto")
        return refusal("'" + std::string(words[0]) + "' is no name for a flavour");
    flavour.name = words[0];
    bool seen[std::size(kKeys)] = {};
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto equals = words[i].find('=');
        const auto key = words[i].substr(0, equals);
        const auto* known = std::find(std::begin(kKeys), std::end(kKeys), key);
        if (equals == std::string_view::npos || known == std::end(kKeys))
            return refusal("'" + std::string(words[i]) + "' is no key=value that is known");
        auto& was_seen = seen[known - std::begin(kKeys)];
        if (was_seen) return refusal("'" + std::string(key) + "' is given twice");
        was_seen = true;
        if (!set(flavour, key, words[i].substr(equals + 1)))
            return refusal("'" + std::string(words[i]) + "' has no value that is known");
    }
    for (std::size_t i = 0; i < std::size(kKeys); ++i)
        if (!seen[i]) return refusal("'" + std::string(kKeys[i]) + "' is missing");
    if (flavour.rereads && flavour.tell == Tell::none) return refusal("rereads=yes wants tell=hup");
    return flavour;
}

}  // namespace

Result<Flavours> parse_flavours(std::string_view text) {
    Flavours flavours;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const auto words = split_words(take_line(text));
        if (words.empty() || words[0].front() == '#') continue;
        auto flavour = parse_line(words);
        if (flavour && find_flavour(flavours, flavour->name) != nullptr)
            flavour = refusal("the flavour '" + flavour->name + "' is there twice");
        if (!flavour) {
            return refusal("line " + std::to_string(line) + ": " + flavour.error().doing);
        }
        flavours.push_back(std::move(*flavour));
    }
    if (flavours.empty()) return refusal("no flavour in it");
    return flavours;
}

Flavours compiled_flavours() {
    auto parsed = parse_flavours(kCompiledText);
    // An empty table would refuse every policy row; a unit test keeps the shipped file parsing.
    return parsed ? std::move(*parsed) : Flavours{};
}

const Flavour* find_flavour(const Flavours& flavours, std::string_view name) {
    const auto found = std::find_if(flavours.begin(), flavours.end(),
                                    [&](const Flavour& f) { return f.name == name; });
    return found == flavours.end() ? nullptr : &*found;
}

const Flavour* flavour_of(const Flavours& flavours, std::string_view executable,
                          bool plain_is_safe) {
    const auto slash = executable.rfind('/');
    const auto base = slash == std::string_view::npos ? executable : executable.substr(slash + 1);
    const Flavour* found = nullptr;
    for (const auto& flavour : flavours) {
        if (std::find(flavour.exe.begin(), flavour.exe.end(), base) == flavour.exe.end()) continue;
        const bool plain = flavour.supported && flavour.action == ActionSyntax::plain;
        if (plain && plain_is_safe) return &flavour;
        // An unsupported flavour is found too: the refusal then says why.
        if (!plain && found == nullptr) found = &flavour;
    }
    return found;
}

}  // namespace vakt::swap
