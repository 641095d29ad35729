// SPDX-License-Identifier: Apache-2.0
// The end of the system by its own call; the Linux side.
#include <sys/reboot.h>

#include "sys/end_system.h"

namespace vakt::sys {

void end_system(SystemEnd end) {
    switch (end) {
        case SystemEnd::reboot:
            ::reboot(RB_AUTOBOOT);
            return;
        case SystemEnd::poweroff:
            ::reboot(RB_POWER_OFF);
            return;
        case SystemEnd::halt:
            ::reboot(static_cast<int>(RB_HALT_SYSTEM));
            return;
    }
}

}  // namespace vakt::sys
