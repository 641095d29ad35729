// SPDX-License-Identifier: Apache-2.0
// What is done to a simulated board in a storm, and what must come of it.
#pragma once

#include <array>

namespace vakt::storm {

enum class Deed {
    nothing,
    vm_pause,
    heart_pause,
    keeper_pause,
    keeper_restart,
    vm_restart,
    vm_leaves,
    vm_late,     ///< warned of, but in time
    heart_late,  ///< with the VM's beats in its queue
    vm_hangs,
    vm_killed,
    vm_crashes,
    heart_hangs,
    heart_killed,
    keeper_hangs,
    keeper_killed,
    vm_hangs_keeper_restart,
    vm_and_heart_hang,
    scribe_killed,  ///< and the VM hangs: pmsg alone can tell
    scribe_hangs,   ///< and the VM hangs, as on a dead disk: no act may wait for it
    reboot_asked,
};

struct Row {
    Deed deed = Deed::nothing;
    const char* name = "";
    const char* cause = "";         ///< that the report must have; "": no reset may come
    bool hardware_decides = false;  ///< D is when the countdown of the last pet is over
    bool keeper_returns = false;    ///< as a service manager would have it
};
inline constexpr std::array<Row, 21> kRows{{
    {Deed::nothing, "nothing", "", false, false},
    {Deed::vm_pause, "VM pauses", "", false, false},
    {Deed::heart_pause, "heart pauses", "", false, false},
    {Deed::keeper_pause, "keeper pauses", "", false, false},
    {Deed::keeper_restart, "keeper killed, restarted", "", false, true},
    {Deed::vm_restart, "VM killed, HEART_COMMAND restarts it", "", false, false},
    {Deed::vm_leaves, "VM leaves in order", "", false, false},
    {Deed::vm_late, "VM pauses until it is warned of", "", false, false},
    {Deed::heart_late, "heart pauses until it is warned of", "", false, false},
    {Deed::vm_hangs, "VM hangs", "vm_hang", false, false},
    {Deed::vm_killed, "VM killed", "vm_crash", false, false},
    {Deed::vm_crashes, "VM crashes", "vm_crash", false, false},
    {Deed::heart_hangs, "heart hangs", "vm_hang", false, false},
    {Deed::heart_killed, "heart killed", "vm_hang", false, false},
    {Deed::keeper_hangs, "keeper hangs", "hw_watchdog", true, false},
    {Deed::keeper_killed, "keeper killed", "hw_watchdog", true, false},
    {Deed::vm_hangs_keeper_restart, "VM hangs, keeper killed and restarted", "vm_hang", false,
     true},
    {Deed::vm_and_heart_hang, "VM and heart hang", "vm_hang", false, false},
    {Deed::scribe_killed, "VM hangs, the keeper's children killed", "vm_hang", false, false},
    {Deed::scribe_hangs, "VM hangs, the keeper's children hang", "vm_hang", false, false},
    {Deed::reboot_asked, "reboot asked for", "requested", true, false},
}};

}  // namespace vakt::storm
