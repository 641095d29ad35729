// SPDX-License-Identifier: Apache-2.0
// This boot's name, from a file.
#include "notes/boot_id_file.h"

#include <fcntl.h>
#include <unistd.h>

#include "sys/boot_id.h"
#include "sys/error.h"
#include "sys/fd.h"

namespace vakt::notes {

Result<report::BootId> read_boot_id(const std::string& path) {
    if (path.empty()) {
        const auto own = sys::boot_id();
        if (!own) return own.error();
        const auto id = report::parse_boot_id(*own);
        if (!id) return refusal("the system's boot id is none: " + *own);
        return *id;
    }
    const sys::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    char text[64] = {};
    const auto n = file ? ::read(file.get(), text, sizeof text - 1) : -1;
    if (n < 0) return sys::last_error("read", path);
    const auto id = report::parse_boot_id({text, static_cast<std::size_t>(n)});
    if (!id) return refusal(path + " holds no boot id");
    return *id;
}

}  // namespace vakt::notes
