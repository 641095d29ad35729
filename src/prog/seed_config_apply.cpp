// SPDX-License-Identifier: Apache-2.0
// A plan carried out whole, or not at all: new files beside the old ones, then a note of what is to
// be renamed, then the renames.
#include "prog/seed_config_apply.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <optional>

#include "seed/pending.h"
#include "sys/error.h"
#include "sys/fifo.h"
#include "sys/lock.h"
#include "sys/rename.h"

namespace vakt::prog {
namespace {

using seed::AppendedRows;
using seed::FileWrite;
using seed::temp_of;

constexpr const char* kInstance = "instance";
constexpr const char* kPending = "pending";
// The rows of seeds that were given up which are in place: the corrected seed has them, too.
constexpr const char* kAppended = "appended";
// The paths of a seed's documents, twice.
constexpr std::size_t kMostNote = 1UL << 20U;
constexpr std::size_t kMostAppended = 1UL << 20U;

std::string dir_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
}
std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

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
    [[nodiscard]] Status remove(const char* name) const {
        if (::unlinkat(dir.get(), name, 0) != 0 && errno != ENOENT)
            return sys::last_error("remove", name);
        return sys::sync_directory(dir);
    }
};

/// Whether the new file of this name is still beside its place; nullopt where nothing can be seen.
std::optional<bool> is_beside(const std::string& path, const ApplyPlace& place) {
    const auto dir = sys::open_directory(dir_of(path), place.trust, sys::Reach::strict);
    if (!dir) return std::nullopt;
    const auto seen = sys::look(*dir, temp_of(name_of(path)));
    if (!seen) return std::nullopt;
    return seen->has_value();
}

Result<AppendedRows> rows_before(const State& state) {
    const auto text = state.read(kAppended);
    if (!text) return text.error();
    auto rows = seed::read_appended(text->value_or(""));
    // One that is damaged is no reason to stop.
    return rows ? std::move(*rows) : AppendedRows();
}

bool has(const AppendedRows& rows, const seed::AppendedRow& one) {
    return std::find(rows.begin(), rows.end(), one) != rows.end();
}

/// Notes the rows that appended already, besides those of seeds that were given up before.
Status note_appended(const State& state, const seed::Pending& pending, const ApplyPlace& place) {
    auto rows = rows_before(state);
    if (!rows) return rows.error();
    const auto before = rows->size();
    for (const auto& row : pending.appended)
        if (is_beside(row.path, place) == false && !has(*rows, row)) rows->push_back(row);
    return rows->size() == before ? Done{} : state.write(kAppended, text_of(*rows));
}

void remove_new(const std::vector<std::string>& paths, const ApplyPlace& place) {
    for (const auto& path : paths)
        if (const auto dir = sys::open_directory(dir_of(path), place.trust, sys::Reach::strict))
            static_cast<void>(sys::remove_stale(*dir, temp_of(name_of(path))));
}

/// New files in their places. A name that is not there any more is in its place already.
Status rename_all(const seed::Pending& pending, const ApplyPlace& place) {
    for (const auto& path : pending.paths) {
        const auto dir = sys::open_directory(dir_of(path), place.trust, sys::Reach::strict);
        if (!dir) return dir.error();
        const auto name = name_of(path);
        if (::renameat(dir->get(), temp_of(name).c_str(), dir->get(), name.c_str()) != 0 &&
            errno != ENOENT)
            return sys::last_error("rename to", path);
        if (auto synced = sys::sync_directory(*dir); !synced) return synced;
    }
    return Done{};
}

Status settle(const State& state, const seed::Pending& pending, const ApplyPlace& place) {
    if (auto renamed = rename_all(pending, place); !renamed) return renamed;
    if (auto noted = state.write(kInstance, text_of(pending.instance)); !noted) return noted;
    if (auto removed = state.remove(kAppended); !removed) return removed;
    return state.remove(kPending);
}

/// What cannot be brought to its end is not begun any more. Where some of it is in place this
/// machine is no instance: whichever seed comes is applied.
Result<SeedTold> give_up(const State& state, const seed::Pending& pending, const ApplyPlace& place,
                         const Error& why) {
    std::size_t left = 0;
    for (const auto& path : pending.paths) left += is_beside(path, place).value_or(false) ? 1U : 0U;
    const auto all = pending.paths.size();
    // As long as `pending` is there this is done again: nothing is in it twice.
    if (const auto noted = note_appended(state, pending, place); !noted) return noted.error();
    if (left < all)
        if (const auto removed = state.remove(kInstance); !removed) return removed.error();
    // Before the new files: of one that is gone, whoever finds the note says that it is in place.
    if (const auto removed = state.remove(kPending); !removed) return removed.error();
    remove_new(pending.paths, place);
    return SeedTold{"instance " + pending.instance.id + ": " + describe(why) +
                        "\nit is given up; " + std::to_string(all - left) + " of " +
                        std::to_string(all) + " files are in place",
                    true};
}

/// One file made beside its place.
class NewFile {
 public:
    NewFile(const FileWrite& wanted, const AppendedRows& before, const sys::Trust& trust)
        : wanted_(wanted), before_(before), trust_(trust) {}

    /// False: it is there already, as it is wanted.
    Result<bool> make() {
        auto dir = sys::make_directory(dir_of(wanted_.path), trust_, sys::Reach::strict);
        if (!dir) return dir.error();
        dir_ = std::move(*dir);
        const auto name = name_of(wanted_.path);
        const auto seen = sys::look(dir_, name);
        if (!seen) return seen.error();
        if (*seen && !S_ISREG((*seen)->st_mode))
            return refusal(wanted_.path + " is there and no regular file");
        auto content = wanted_.content;
        if (*seen) {
            auto old = content_of(name, (*seen)->st_size);
            if (!old) return old.error();
            if (wanted_.append) content = is_appended(*old) ? *old : *old + content;
            if (content == *old && has_rights(**seen)) return false;
        }
        auto put = sys::put_file(dir_, temp_of(name), temp_of(temp_of(name)), content,
                                 sys::FileOwner{wanted_.uid, wanted_.gid, wanted_.mode});
        if (!put) return put.error();
        if (auto synced = sys::sync_directory(dir_); !synced) return synced.error();
        return true;
    }
    void remove() const {
        if (dir_) static_cast<void>(sys::remove_stale(dir_, temp_of(name_of(wanted_.path))));
    }

 private:
    /// That the file ends with it proves nothing: each instance appends, and so may others. This
    /// very row was noted, and is still there.
    [[nodiscard]] bool is_appended(const std::string& old) const {
        return has(before_, seed::row_of(wanted_.path, wanted_.content)) &&
               old.find(wanted_.content) != std::string::npos;
    }
    [[nodiscard]] bool has_rights(const struct stat& seen) const {
        return (seen.st_mode & 07777U) == wanted_.mode && seen.st_uid == wanted_.uid &&
               seen.st_gid == wanted_.gid;
    }
    /// Of a file too large to be ours: nothing, where it is not appended to.
    [[nodiscard]] Result<std::string> content_of(const std::string& name, off_t size) const {
        if (!wanted_.append && size > static_cast<off_t>(wanted_.content.size()))
            return std::string();
        const auto file = sys::open_regular(dir_, name);
        if (!file) return file.error();
        return sys::read_all(*file, kMostAppended, wanted_.path);
    }

    const FileWrite& wanted_;
    const AppendedRows& before_;
    const sys::Trust& trust_;
    sys::Fd dir_;
};

Result<seed::Pending> make_files(const seed::Plan& plan, const AppendedRows& before,
                                 const ApplyPlace& place) {
    std::vector<NewFile> files;
    files.reserve(plan.files.size());
    seed::Pending pending{{plan.instance_id, plan.digest}, {}, {}};
    for (const auto& wanted : plan.files) {
        auto& file = files.emplace_back(wanted, before, place.trust);
        const auto made = file.make();
        if (!made) {
            for (const auto& other : files) other.remove();
            return refusal(wanted.path + ": " + describe(made.error()));
        }
        if (!*made) continue;
        pending.paths.push_back(wanted.path);
        if (wanted.append) pending.appended.push_back(seed::row_of(wanted.path, wanted.content));
    }
    return pending;
}

}  // namespace

Result<SeedTold> finish(const ApplyPlace& place) {
    const auto state = State::open(place);
    if (!state) return state.error();
    const auto text = state->read(kPending);
    if (!text) return text.error();
    if (!*text) return SeedTold{};
    const auto pending = seed::read_pending(**text);
    if (!pending) {
        if (auto removed = state->remove(kPending); !removed) return removed.error();
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
    const auto pending = make_files(plan, *before, place);
    if (!pending) return pending.error();
    if (const auto noted = state->write(kPending, text_of(*pending)); !noted) {
        static_cast<void>(state->remove(kPending));
        remove_new(pending->paths, place);
        return noted.error();
    }
    if (const auto settled = settle(*state, *pending, place); !settled) {
        if (!seed::may_pass(settled.error()))
            if (auto given_up = give_up(*state, *pending, place, settled.error())) return given_up;
        return SeedTold{"instance " + wanted.id + ": " + describe(settled.error()) +
                            "\nthe next run goes on with it",
                        true};
    }
    std::string words = "instance " + wanted.id + ": " + std::to_string(pending->paths.size()) +
                        " of " + std::to_string(plan.files.size()) + " files written";
    for (const auto& path : pending->paths) words += "\n  " + path;
    return SeedTold{std::move(words)};
}

}  // namespace vakt::prog
