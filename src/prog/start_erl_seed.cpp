// SPDX-License-Identifier: Apache-2.0
// The machine configured by its seed before its node is started, without another process.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"
#include "prog/seed_config_run.h"
#include "prog/start_erl_alone.h"
#include "seed/host_name.h"
#include "sys/error.h"
#include "sys/host_name.h"
#include "sys/open.h"
#include "sys/rename.h"

namespace vakt::prog {
namespace {

constexpr std::size_t kLongest = 4096;
constexpr const char* kCookie = ".erlang.cookie";

/// erl reads it there, and wants that nobody else can.
Status put_cookie(const std::string& cookie) {
    const char* const home = std::getenv("HOME");
    if (home == nullptr || *home == '\0') return refusal("HOME is not set: no place for a cookie");
    const sys::Fd dir(::open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!dir) return sys::last_error("open", home);
    return sys::put_file(dir, kCookie, std::string(kCookie) + ".new", cookie, 0400);
}

Status name_host(const std::string& hosts) {
    const auto name = seed::full_name(hosts);
    return name.empty() || name == sys::host_name() ? Status(Done{}) : sys::name_host(name);
}

}  // namespace

void take_seed(StartSettings& settings) {
    if (!settings.seed) return;
    const auto say = [&](const std::string& words) {
        settings.complaints.push_back("seed: " + words);
    };
    const std::vector<std::string> given = [&] {
        std::vector<std::string> all;
        for (const auto word : split_words(*settings.seed)) all.emplace_back(word);
        return all;
    }();
    std::vector<const char*> words;
    words.reserve(given.size());
    for (const auto& word : given) words.push_back(word.c_str());
    const auto options = read_seed_options(words);
    if (!options) return say("VAKT_START_SEED: " + describe(options.error()));
    const auto mask = ::umask(022);
    static_cast<void>(
        run_seed(*options, [&](std::string_view line, bool) { say(std::string(line)); }));
    ::umask(mask);

    // Also where the seed is gone, or was refused: what was applied before holds.
    const auto args = options->etc + "/vm.args";
    if (::access(args.c_str(), F_OK) == 0)
        settings.flags.insert(settings.flags.begin(), {"-args_file", args});
    if (const auto cookie = sys::read_regular(options->etc + "/erlang.cookie", kLongest)) {
        if (const auto put = put_cookie(*cookie); !put) say(describe(put.error()));
    }
    // Elsewhere that is the boot scripts'.
    if (!settings.alone) return;
    if (const auto hosts = sys::read_regular(options->etc + "/hosts", kLongest)) {
        if (const auto named = name_host(*hosts); !named) say(describe(named.error()));
    }
}

}  // namespace vakt::prog
