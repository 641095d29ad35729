// SPDX-License-Identifier: Apache-2.0
// wd_bus: the keeper's hands and face on the message bus.
#include <cstdio>
#include <span>

#include "prog/wd_bus_options.h"
#include "prog/wd_bus_program.h"
#include "sys/nonblock.h"

// Whatever a library throws ends us, and without us nothing is reset.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
    using namespace vakt;
    constexpr int kUsage = 64;  // EX_USAGE of sysexits.h
    sys::ignore_broken_pipes();
    const auto options = prog::read_bus_options(
        std::span<const char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (!options) {
        sys::say(2, "wd_bus: " + describe(options.error()));
        return kUsage;
    }
    if (options->version) {
        std::printf("wd_bus %s\n", VAKT_VERSION);
        return 0;
    }
    return prog::BusProgram(*options).run();
}
