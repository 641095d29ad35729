// SPDX-License-Identifier: Apache-2.0
// What the hardware says about the last restart, in words.
#include "report/boot_status.h"

#include <array>
#include <string_view>

namespace vakt::report {

namespace {

struct Flag {
    wdt::BootFlags bit;
    std::string_view words;
};
constexpr std::array<Flag, 7> kFlags{{
    {wdt::kCardReset, "the watchdog reset the board"},
    {wdt::kOverheat, "overheating"},
    {wdt::kFanFault, "a fan failed"},
    {wdt::kExtern1, "reset from outside, line 1"},
    {wdt::kExtern2, "reset from outside, line 2"},
    {wdt::kPowerUnder, "power fault"},
    {wdt::kPowerOver, "overvoltage"},
}};

}  // namespace

std::string boot_status_words(wdt::BootFlags flags) {
    std::string words;
    const auto say = [&words](std::string_view more) {
        if (!words.empty()) words += ", ";
        words += more;
    };
    for (const auto& flag : kFlags) {
        if ((flags & flag.bit) != 0) say(flag.words);
        flags &= ~flag.bit;
    }
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (unsigned bit = 0; bit < 32; ++bit) {
        if ((flags >> bit & 1U) == 0) continue;
        std::string number = "bit 0x";
        number += kDigits[1U << (bit % 4)];
        number.append(bit / 4, '0');
        say(number);
    }
    return words.empty() ? "nothing" : words;
}

}  // namespace vakt::report
