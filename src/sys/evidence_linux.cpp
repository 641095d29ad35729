// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include "sys/error.h"
#include "sys/evidence.h"
#include "sys/open.h"

namespace vakt::sys {

Result<std::uint32_t> available_share(const std::string& meminfo) {
    constexpr std::size_t kMost = 65536;
    const Fd file(::open(meminfo.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return last_error("open", meminfo);
    const auto text = read_all(file, kMost, meminfo);
    if (!text) return text.error();
    const auto available = parse_available(*text);
    if (!available) return refusal(meminfo + ": no MemAvailable in it");
    return *available;
}

}  // namespace vakt::sys
