// SPDX-License-Identifier: Apache-2.0
// keeper.conf from anyone: an error has words for every line of it, and what is taken is in order.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "settings/keeper_settings.h"

// libconfig 1.5 forgets the texts that its parser holds when it meets a syntax error.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() { return "leak:libconfig"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vakt;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = settings::parse_keeper_text(text, "F", "otp:x:1000:\n");
    if (!file) {
        // "F:LINE: words" on each line, and nothing that a terminal would act on.
        const auto words = describe(file.error());
        if (!words.starts_with("F:") || words.find("\n\n") != std::string::npos) std::abort();
        for (const char c : words)
            if ((c < ' ' || c > '~') && c != '\n') std::abort();
        return 0;
    }
    if (keeper::check(file->settings)) std::abort();
    if (file->devices.size() != file->settings.devices.size()) std::abort();
    if (file->probes.size() != file->settings.evidence.size()) std::abort();
    for (const auto& device : file->devices)
        if (!wdt::check(device)) std::abort();
    for (const auto& probe : file->probes)
        if (probe.path.empty() || probe.path.front() != '/') std::abort();
    return 0;
}
