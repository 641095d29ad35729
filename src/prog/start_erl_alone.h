// SPDX-License-Identifier: Apache-2.0
// The emulator started by this process itself, where there is no other: what erlexec would execute,
// and what of it would want another process.
#pragma once

#include <string>
#include <vector>

#include "prog/start_erl_settings.h"
#include "release/emulator_command.h"

namespace vakt::prog {

struct Alone {
    release::EmulatorCommand emulator;
    std::vector<std::string> warnings;
    /// Both standard input and output are a terminal, and one of them must not be when the emulator
    /// begins: the input (-noinput), or the output, which heart's driver then brings back.
    enum class Terminal { stays, no_input, comes_back };
    Terminal terminal = Terminal::stays;
};

/// `erlexec` (erl_command.h) without erlexec; `boot` is its boot file, without ".boot". Errors: why
/// this emulator cannot be started alone, and the cure. `is_safe`: it gives a console and nothing
/// else.
[[nodiscard]] Result<Alone> start_alone(const StartSettings& settings,
                                        const release::Command& erlexec, const std::string& boot,
                                        bool is_safe);

/// Just before the emulator.
[[nodiscard]] Status part_from_terminal(Alone::Terminal how);

/// VAKT_START_SEED: the seed is applied; the node's arguments in it are added to the flags, its
/// cookie becomes the user's, its full host name the machine's. What goes wrong is among the
/// complaints, and the start goes on: the machine is then as it was.
void take_seed(StartSettings& settings);

}  // namespace vakt::prog
