// SPDX-License-Identifier: Apache-2.0
// A plan carried out whole, or not at all: a note of what may lie beside the old files, new files
// there, then a note of what is to be renamed, then the renames.
#include "prog/seed_config_apply.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <optional>

#include "prog/seed_config_beside.h"
#include "seed/pending.h"
#include "sys/error.h"
#include "sys/lock.h"
#include "sys/rename.h"

namespace vakt::prog {
namespace {

using seed::AppendedRows;
using seed::temp_of;

constexpr const char* kInstance = "instance";
constexpr const char* kPending = "pending";
// As `pending`, with this name: what is still beside its place is removed. Where both are there
// `pending` holds.
constexpr const char* kLoose = "loose";
// The rows of seeds that were given up which are in place: the corrected seed has them, too.
constexpr const char* kAppended = "appended";
// The paths of a seed's documents, twice.
constexpr std::size_t kMostNote = 1UL << 20U;

/// The directory of state, locked as long as this lives.
struct State {
    sys::Fd dir;
    sys::Lock lock;

    static Result<State> open(const ApplyPlace& place) {
        constexpr std::chrono::seconds kPatience(10);
        auto dir = sys::make_directory(place.state, place.trust, sys::Reach::strict);
        if (!dir) return dir.error();
        auto lock = sys::Lock::take(*dir, "lock", place.trust, kPatience);
        if (!lock) return lock.error();
        return State{std::move(*dir), std::move(*lock)};
    }

    /// nullopt: there is no such file.
    [[nodiscard]] Result<std::optional<std::string>> read(const char* name) const {
        const auto file = sys::open_regular(dir, name);
        if (!file) {
            if (file.error().code == std::errc::no_such_file_or_directory)
                return std::optional<std::string>();
            return file.error();
        }
        auto text = sys::read_all(*file, kMostNote, name);
        if (!text) return text.error();
        return std::optional(std::move(*text));
    }
    [[nodiscard]] Status write(const char* name, const std::string& text) const {
        auto put = sys::put_file(dir, name, temp_of(name), text, 0644);
        return put ? sys::sync_directory(dir) : put;
    }
    /// Wants no room on the disk. That `from` is not there is good.
    [[nodiscard]] Status rename(const char* from, const char* to) const {
        if (::renameat(dir.get(), from, dir.get(), to) != 0 && errno != ENOENT)
            return sys::last_error("rename", from);
        return sys::sync_directory(dir);
    }
    [[nodiscard]] Status remove(const char* name) const {
        if (::unlinkat(dir.get(), name, 0) != 0 && errno != ENOENT)
            return sys::last_error("remove", name);
        return sys::sync_directory(dir);
    }
};

Result<AppendedRows> rows_before(const State& state) {
    const auto text = state.read(kAppended);
    if (!text) return text.error();
    auto rows = seed::read_appended(text->value_or(""));
    // One that is damaged is no reason to stop.
    return rows ? std::move(*rows) : AppendedRows();
}

/// Notes the rows that appended already, besides those of seeds that were given up before.
Status note_appended(const State& state, const seed::Pending& pending, const ApplyPlace& place) {
    auto rows = rows_before(state);
    if (!rows) return rows.error();
    const auto before = rows->size();
    for (const auto& row : pending.appended)
        if (is_beside(row.path, place.trust) == false && !seed::has(*rows, row))
            rows->push_back(row);
    return rows->size() == before ? Done{} : state.write(kAppended, text_of(*rows));
}

/// What `loose` says. What can never be removed is no reason to try for ever.
Status remove_loose(const State& state, const std::vector<std::string>& paths,
                    const ApplyPlace& place) {
    Status done = Done{};
    for (const auto& path : paths)
        if (auto removed = remove_beside(path, place.trust);
            !removed && seed::may_pass(removed.error()))
            done = removed;
    return done ? state.remove(kLoose) : done;
}

/// The note first, and on the disk: of a new file that is gone, whoever finds `pending` says that
/// it is in place.
Status take_back(const State& state, const std::vector<std::string>& paths,
                 const ApplyPlace& place) {
    auto loose = state.rename(kPending, kLoose);
    return loose ? remove_loose(state, paths, place) : loose;
}

Status settle(const State& state, const seed::Pending& pending, const ApplyPlace& place) {
    for (const auto& path : pending.paths)
        if (auto placed = put_in_place(path, place.trust); !placed) return placed;
    if (auto noted = state.write(kInstance, text_of(pending.instance)); !noted) return noted;
    for (const auto* note : {kAppended, kLoose})
        if (auto removed = state.remove(note); !removed) return removed;
    return state.remove(kPending);
}

/// What cannot be brought to its end is not begun any more. Where some of it is in place this
/// machine is no instance: whichever seed comes is applied.
Result<SeedTold> give_up(const State& state, const seed::Pending& pending, const ApplyPlace& place,
                         const Error& why) {
    std::size_t left = 0;
    for (const auto& path : pending.paths)
        left += is_beside(path, place.trust).value_or(false) ? 1U : 0U;
    const auto all = pending.paths.size();
    // As long as `pending` is there this is done again: nothing is in it twice.
    if (const auto noted = note_appended(state, pending, place); !noted) return noted.error();
    if (left < all)
        if (const auto removed = state.remove(kInstance); !removed) return removed.error();
    if (const auto taken = take_back(state, pending.paths, place); !taken) return taken.error();
    return SeedTold{"instance " + pending.instance.id + ": " + describe(why) +
                        "\nit is given up; " + std::to_string(all - left) + " of " +
                        std::to_string(all) + " files are in place",
                    true};
}

/// What a run left that was ended before its renames, or while it took back what it had made.
Result<SeedTold> clear(const State& state, const ApplyPlace& place) {
    const auto text = state.read(kLoose);
    if (!text) return text.error();
    const auto loose = seed::read_pending(text->value_or(""));
    const auto removed = loose ? remove_loose(state, loose->paths, place) : state.remove(kLoose);
    if (!removed) return removed.error();
    return SeedTold{};
}

}  // namespace

Result<SeedTold> finish(const ApplyPlace& place) {
    const auto state = State::open(place);
    if (!state) return state.error();
    const auto text = state->read(kPending);
    if (!text) return text.error();
    if (!*text) return clear(*state, place);
    const auto pending = seed::read_pending(**text);
    if (!pending) {
        if (auto removed = state->remove(kPending); !removed) return removed.error();
        if (auto cleared = clear(*state, place); !cleared) return cleared;
        return SeedTold{place.state + "/" + kPending + " " + describe(pending.error()) +
                        " and was removed"};
    }
    const auto settled = settle(*state, *pending, place);
    if (settled)
        return SeedTold{"instance " + pending->instance.id + ": finished what was interrupted"};
    if (seed::may_pass(settled.error())) return settled.error();
    return give_up(*state, *pending, place, settled.error());
}

Result<SeedTold> apply(const seed::Plan& plan, const ApplyPlace& place) {
    const auto state = State::open(place);
    if (!state) return state.error();
    const seed::Instance wanted{plan.instance_id, plan.digest};
    const auto text = state->read(kInstance);
    if (!text) return text.error();
    // A note that is damaged is no reason to stay as it is.
    if (const auto is = seed::read_instance(text->value_or("")); is && is->id == wanted.id) {
        if (is->digest == wanted.digest) return SeedTold{"instance " + wanted.id + " already"};
        return SeedTold{"instance " + wanted.id +
                        " already; the seed has changed, and counts with another instance-id"};
    }
    if (!plan.wanted.empty() && ::access(plan.wanted.c_str(), R_OK) != 0)
        return refusal(plan.unless);
    const auto before = rows_before(*state);
    if (!before) return before.error();
    seed::Pending all{wanted, {}, {}};
    for (const auto& file : plan.files) all.paths.push_back(file.path);
    if (auto noted = state->write(kLoose, text_of(all)); !noted) return noted.error();
    const auto pending = make_beside(plan, *before, place.trust);
    if (!pending) {
        // What stays the next run removes.
        static_cast<void>(remove_loose(*state, all.paths, place));
        return pending.error();
    }
    const auto goes_on = [&](const Error& why, const std::string& how) {
        return SeedTold{
            "instance " + wanted.id + ": " + describe(why) + "\nthe next run goes on with it" + how,
            true};
    };
    if (const auto noted = state->write(kPending, text_of(*pending)); !noted) {
        if (take_back(*state, all.paths, place)) return noted.error();
        return goes_on(noted.error(), " or takes it back");
    }
    if (const auto settled = settle(*state, *pending, place); !settled) {
        if (seed::may_pass(settled.error())) return goes_on(settled.error(), "");
        auto given_up = give_up(*state, *pending, place, settled.error());
        return given_up ? given_up : goes_on(settled.error(), " or gives it up");
    }
    std::string words = "instance " + wanted.id + ": " + std::to_string(pending->paths.size()) +
                        " of " + std::to_string(plan.files.size()) + " files written";
    for (const auto& path : pending->paths) words += "\n  " + path;
    return SeedTold{std::move(words)};
}

}  // namespace vakt::prog
