// SPDX-License-Identifier: Apache-2.0
// A seed found, read and applied, as seed_config's options say.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "prog/seed_config_find.h"

namespace vakt::prog {

struct SeedOptions {
    std::string seed;
    std::string etc = VAKT_SYSCONFDIR "/vakt/seed";
    std::string allow = VAKT_SYSCONFDIR "/vakt";
    std::string state = "/var/lib/vakt/seed";
    std::string user = "otpuser";
    std::string passwd = "/etc/passwd";
    std::string group = "/etc/group";
    DiskPlaces disks;
    bool check = false;
    bool version = false;
};

/// seed_config(8). Errors: words for people.
[[nodiscard]] Result<SeedOptions> read_seed_options(std::span<const char* const> words);

/// A line for people; `is_bad`: why nothing was done.
using SaySeed = std::function<void(std::string_view line, bool is_bad)>;

/// What an earlier run began is brought to its end, and the seed that is there applied. Whether the
/// machine is now as its seed has it: true also where there is no seed.
[[nodiscard]] bool run_seed(const SeedOptions& options, const SaySeed& say);

}  // namespace vakt::prog
