// SPDX-License-Identifier: Apache-2.0
// Landlock (Documentation/userspace-api/landlock.rst), by bare system calls.
#include "sys/landlock.h"

#if defined(__linux__) && __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace vakt::sys {
namespace {

// What ABI 1 handles is bits 0 to 12; later ones add one bit each for files (REFER, TRUNCATE,
// IOCTL_DEV).
constexpr std::uint64_t kAbi1 = (1U << 13U) - 1;
constexpr std::uint64_t kRefer = 1U << 13U;
constexpr std::uint64_t kTruncate = 1U << 14U;
constexpr std::uint64_t kOurs = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_FIFO;

}  // namespace

bool confine_to(std::initializer_list<const Fd*> directories) {
    const auto abi =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) return false;
    const auto handled = kAbi1 | (abi >= 2 ? kRefer : 0) | (abi >= 3 ? kTruncate : 0);
    const landlock_ruleset_attr attributes{.handled_access_fs = handled};
    const Fd ruleset(static_cast<int>(
        ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
    if (!ruleset) return false;
    for (const auto* directory : directories) {
        if (!*directory) continue;
        const landlock_path_beneath_attr beneath{.allowed_access = kOurs,
                                                 .parent_fd = directory->get()};
        if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &beneath,
                      0) != 0)
            return false;
    }
    return ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) == 0;
}

}  // namespace vakt::sys
#else
namespace vakt::sys {
bool confine_to(std::initializer_list<const Fd*>) { return false; }
}  // namespace vakt::sys
#endif
