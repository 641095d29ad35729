// SPDX-License-Identifier: Apache-2.0
// heart, drop-in for OTP's: the port program that guards one Erlang VM.
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <span>

#include "prog/heart_personality.h"
#include "sys/nonblock.h"

/// What every throw of libstdc++'s is here (room.mk): a name of ours, since not every linker gives
/// one of a shared libc another.
extern "C" [[noreturn, gnu::used]] void vakt_throws() { std::abort(); }

int main(int argc, char** argv) {
    vakt::sys::ignore_broken_pipes();
    const std::span<const char* const> words(argv, static_cast<std::size_t>(argc));
    const char* const name = words.empty() ? "heart" : words[0];
    const auto arguments = words.subspan(words.empty() ? 0 : 1);
    const char* const personality = std::getenv("VAKT_HEART_PERSONALITY");
    if (personality != nullptr && std::strcmp(personality, "nerves") == 0)
        return vakt::prog::run_as_nerves(arguments);
    return vakt::prog::run_as_otp(name, arguments);
}
