// SPDX-License-Identifier: Apache-2.0
// start_erl.data: which release is to be started.
#include "release/start_data.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/text.h"

namespace vakt::release {

std::string version_fault(std::string_view version, std::size_t longest) {
    if (version.empty()) return "an empty version";
    if (version.size() > longest)
        return "a version of more than " + std::to_string(longest) + " bytes";
    if (version == "." || version == ".." || version.find('/') != std::string_view::npos)
        return "a version that is no name of a directory";
    if (std::any_of(version.begin(), version.end(),
                    [](unsigned char c) { return c <= ' ' || c == 0x7F; }))
        return "a version with a byte that is no character";
    return {};
}

Result<Release> parse_start_data(std::string_view text, std::string_view name) {
    const auto fault = [&](unsigned line, const std::string& why) {
        return refusal(std::string(name) + ":" + std::to_string(line) + ": " + why);
    };
    if (text.empty()) return fault(1, "the file is empty: it was never written, or half");
    if (text.find('\0') != std::string_view::npos)
        return fault(1, "bytes of zero: a power cut left the file half-written");
    std::optional<Release> found;
    for (unsigned line = 1; !text.empty(); ++line) {
        const auto words = split_words(take_line(text));
        if (words.empty()) continue;
        if (found) return fault(line, "a second line with words; there is one: ERTS_VSN VSN");
        if (words.size() == 1)
            return fault(line, "one word instead of ERTS_VSN VSN: half-written, or cut off");
        if (words.size() > 2) return fault(line, "more than two words instead of ERTS_VSN VSN");
        if (const auto why = version_fault(words[0], kLongestErts); !why.empty())
            return fault(line, "ERTS_VSN: " + why);
        if (const auto why = version_fault(words[1], kLongestVsn); !why.empty())
            return fault(line, "VSN: " + why);
        found = Release{std::string(words[0]), std::string(words[1])};
    }
    if (!found) return fault(1, "nothing but blanks instead of ERTS_VSN VSN");
    return *found;
}

std::string start_data_text(const Release& release) {
    return release.erts + " " + release.vsn + "\n";
}

bool is_newer(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        const auto left = a.substr(0, a.find_first_of(".-"));
        const auto right = b.substr(0, b.find_first_of(".-"));
        const auto l = parse_decimal<std::uint64_t>(left);
        const auto r = parse_decimal<std::uint64_t>(right);
        if (l && r && *l != *r) return *l > *r;
        if (!(l && r) && left != right) return left > right;
        a.remove_prefix(std::min(left.size() + 1, a.size()));
        b.remove_prefix(std::min(right.size() + 1, b.size()));
    }
    return !a.empty();
}

std::string in_words(const Release& release) {
    return release.vsn + " (erts " + release.erts + ")";
}

}  // namespace vakt::release
