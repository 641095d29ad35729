// SPDX-License-Identifier: Apache-2.0
// RELEASES: the releases that release_handler(3) knows.
#include "release/releases_file.h"

#include <array>
#include <optional>
#include <utility>

#include "release/erl_term.h"

namespace vakt::release {
namespace {

using Kind = Term::Kind;

std::optional<ReleaseState> state_of(const Term& term) {
    using State = std::pair<std::string_view, ReleaseState>;
    constexpr std::array kStates = {
        State{"permanent", ReleaseState::permanent}, State{"old", ReleaseState::old},
        State{"current", ReleaseState::current}, State{"tmp_current", ReleaseState::tmp_current},
        State{"unpacked", ReleaseState::unpacked}};
    if (term.kind != Kind::atom) return std::nullopt;
    for (const auto& [name, state] : kStates)
        if (term.text == name) return state;
    return std::nullopt;
}

/// Why not, "" when it is one.
std::string read_row(const Term& row, ListedRelease& to) {
    if (!row.is_tuple(6) || row.items[0].kind != Kind::atom || row.items[0].text != "release")
        return "no {release, Name, Vsn, ErtsVsn, Libraries, State}";
    const auto& name = row.items[1];
    const auto& vsn = row.items[2];
    const auto& erts = row.items[3];
    const auto& libraries = row.items[4];
    if (!name.is_string() || !vsn.is_string() || !erts.is_string())
        return "name and versions are not strings";
    if (auto why = version_fault(vsn.text, kLongestVsn); !why.empty()) return why;
    if (auto why = version_fault(erts.text, kLongestErts); !why.empty()) return why;
    const auto found = state_of(row.items[5]);
    if (!found) return "an unknown state";
    if (!libraries.is_list()) return "libraries that are no list";
    for (const auto& library : libraries.items) {
        if (!library.is_tuple(3) || !library.items[2].is_string())
            return "a library that is no {Name, Vsn, Directory}";
        to.libraries.push_back(library.items[2].text);
    }
    to.name = name.text;
    to.release = {erts.text, vsn.text};
    to.state = *found;
    return {};
}

}  // namespace

Result<std::vector<ListedRelease>> read_releases(std::string_view text, std::string_view name) {
    const auto term = read_term(text, name);
    if (!term) return term.error();
    const auto fault = [&](const Term& where, const std::string& why) {
        return refusal(std::string(name) + ":" + std::to_string(where.line) + ": " + why);
    };
    if (!term->is_list()) return fault(*term, "no list of releases");
    std::vector<ListedRelease> releases;
    for (const auto& row : term->items)
        if (const auto why = read_row(row, releases.emplace_back()); !why.empty())
            return fault(row, why);
    return releases;
}

std::vector<ListedRelease> to_go_back_to(const std::vector<ListedRelease>& all) {
    std::vector<ListedRelease> chosen;
    for (const auto state : {ReleaseState::permanent, ReleaseState::old})
        for (const auto& one : all)
            if (one.state == state) chosen.push_back(one);
    return chosen;
}

}  // namespace vakt::release
