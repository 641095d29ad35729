// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include "sys/boot_id.h"
#include "sys/error.h"
#include "sys/open.h"

namespace vakt::sys {

Result<std::string> boot_id() {
    constexpr const char* kPath = "/proc/sys/kernel/random/boot_id";
    constexpr std::size_t kMost = 64;
    const Fd file(::open(kPath, O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!file) return last_error("open", kPath);
    auto text = read_all(file, kMost, kPath);
    if (text && text->ends_with('\n')) text->pop_back();
    return text;
}

}  // namespace vakt::sys
