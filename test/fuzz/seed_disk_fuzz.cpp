// SPDX-License-Identifier: Apache-2.0
// A seed disk from anyone: what is read of it is within bounds.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "seed/disk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vakt;
    constexpr std::uint64_t kSystemArea = 32768;  // of an ISO 9660, before anything that is read
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (const bool is_iso : {true, false}) {
        std::size_t reads = 0;
        const seed::ReadAt read = [&](std::uint64_t offset,
                                      std::size_t wanted) -> Result<std::string> {
            if (++reads > 20'000 || wanted > seed::kMaxFile) std::abort();
            if (is_iso) offset -= std::min(offset, kSystemArea);
            if (offset >= bytes.size()) return std::string();
            return std::string(bytes.substr(static_cast<std::size_t>(offset), wanted));
        };
        const auto volume = is_iso ? seed::open_iso(read) : seed::open_fat(read);
        if (!volume) continue;
        for (const char* name : {"meta-data", "user-data"}) {
            reads = 0;
            const auto file = volume->file(name);
            if (file && *file && (*file)->size() > seed::kMaxFile) std::abort();
        }
    }
    return 0;
}
