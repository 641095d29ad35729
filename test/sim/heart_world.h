// SPDX-License-Identifier: Apache-2.0
// A board in virtual time on which everything that decides is real: hearts, their leases' links,
// and the keeper. VMs, disk, hardware and what breaks are made up.
#pragma once

#include <algorithm>
#include <cstdio>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "guard/lease_link.h"
#include "keeper/keeper.h"
#include "test/sim/random.h"
#include "wire/lease_bytes.h"

namespace vakt::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;
namespace k = vakt::keeper;

/// Deliberately broken hearts.
enum class HeartMutant : std::uint8_t {
    none,
    acts_at_once,     ///< does not wait for the note
    never_reopens,    ///< a lost keeper is lost for good
    shuts_down_once,  ///< SHUT_DOWN that was not read is not said again
    opens_once,       ///< does not take the lease again after a keeper was away
    beats_are_new,    ///< says a beat from before as if it came now
    beats_by_itself,  ///< beats for a VM that does not
    two_commands,     ///< runs the heart command although the keeper does
};
enum class Wrong : std::uint8_t {
    none,
    healthy_killed,    ///< a VM that beats is killed
    good_board_reset,  ///< the board is reset, and every VM beats or has left in order
    late_reset,        ///< the board lives beyond D
    act_too_early,     ///< heart acts before the note, and before 2 s are over
    two_commands,      ///< the command of one verdict is run twice
};
inline constexpr const char* kWrongNames[] = {"none",       "healthy-killed", "good-board-reset",
                                              "late-reset", "act-too-early",  "two-commands"};

class HeartWorld {
 public:
    HeartWorld(std::uint64_t seed, HeartMutant mutant, bool talks)
        : random_(seed), mutant_(mutant), talks_(talks) {
        timing_ = {seconds(11 + random_.below(12)), seconds(11 + random_.below(25))};
        k::LeaseRule rule;
        rule.name = "a";
        rule.uid = 1000;
        rule.required = random_.one_in(2);
        rule.timing = timing_;
        settings_.leases.push_back(rule);
        if (!random_.one_in(4)) {
            k::DeviceRule device;
            granted_ = random_.between(seconds(2),
                                       timing_.beat_timeout + timing_.boot_delay - k::kSystemShare);
            device.timeout = granted_;
            settings_.devices.push_back(device);
        }
        restarts_ = random_.one_in(2);
        disk_ = random_.one_in(4) ? seconds(5) : random_.between(milliseconds(2), seconds(1));
        horizon_ = kBegin + seconds(60) + 2 * (timing_.beat_timeout + timing_.boot_delay);
    }

    Wrong run() {
        begin_keeper();
        start_vm();
        plan();
        while (!over_ && wrong_ == Wrong::none && !queue_.empty()) {
            std::pop_heap(queue_.begin(), queue_.end(), later_first);
            auto due = std::move(queue_.back());
            queue_.pop_back();
            if (due.at >= horizon_) break;
            look(due.at);
            if (wrong_ != Wrong::none || over_) break;
            now_ = due.at;
            ++events_;
            due.what();
        }
        if (wrong_ != Wrong::none) say(kWrongNames[static_cast<std::size_t>(wrong_)]);
        return wrong_;
    }
    [[nodiscard]] std::uint32_t events() const { return events_; }
    [[nodiscard]] bool reset() const { return over_; }

 private:
    static constexpr Instant kBegin{seconds(1000)};
    /// What a busy machine may add to anything.
    static constexpr Duration kSlack = milliseconds(300);

    struct HeartNow {
        std::unique_ptr<heart::Heart> heart;
        std::unique_ptr<guard::LeaseLink> link;
        k::Connection connection = 0;
        k::Connection opened = 0;  // the last one on which it has said Open
        int life = 0;              // of its VM
        bool runs = true;
        bool leaving = false;
        bool said_shut_down = false;
        bool unread = false;  // something was said into a connection that has ended
        std::deque<heart::Event> port;
        Instant asleep_until{};
        Instant ticked{};
        Instant may_act = kNever;  // told, or 2 s after its verdict
    };
    struct Sent {
        k::Connection from;
        std::optional<k::Event> event;  // none: the end of words
    };
    struct Due {
        Instant at;
        std::uint64_t order;
        std::function<void()> what;
    };
    static bool later_first(const Due& x, const Due& y) {
        return x.at != y.at ? x.at > y.at : x.order > y.order;
    }
    void later(Duration by, std::function<void()> what) { at(now_ + by, std::move(what)); }
    void at(Instant when, std::function<void()> what) {
        queue_.push_back({when, order_++, std::move(what)});
        std::push_heap(queue_.begin(), queue_.end(), later_first);
    }

    // ---- the VM ----
    void start_vm() {
        const int life = ++life_;
        alive_ = beats_ = true;
        healthy_ = life == 1 || !random_.one_in(4);
        say("VM starts", life);
        holder_ = add_heart();
        if (healthy_) beat(life);
    }
    std::size_t add_heart() {
        HeartNow one;
        heart::Settings settings;
        settings.beat_timeout = timing_.beat_timeout;
        settings.boot_delay = timing_.boot_delay;
        settings.knows_vm = true;
        settings.command = "restart";
        one.heart = std::make_unique<heart::Heart>(settings, now_);
        guard::LeaseWish wish;
        wish.lease = "a";
        wish.timing = timing_;
        wish.vm = {static_cast<std::uint32_t>(100 + life_), 7};
        one.link = std::make_unique<guard::LeaseLink>(wish);
        one.life = life_;
        hearts_.push_back(std::move(one));
        const auto id = hearts_.size() - 1;
        carry_out(id, hearts_[id].link->start(now_));
        wake(id);
        return id;
    }
    void beat(int life) {
        if (life != life_ || !alive_ || !beats_) return;
        to_port(holder_, heart::Beat{});
        later(milliseconds(4900 + random_.below(200)), [this, life] { beat(life); });
    }
    void to_port(std::size_t id, heart::Event event) {
        hearts_[id].port.push_back(std::move(event));
        read_port(id);
    }
    void read_port(std::size_t id) {
        auto& one = hearts_[id];
        if (!one.runs || now_ < one.asleep_until) return;
        while (!one.port.empty() && one.heart->listens()) {
            const auto event = one.port.front();
            one.port.pop_front();
            if (std::holds_alternative<heart::Beat>(event) && one.life == life_) {
                // A new VM keeps the board if it beats before the last verdict is due.
                if (one.life != beaten_)
                    in_time_ = !was_beaten_ || now_ + (keeper_ ? 0 : 1) * seconds(2) <
                                                   told_ + timing_.beat_timeout +
                                                       timing_.boot_delay - k::kSystemShare -
                                                       kSlack;
                beaten_ = one.life;
                last_beat_ = now_;
                was_beaten_ = true;
            }
            tell_heart(id, event);
        }
    }
    void kill_vm(int life, const char* who) {
        if (life != life_ || !alive_) return;
        say(who, life);
        if (beats_ && healthy_) return fail(Wrong::healthy_killed);
        vm_ends(life);
    }
    void vm_ends(int life) {
        alive_ = beats_ = false;
        later(milliseconds(10), [this, life] {
            for (std::size_t id = 0; id < hearts_.size(); ++id) {
                if (hearts_[id].life != life) continue;
                tell_heart(id, heart::VmEnded{});
                to_port(id, heart::PortClosed{});
            }
            to_keeper(k::VmEnded{{static_cast<std::uint32_t>(100 + life), 7}});
        });
    }
    void command_runs(int life, const char* who) {
        say(who, life);
        if (life != life_) return;
        // Whoever wakes late in mid-ladder finds heart's time and the keeper's over in one moment.
        if (commanded_ == life && now_ > woke_ + seconds(1)) return fail(Wrong::two_commands);
        commanded_ = life;
        if (!restarts_ || life_ > 1) return;
        later(random_.between(milliseconds(300), seconds(20)), [this, life] {
            if (life == life_) start_vm();
        });
    }

    // ---- hearts ----
    void tell_heart(std::size_t id, const heart::Event& event) {
        auto& one = hearts_[id];
        if (!one.runs || one.leaving) return;
        const auto actions = one.heart->on(now_, event);
        for (const auto& action : actions)
            std::visit([&](const auto& a) { carry_out(id, a); }, action);
        wake(id);
    }
    template <class Other>
    void carry_out(std::size_t, const Other&) {}
    void carry_out(std::size_t id, const heart::Renew&) { tell_link(id, guard::Beaten{}); }
    void carry_out(std::size_t id, const heart::GiveUp& verdict) {
        auto& one = hearts_[id];
        say("heart gives up", one.life);
        const auto end = one.heart->hard_deadline();
        const auto last = end - k::kSystemShare - milliseconds(250);
        one.may_act = now_ < last ? std::min(now_ + k::kNoteWait, last) : end;
        if (!one.link->guards()) one.may_act = now_;
        tell_link(id, guard::GaveUp{verdict.cause, "words"});
        if (mutant_ == HeartMutant::acts_at_once) tell_heart(id, heart::MayProceed{});
    }
    void carry_out(std::size_t id, const heart::Retire&) { tell_link(id, guard::Retired{}); }
    void carry_out(std::size_t id, const heart::VmGone&) {
        tell_link(id, guard::Stepped{k::Step::vm_ended, 0});
    }
    void carry_out(std::size_t id, const heart::Escalate&) {
        tell_link(id, guard::Stepped{k::Step::command_failed, 256});
    }
    void carry_out(std::size_t id, const heart::KillVm&) {
        if (now_ < hearts_[id].may_act) return fail(Wrong::act_too_early);
        kill_vm(hearts_[id].life, "heart kills the VM");
    }
    void carry_out(std::size_t id, const heart::RunCommand&) {
        if (now_ < hearts_[id].may_act) return fail(Wrong::act_too_early);
        command_runs(hearts_[id].life, "heart runs the command");
        if (mutant_ != HeartMutant::two_commands)
            tell_link(id, guard::Stepped{k::Step::command_started, 0});
        const int status = restarts_ || random_.one_in(2) ? 0 : 256;
        // A command that is the new VM never ends.
        if (random_.one_in(4)) return;
        later(random_.between(milliseconds(10), milliseconds(900)),
              [this, id, status] { tell_heart(id, heart::CommandEnded{status}); });
    }
    void carry_out(std::size_t id, const heart::Leave&) {
        hearts_[id].leaving = true;
        tell_link(id, guard::Leaving{});
    }
    /// A tick for heart and link when they want one.
    void wake(std::size_t id) {
        auto& one = hearts_[id];
        if (!one.runs) return;
        auto due = one.link->wake_at();
        if (!one.leaving) due = std::min(due, one.heart->wake_at());
        if (due == kNever) return;
        due = std::max({due, now_, one.asleep_until}) + milliseconds(random_.below(5));
        at(due, [this, id] { tick(id); });
    }
    void tick(std::size_t id) {
        auto& one = hearts_[id];
        if (!one.runs || now_ < one.asleep_until) return;
        read_port(id);
        if (now_ >= one.link->wake_at()) tell_link(id, heart::Tick{});
        if (!one.leaving && now_ >= one.heart->wake_at()) tell_heart(id, heart::Tick{});
        read_port(id);
    }

    // ---- the link's bytes ----
    void tell_link(std::size_t id, const guard::LinkEvent& event) {
        auto& one = hearts_[id];
        if (!one.runs) return;
        if (mutant_ == HeartMutant::never_reopens && std::holds_alternative<guard::Lost>(event))
            return;
        carry_out(id, one.link->on(now_, event));
        if (one.leaving && one.link->may_end()) end_heart(id);
        wake(id);
    }
    void carry_out(std::size_t id, const guard::LinkActions& actions) {
        std::vector<guard::LinkEvent> next;
        for (const auto& action : actions) {
            if (std::holds_alternative<guard::Connect>(action))
                next.push_back(connect(id));
            else if (std::holds_alternative<guard::Disconnect>(action))
                close(id);
            else if (const auto* sent = std::get_if<guard::Send>(&action))
                send(id, sent->message);
            else if (std::holds_alternative<guard::EndOfWords>(action))
                inbox_.push_back({hearts_[id].connection, std::nullopt});
            else if (const auto* guarded = std::get_if<guard::TellGuarded>(&action))
                tell_heart(id, heart::Guarded{guarded->by});
            else if (const auto* proceed = std::get_if<guard::TellProceed>(&action))
                tell_heart(id, heart::MayProceed{proceed->command_until});
            else if (const auto* snoozed = std::get_if<guard::TellSnoozed>(&action))
                tell_heart(id, heart::Snoozed{snoozed->until});
        }
        keeper_reads_soon();
        for (const auto& event : next) tell_link(id, event);
    }
    guard::LinkEvent connect(std::size_t id) {
        close(id);
        if (!keeper_) return guard::NotConnected{"", true};
        hearts_[id].unread = false;
        hearts_[id].connection = ++connections_;
        return guard::Connected{};
    }
    void close(std::size_t id) {
        if (hearts_[id].connection != 0) inbox_.push_back({hearts_[id].connection, std::nullopt});
        hearts_[id].connection = 0;
    }
    void send(std::size_t id, const wire::LeaseMessage& original) {
        auto& one = hearts_[id];
        one.unread = one.unread || one.connection == 0;  // EPIPE, when it is noticed
        if (one.connection == 0) return;
        auto message = original;
        if (const auto* shut = std::get_if<wire::lease::ShutDown>(&message); shut != nullptr) {
            if (mutant_ == HeartMutant::shuts_down_once && one.said_shut_down) return;
            one.said_shut_down = true;
        }
        if (auto* beat = std::get_if<wire::lease::Beat>(&message);
            beat != nullptr && mutant_ == HeartMutant::beats_are_new)
            beat->at = now_;
        if (mutant_ == HeartMutant::opens_once && one.connection == one.opened &&
            std::holds_alternative<wire::lease::Open>(message))
            return;
        if (std::holds_alternative<wire::lease::Open>(message)) one.opened = one.connection;
        // For the program alone, which keeps it in its memory.
        if (std::holds_alternative<wire::lease::Command>(message)) command_kept_ = true;
        if (const auto event = wire::event_of(message, one.connection, 1000))
            inbox_.push_back({one.connection, *event});
    }
    void end_heart(std::size_t id) {
        say("heart ends", hearts_[id].life);
        close(id);
        hearts_[id].runs = false;
        keeper_reads_soon();
    }
    void hear(k::Connection to, const wire::LeaseMessage& message) {
        later(milliseconds(1 + random_.below(3)), [this, to, message] {
            if (const auto id = heart_at(to); id < hearts_.size()) {
                const auto& proceed = std::get_if<wire::lease::Proceed>(&message);
                if (proceed != nullptr) hearts_[id].may_act = std::min(hearts_[id].may_act, now_);
                tell_link(id, guard::Heard{message});
            }
        });
    }
    [[nodiscard]] std::size_t heart_at(k::Connection connection) const {
        std::size_t id = 0;
        while (id < hearts_.size() && (connection == 0 || hearts_[id].connection != connection))
            ++id;
        return id;
    }

    // ---- the keeper ----
    void begin_keeper() {
        say("keeper begins");
        keeper_.emplace(settings_, k::BootId{}, now_, saved_ ? &*saved_ : nullptr,
                        k::Keeper::Adopted{0, false});
        carry_out(keeper_->begin(now_));
    }
    void kill_keeper(Duration away) {
        if (!keeper_) return;
        say("keeper is killed");
        keeper_.reset();
        command_kept_ = false;
        killed_at_ = now_;
        const auto unread = std::exchange(inbox_, {});
        for (std::size_t id = 0; id < hearts_.size(); ++id) {
            const auto connection = std::exchange(hearts_[id].connection, 0);
            if (connection == 0) continue;
            const bool lost_some = std::any_of(unread.begin(), unread.end(),
                                               [&](const Sent& s) { return s.from == connection; });
            later(milliseconds(1 + random_.below(30)), [this, id, lost_some] {
                if (hearts_[id].connection != 0) return;
                tell_link(id, guard::Lost{lost_some || hearts_[id].unread});
            });
        }
        later(away, [this] { begin_keeper(); });
    }
    void keeper_reads_soon() {
        if (inbox_.empty() || reading_) return;
        reading_ = true;
        later(milliseconds(random_.below(4)), [this] {
            reading_ = false;
            auto all = std::exchange(inbox_, {});
            for (const auto& one : all) {
                if (one.event) {
                    to_keeper(*one.event);
                    continue;
                }
                to_keeper(k::Closed{one.from});
                // It closes its end, and that is the end of it for a heart that still waits.
                if (const std::size_t id = heart_at(one.from); id < hearts_.size()) {
                    hearts_[id].connection = 0;
                    later(milliseconds(1), [this, id] { tell_link(id, guard::Lost{false}); });
                }
            }
        });
    }
    void to_keeper(const k::Event& event) {
        if (!keeper_) return;
        if (const auto* beat = std::get_if<k::Beat>(&event)) told_ = std::max(told_, beat->at);
        if (talks_ && event.index() != std::variant_size_v<k::Event> - 1)
            say("keeper reads event", static_cast<int>(event.index()));
        carry_out(keeper_->on(now_, event));
    }
    void carry_out(const k::Actions& actions) {
        for (const auto& action : actions) {
            if (!keeper_ || over_) return;
            std::visit([&](const auto& a) { keeper_does(a); }, action);
        }
        if (!keeper_) return;
        const auto wake = keeper_->wake_at();
        if (wake == kNever || wake == keeper_tick_) return;
        keeper_tick_ = wake;
        at(std::max(now_, wake) + milliseconds(random_.below(5)), [this, wake] {
            if (keeper_tick_ == wake) keeper_tick_ = kNever;
            if (keeper_ && now_ >= keeper_->wake_at()) to_keeper(k::Tick{});
        });
    }
    template <class Other>
    void keeper_does(const Other&) {}
    void keeper_does(const k::Persist&) { saved_ = keeper_->state(); }
    void keeper_does(const k::Note& note) {
        later(disk_, [this, id = note.id] { to_keeper(k::Noted{id}); });
    }
    void keeper_does(const k::Arm& arm) {
        bites_ = now_ + granted_;
        later(milliseconds(1), [this, arm] { to_keeper(k::Armed{arm.device, granted_}); });
    }
    void keeper_does(const k::Pet&) {
        bites_ = now_ + granted_;
        robbed_ = false;
    }
    void keeper_does(const k::Grant& grant) { hear(grant.to, wire::lease::Granted{}); }
    void keeper_does(const k::Answer& answer) {
        hear(answer.to, wire::lease::Answer{answer.refusal, answer.longest});
    }
    void keeper_does(const k::Proceed& proceed) {
        hear(proceed.to, wire::lease::Proceed{proceed.command_until, proceed.deadline});
    }
    void keeper_does(const k::KillVm& kill) {
        kill_vm(static_cast<int>(kill.vm.pid) - 100, "keeper kills the VM");
    }
    void keeper_does(const k::KillHeart& kill) {
        if (const auto id = heart_at(kill.heart); id < hearts_.size()) heart_dies(id);
    }
    void keeper_does(const k::RunCommand&) {
        if (command_kept_) command_runs(life_, "keeper runs the command");
    }
    void keeper_does(const k::AskEnd& ask) {
        if (ask.rung == k::Rung::syscall) return end_board("the board is reset");
        later(milliseconds(1), [this, ask] { to_keeper(k::RungFailed{ask.rung}); });
    }
    void heart_dies(std::size_t id) {
        say("heart dies", hearts_[id].life);
        hearts_[id].runs = false;
        close(id);
        keeper_reads_soon();
        // heart.erl is a kernel process: its port's end is the VM's.
        if (hearts_[id].life == life_ && id == holder_ && alive_) {
            healthy_ = false;
            vm_ends(life_);
        }
    }

    // ---- what befalls it ----
    void plan() {
        const auto fate_at = random_.between(seconds(1), seconds(45));
        switch (random_.below(8)) {
            case 0:
                break;
            case 1:
            case 2:
                later(fate_at, [this] { hang(); });
                break;
            case 3:
                later(fate_at, [this] {
                    if (!alive_) return;
                    say("VM is killed");
                    healthy_ = false;
                    vm_ends(life_);
                });
                break;
            case 4:
                later(fate_at, [this] { shut_down(); });
                break;
            case 5:
                later(fate_at, [this] { heart_dies(holder_); });
                break;
            default:
                later(fate_at, [this] { cycle(); });
                if (random_.one_in(2)) later(fate_at + seconds(12), [this] { hang(); });
                break;
        }
        const bool keeper_dies = random_.one_in(2);
        if (keeper_dies) {
            // Often where it hurts: close to what else happens.
            const auto when = random_.one_in(2)
                                  ? fate_at + random_.between(milliseconds(-300), milliseconds(300))
                                  : random_.between(seconds(1), seconds(90));
            const auto away = random_.between(milliseconds(20), milliseconds(800));
            later(when, [this, away] { kill_keeper(away); });
        }
        if (random_.one_in(4)) {
            const auto length = random_.between(milliseconds(100), seconds(14));
            later(random_.between(seconds(1), seconds(45)), [this, length] { stall(length); });
        } else if (!keeper_dies && random_.one_in(2)) {  // with either it were two faults on end
            const auto length = random_.between(milliseconds(100), seconds(20));
            later(random_.between(seconds(1), seconds(90)), [this, length] { suspend(length); });
        }
        for (int n = 0; n < 3; ++n)
            if (random_.one_in(3))
                later(random_.between(seconds(1), seconds(90)), [this] { stranger(); });
    }
    void hang() {
        say("VM hangs", life_);
        beats_ = false;
        healthy_ = false;
        if (mutant_ == HeartMutant::beats_by_itself) forge();
    }
    void forge() {
        tell_link(holder_, guard::Beaten{});
        later(seconds(5), [this] { forge(); });
    }
    void shut_down() {
        if (!alive_ || !beats_) return;
        say("VM stops in order");
        alive_ = beats_ = false;
        left_ = true;
        to_port(holder_, heart::ShutDown{});
    }
    void cycle() {
        // An old heart that sleeps through its end may take the lease with a beat from before it,
        // and a VM that hangs before the next one is then nobody's: three faults at once, left out.
        if (!alive_ || !beats_ || now_ < hearts_[holder_].asleep_until) return;
        if (now_ < woke_ + seconds(1)) return;
        say("heart:cycle");
        const auto old = holder_;
        holder_ = add_heart();
        to_port(holder_, heart::Beat{});
        later(random_.between(milliseconds(1), milliseconds(500)),
              [this, old] { to_port(old, heart::ShutDown{}); });
    }
    void stall(Duration length) {
        auto& one = hearts_[holder_];
        // Longer, and nobody can know that it is not for good.
        length = std::min<Duration>(length, timing_.beat_timeout - seconds(6));
        say("heart stalls");
        one.asleep_until = now_ + length;
        later(length, [this, id = holder_] { tick(id); });
    }
    /// The whole machine sleeps, and the hardware's countdown with it or not. Linux's
    /// CLOCK_MONOTONIC stands still then; elsewhere, and in a guest whose host stops it, the clock
    /// has gone on when everybody wakes, and whatever was due is late.
    void suspend(Duration length) {
        length = std::min<Duration>(length, timing_.beat_timeout - seconds(6));
        const bool clock_runs = random_.one_in(2);
        const bool countdown_runs = random_.one_in(2);
        say(clock_runs ? "all sleep, the clock runs" : "all sleep, the clock stands");
        if (clock_runs) {
            for (auto& due : queue_) due.at = std::max(due.at, now_ + length);
            std::make_heap(queue_.begin(), queue_.end(), later_first);
            slept_ += length;
            woke_ = now_ + length;
        }
        if (bites_ == kNever) return;
        robbed_ = countdown_runs;
        if (countdown_runs && bites_ <= now_ + length) {
            // A board that sleeps longer than its watchdog is reset, whoever beats.
            say("the hardware resets the sleeping board");
            over_ = true;
        } else if (clock_runs != countdown_runs) {
            bites_ += clock_runs ? length : -length;
        }
    }
    /// Whoever may connect may ask; nothing comes of it.
    void stranger() {
        const auto from = ++connections_;
        switch (random_.below(6)) {
            case 0:
                return to_keeper(k::DisarmAsked{from, 4711, k::kEveryDevice});
            case 1:
                return to_keeper(k::EndAsked{from, 4711, k::EndKind::reboot, true});
            case 2:
                return to_keeper(k::SnoozeAsked{from, 4711, "a", seconds(600)});
            case 3:
                return to_keeper(k::ShutDown{from});
            case 4:
                return to_keeper(k::Open{from, 4711, "a", timing_, {1, 1}, {}});
            default:
                // SIGHUP: the same file again.
                if (keeper_ && !keeper_->refuses(settings_))
                    carry_out(keeper_->reload(now_, settings_));
                return;
        }
    }

    // ---- the judge ----
    void look(Instant next) {
        if (bites_ <= next) {
            now_ = bites_;
            if (robbed_) over_ = true;
            if (robbed_) return say("the hardware counted while all slept");
            return end_board("the hardware resets the board");
        }
        if (left_ || !was_beaten_) return;
        auto latest = last_beat_ + timing_.beat_timeout + timing_.boot_delay + kSlack;
        // Nobody was there to say the verdict, and then it waits once more for beats.
        if (killed_at_ != kNever) latest += seconds(2);
        latest += slept_;
        if (next > latest) {
            now_ = latest;
            fail(Wrong::late_reset);
        }
    }
    void end_board(const char* how) {
        say(how);
        over_ = true;
        const bool good = left_ || (alive_ && beats_ && healthy_ && in_time_);
        if (good) wrong_ = Wrong::good_board_reset;
    }
    void fail(Wrong what) {
        if (wrong_ == Wrong::none) wrong_ = what;
    }
    void say(const char* what, int number = 0) const {
        if (talks_)
            std::printf("%9.3f s  %s %d\n", std::chrono::duration<double>(now_ - kBegin).count(),
                        what, number);
    }

    Random random_;
    HeartMutant mutant_;
    bool talks_;
    k::Timing timing_;
    k::Settings settings_;
    Duration granted_{};
    Duration disk_{};
    Duration slept_{};  // by a clock that ran
    Instant woke_{};
    bool restarts_ = false;
    Instant horizon_;

    Instant now_ = kBegin;
    std::vector<Due> queue_;
    std::uint64_t order_ = 0;
    std::uint32_t events_ = 0;

    int life_ = 0;
    bool alive_ = false, beats_ = false, healthy_ = true;
    bool left_ = false;  // in order
    bool was_beaten_ = false;
    int beaten_ = 0;  // the life of the last beat
    bool in_time_ = true;
    int commanded_ = 0;  // the life whose command has run
    Instant last_beat_{};
    Instant told_ = kBegin;  // the newest beat the keeper has heard of
    std::deque<HeartNow> hearts_;
    std::size_t holder_ = 0;

    std::optional<k::Keeper> keeper_;
    std::optional<k::KeeperState> saved_;
    std::vector<Sent> inbox_;
    bool reading_ = false;
    bool command_kept_ = false;
    k::Connection connections_ = 0;
    Instant keeper_tick_ = kNever;
    Instant killed_at_ = kNever;
    Instant bites_ = kNever;
    bool robbed_ = false;  // of time, by a sleep; until the next pet
    bool over_ = false;
    Wrong wrong_ = Wrong::none;
};

}  // namespace vakt::sim
