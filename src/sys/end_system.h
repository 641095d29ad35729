// SPDX-License-Identifier: Apache-2.0
// The end of the system by its own call: the one place of ours that can do it.
#pragma once

namespace vakt::sys {

enum class SystemEnd { reboot, poweroff, halt };

/// Linux: reboot(2), at once: nothing is stopped, nothing is synced, since either could wait for
/// ever. Solaris: uadmin(2) with A_SHUTDOWN and AD_BOOT, AD_POWEROFF or AD_HALT replaces the .cpp.
/// Does not return when it works; else errno says why not.
void end_system(SystemEnd end);

}  // namespace vakt::sys
