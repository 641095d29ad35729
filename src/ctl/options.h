// SPDX-License-Identifier: Apache-2.0
// vaktctl's command line.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "ctl/event_feed.h"
#include "keeper/event.h"

namespace vakt::ctl {

enum class Verb : std::uint8_t {
    help,
    version,
    status,
    reset,
    doctor,
    drill,
    snooze,
    disarm,
    end,  ///< reboot, poweroff, halt
    watch,
    healthy,
    events,
    account,
};

struct Options {
    Verb verb = Verb::help;
    std::string socket = "/run/vakt/keeper.sock";
    std::string bridge = "/run/vakt/bridge.sock";
    std::string run = "/run/vakt";        ///< where reset_report.json is
    std::string state = "/var/lib/vakt";  ///< of doctor
    std::string config;                   ///< of doctor
    std::string root;                     ///< of doctor: before every path; "" is the system itself
    bool clashes = false;                 ///< of doctor: these alone
    bool json = false;
    bool colour = true;                           ///< if the output is a terminal
    bool yes = false;                             ///< ask nothing
    Duration patience = std::chrono::seconds(5);  ///< for an answer
    Duration length{};  ///< snooze; of watch: how long, 0 is until it is ended

    keeper::DrillKind drill = keeper::DrillKind::hang_vm;
    keeper::EndKind end = keeper::EndKind::reboot;
    bool now = false;      ///< --now: an immediate end
    keeper::Name lease{};  ///< "" where none was named
    keeper::DeviceId device = keeper::kEveryDevice;

    EventWish events{};  ///< of events
};

/// What the environment says; "" where it says nothing.
using Environment = std::string (*)(const char* name);

/// `arguments` without the program's name. Options may stand anywhere, as --name VALUE or
/// --name=VALUE; what they leave out comes from VAKT_KEEPER_SOCKET, VAKT_BRIDGE_SOCKET,
/// VAKT_STATE_DIR and NO_COLOR.
/// Errors: one line for people. Never more than one verb, and nothing that its verb does not use.
[[nodiscard]] Result<Options> read_options(std::span<const char* const> arguments,
                                           Environment environment);

/// What --help says.
[[nodiscard]] const char* help();

}  // namespace vakt::ctl
