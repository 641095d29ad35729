// SPDX-License-Identifier: Apache-2.0
// bridge.conf from anyone: an error has words for every line of it, and what is taken is in order.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "settings/bridge_settings.h"

// libconfig 1.5 forgets the texts that its parser holds when it meets a syntax error.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() { return "leak:libconfig"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vakt;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = settings::parse_bridge_text(text, "F", {"otp:x:1000:\n", "vakt:x:990:\n"});
    if (!file) {
        // "F:LINE: words" on each line, and nothing that a terminal would act on.
        const auto words = describe(file.error());
        if (!words.starts_with("F:") || words.find("\n\n") != std::string::npos) std::abort();
        for (const char c : words)
            if ((c < ' ' || c > '~') && c != '\n') std::abort();
        return 0;
    }
    const auto& sources = file->sources;
    if (sources.empty() || sources.size() > bridge::Bridge::kMostSources) std::abort();
    if (sources.size() != file->source_lines.size()) std::abort();
    if (file->ring < bridge::Bridge::kLeastMemory) std::abort();
    std::set<std::string> names;
    for (const auto& source : sources) {
        const auto& settings = source.settings;
        if (settings.name.empty() || settings.name.size() > 32) std::abort();
        if (!names.insert(settings.name).second) std::abort();
        if ((settings.guard.per_second == 0) != (settings.guard.burst == 0)) std::abort();
        if (source.mode > 0777 || (!source.path.empty() && source.path.front() != '/'))
            std::abort();
        if (!file->feed.empty() && source.path == file->feed) std::abort();
    }
    return 0;
}
