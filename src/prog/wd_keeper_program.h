// SPDX-License-Identifier: Apache-2.0
// wd_keeper while it runs: bytes to events, actions to effects, and no decision of its own.
#pragma once

#include <sys/socket.h>

#include <array>
#include <bitset>
#include <optional>
#include <span>

#include "keeper/keeper.h"
#include "prog/daemon_log.h"
#include "prog/keeper_children.h"
#include "prog/wd_keeper_clients.h"
#include "prog/wd_keeper_commands.h"
#include "prog/wd_keeper_devices.h"
#include "prog/wd_keeper_inherited.h"
#include "prog/wd_keeper_options.h"
#include "prog/wd_keeper_state.h"
#include "prog/wd_keeper_vms.h"
#include "report/info_budget.h"
#include "settings/keeper_settings.h"
#include "sys/local_peer.h"
#include "sys/notify.h"
#include "sys/pmsg.h"
#include "sys/signal_inbox.h"

namespace vakt::prog {

/// All that was made before memory was locked.
struct KeeperParts {
    const KeeperOptions& options;
    settings::KeeperFile file;
    ChildrenSetup setup;
    Children children;
    sys::Fd listener;
    StateFile state;
    sys::MappedFile commands;
    std::optional<sys::Pmsg> pmsg;
    sys::ServiceManager manager;
    std::uint16_t flags = 0;  ///< lease::kMemoryLocked and the like, of the board's status
};

/// Each turn of the loop reads all that is queued, then ticks. What an action leads to (a device
/// armed, a rung that failed) is the next event, taken once the list of actions is carried out.
/// From begin() on nothing here allocates, but for the words of a device that fails and for opening
/// one (drivers/); a test counts.
class KeeperProgram {
 public:
    KeeperProgram(KeeperParts& parts, Log& log);
    KeeperProgram(const KeeperProgram&) = delete;
    KeeperProgram& operator=(const KeeperProgram&) = delete;

    /// Once, with what another keeper left or handed over.
    void begin(Inherited inherited);
    /// The exit status.
    int run();
    /// Refused to start, or over before it ran.
    [[nodiscard]] bool has_left() const { return left_; }

 private:
    // ---- the loop: wd_keeper_loop.cpp ----
    struct Watched;
    void wait(Watched& watched);
    void accept_clients();
    void accept_later();
    void enter(Client& client, sys::Fd socket, const sys::LocalPeer& who);
    [[nodiscard]] bool hands_over() const;
    void read(Client& client);
    void take_signals();
    void take_scribe();
    void take_reader();
    void take_prober(keeper::EvidenceId id);
    void collect_children();
    void end_turn();
    void close(Client& client);
    [[nodiscard]] bool is_known(uid_t uid) const;
    void mark_holders();

    // ---- the beginning and the end: wd_keeper_hand_over.cpp ----
    void adopt(keeper::Connection number, sys::Fd socket);
    void forget_stored(const Inherited& inherited);
    void hold_vms();
    void hand_over_failed();
    [[nodiscard]] bool goes_along(const Client& client) const;
    [[nodiscard]] bool hand_to(Client& successor);
    [[nodiscard]] bool hand_to_manager();
    bool store_device(keeper::DeviceId id);
    void forget_device(keeper::DeviceId id);

    // ---- what clients ask: wd_keeper_requests.cpp ----
    void take(Client& client, const wire::LeaseMessage& message);
    void take_beat(Client& client, const wire::lease::Beat& beat);
    void take_command(const Client& client, std::string_view bytes);
    void take_report(Client& client, const keeper::Name& lease);
    void take_hands(Client& client);
    void take_healthy(Client& client);
    void take_info(Client& client, const wire::lease::Info& info);
    void send_status(Client& client);
    void answer(Client& client, keeper::Refusal refusal);
    [[nodiscard]] bool has_taken(const keeper::Name& name) const;
    [[nodiscard]] bool is_ours(uid_t uid) const;
    [[nodiscard]] bool is_of_a_lease(uid_t uid) const;
    [[nodiscard]] std::optional<keeper::LeaseId> held_by(keeper::Connection number) const;
    [[nodiscard]] std::optional<keeper::LeaseId> named(const keeper::Name& name) const;

    // ---- what the machine wants: wd_keeper_acts.cpp ----
    void step(const keeper::Event& event);
    void drain();
    void carry_out(const keeper::Actions& actions);
    void carry_out_all(const keeper::Actions& actions);
    void act(const keeper::Persist&) { state_is_old_ = true; }
    void act(const keeper::Note& note);
    void act(const keeper::Arm& arm);
    void act(const keeper::Pet& pet);
    void act(const keeper::SetTimeout& set);
    void act(const keeper::Disarm& disarm);
    void act(const keeper::RefuseDevice& refuse);
    void act(const keeper::Grant& grant);
    void act(const keeper::Answer&) {}
    void act(const keeper::Warn& warn);
    void act(const keeper::Proceed&) {}
    void act(const keeper::TellVerdict&) {}
    void act(const keeper::TellSnooze&) {}
    void act(const keeper::KillVm& kill);
    void act(const keeper::KillHeart& kill);
    void act(const keeper::RunCommand& run);
    void act(const keeper::DrillVm& drill);
    void act(const keeper::Probe& probe);
    void act(const keeper::AskEnd& ask);
    void act(const keeper::SendHandOver& send);
    void act(const keeper::Leave&) { left_ = true; }

    void save();
    void write(const report::Entry& entry, std::uint32_t id, bool last = false);
    void tell_watchers(const keeper::Action& action);
    void signal_vm(const keeper::Vm& vm, keeper::LeaseId lease, int number);
    void signal_heart(keeper::Connection heart, int number);
    void end_by_syscall(keeper::EndKind end);
    void give_up_refused();
    void pet_refused(Instant now);
    void make_report();
    void exempt(Client& client);
    /// False, and errno says why.
    bool respawn(keeper::EvidenceId id);
    bool ask_prober(keeper::EvidenceId id);

    KeeperParts& parts_;
    Log& log_;
    sys::SignalInbox signals_;
    Clients clients_;
    Devices devices_;
    Vms vms_;
    HeartCommands commands_;
    std::optional<keeper::Keeper> keeper_;
    std::array<PlainProbe, keeper::kMaxEvidence> probes_{};
    std::bitset<keeper::kMaxEvidence> unasked_;  // the last question of which could not be put
    keeper::Connection hands_ = 0;
    pid_t end_command_ = 0;

    std::array<keeper::Event, 128> pending_;
    std::size_t pending_first_ = 0;
    std::size_t pending_count_ = 0;
    bool stepping_ = false;
    bool state_is_old_ = false;
    bool left_ = false;
    bool going_down_ = false;
    bool began_ = false;
    bool cannot_accept_ = false;
    Instant accept_again_{};          // the listener is left alone until then
    Instant confirm_until_ = kNever;  // the successor's time to confirm
    int exit_ = 0;

    /// Devices whose timeout is too long, or that could not be armed, and that cannot be disarmed:
    /// petted by us, see give_up_refused().
    std::array<Instant, keeper::kMaxDevices> refused_due_;
    std::array<Duration, keeper::kMaxDevices> refused_granted_{};

    // Of the scribe.
    ScribeAnswer scribe_{};
    std::uint64_t next_sequence_;
    report::InfoBudget budget_;
    bool report_is_there_ = false;
    FixedList<keeper::Name, keeper::kMaxLeases + 1> report_taken_;  // and wd_bus
    bool healthy_said_ = false;

    // Counted for the status.
    Instant started_{};
    std::uint64_t beats_ = 0;
    std::uint32_t refused_ = 0;
    std::array<std::uint32_t, wire::kBeatColumns> beat_intervals_{};
    Words reload_error_{};
};

}  // namespace vakt::prog
