// SPDX-License-Identifier: Apache-2.0
// wd_keeper's loop: waits, reads all there is, ticks.
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "prog/wd_keeper_program.h"
#include "sys/clock.h"
#include "sys/importance.h"
#include "sys/process_handle.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;
using sys::Severity;

constexpr int kAcceptsATurn = 16;
constexpr Duration kAcceptRetry = 1s;

/// One message from a child. False: none now, or the child is lost, and then `child` is closed.
template <class Message>
bool receive(Child& child, Message& message) {
    if (!child.socket) return false;
    const auto got = ::recv(child.socket.get(), &message, sizeof message, MSG_DONTWAIT);
    if (got == static_cast<ssize_t>(sizeof message)) return true;
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    child.socket = {};
    return false;
}

}  // namespace

/// What poll(2) is asked, and whose each row is.
struct KeeperProgram::Watched {
    std::array<pollfd, 4 + keeper::kMaxEvidence + kMaxClients + 2 * keeper::kMaxLeases> rows{};
    nfds_t count = 0;

    void add(int fd, short events = POLLIN) {
        if (fd >= 0) rows[count++] = {fd, events, 0};
    }
};

KeeperProgram::KeeperProgram(KeeperParts& parts, Log& log)
    : parts_(parts),
      log_(log),
      signals_{SIGTERM, SIGINT, SIGHUP, SIGPWR, SIGCHLD},
      devices_(parts.file.devices, log),
      commands_(parts.commands),
      next_sequence_(report::kWithoutLedger),
      started_(sys::now()) {
    probes_ = plain(parts.file).probes;
    refused_due_.fill(kNever);
}

int KeeperProgram::run() {
    while (!left_) {
        Watched watched;
        wait(watched);
        // The time first: what comes in after it can only be later than the deadline, never judged
        // too early.
        const auto now = sys::now();
        take_signals();
        take_scribe();
        take_reader();
        for (std::size_t id = 0; id < keeper::kMaxEvidence; ++id)
            take_prober(static_cast<keeper::EvidenceId>(id));
        if (!hands_over() && now >= accept_again_) accept_clients();
        for (auto& client : clients_.all())
            if (client.number != 0 && (client.successor || !hands_over())) read(client);
        if (now >= confirm_until_) hand_over_failed();
        for (auto& held : vms_.all()) {
            if (!held.process || !sys::has_ended(held.process)) continue;
            const auto vm = held.vm;
            Vms::let(held);
            step(keeper::VmEnded{vm});
        }
        if (now >= keeper_->wake_at()) step(keeper::Tick{});
        pet_refused(now);
        end_turn();
    }
    return exit_;
}

void KeeperProgram::wait(Watched& watched) {
    auto due = std::min(keeper_->wake_at(), confirm_until_);
    for (const auto refused : refused_due_) due = std::min(due, refused);
    const auto now = sys::now();
    watched.add(signals_.descriptor());
    if (!hands_over() && now >= accept_again_)
        watched.add(parts_.listener.get());
    else if (!hands_over())
        due = std::min(due, accept_again_);
    watched.add(parts_.children.scribe.socket.get());
    watched.add(parts_.children.reader.socket.get());
    for (const auto& prober : parts_.children.probers) watched.add(prober.socket.get());
    for (auto& client : clients_.all()) {
        if (client.number == 0 || (hands_over() && !client.successor)) continue;
        if (client.over) due = now;
        const bool paused = client.budget == 0 && now < client.refill;
        if (paused) due = std::min(due, client.refill);
        const int events = (paused ? 0 : POLLIN) | (client.out_size > 0 ? POLLOUT : 0);
        if (events != 0) watched.add(client.socket.get(), static_cast<short>(events));
    }
    for (const auto& held : vms_.all()) watched.add(held.process.get(), sys::kEventsOfEnd);
    timespec length = {};
    if (due != kNever) {
        const auto left = std::max(due - now, Duration::zero());
        length.tv_sec = left / 1s;
        length.tv_nsec = static_cast<long>((left % 1s).count());
    }
    ::ppoll(watched.rows.data(), watched.count, due == kNever ? nullptr : &length, nullptr);
}

// ---- clients ----

bool KeeperProgram::is_known(uid_t uid) const {
    if (is_ours(uid)) return true;
    for (std::size_t id = 0; id < keeper_->leases(); ++id)
        if (keeper_->lease(static_cast<keeper::LeaseId>(id)).state().uid == uid) return true;
    for (const auto& right : parts_.file.settings.rights)
        if (right.uid == uid) return true;
    return false;
}

void KeeperProgram::mark_holders() {
    for (auto& client : clients_.all()) {
        client.holds = client.hands || client.successor;
        for (std::size_t id = 0; id < keeper_->leases() && client.number != 0; ++id) {
            const auto lease = static_cast<keeper::LeaseId>(id);
            const auto& ladder = keeper_->ladder(lease).state();
            client.holds = client.holds || keeper_->lease(lease).held_by(client.number) ||
                           ladder.hands == client.number || ladder.heart == client.number;
        }
    }
}

void KeeperProgram::accept_clients() {
    for (int accepts = 0; accepts < kAcceptsATurn; ++accepts) {
        sys::Fd socket(
            ::accept4(parts_.listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket && errno == EINTR) continue;
        if (!socket) return accept_later();
        cannot_accept_ = false;
        const auto who = sys::peer_of(socket);
        if (!who) continue;
        if (clients_.is_full()) mark_holders();
        auto* client = clients_.admit(who->uid, is_known(who->uid));
        if (client == nullptr && clients_.is_full()) {
            for (auto& other : clients_.all())
                if (other.over) close(other);
            client = clients_.admit(who->uid, is_known(who->uid));
        }
        if (client == nullptr) continue;
        enter(*client, std::move(socket), *who);
    }
}

// Out of files or memory: whoever knocks would wake us, who run in real time, for ever.
void KeeperProgram::accept_later() {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    if (!cannot_accept_) log_.say(Severity::err, "accept a client: ", std::strerror(errno));
    cannot_accept_ = true;
    accept_again_ = sys::now() + kAcceptRetry;
}

void KeeperProgram::enter(Client& client, sys::Fd socket, const sys::LocalPeer& who) {
    client.socket = std::move(socket);
    client.pid = who.pid;
    client.gid = who.gid;
    const auto facts = sys::facts_of(who.pid);
    client.start = facts ? facts->start : 0;
}

// What is queued then belongs to the successor, but for its own words.
bool KeeperProgram::hands_over() const { return confirm_until_ != kNever; }

void KeeperProgram::read(Client& client) {
    if (client.out_size > 0) Clients::flush(client);
    const auto now = sys::now();
    if (now >= client.refill) {
        client.budget = kReadBudget;
        client.refill = now + kRefill;
    }
    std::array<std::uint8_t, 4096> bytes;
    while (client.budget > 0 && !client.over && !left_) {
        const auto got = ::recv(client.socket.get(), bytes.data(),
                                std::min(bytes.size(), client.budget), MSG_DONTWAIT);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (got <= 0) {
            client.over = true;
            return;
        }
        client.budget -= static_cast<std::size_t>(got);
        auto input = std::span<const std::uint8_t>(bytes).first(static_cast<std::size_t>(got));
        while (!input.empty() && !client.over) {
            input = input.subspan(client.in.feed(input));
            while (!client.over) {
                const auto message = client.in.next();
                if (!message) break;
                take(client, *message);
            }
            if (client.in.fault() != wire::LeaseFault::none) client.over = true;
        }
    }
}

void KeeperProgram::close(Client& client) {
    if (client.exempted && !sys::has_ended(client.process)) sys::set_oom_score(client.pid, 0);
    const auto number = client.number;
    if (hands_ == number) hands_ = 0;
    if (client.successor) hand_over_failed();
    clients_.free(client);
    step(keeper::Closed{number});
}

void KeeperProgram::end_turn() {
    bool again = true;
    while (again) {
        again = false;
        for (auto& client : clients_.all()) {
            if (client.number == 0 || !client.over) continue;
            if (hands_over() && !client.successor) continue;
            close(client);
            again = true;
        }
    }
    save();
}

// ---- signals and children ----

// The end comes after all that is pending: SIGTERM is read before a SIGPWR that was sent earlier,
// for signalfd(2) gives the lowest number first.
void KeeperProgram::take_signals() {
    bool end = false;
    while (const auto signal = signals_.next()) {
        switch (*signal) {
            case SIGCHLD:
                collect_children();
                break;
            case SIGPWR:
                going_down_ = true;
                log_.say(Severity::notice, "the system is going down");
                break;
            case SIGHUP: {
                ReaderTask task;
                for (std::size_t id = 0; id < keeper_->devices(); ++id) {
                    const auto& device = keeper_->device(static_cast<keeper::DeviceId>(id));
                    if (device.state == keeper::DeviceState::armed)
                        task.granted[id] = device.granted;
                }
                auto& reader = parts_.children.reader;
                parts_.manager.tell(sys::Notice().reloading(sys::now()));
                if (!reader.socket || ::send(reader.socket.get(), &task, sizeof task,
                                             MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
                    log_.say(Severity::err, "there is nobody to read the settings again");
                    // Or the manager would wait for the end of a reload that nobody does.
                    parts_.manager.tell(sys::Notice().ready());
                }
                break;
            }
            default:
                end = true;
        }
    }
    if (!end) return;
    parts_.manager.tell(sys::Notice().stopping());
    if (going_down_)
        step(keeper::SystemShutdown{});
    else
        step(keeper::Restarting{});
}

void KeeperProgram::collect_children() {
    int status = 0;
    for (;;) {
        const auto pid = ::waitpid(-1, &status, WNOHANG);
        if (pid <= 0) return;
        if (pid != end_command_) continue;
        end_command_ = 0;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
        log_.say(Severity::err, "the end command failed");
        step(keeper::RungFailed{keeper::Rung::syscall});
    }
}

void KeeperProgram::take_scribe() {
    auto& scribe = parts_.children.scribe;
    const bool was_there = static_cast<bool>(scribe.socket);
    ScribeAnswer answer;
    while (receive(scribe, answer)) {
        scribe_ = answer;
        // Ours may be ahead: notes are under way.
        if (answer.what == ScribeAnswer::What::ready || !answer.ok)
            next_sequence_ = answer.next_sequence;
        if (!answer.words.empty()) log_.say(Severity::err, answer.words.view());
        if (answer.what == ScribeAnswer::What::written && answer.ok && answer.id != 0)
            step(keeper::Noted{answer.id});
        if (answer.what != ScribeAnswer::What::report) continue;
        report_is_there_ = answer.ok;
        for (std::size_t at = 0; at < answer.taken_count; ++at)
            report_taken_.push_back(answer.taken[at]);
        for (auto& client : clients_.all())
            if (client.number != 0 && client.watches && answer.ok && !has_taken(client.watches_for))
                Clients::send(client, wire::lease::Watching{true});
    }
    if (was_there && !scribe.socket) {
        parts_.flags |= wire::lease::kScribeLost;
        log_.say(Severity::err, "the scribe is lost: notes go to pmsg alone");
    }
}

void KeeperProgram::take_prober(keeper::EvidenceId id) {
    auto& prober = parts_.children.probers[id];
    const bool was_there = static_cast<bool>(prober.socket);
    ProbeAnswer answer;
    while (receive(prober, answer)) {
        if (!answer.good && id < keeper_->evidences())
            log_.say(Severity::warning, "evidence ", keeper_->evidence(id).rule.name.view(), ": ",
                     answer.words.view());
        step(keeper::EvidenceAnswer{id, answer.good});
    }
    if (!was_there || prober.socket) return;
    // The next question starts another.
    log_.say(Severity::err, "a prober is lost");
    step(keeper::EvidenceAnswer{id, false});
}

bool KeeperProgram::respawn(keeper::EvidenceId id) {
    parts_.children.probers[id] = spawn_prober(probes_[id]);
    if (parts_.children.probers[id].pid == 0) return false;
    // fork(2) has made our pages shared: they are ours again before the memory runs short.
    if ((parts_.flags & wire::lease::kMemoryLocked) != 0) static_cast<void>(sys::lock_memory(0));
    return true;
}

void KeeperProgram::take_reader() {
    auto& reader = parts_.children.reader;
    ReaderAnswer answer;
    const bool was_there = static_cast<bool>(reader.socket);
    while (receive(reader, answer)) {
        const auto settings = settings_of(answer.settings);
        if (answer.ok && keeper_->refuses(settings)) {
            answer.ok = false;
            answer.words = "the devices have been armed since: try again";
        }
        parts_.manager.tell(sys::Notice().ready());
        if (!answer.ok) {
            reload_error_ = answer.words;
            parts_.flags |= wire::lease::kReloadRefused;
            log_.say(Severity::err, "not reloaded: ", answer.words.view());
            continue;
        }
        reload_error_ = {};
        parts_.flags &= static_cast<std::uint16_t>(~wire::lease::kReloadRefused);
        const auto before = parts_.file.settings.evidence;
        for (std::size_t id = 0; id < keeper::kMaxEvidence; ++id) {
            const bool same = id < before.size() && id < settings.evidence.size() &&
                              before[id].name == settings.evidence[id].name &&
                              answer.settings.probes[id] == probes_[id];
            probes_[id] = answer.settings.probes[id];
            if (!same) parts_.children.probers[id] = {};
        }
        parts_.file.settings = settings;
        unasked_.reset();
        parts_.flags &= static_cast<std::uint16_t>(~wire::lease::kProberLost);
        carry_out_all(keeper_->reload(sys::now(), settings));
        // Whoever was asked for a row that stands elsewhere now is gone: it is asked for anew.
        for (std::size_t at = 0; at < keeper_->evidences(); ++at) {
            const auto id = static_cast<keeper::EvidenceId>(at);
            if (keeper_->evidence(id).asking && !parts_.children.probers[at].socket)
                step(keeper::EvidenceAnswer{id, false});
        }
        log_.say(Severity::notice, "the settings are reloaded");
    }
    if (was_there && !reader.socket) {
        parts_.flags |= wire::lease::kReaderLost;
        log_.say(Severity::err, "the reader is lost: settings cannot be read again");
        // It may have been in the middle of it.
        parts_.manager.tell(sys::Notice().ready());
    }
}

}  // namespace vakt::prog
