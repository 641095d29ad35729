// SPDX-License-Identifier: Apache-2.0
// A heart inside the emulator: heart's machine for each port, one watchdog and one verdict for all.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "guard/solo.h"
#include "heart/heart.h"
#include "keeper/action.h"
#include "wdt/watchdog_device.h"

namespace vakt::beam {

/// A port of the emulator, as the heart knows it.
using PortId = std::uint64_t;

/// What a heart asks of those around it; nothing here waits for anybody.
class Surroundings {
 public:
    Surroundings() = default;
    Surroundings(const Surroundings&) = delete;
    Surroundings& operator=(const Surroundings&) = delete;
    virtual ~Surroundings() = default;

    /// HEART_ACK and HEART_CMD, without a length: a driver's port has none.
    virtual void answer(PortId port, const std::string& body) = 0;
    /// The port is to close, as a port program's does that ends.
    virtual void end(PortId port) = 0;
    /// Open the watchdog and arm it, for InnerHeart::armed(), however long that takes.
    virtual void open_watchdog(Duration beat_timeout, Duration boot_delay) = 0;
    /// To the ledger; InnerHeart::noted() when it is on the disk, or cannot be.
    virtual void note(const keeper::Note& note, Duration beat_age) = 0;
    /// What is noted once a boot: that it came up.
    virtual void note_healthy(Duration good_for) = 0;
    /// reboot(2): returns when it was refused.
    virtual Status reboot() = 0;
    virtual void say(const std::string& words) = 0;
};

/// The newest port is the one that counts (heart:cycle/0 opens the second before it closes the
/// first): an older one's beats, silence and end mean nothing, and its SHUT_DOWN ends that port
/// alone. A verdict is final. It is noted, then, within 2 s, reboot(2) is called; where that is
/// refused nothing pets any more and the hardware is left to bite. Until then, and at D at the
/// latest (heart/heart.h), the watchdog is petted in its rhythm (guard/solo.h), so that a crash
/// dump may be written. With neither a watchdog nor a wish for reboot(2) it does what OTP's heart
/// does without HEART_COMMAND: it says so, and ends its port.
class InnerHeart {
 public:
    /// `reboots`: a VM given up ends in reboot(2), whether or not the watchdog is there (yet).
    /// `has_watchdog`: one is to be opened.
    InnerHeart(bool reboots, bool has_watchdog, Surroundings& around)
        : reboots_(reboots), has_watchdog_(has_watchdog), around_(around) {}

    void opened(Instant now, PortId port, heart::Settings settings);
    /// Of that port: a message, or its end (PortClosed).
    void heard(Instant now, PortId port, const heart::Event& event);
    /// The watchdog that was to be opened counts from `began` on.
    void armed(Instant now, Instant began, Duration granted,
               std::unique_ptr<wdt::WatchdogDevice> device);
    void noted(Instant now);
    /// Whether a VM ran in this boot before: what was noted of it is void with the first beat.
    void ledger_read(bool same_boot) { same_boot_ = same_boot; }
    /// Call it when all that was there has been heard, and at wake_at().
    void tick(Instant now);
    [[nodiscard]] Instant wake_at(Instant now) const;

    /// Nothing more is done for that port: it left in order, its verdict has been carried out, or
    /// it is not the one that counts.
    [[nodiscard]] bool settled(PortId port) const;

 private:
    struct Port {
        PortId id = 0;
        heart::Heart machine;
        bool over = false;
    };

    [[nodiscard]] Port* find(PortId id);
    [[nodiscard]] Port* newest() { return ports_.empty() ? nullptr : &ports_.back(); }
    void step(Instant now, Port& port, const heart::Event& event);
    void carry_out(Instant now, Port& port, const heart::Action& action);
    void beaten(Instant now, const Port& port);
    void give_up(Instant now, heart::Cause cause);
    void escalate(Instant now);
    void reboot();
    void retire(Instant now);
    void pet(Instant now);
    void note(Instant now, keeper::NoteKind kind);

    bool reboots_;
    bool has_watchdog_;
    Surroundings& around_;
    std::vector<Port> ports_;
    std::unique_ptr<wdt::WatchdogDevice> device_;
    guard::Solo solo_;
    bool opening_ = false;
    bool petting_ = true;
    bool same_boot_ = false;
    bool healthy_said_ = false;
    Instant began_{};  // the newest port
    Instant last_beat_{};
    Instant deadline_ = kNever;  // D
    std::optional<keeper::Cause> verdict_;
    int notes_open_ = 0;
    Instant reboot_at_ = kNever;
};

}  // namespace vakt::beam
