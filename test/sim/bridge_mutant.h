// SPDX-License-Identifier: Apache-2.0
// Deliberately broken bridges: the real one, with what goes in or comes out bent on the way.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace vakt::sim {

enum class BridgeFault : std::uint8_t {
    none,
    wrong_bytes,          ///< a client was given something else than what came next for it
    too_much,             ///< or more than it granted, or what it was not to be given yet
    wrong_account,        ///< a client's numbers are not what happened to it
    wrong_source,         ///< a source's numbers are not what it gave
    not_kept,             ///< what was committed is not there, or is not what was given
    urgent_before_other,  ///< an urgent one was dropped while others were left
    did_not_go_on,        ///< a whole memory was not taken over
    false_wake,           ///< a client was woken for nothing, twice, or not at all
    left_over,            ///< in the end something was never said
};
inline constexpr std::array<std::string_view, 10> kBridgeFaults = {
    "none",     "wrong bytes",         "too much",      "wrong account", "wrong source",
    "not kept", "urgent before other", "did not go on", "false wake",    "left over"};

enum class BridgeMutant : std::uint8_t {
    none,
    grants_one_more,       ///< credit off by one
    counts_one_more,       ///< a gap's count
    gaps_one_early,        ///< a gap's first number
    says_no_gap,           ///< drops in silence
    gives_twice,           ///< a record
    forgets_one,           ///< a record
    swaps_two,             ///< records that follow each other
    passes_all,            ///< forgets the filter
    resumes_too_late,      ///< behind the next record
    resumes_too_early,     ///< before the last one
    forgets_places,        ///< what was acknowledged
    keeps_other_first,     ///< takes urgent for other and the reverse
    wakes_always,          ///< says so of a client that has nothing
    commits_before_bytes,  ///< dies with a record committed whose bytes are not there
    loses_the_last,        ///< dies with a record that was taken and is not there
    position_too_early,    ///< dies with a source's place ahead of its record
    folds_different,       ///< loses what it takes for a repeat
};

struct BridgeMutantFacts {
    std::string_view name;
    BridgeFault caught_by;  ///< at least this one must see it
};
inline constexpr std::array<BridgeMutantFacts, 18> kBridgeMutants = {{
    {"none", BridgeFault::none},
    {"grants-one-more", BridgeFault::wrong_account},
    {"counts-one-more", BridgeFault::wrong_bytes},
    {"gaps-one-early", BridgeFault::wrong_bytes},
    {"says-no-gap", BridgeFault::wrong_bytes},
    {"gives-twice", BridgeFault::wrong_bytes},
    {"forgets-one", BridgeFault::wrong_bytes},
    {"swaps-two", BridgeFault::wrong_bytes},
    {"passes-all", BridgeFault::wrong_account},
    {"resumes-too-late", BridgeFault::wrong_account},
    {"resumes-too-early", BridgeFault::wrong_account},
    {"forgets-places", BridgeFault::wrong_account},
    {"keeps-other-first", BridgeFault::urgent_before_other},
    {"wakes-always", BridgeFault::false_wake},
    {"commits-before-bytes", BridgeFault::did_not_go_on},
    {"loses-the-last", BridgeFault::not_kept},
    {"position-too-early", BridgeFault::wrong_source},
    {"folds-different", BridgeFault::wrong_source},
}};

}  // namespace vakt::sim
