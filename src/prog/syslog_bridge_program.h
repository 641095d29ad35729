// SPDX-License-Identifier: Apache-2.0
// syslog_bridge while it runs: between its sources, its ring and its clients.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridge/bridge.h"
#include "inside/turn_clock.h"
#include "loop/loop.h"
#include "prog/daemon_log.h"
#include "prog/syslog_bridge_aside.h"
#include "prog/syslog_bridge_clients.h"
#include "prog/syslog_bridge_memory.h"
#include "prog/syslog_bridge_options.h"
#include "prog/syslog_bridge_sources.h"
#include "prog/syslog_bridge_taps.h"
#include "report/boot_id.h"
#include "settings/bridge_settings.h"
#include "sys/fd.h"
#include "sys/mapped_file.h"
#include "sys/notify.h"

namespace vakt::prog {

/// All that is there before it runs.
struct BridgeParts {
    BridgeOptions options;
    settings::BridgeFile file;
    report::BootId boot;
    sys::MappedFile ring;
    ReservedNumbers numbers;
    sys::Fd listener;
    bool listener_is_ours;  ///< and not the service manager's
    std::vector<NamedFd> inherited;
    sys::ServiceManager manager;
    std::optional<std::chrono::microseconds> watchdog;  ///< WatchdogSec=
};

class BridgeProgram {
 public:
    BridgeProgram(loop::Loop& loop, BridgeParts parts, Log& log);

    /// Until a signal ends it. The status to leave with.
    [[nodiscard]] int run();

 private:
    void turn_over();
    void tick();
    void mind_time();
    void keep_house();
    void save_places();
    void write_metrics();
    void reload();
    void tell_status();
    /// What the account has behind the bridge's own lines.
    [[nodiscard]] std::string more_account() const;
    void leave();

    loop::Loop& loop_;
    BridgeParts parts_;
    Log& log_;
    inside::TurnClock clock_;
    bridge::Bridge bridge_;
    BridgeTaps taps_;
    BridgeClients clients_;
    BridgeSources sources_;
    Aside aside_;
    loop::Timer tick_;
    Instant tick_at_ = kNever;
    loop::Timer house_;
    loop::Timer watchdog_;
    loop::Signal on_hup_;
    loop::Signal on_usr1_;
    loop::Signal on_term_;
    loop::Signal on_int_;
    loop::Signal on_child_;
    std::string status_;
    bool places_are_late_ = false;  // and it was said
};

}  // namespace vakt::prog
