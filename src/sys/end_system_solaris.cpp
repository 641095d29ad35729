// SPDX-License-Identifier: Apache-2.0
#include <sys/uadmin.h>

#include "sys/end_system.h"

namespace vakt::sys {

// A_SHUTDOWN ends processes and unmounts, which can wait for ever: that was tried before us (init,
// by the end command). A_REBOOT is at once. Wants PRIV_SYS_CONFIG.
void end_system(SystemEnd end) {
    switch (end) {
        case SystemEnd::reboot:
            ::uadmin(A_REBOOT, AD_BOOT, 0);
            return;
        case SystemEnd::poweroff:
            ::uadmin(A_REBOOT, AD_POWEROFF, 0);
            return;
        case SystemEnd::halt:
            ::uadmin(A_REBOOT, AD_HALT, 0);
            return;
    }
}

}  // namespace vakt::sys
