// SPDX-License-Identifier: Apache-2.0
// seed_config: configures this machine as a NoCloud seed has it, once for each instance.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <span>

#include "base/text.h"
#include "prog/seed_config_apply.h"
#include "prog/seed_config_find.h"
#include "prog/word_options.h"

namespace {

using namespace vakt;

constexpr int kDone = 0;
constexpr int kRefused = 1;
constexpr int kUsage = 2;
constexpr std::size_t kMostNames = 4UL << 20U;

struct Options {
    std::string seed;
    std::string etc = VAKT_SYSCONFDIR "/vakt/seed";
    std::string allow = VAKT_SYSCONFDIR "/vakt";
    std::string state = "/var/lib/vakt/seed";
    std::string user = "otpuser";
    std::string passwd = "/etc/passwd";
    std::string group = "/etc/group";
    prog::DiskPlaces disks;
    bool check = false;
    bool version = false;
};

int say(std::string_view words, std::FILE* where, int code) {
    while (!words.empty()) {
        const auto line = take_line(words);
        std::fprintf(where, "seed_config: %.*s\n", static_cast<int>(line.size()), line.data());
    }
    return code;
}
int wrong(const Error& error) { return say(describe(error), stderr, kRefused); }
int refused(const std::string& source, const Error& error) {
    wrong(error);
    return say(source + " is refused; nothing was changed", stderr, kRefused);
}

std::vector<std::string> parts(std::string_view text) {
    std::vector<std::string> all;
    while (!text.empty()) {
        const auto end = text.find(':');
        if (end != 0) all.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return all;
}

int configure(const Options& options) {
    const prog::ApplyPlace place{options.state, {::geteuid(), ::getegid()}};
    if (!options.check) {
        // What a power cut left is brought to its end, also where the seed is gone.
        const auto rest = prog::finish(place);
        if (!rest) return wrong(rest.error());
        if (!rest->empty()) say(*rest, stdout, kDone);
    }
    const auto found =
        options.seed.empty() ? prog::find_seed(options.disks) : prog::open_seed(options.seed);
    if (!found) return refused("the seed", found.error());
    if (!*found) return say("no disk is labelled cidata; nothing to configure", stdout, kDone);
    const auto& [source, documents] = **found;

    const auto passwd = sys::read_regular(options.passwd, kMostNames);
    const auto group = sys::read_regular(options.group, kMostNames);
    const seed::Surroundings around{.places = parts(options.allow),
                                    .etc = options.etc,
                                    .passwd = passwd ? std::string_view(*passwd) : "",
                                    .groups = group ? std::string_view(*group) : "",
                                    .user = options.user};
    const auto plan = seed::make_plan(documents, around);
    if (!plan) return refused(source, plan.error());
    for (const auto& remark : plan->remarks) say(remark, stdout, kDone);
    if (options.check) {
        say(source + ": instance " + plan->instance_id, stdout, kDone);
        for (const auto& file : plan->files) say("would write " + file.path, stdout, kDone);
        return kDone;
    }
    const auto said = prog::apply(*plan, place);
    if (!said) return refused(source, said.error());
    return say(source + ": " + *said, stdout, kDone);
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): nothing of ours throws; no memory is the end
int main(int argc, char** argv) {
    Options options;
    const std::span<char* const> words(argv, static_cast<std::size_t>(argc));
    const std::array flags{prog::Flag{"--check", options.check},
                           prog::Flag{"--version", options.version}};
    const std::array values{
        prog::Word{"--seed", options.seed},        prog::Word{"--etc", options.etc},
        prog::Word{"--allow", options.allow},      prog::Word{"--state", options.state},
        prog::Word{"--user", options.user},        prog::Word{"--passwd", options.passwd},
        prog::Word{"--group", options.group},      prog::Word{"--dev", options.disks.dev},
        prog::Word{"--block", options.disks.block}};
    const auto read =
        prog::read_words(words.subspan(words.empty() ? 0 : 1), flags, values,
                         "usage: seed_config [--check] [--seed DIR|DISK] [--etc DIR] [--allow "
                         "DIR[:DIR...]] [--state DIR] [--user NAME]");
    if (!read) return say(describe(read.error()), stderr, kUsage);
    if (options.version) {
        std::puts("seed_config " VAKT_VERSION);
        return kDone;
    }
    ::umask(022);
    return configure(options);
}
