// SPDX-License-Identifier: Apache-2.0
// Why a board restarted, in the words the report, the ledger and pmsg share.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vakt::report {

/// The numbers stand in the ledger and do not change.
enum class Cause : std::uint8_t {
    unknown = 0,
    hw_watchdog = 1,    ///< the hardware bit, and nobody had noted why it might
    vm_hang = 2,        ///< no beat: the VM, or heart itself, fell silent or never came
    vm_crash = 3,       ///< the VM was about to write a crash dump, or ended by a signal
    heart_command = 4,  ///< the VM closed its port without SHUT_DOWN and HEART_COMMAND was run
    requested = 5,      ///< somebody who may asked for it
    kernel_panic = 6,
    power = 7,
    clean = 8,     ///< an orderly shutdown
    evidence = 9,  ///< something other than a VM (a file system, memory) stopped answering
};
inline constexpr std::uint8_t kCauses = 10;

/// How far the way down to the hardware had come when it was noted; each is deeper.
enum class Step : std::uint8_t {
    none = 0,
    kill = 1,
    heart_command = 2,
    login1 = 3,
    systemd1 = 4,
    reboot = 5,
    hardware = 6,
};
inline constexpr std::uint8_t kSteps = 7;

enum class Confidence : std::uint8_t { low, medium, high };

/// "hw_watchdog", "vm_hang", ...; as vakt:last_reset/0 has them.
[[nodiscard]] std::string_view name_of(Cause cause);
[[nodiscard]] std::string_view name_of(Step step);
[[nodiscard]] std::string_view name_of(Confidence confidence);
[[nodiscard]] std::optional<Cause> cause_named(std::string_view name);
[[nodiscard]] std::optional<Step> step_named(std::string_view name);

}  // namespace vakt::report
