// SPDX-License-Identifier: Apache-2.0
// What erlexec would execute: the emulator itself, with its argv and environment.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "release/args_file.h"

namespace vakt::release {

/// What erlexec takes from its environment. nullopt: not set.
struct EmulatorPlace {
    std::string root;                           ///< ROOTDIR
    std::string bin;                            ///< BINDIR
    std::string program;                        ///< PROGNAME
    std::string emulator = "beam";              ///< EMU
    std::optional<std::string> home{};          ///< HOME, for -home
    std::optional<std::string> path{};          ///< PATH
    std::optional<std::string> epmd_port{};     ///< ERL_EPMD_PORT, for -epmd_port
    std::optional<std::string> escript_name{};  ///< ESCRIPT_NAME, which becomes argv[0]
    unsigned erts = kErtsOfOtp25;               ///< its major version: whose ways they are
};

struct EmulatorCommand {
    std::string path;                    ///< BINDIR/EMU[.TYPE].FLAVOR
    std::vector<std::string> arguments;  ///< argv
    /// Variables in the order in which they are to be set: PATH, then those of -env.
    std::vector<std::pair<std::string, std::string>> set;
};

/// argv and environment as erlexec makes them of these flags, which are expand_arguments'
/// (args_file.h): `+` flags with their values first, then "-- -root ROOT -bindir BIN -progname NAME
/// --", "-home HOME", "-epmd_port PORT", "--" and all others. It starts no epmd, whatever the flags
/// are. Errors, each with what is to be done about it: flags without their value, on which erlexec
/// ends too; -detached and -man, for which erlexec needs another process; those that only print.
[[nodiscard]] Result<EmulatorCommand> emulator_command(const EmulatorPlace& place,
                                                       const std::vector<std::string>& flags);

/// erlexec's PATH: BINDIR first, and each later "BINDIR:" taken out (from erts 15 on, each later
/// BINDIR); ROOTDIR/bin second where nothing of ROOTDIR was in it.
[[nodiscard]] std::string emulator_search_path(const EmulatorPlace& place);

}  // namespace vakt::release
