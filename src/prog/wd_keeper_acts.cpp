// SPDX-License-Identifier: Apache-2.0
// What the pure machine wants, carried out.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "prog/wd_keeper_program.h"
#include "report/keeper_note.h"
#include "report/pmsg_note.h"
#include "sys/clean_command.h"
#include "sys/clock.h"
#include "sys/end_system.h"
#include "sys/process_handle.h"
#include "wdt/timing.h"

namespace vakt::prog {
namespace {

namespace lease = wire::lease;
using sys::Severity;

constexpr int kBadConfiguration = 78;  // EX_CONFIG of sysexits.h
constexpr Duration kPetRetry = std::chrono::seconds(1);

const char* name_of(keeper::EndKind end) {
    switch (end) {
        case keeper::EndKind::reboot:
            return "reboot";
        case keeper::EndKind::poweroff:
            return "poweroff";
        case keeper::EndKind::halt:
            return "halt";
    }
    return "reboot";
}

sys::SystemEnd system_end(keeper::EndKind end) {
    switch (end) {
        case keeper::EndKind::reboot:
            return sys::SystemEnd::reboot;
        case keeper::EndKind::poweroff:
            return sys::SystemEnd::poweroff;
        case keeper::EndKind::halt:
            return sys::SystemEnd::halt;
    }
    return sys::SystemEnd::reboot;
}

}  // namespace

// ---- the machine ----

void KeeperProgram::step(const keeper::Event& event) {
    if (pending_count_ < pending_.size())
        pending_[(pending_first_ + pending_count_++) % pending_.size()] = event;
    drain();
}

// What they lead to comes after all of them.
void KeeperProgram::carry_out_all(const keeper::Actions& actions) {
    stepping_ = true;
    carry_out(actions);
    stepping_ = false;
    drain();
}

void KeeperProgram::drain() {
    if (stepping_) return;
    stepping_ = true;
    while (pending_count_ > 0) {
        const auto next = pending_[pending_first_];
        pending_first_ = (pending_first_ + 1) % pending_.size();
        --pending_count_;
        carry_out(keeper_->on(sys::now(), next));
    }
    stepping_ = false;
}

void KeeperProgram::carry_out(const keeper::Actions& actions) {
    for (const auto& action : actions) {
        // Written before anything that follows it, and once for all beats of a turn that nothing
        // follows.
        if (!std::holds_alternative<keeper::Persist>(action)) save();
        std::visit([this](const auto& a) { act(a); }, action);
        if (const auto said = wire::message_of(action))
            if (auto* const client = clients_.find(said->to)) Clients::send(*client, said->message);
        tell_watchers(action);
    }
}

void KeeperProgram::save() {
    if (!state_is_old_) return;
    state_is_old_ = false;
    parts_.state.write(keeper_->state());
}

// ---- the record ----

void KeeperProgram::act(const keeper::Note& note) {
    report::Moment moment{
        .now = sys::now(), .wall_ns = sys::wall_ns(), .uptime_ms = sys::uptime_ms()};
    // An evidence may have a lease's name, and what stands for a beat that never came is none.
    const bool of_beats =
        note.cause != keeper::Cause::evidence && note.cause != keeper::Cause::never_came;
    if (const auto id = named(note.subject); id && !note.subject.empty() && of_beats) {
        const auto& state = keeper_->lease(*id).state();
        const auto since = state.since;
        if (state.presence != keeper::Presence::awaited && since <= moment.now)
            moment.beat_age_ms = static_cast<std::uint32_t>(
                std::chrono::duration_cast<wdt::Millis>(moment.now - since).count());
    }
    const auto entry = report::entry_of(note, moment);
    log_.say(Severity::notice, note.subject.view(), note.subject.empty() ? "" : ": ",
             entry.text.view());
    write(entry, note.id, note.kind == keeper::NoteKind::verdict);
}

void KeeperProgram::write(const report::Entry& content, std::uint32_t id, bool last) {
    ScribeTask task{.what = ScribeTask::What::write, .id = id, .entry = content, .last = last};
    // Here and not by the scribe alone: pmsg is a small ring, too.
    if (!budget_.take(task.entry)) return;
    task.entry.sequence = next_sequence_++;
    task.entry.boot_id = parts_.setup.boot;
    if (parts_.pmsg) static_cast<void>(parts_.pmsg->write(report::PmsgLine(task.entry).view()));
    const auto& scribe = parts_.children.scribe.socket;
    if (scribe) ::send(scribe.get(), &task, sizeof task, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void KeeperProgram::tell_watchers(const keeper::Action& action) {
    const auto news = wire::news_of(action, *keeper_);
    if (!news) return;
    for (auto& client : clients_.all())
        if (client.number != 0 && client.watches) Clients::send(client, *news);
}

void KeeperProgram::make_report() {
    const auto& scribe = parts_.children.scribe.socket;
    if (!scribe) return;
    for (std::size_t at = 0; at < devices_.size(); ++at) {
        const auto& row = devices_.row(static_cast<keeper::DeviceId>(at));
        const ScribeTask word{.what = ScribeTask::What::hardware,
                              .name = std::string_view(parts_.file.devices[at].path),
                              .told = row.told,
                              .flags = row.boot};
        ::send(scribe.get(), &word, sizeof word, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    const ScribeTask make{.what = ScribeTask::What::make_report};
    ::send(scribe.get(), &make, sizeof make, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// ---- the hardware ----

void KeeperProgram::act(const keeper::Arm& arm) {
    const auto granted = devices_.arm(arm.device, keeper_->device(arm.device).rule.timeout);
    if (!granted) {
        if (devices_.stop_unarmed(arm.device)) {
            forget_device(arm.device);
            // An earlier try may have left it counting, to be petted.
            refused_due_[arm.device] = kNever;
        } else if (refused_due_[arm.device] == kNever) {
            refused_due_[arm.device] = sys::now();
        }
        return step(keeper::ArmFailed{arm.device});
    }
    refused_due_[arm.device] = kNever;
    step(keeper::Armed{arm.device, *granted});
    // At once, so that even a keeper that is killed leaves it open.
    store_device(arm.device);
}

void KeeperProgram::act(const keeper::Pet& pet) {
    if (!devices_.pet(pet.device)) step(keeper::PetFailed{pet.device});
}

void KeeperProgram::act(const keeper::SetTimeout& set) {
    static_cast<void>(devices_.arm(set.device, set.timeout));
}

void KeeperProgram::act(const keeper::Disarm& disarm) {
    const bool done = devices_.disarm(disarm.device);
    if (done) forget_device(disarm.device);
    step(keeper::Disarmed{disarm.device, done});
}

void KeeperProgram::act(const keeper::RefuseDevice& refuse) {
    const auto millis = [](Duration time) { return std::chrono::duration_cast<wdt::Millis>(time); };
    log_.say(Severity::err, devices_.settings(refuse.device).path, " grants ",
             wdt::in_words(millis(refuse.granted)), ", but ", wdt::in_words(millis(refuse.longest)),
             " (beat timeout + boot delay - 10 s of ", refuse.subject.view(),
             ") is the longest that keeps the hard deadline");
    refused_granted_[refuse.device] = refuse.granted;
    if (began_) {
        if (!devices_.disarm(refuse.device)) refused_due_[refuse.device] = sys::now();
    }
}

// A start is refused as a whole. What was armed for it is disarmed again, for a board must not be
// reset over a number in a file; where the hardware cannot be disarmed we stay and pet it, though
// later than it should it still guards.
void KeeperProgram::give_up_refused() {
    const auto refused = [](Duration granted) { return granted != Duration::zero(); };
    if (std::none_of(refused_granted_.begin(), refused_granted_.end(), refused)) return;
    bool all = true;
    for (std::size_t at = 0; at < devices_.size(); ++at) {
        const auto id = static_cast<keeper::DeviceId>(at);
        if (!devices_.row(id).device || devices_.disarm(id)) continue;
        all = false;
        if (refused(refused_granted_[at])) refused_due_[at] = sys::now();
    }
    if (all) {
        left_ = true;
        exit_ = kBadConfiguration;
        return;
    }
    log_.say(Severity::err,
             "it cannot be disarmed: we go on and pet it, but the hard deadline is not kept until "
             "the settings are mended and the keeper is started again");
}

void KeeperProgram::pet_refused(Instant now) {
    for (std::size_t at = 0; at < devices_.size(); ++at) {
        if (now < refused_due_[at]) continue;
        if (keeper_->verdict().said() || keeper_->holds_back()) {
            refused_due_[at] = kNever;
            continue;
        }
        static_cast<void>(devices_.pet(static_cast<keeper::DeviceId>(at)));
        refused_due_[at] = now + std::max<Duration>(refused_granted_[at] / 2, kPetRetry);
    }
}

// ---- hearts ----

void KeeperProgram::act(const keeper::Grant& grant) {
    auto* const client = clients_.find(grant.to);
    if (client == nullptr) return;
    const auto& state = keeper_->lease(grant.lease).state();
    lease::Granted granted;
    for (std::size_t at = 0; at < devices_.size(); ++at) {
        const auto id = static_cast<keeper::DeviceId>(at);
        const auto& device = keeper_->device(id);
        if (device.state != keeper::DeviceState::armed) continue;
        if (granted.devices == 0 || device.granted < granted.shortest)
            granted.shortest = device.granted;
        ++granted.devices;
        granted.boot_status |= devices_.row(id).boot;
        if (granted.identity.empty())
            granted.identity = std::string_view(devices_.row(id).device->capabilities().identity);
    }
    Clients::send(*client, granted);
    commands_.forget(state.name);
    if (!client->process) {
        client->process = sys::open_pidfd(client->pid);
        const auto facts = sys::facts_of(client->pid);
        if (!facts || facts->start != client->start) client->process = {};
    }
    exempt(*client);
    vms_.keep_only([this](const keeper::Vm& vm) {
        for (std::size_t id = 0; id < keeper_->leases(); ++id) {
            const auto row = static_cast<keeper::LeaseId>(id);
            if (keeper_->lease(row).state().vm == vm || keeper_->ladder(row).state().vm == vm)
                return true;
        }
        return false;
    });
    if (vms_.hold(state.vm, state.uid)) return;
    if (errno == ESRCH)
        step(keeper::VmEnded{state.vm});
    else
        log_.say(Severity::warning, "lease ", state.name.view(), ": process ", state.vm.pid,
                 " cannot be held (", std::strerror(errno), "), so we shall not end it");
}

void KeeperProgram::exempt(Client& client) {
    if (!parts_.file.oom_exempt || !client.process || client.exempted) return;
    client.exempted = sys::set_oom_score(client.pid, -1000);
}

void KeeperProgram::act(const keeper::Warn& warn) {
    log_.say(Severity::warning, "lease ", keeper_->lease(warn.lease).state().name.view(),
             " is silent for ", static_cast<std::uint64_t>(warn.percent), " % of its beat timeout");
}

void KeeperProgram::signal_vm(const keeper::Vm& vm, keeper::LeaseId id, int number) {
    if (vms_.signal(vm, keeper_->lease(id).state().uid, number)) return;
    if (errno == ESRCH) return step(keeper::VmEnded{vm});
    log_.say(Severity::err, "process ", vm.pid, " cannot be signalled: ", std::strerror(errno));
}

void KeeperProgram::signal_heart(keeper::Connection heart, int number) {
    const auto* const client = clients_.find(heart);
    if (client == nullptr || !client->process) return;
    if (!sys::signal_pidfd(client->process, number) && errno != ESRCH)
        log_.say(Severity::err, "heart, process ", static_cast<std::uint64_t>(client->pid),
                 ", cannot be signalled: ", std::strerror(errno));
}

void KeeperProgram::act(const keeper::KillVm& kill) {
    signal_vm(kill.vm, kill.lease, kill.abort ? SIGABRT : SIGKILL);
}

void KeeperProgram::act(const keeper::KillHeart& kill) { signal_heart(kill.heart, SIGKILL); }

void KeeperProgram::act(const keeper::DrillVm& drill) {
    switch (drill.kind) {
        case keeper::DrillKind::hang_vm:
            return signal_vm(drill.vm, drill.lease, SIGSTOP);
        case keeper::DrillKind::kill_vm:
            return signal_vm(drill.vm, drill.lease, SIGKILL);
        case keeper::DrillKind::hang_heart:
            return signal_heart(drill.heart, SIGSTOP);
        case keeper::DrillKind::kill_heart:
            return signal_heart(drill.heart, SIGKILL);
        case keeper::DrillKind::stop_petting:
            return;
    }
}

void KeeperProgram::act(const keeper::RunCommand& run) {
    const auto& name = keeper_->lease(run.lease).state().name;
    const auto started = commands_.run(name);
    if (started > 0)
        log_.say(Severity::notice, "lease ", name.view(),
                 ": the heart command is started, process ", static_cast<std::uint64_t>(started));
    else if (started == 0)
        log_.say(Severity::notice, "lease ", name.view(), ": there is no heart command");
    else
        log_.say(Severity::err, "lease ", name.view(),
                 ": fork for the heart command: ", std::strerror(errno));
}

void KeeperProgram::act(const keeper::Probe& probe) {
    const bool asked = ask_prober(probe.evidence);
    if (!asked && !unasked_[probe.evidence])
        log_.say(Severity::err, "evidence ", keeper_->evidence(probe.evidence).rule.name.view(),
                 " cannot be asked for: ", std::strerror(errno), "; it is tried again");
    unasked_[probe.evidence] = !asked;
    constexpr auto kLost = wire::lease::kProberLost;
    parts_.flags =
        static_cast<std::uint16_t>(unasked_.any() ? parts_.flags | kLost : parts_.flags & ~kLost);
    // No answer would come, and without one it is never asked again.
    if (!asked) step(keeper::EvidenceAnswer{probe.evidence, false});
}

bool KeeperProgram::ask_prober(keeper::EvidenceId id) {
    auto& prober = parts_.children.probers[id];
    if (!prober.socket && !respawn(id)) return false;
    constexpr char kGo = 'g';
    if (::send(prober.socket.get(), &kGo, sizeof kGo, MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof kGo)
        return true;
    // The next question starts another. Closed without a word: its end has been told of here.
    const int why = errno;
    prober.socket = {};
    errno = why;
    return false;
}

// ---- the end ----

void KeeperProgram::act(const keeper::AskEnd& ask) {
    if (ask.rung == keeper::Rung::syscall) return end_by_syscall(ask.end);
    auto* const hands = clients_.find(hands_);
    if (hands == nullptr) return step(keeper::RungFailed{ask.rung});
    Clients::send(*hands, lease::AskEnd{ask.rung, ask.end});
}

void KeeperProgram::end_by_syscall(keeper::EndKind end) {
    log_.say(Severity::err, "the board ends now: ", name_of(end));
    if (parts_.options.end_command.empty()) {
        sys::end_system(system_end(end));
        log_.say(Severity::err, name_of(end), ": ", std::strerror(errno));
        return step(keeper::RungFailed{keeper::Rung::syscall});
    }
    end_command_ = sys::start_clean_program(parts_.options.end_command.c_str(), name_of(end));
    if (end_command_ < 0) step(keeper::RungFailed{keeper::Rung::syscall});
}

}  // namespace vakt::prog
