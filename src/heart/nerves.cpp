// SPDX-License-Identifier: Apache-2.0
// nerves_heart's ways as a pure machine.
#include "heart/nerves.h"

#include <algorithm>
#include <utility>

namespace vakt::heart {
namespace {

using namespace std::chrono_literals;

constexpr Duration kSnooze = 15min;
constexpr Duration kLongestGrace = 600s;
constexpr Duration kStall = 1s;
// Most of the time the device is petted so long before it bites.
constexpr Duration kMargin = 10s;
constexpr Duration kShortest = 2s;
constexpr Duration kNoDevice = 365 * 24h;

constexpr int kError = 3;
constexpr int kWarning = 4;
constexpr int kInfo = 6;

// Seconds left, as people count them: 59.99 is 60.
long left(Instant end, Instant now) {
    return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(end - now).count());
}
long left_or_none(Instant end, Instant now) { return std::max(left(end, now), 0L); }
long count(Duration d) { return static_cast<long>(d / 1s); }

}  // namespace

NervesSettings read_nerves_settings(const Arguments& arguments, const Lookup& environment) {
    std::vector<std::string> unsaid;
    const auto common = read_settings(arguments, environment, unsaid);
    NervesSettings settings;
    settings.beat_timeout = common.beat_timeout;
    settings.may_kill = common.may_kill;
    settings.abort_instead = common.abort_instead;
    settings.crash_dump_seconds = common.crash_dump_seconds;
    const auto number = [&](const char* name) {
        const char* text = environment(name);
        const long value = text == nullptr ? 0 : scan_number(text).value_or(0);
        return std::chrono::seconds(std::clamp(value, 0L, 1000000000L));
    };
    settings.init_timeout = number("HEART_INIT_TIMEOUT");
    settings.init_grace = std::min<Duration>(number("HEART_INIT_GRACE_TIME"), kLongestGrace);
    // The handshake is no second way to end too soon.
    if (settings.init_timeout > 0s)
        settings.init_timeout = std::max(settings.init_timeout, settings.init_grace);
    return settings;
}

NervesHeart::NervesHeart(const NervesSettings& settings, Instant start)
    : settings_(settings),
      handshaken_(settings_.init_timeout == 0s),
      init_end_(start + settings_.init_timeout),
      grace_end_(start + settings_.init_grace),
      snooze_end_(start),
      last_beat_(grace_end_),
      last_pet_(start),
      pet_at_(start),
      awake_(start) {}

NervesActions NervesHeart::start(Instant) {
    actions_.clear();
    pet();
    return std::exchange(actions_, {});
}

void NervesHeart::opened(std::optional<Duration> timeout) {
    if (!timeout || *timeout < kShortest) return;
    device_timeout_ = *timeout;
    pet_every_ = *timeout > 2 * kMargin ? *timeout - kMargin : *timeout / 2;
}

void NervesHeart::petted(Instant now) {
    last_pet_ = now;
    pet_at_ = now + pet_every_;
}

void NervesHeart::not_petted(Instant now) {
    pet_at_ = std::max(now + 1s, last_pet_ + pet_every_);
    if (--tries_ > 0) return;
    device_timeout_ = pet_every_ = kNoDevice;
    pet_at_ = kNever;
}

Instant NervesHeart::wake_at() const {
    switch (state_) {
        case State::beating: {
            auto next = last_beat_ + settings_.beat_timeout;
            if (petting_ && tries_ > 0) next = std::min(next, pet_at_);
            return handshaken_ ? next : std::min(next, init_end_);
        }
        case State::killing:
            return std::min(again_, until_);
        case State::dumping:
        case State::closing:
            return until_;
        case State::over:
            break;
    }
    return kNever;
}

NervesActions NervesHeart::on(Instant now, const Event& event) {
    actions_.clear();
    if (std::holds_alternative<VmEnded>(event)) vm_ended_ = true;
    if (state_ == State::beating && now - wake_at() > kStall) last_beat_ += now - awake_;
    awake_ = now;
    if (std::holds_alternative<AskedToEnd>(event)) {
        log(kInfo, true,
            std::get<AskedToEnd>(event).signal + " noted: what the VM says or its silence decides");
    } else if (std::holds_alternative<Tick>(event)) {
        tick(now);
    } else if (state_ == State::dumping) {
        if (!std::holds_alternative<SnoozeAsked>(event)) end_vm(now, Reason::crash);
    } else if (state_ == State::beating) {
        message(now, event);
    } else if (state_ != State::over && (std::holds_alternative<VmEnded>(event) ||
                                         std::holds_alternative<VmUnkillable>(event))) {
        reboot();
    }
    return std::exchange(actions_, {});
}

void NervesHeart::message(Instant now, const Event& event) {
    if (std::holds_alternative<VmEnded>(event)) return;
    if (std::holds_alternative<Beat>(event)) {
        pet();
        last_beat_ = std::max(last_beat_, now);
        return;
    }
    if (now < snooze_end_ || now < grace_end_) pet();
    if (const auto* set = std::get_if<SetCommand>(&event)) return verb(now, set->text);
    if (std::holds_alternative<ClearCommand>(event)) actions_.emplace_back(NervesAck{});
    if (std::holds_alternative<GetCommand>(event)) actions_.emplace_back(TellStatus{status(now)});
    if (std::holds_alternative<SnoozeAsked>(event)) snooze(now);
    if (std::holds_alternative<PreparingCrash>(event)) crash(now);
    if (std::holds_alternative<PortClosed>(event)) port_closed(now);
    if (std::holds_alternative<PortFailed>(event)) {
        log(kError, true, "error from read_message");
        end_vm(now, Reason::failed);
    }
    if (std::holds_alternative<ShutDown>(event)) {
        pet();  // the rest of the shutdown has the device's whole time
        state_ = State::over;
        actions_.emplace_back(NervesLeave{});
    }
}

void NervesHeart::verb(Instant now, const std::string& text) {
    if (text == "disable" || text == "disable_hw") {
        log(kError, true,
            "disable_hw: the hardware watchdog is petted no more. It should reset the system "
            "soon.");
        petting_ = false;
        actions_.emplace_back(StopPetting{});
    } else if (text == "disable_vm") {
        log(kError, true,
            "disable_vm: the VM is given up as if it were silent. The system should reboot soon.");
        actions_.emplace_back(NervesAck{});
        return end_vm(now, Reason::timeout);
    } else if (text == "guarded_reboot") {
        guard(Ending::restart);
    } else if (text == "guarded_poweroff") {
        guard(Ending::power_off);
    } else if (text == "guarded_halt") {
        guard(Ending::halt);
    } else if (text == "guarded_immediate_reboot" || text == "guarded_immediate_poweroff") {
        petting_ = false;
        asked_ = text == "guarded_immediate_reboot" ? Ending::restart : Ending::power_off;
        log(kInfo, true, text + ": the hardware watchdog is petted no more");
        actions_.emplace_back(StopPetting{});
        actions_.emplace_back(Reboot{*asked_});
    } else if (text == "init_handshake") {
        log(kInfo, true, "Received init handshake");
        handshaken_ = true;
    } else if (text == "snooze") {
        snooze(now);
    }
    actions_.emplace_back(NervesAck{});
}

void NervesHeart::guard(Ending ending) {
    pet();
    petting_ = false;
    asked_ = ending;
    actions_.emplace_back(StopPetting{});
    actions_.emplace_back(TellInit{ending});
    log(kInfo, true, "Guarded end requested. The hardware watchdog is petted no more");
    actions_.emplace_back(SyncDisks{});
}

void NervesHeart::snooze(Instant now) {
    log(kWarning, true, "Snoozing heart keepalive checks for 15 minutes");
    pet();
    handshaken_ = true;
    last_beat_ = snooze_end_ = now + kSnooze;
}

void NervesHeart::port_closed(Instant now) {
    log(kError, true, "Erlang has closed.");
    // PID 1 has been told and is at work: it has until the deadline.
    if (!asked_) end_vm(now, Reason::closed);
}

void NervesHeart::crash(Instant now) {
    log(kError, true, "Erlang is crashing .. (waiting for crash dump file)");
    pet();
    if (!settings_.crash_dump_seconds) return end_vm(now, Reason::crash);
    const long seconds = *settings_.crash_dump_seconds;
    log(kError, true, "waiting for dump - timeout set to " + std::to_string(seconds) + " seconds.");
    state_ = State::dumping;
    until_ = seconds < 0 || seconds > 1000000000 ? kNever : now + std::chrono::seconds(seconds);
    if (now >= until_) end_vm(now, Reason::crash);
}

void NervesHeart::tick(Instant now) {
    switch (state_) {
        case State::beating:
            if (now >= last_beat_ + settings_.beat_timeout) {
                log(kError, true,
                    "heartbeat timeout -> no activity for " +
                        std::to_string(count(now - last_beat_)) + " seconds");
                return end_vm(now, Reason::timeout);
            }
            if (!handshaken_ && now >= init_end_) {
                log(kError, true,
                    "init handshake never happened -> not received in " +
                        std::to_string(count(settings_.init_timeout)) + " seconds");
                return end_vm(now, Reason::timeout);
            }
            if (now >= pet_at_) pet();
            return;
        case State::dumping:
            if (now >= until_) end_vm(now, Reason::crash);
            return;
        case State::closing:
            if (now < until_) return;
            log(kError, true, "Erlang still alive, kill it");
            return kill(now);
        case State::killing:
            if (now >= until_) {
                log(kError, true, "Unable to kill old process, kill failed (tried multiple times)");
                return reboot();
            }
            if (now < again_) return;
            again_ = now + 1s;
            actions_.emplace_back(NervesKill{settings_.abort_instead});
            return;
        case State::over:
            return;
    }
}

void NervesHeart::end_vm(Instant now, Reason reason) {
    actions_.emplace_back(SyncDisks{true});
    if (!settings_.knows_vm || !settings_.may_kill || vm_ended_) return reboot();
    if (reason != Reason::closed) return kill(now);
    log(kInfo, true, "Wait 5 seconds for Erlang to terminate nicely");
    state_ = State::closing;
    until_ = now + 5s;
}

void NervesHeart::kill(Instant now) {
    if (settings_.abort_instead) log(kError, true, "kill signal SIGABRT requested");
    state_ = State::killing;
    until_ = now + 5s;
    again_ = now + 1s;
    actions_.emplace_back(NervesKill{settings_.abort_instead});
}

void NervesHeart::reboot() {
    state_ = State::over;
    actions_.emplace_back(Reboot{asked_.value_or(Ending::restart)});
    actions_.emplace_back(NervesLeave{});
}

void NervesHeart::pet() {
    if (petting_) actions_.emplace_back(PetDevice{});
}

std::string NervesHeart::status(Instant now) const {
    std::string text = "program_name=nerves_heart\nprogram_version=2.5.0\n";
    const auto line = [&](const char* key, long value) {
        text.append(key).append("=").append(std::to_string(value)).append("\n");
    };
    line("heartbeat_timeout", count(settings_.beat_timeout));
    line("heartbeat_time_left", left(last_beat_ + settings_.beat_timeout, now));
    line("init_grace_time_left", left_or_none(grace_end_, now));
    line("snooze_time_left", left_or_none(snooze_end_, now));
    line("wdt_pet_time_left", left(last_pet_ + pet_every_, now));
    line("init_handshake_happened", handshaken_ ? 1 : 0);
    line("init_handshake_timeout", count(settings_.init_timeout));
    line("init_handshake_time_left", handshaken_ ? 0 : left_or_none(init_end_, now));
    return text;
}

}  // namespace vakt::heart
