// SPDX-License-Identifier: Apache-2.0
// nerves_heart's ways as a pure machine: verbs in SET_CMD, a status in GET_CMD, a watchdog of its
// own, reboot(2).
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "heart/event.h"
#include "heart/settings.h"

namespace vakt::heart {

struct NervesSettings {
    Duration beat_timeout = std::chrono::seconds(60);  ///< -ht
    Duration init_timeout{};  ///< HEART_INIT_TIMEOUT; 0: no handshake is asked for
    Duration init_grace{};    ///< HEART_INIT_GRACE_TIME, at most 600 s
    bool knows_vm = false;
    bool may_kill = true;
    bool abort_instead = false;
    std::optional<long> crash_dump_seconds;
};
[[nodiscard]] NervesSettings read_nerves_settings(const Arguments& arguments,
                                                  const Lookup& environment);

/// What is done to the board at the end.
enum class Ending { restart, power_off, halt };

struct NervesAck {};
/// Answer GET_CMD: this text, then what the device knows.
struct TellStatus {
    std::string text;
};
/// severity as syslog(3) has it; `crumb`: to pmsg as well, which outlives the reset.
struct Log {
    int severity = 6;
    bool crumb = false;
    std::string text;
};
/// Open the device if it is not open, and pet it; then say petted() or not_petted().
struct PetDevice {};
/// Never pet again, never close.
struct StopPetting {};
/// Tell PID 1: SIGTERM restarts, SIGUSR2 powers off, SIGUSR1 halts.
struct TellInit {
    Ending ending = Ending::restart;
};
/// Write dirty data back; `wait`: for a bounded time.
struct SyncDisks {
    bool wait = false;
};
struct NervesKill {
    bool abort = false;
};
/// reboot(2).
struct Reboot {
    Ending ending = Ending::restart;
};
struct NervesLeave {};

using NervesAction = std::variant<NervesAck, TellStatus, Log, PetDevice, StopPetting, TellInit,
                                  SyncDisks, NervesKill, Reboot, NervesLeave>;
using NervesActions = std::vector<NervesAction>;

/// Differs from nerves_heart 2.5 where that one harms: deadlines are exact and judged by a Tick
/// alone (never early), a stall of its own is not the VM's silence, and a VM that closes its port
/// after a guarded request leaves PID 1 the rest of the beat timeout before reboot(2), which then
/// does what was asked for.
///
///   state   | Tick                       Beat  ShutDown    SetCommand  PreparingCrash  PortClosed
///   VmEnded beating | pet if due; silent: end    Pet   Pet, Leave  its verb    Pet, dumping
///   closing     - dumping | dump too long: end         end, whatever comes closing | 5 s over:
///   kill             -     -           -           -               -           Reboot killing |
///   each second; 5 s: Reboot   -     -           -           -               -           Reboot
///   over    | -
class NervesHeart {
 public:
    NervesHeart(const NervesSettings& settings, Instant start);

    [[nodiscard]] NervesActions start(Instant now);
    [[nodiscard]] NervesActions on(Instant now, const Event& event);
    [[nodiscard]] Instant wake_at() const;
    [[nodiscard]] bool listens() const {
        return state_ == State::beating || state_ == State::dumping;
    }

    /// The device was opened and has this timeout; nullopt: it does not say a usable one.
    void opened(std::optional<Duration> timeout);
    void petted(Instant now);
    /// The device could not be opened or petted. After ten times it is given up.
    void not_petted(Instant now);
    [[nodiscard]] Duration device_timeout() const { return device_timeout_; }
    [[nodiscard]] bool device_given_up() const { return tries_ <= 0; }

 private:
    enum class State { beating, dumping, closing, killing, over };
    enum class Reason { timeout, closed, failed, crash };

    void verb(Instant now, const std::string& text);
    void guard(Ending ending);
    void snooze(Instant now);
    void tick(Instant now);
    void message(Instant now, const Event& event);
    void port_closed(Instant now);
    void crash(Instant now);
    void end_vm(Instant now, Reason reason);
    void kill(Instant now);
    void reboot();
    void pet();
    void log(int severity, bool crumb, std::string text) {
        actions_.emplace_back(Log{severity, crumb, std::move(text)});
    }
    [[nodiscard]] std::string status(Instant now) const;

    NervesSettings settings_;
    State state_ = State::beating;
    bool vm_ended_ = false;
    bool handshaken_;
    bool petting_ = true;
    int tries_ = 10;
    std::optional<Ending> asked_;
    Instant init_end_;
    Instant grace_end_;
    Instant snooze_end_;
    Instant last_beat_;
    Instant last_pet_;
    Instant pet_at_;
    Instant awake_;
    Instant until_ = kNever;
    Instant again_ = kNever;
    Duration device_timeout_ = std::chrono::seconds(10);
    Duration pet_every_ = std::chrono::seconds(5);
    NervesActions actions_;
};

}  // namespace vakt::heart
