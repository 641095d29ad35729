// SPDX-License-Identifier: Apache-2.0
// The machine names of what the keeper counts by.
#include "keeper/words.h"

#include <array>

namespace vakt::keeper {
namespace {

using Name = std::string_view;

// In the enumerators' order.
constexpr std::array<Name, kCauses> kCauseNames = {
    "none",         "vm_silent",  "vm_closed", "vm_crash",  "port_failed",
    "heart_silent", "never_came", "evidence",  "requested", "drill"};
constexpr std::array<Name, kEndKinds> kEndNames = {"reboot", "poweroff", "halt"};
constexpr std::array<Name, kRungs> kRungNames = {"none",     "noting",  "login1",
                                                 "systemd1", "syscall", "hardware"};
constexpr std::array<Name, kDrillKinds> kDrillNames = {"hang_vm", "kill_vm", "hang_heart",
                                                       "kill_heart", "stop_petting"};
constexpr std::array<Name, kPresences> kPresenceNames = {"absent", "awaited", "held", "retired"};
constexpr std::array<Name, Ladder::kPhases> kPhaseNames = {"calm",   "warned",       "warned_again",
                                                           "noting", "hearts_hands", "dumping",
                                                           "ending", "killing",      "spent"};
constexpr std::array<Name, kDeviceStates> kDeviceNames = {"idle", "arming", "armed", "refused",
                                                          "disarmed"};
constexpr std::array<Name, Keeper::kModes> kModeNames = {"running", "handing_over", "restarting",
                                                         "leaving", "gone"};
constexpr std::array<Name, kNoteKinds> kNoteNames = {"warned",   "given_up", "command", "recovered",
                                                     "retired",  "snoozed",  "verdict", "drill",
                                                     "disarmed", "stale",    "clean",   "left"};
constexpr std::array<Name, kRefusals> kRefusalNames = {"none",        "unknown_lease", "timing",
                                                       "not_allowed", "too_late",      "not_there",
                                                       "ending",      "nowayout"};

template <class Enum, std::size_t N>
Name nth(const std::array<Name, N>& names, Enum value) {
    const auto at = static_cast<std::size_t>(value);
    return at < N ? names[at] : Name();
}

}  // namespace

std::string_view name_of(Cause cause) { return nth(kCauseNames, cause); }
std::string_view name_of(EndKind end) { return nth(kEndNames, end); }
std::string_view name_of(Rung rung) { return nth(kRungNames, rung); }
std::string_view name_of(DrillKind kind) { return nth(kDrillNames, kind); }
std::string_view name_of(Presence presence) { return nth(kPresenceNames, presence); }
std::string_view name_of(Ladder::Phase phase) { return nth(kPhaseNames, phase); }
std::string_view name_of(DeviceState state) { return nth(kDeviceNames, state); }
std::string_view name_of(Keeper::Mode mode) { return nth(kModeNames, mode); }
std::string_view name_of(NoteKind kind) { return nth(kNoteNames, kind); }
std::string_view name_of(Refusal refusal) { return nth(kRefusalNames, refusal); }

}  // namespace vakt::keeper
