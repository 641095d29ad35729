// SPDX-License-Identifier: Apache-2.0
// What start_erl finds on the disk: releases, and whether they can be started.
#include "prog/start_erl_look.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <system_error>

#include "prog/start_erl_alone.h"
#include "release/boot_file.h"
#include "release/releases_file.h"
#include "sys/error.h"
#include "sys/open.h"

namespace vakt::prog {
namespace {

using release::Candidate;
using release::Origin;
using release::Release;

constexpr std::size_t kLongestData = 4096;
constexpr std::size_t kLongestList = 4 << 20;
constexpr std::size_t kLongestBoot = 64 << 20;

struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
};

/// Why not, "" when it can be.
std::string why_not(const std::string& path, int rights) {
    if (::access(path.c_str(), rights) == 0) return {};
    return describe(sys::last_error(rights == X_OK ? "run" : "read", path));
}

Result<release::BootPaths> read_boot(const std::string& path) {
    const auto bytes = sys::read_regular(path, kLongestBoot);
    if (!bytes) return bytes.error();
    const auto* const start = reinterpret_cast<const std::uint8_t*>(bytes->data());
    return release::read_boot_file({start, bytes->size()}, path);
}

/// A library may be an archive: "NAME.ez" in the place of the directory.
bool has_library(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0 || ::access((path + ".ez").c_str(), F_OK) == 0 ||
           path.find(".ez/") != std::string::npos;
}

std::string below(const std::string& root, const std::string& path) {
    return path.starts_with('/') ? path : root + "/" + path;
}

class Look {
 public:
    Look(const StartSettings& settings, const std::string& flags_fault)
        : settings_(settings), place_(settings.place), flags_fault_(flags_fault) {}

    Found run(const std::optional<Release>& kept) {
        take_data();
        // A client with fixed files has one release.
        if (place_.fixed.empty()) {
            if (kept) add({Origin::kept, *kept, why_not_startable(*kept)});
            take_listed();
        }
        take_safe();
        return std::move(found_);
    }

 private:
    void take_data() {
        const auto text = sys::read_regular(settings_.data_file, kLongestData);
        const auto data = text ? release::parse_start_data(*text, settings_.data_file)
                               : Result<Release>(text.error());
        if (data)
            add({Origin::data, *data, why_not_startable(*data)});
        else
            found_.candidates.push_back({Origin::data, {}, describe(data.error())});
    }

    void take_listed() {
        const auto path = place_.releases + "/RELEASES";
        const auto text = sys::read_regular(path, kLongestList);
        if (!text && text.error().code == std::errc::no_such_file_or_directory) return;
        const auto all = text ? release::read_releases(*text, path)
                              : Result<std::vector<release::ListedRelease>>(text.error());
        if (!all) return found_.troubles.push_back(describe(all.error()));
        for (const auto& one : release::to_go_back_to(*all)) {
            auto lacks = why_not_startable(one.release);
            for (const auto& library : one.libraries)
                if (lacks.empty() && !has_library(below(place_.root, library)))
                    lacks = in_words(one.release) + ": no " + library;
            add({Origin::listed, one.release, std::move(lacks)});
        }
    }

    void add(Candidate candidate) {
        const bool there =
            std::any_of(found_.candidates.begin(), found_.candidates.end(),
                        [&](const Candidate& one) { return one.release == candidate.release; });
        if (!there) found_.candidates.push_back(std::move(candidate));
    }

    [[nodiscard]] std::string why_not_startable(const Release& release) const {
        if (!flags_fault_.empty()) return flags_fault_;
        auto why = why_not_runnable(release.erts);
        if (!why.empty()) return why;
        const auto boot = read_boot(boot_of(place_, release) + ".boot");
        if (!boot) return describe(boot.error());
        why = why_not(config_of(place_, release) + ".config", R_OK);
        if (!why.empty() || !settings_.alone) return why;
        const auto alone = start_alone(settings_, command_of(place_, release, settings_.flags),
                                       boot_of(place_, release), false);
        return alone ? "" : in_words(release) + ": " + describe(alone.error());
    }

    [[nodiscard]] std::string why_not_runnable(const std::string& erts) const {
        return why_not(emulator_dir(place_, erts) + (settings_.alone ? "/beam.smp" : "/erlexec"),
                       X_OK);
    }

    // ---- the safe one ----

    struct Safe {
        std::string erts;
        std::string boot;
    };

    /// The emulators there are, the newest first.
    [[nodiscard]] std::vector<std::string> emulators() const {
        constexpr std::string_view kPrefix = "erts-";
        std::vector<std::string> all;
        const std::unique_ptr<DIR, CloseDir> dir(::opendir(place_.root.c_str()));
        if (!dir) return all;
        while (const dirent* const entry = ::readdir(dir.get())) {
            const std::string_view name(entry->d_name);
            if (!name.starts_with(kPrefix)) continue;
            std::string erts(name.substr(kPrefix.size()));
            if (why_not_runnable(erts).empty()) all.push_back(std::move(erts));
        }
        std::sort(all.begin(), all.end(),
                  [](const auto& a, const auto& b) { return release::is_newer(a, b); });
        return all;
    }

    /// Where a start_clean for this emulator may be: with a release of the same, then for all.
    [[nodiscard]] std::vector<std::string> places_of(const std::string& erts) const {
        std::vector<std::string> boots;
        for (const auto& one : found_.candidates)
            if (one.release.erts == erts)
                boots.push_back(place_.releases + "/" + one.release.vsn + "/start_clean");
        boots.push_back(place_.root + "/bin/start_clean");
        return boots;
    }

    [[nodiscard]] bool is_whole(const std::string& boot) const {
        const auto paths = read_boot(boot + ".boot");
        return paths && std::all_of(paths->begin(), paths->end(), [&](const auto& path) {
                   return has_library(place_.root + "/" + path);
               });
    }

    /// Why it cannot be started alone; "" when it can, or need not.
    [[nodiscard]] std::string why_not_alone(const std::string& erts,
                                            const std::string& boot) const {
        if (!settings_.alone) return {};
        const auto alone =
            start_alone(settings_, safe_command(place_, erts, boot, false), boot, true);
        return alone ? std::string() : "the safe release: " + describe(alone.error());
    }

    void take_safe() {
        for (const auto& erts : emulators()) {
            for (const auto& boot : places_of(erts)) {
                if (!is_whole(boot)) continue;
                found_.safe_boot = boot;
                found_.candidates.push_back(
                    {Origin::safe, {erts, "start_clean"}, why_not_alone(erts, boot)});
                return;
            }
        }
        found_.troubles.push_back("no start_clean.boot that is whole, below " + place_.root +
                                  "/bin or with a release: there is no safe release");
    }

    const StartSettings& settings_;
    const release::Place& place_;
    const std::string& flags_fault_;
    Found found_;
};

}  // namespace

Found look_for_releases(const StartSettings& settings, const std::string& flags_fault,
                        const std::optional<Release>& kept) {
    return Look(settings, flags_fault).run(kept);
}

}  // namespace vakt::prog
