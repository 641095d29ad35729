// SPDX-License-Identifier: Apache-2.0
// flavours.conf: any bytes are refused with their line, or give a table that can be asked.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "swap/flavour.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto flavours = vakt::swap::parse_flavours(text);
    if (!flavours) return 0;
    if (flavours->empty()) std::abort();
    for (const auto& flavour : *flavours) {
        if (vakt::swap::find_flavour(*flavours, flavour.name) != &flavour) std::abort();
        if (flavour.exe.empty() || flavour.name == "auto") std::abort();
        for (const auto& name : flavour.exe) {
            // found by its name, though perhaps an earlier flavour has the name as well
            if (vakt::swap::flavour_of(*flavours, "/usr/sbin/" + name, true) == nullptr)
                std::abort();
        }
    }
    return 0;
}
