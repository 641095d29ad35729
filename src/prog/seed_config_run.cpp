// SPDX-License-Identifier: Apache-2.0
// A seed found, read and applied, as seed_config's options say.
#include "prog/seed_config_run.h"

#include <unistd.h>

#include <array>

#include "base/text.h"
#include "prog/seed_config_apply.h"
#include "prog/word_options.h"

namespace vakt::prog {
namespace {

constexpr std::size_t kMostNames = 4UL << 20U;

std::vector<std::string> parts(std::string_view text) {
    std::vector<std::string> all;
    while (!text.empty()) {
        const auto end = text.find(':');
        if (end != 0) all.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return all;
}

class Run {
 public:
    Run(const SeedOptions& options, const SaySeed& say) : options_(options), say_(say) {}

    bool run() {
        const ApplyPlace place{options_.state, {::geteuid(), ::getegid()}};
        bool is_whole = true;
        if (!options_.check) {
            // What a power cut left is brought to its end, also where the seed is gone.
            const auto rest = finish(place);
            if (!rest) return wrong(describe(rest.error()));
            is_whole = say(rest->words, rest->is_bad);
        }
        const auto found =
            options_.seed.empty() ? find_seed(options_.disks) : open_seed(options_.seed);
        if (!found) return refused("the seed", found.error());
        if (!*found) return good("no disk is labelled cidata; nothing to configure") && is_whole;
        const auto& [source, documents] = **found;
        const auto plan = plan_of(documents);
        if (!plan) return refused(source, plan.error());
        for (const auto& remark : plan->remarks) good(remark);
        return options_.check ? tell(source, *plan) : carry_out(source, *plan, place);
    }

 private:
    [[nodiscard]] Result<seed::Plan> plan_of(const seed::Documents& documents) const {
        const auto passwd = sys::read_regular(options_.passwd, kMostNames);
        const auto group = sys::read_regular(options_.group, kMostNames);
        return seed::make_plan(documents, {.places = parts(options_.allow),
                                           .etc = options_.etc,
                                           .passwd = passwd ? std::string_view(*passwd) : "",
                                           .groups = group ? std::string_view(*group) : "",
                                           .user = options_.user});
    }
    bool tell(const std::string& source, const seed::Plan& plan) {
        good(source + ": instance " + plan.instance_id);
        for (const auto& file : plan.files) good("would write " + file.path);
        return true;
    }
    bool carry_out(const std::string& source, const seed::Plan& plan, const ApplyPlace& place) {
        const auto said = apply(plan, place);
        return said ? say(source + ": " + said->words, said->is_bad)
                    : refused(source, said.error());
    }

    bool say(std::string_view words, bool is_bad) {
        while (!words.empty()) say_(take_line(words), is_bad);
        return !is_bad;
    }
    bool good(const std::string& words) { return say(words, false); }
    bool wrong(const std::string& words) { return say(words, true); }
    bool refused(const std::string& source, const Error& error) {
        return wrong(describe(error) + "\n" + source + " is refused; nothing was changed");
    }

    const SeedOptions& options_;
    const SaySeed& say_;
};

}  // namespace

Result<SeedOptions> read_seed_options(std::span<const char* const> words) {
    SeedOptions options;
    const std::array flags{Flag{"--check", options.check}, Flag{"--version", options.version}};
    const std::array values{Word{"--seed", options.seed},        Word{"--etc", options.etc},
                            Word{"--allow", options.allow},      Word{"--state", options.state},
                            Word{"--user", options.user},        Word{"--passwd", options.passwd},
                            Word{"--group", options.group},      Word{"--dev", options.disks.dev},
                            Word{"--block", options.disks.block}};
    const auto read = read_words(words, flags, values,
                                 "usage: seed_config [--check] [--seed DIR|DISK] [--etc DIR] "
                                 "[--allow DIR[:DIR...]] [--state DIR] [--user NAME]");
    if (!read) return read.error();
    return options;
}

bool run_seed(const SeedOptions& options, const SaySeed& say) { return Run(options, say).run(); }

}  // namespace vakt::prog
