// SPDX-License-Identifier: Apache-2.0
// Why a board restarted, in the words the report, the ledger and pmsg share.
#include "report/cause.h"

#include <array>

namespace vakt::report {

namespace {

constexpr std::array<std::string_view, kCauses> kCauseNames{
    "unknown",   "hw_watchdog",  "vm_hang", "vm_crash", "heart_command",
    "requested", "kernel_panic", "power",   "clean",    "evidence"};
constexpr std::array<std::string_view, kSteps> kStepNames{
    "none", "kill", "heart_command", "login1", "systemd1", "reboot", "hardware"};
constexpr std::array<std::string_view, 3> kConfidenceNames{"low", "medium", "high"};

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names, std::string_view name) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name) return static_cast<Enum>(i);
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Cause cause) {
    return kCauseNames[static_cast<std::size_t>(cause) % kCauses];
}
std::string_view name_of(Step step) { return kStepNames[static_cast<std::size_t>(step) % kSteps]; }
std::string_view name_of(Confidence confidence) {
    return kConfidenceNames[static_cast<std::size_t>(confidence) % kConfidenceNames.size()];
}
std::optional<Cause> cause_named(std::string_view name) { return named<Cause>(kCauseNames, name); }
std::optional<Step> step_named(std::string_view name) { return named<Step>(kStepNames, name); }

}  // namespace vakt::report
