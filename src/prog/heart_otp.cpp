// SPDX-License-Identifier: Apache-2.0
// heart in OTP's personality: the pure machine's wiring.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "heart/heart.h"
#include "heart/settings.h"
#include "prog/heart_board.h"
#include "prog/heart_lease.h"
#include "prog/heart_personality.h"
#include "prog/heart_port.h"
#include "prog/heart_solo.h"
#include "sys/clean_command.h"
#include "sys/clock.h"
#include "sys/other_process.h"
#include "sys/process_handle.h"
#include "sys/side_output.h"
#include "sys/signal_inbox.h"

namespace {

using namespace std::chrono_literals;
using namespace vakt;

const char* name_of(int signal) {
    switch (signal) {
        case SIGTERM:
            return "SIGTERM";
        case SIGINT:
            return "SIGINT";
        default:
            return "SIGHUP";
    }
}

keeper::Step step_of(heart::Failure failure) {
    switch (failure) {
        case heart::Failure::no_command:
            return keeper::Step::no_command;
        case heart::Failure::command_failed:
            return keeper::Step::command_failed;
        case heart::Failure::command_hangs:
            break;
    }
    return keeper::Step::command_left;
}

class Program {
 public:
    Program(const char* name, std::span<const char* const> arguments)
        : name_(std::string(name).substr(0, 255)), debug_(std::getenv("HEART_DEBUG") != nullptr) {
        ::tzset();  // its file is read now and not between a closed port and the heart command
        if (debug_) stderr_.say("heart: debug is ON!\r\n");
        const auto read = heart::read_arguments(arguments);
        auto said = read.said;
        auto settings = heart::read_settings(read, &std::getenv, said);
        for (const auto& line : said) stderr_.say(line);
        hold_vm(read.pid);
        settings.knows_vm = vm_.has_value() || vm_gone_;
        debug("arguments -ht " + std::to_string(settings.beat_timeout / 1s) + " -wt " +
              std::to_string(settings.boot_delay / 1s) + " -pid " + std::to_string(read.pid));
        out_.ack();
        heart_.emplace(settings, sys::now());
        if (std::getenv("HW_WD_DISABLE") == nullptr) take_board(settings, read.pid);
        if (vm_gone_) step(sys::now(), heart::VmEnded{});
    }

    void run() {
        while (!over_) {
            wait();
            // The time first: what comes in after it can only be later than the deadline, never
            // judged too early.
            const auto now = sys::now();
            // Who stands behind us, before what the VM says: a lease granted is one that is held.
            stir_board(now);
            in_.drain([&](const heart::Event& event) { from_port(event); },
                      [&] { return heart_->listens(); });
            take_signals();
            if (out_.waiting()) out_.flush();
            if (vm_watched() && vm_->ended()) step(now, heart::VmEnded{});
            if (now >= heart_->wake_at()) step(now, heart::Tick{});
        }
        while (board_ && !board_->may_end(sys::now())) {
            wait();
            stir_board(sys::now());
        }
    }

 private:
    void hold_vm(unsigned long pid) {
        if (pid == 0) return;
        if (pid > std::numeric_limits<pid_t>::max()) {
            report("-pid " + std::to_string(pid) + " is no process: there is nothing to kill.");
            return;
        }
        auto held = sys::OtherProcess::hold(static_cast<pid_t>(pid));
        if (held)
            vm_.emplace(std::move(*held));
        else if (held.error().code == std::errc::no_such_process)
            vm_gone_ = true;
        else
            report(describe(held.error()) + ": there is nothing to kill.");
    }

    void take_board(const heart::Settings& settings, unsigned long pid) {
        const auto wish = prog::lease_wish(settings, pid);
        const auto say = [this](const std::string& words) { report(words); };
        auto lease = std::make_unique<prog::LeaseBoard>(wish, settings.command.value_or(""), say,
                                                        sys::now());
        const char* device = std::getenv("HEART_WATCHDOG_PATH");
        if (device == nullptr || *device == '\0' || lease->connected())
            board_ = std::move(lease);
        else
            board_ = std::make_unique<prog::SoloBoard>(device, settings.beat_timeout,
                                                       settings.boot_delay, say, sys::now());
        tell_heart(sys::now());
    }

    void from_port(const heart::Event& event) {
        if (vm_ && std::holds_alternative<heart::PortClosed>(event))
            return step(sys::now(), heart::PortClosed{vm_->ending_signal()});
        step(sys::now(), event);
    }

    [[nodiscard]] bool vm_watched() const { return vm_ && !vm_gone_ && !over_; }

    // Until something comes or something is due.
    void wait() {
        pollfd watched[5];
        nfds_t count = 0;
        const auto watch = [&](int fd, short events) { watched[count++] = {fd, events, 0}; };
        if (!over_) watch(signals_.descriptor(), POLLIN);
        if (in_.open() && heart_->listens()) watch(0, POLLIN);
        if (out_.waiting()) watch(1, POLLOUT);
        auto due = heart_->wake_at();
        if (vm_watched()) {
            if (vm_->descriptor() >= 0)
                watch(vm_->descriptor(), sys::kEventsOfEnd);
            else if (!heart_->listens())
                due = std::min(due, sys::now() + 50ms);  // no pidfd here: we have to ask
        }
        if (board_) {
            due = std::min(due, board_->wake_at());
            if (board_->descriptor() >= 0) watch(board_->descriptor(), board_events());
        }
        timespec length = {};
        if (due != kNever) {
            const auto left = std::max(due - sys::now(), Duration::zero());
            length.tv_sec = left / 1s;
            length.tv_nsec = static_cast<long>((left % 1s).count());
        }
        board_is_ready_ = false;
        if (::ppoll(watched, count, due == kNever ? nullptr : &length, nullptr) <= 0) return;
        for (const auto& ready : std::span(watched, count))
            if (board_ && ready.fd == board_->descriptor() && ready.revents != 0)
                board_is_ready_ = true;
    }
    [[nodiscard]] short board_events() const {
        return board_->wants_to_write() ? POLLIN | POLLOUT : POLLIN;
    }
    void stir_board(Instant now) {
        if (!board_ || (!board_is_ready_ && now < board_->wake_at())) return;
        board_is_ready_ = false;
        board_->stir(now);
        tell_heart(now);
    }
    void tell_heart(Instant now) {
        while (const auto event = board_->next()) step(now, *event);
    }

    void take_signals() {
        while (const auto signal = signals_.next()) {
            if (*signal == SIGCHLD)
                collect();
            else
                step(sys::now(), heart::AskedToEnd{name_of(*signal)});
        }
    }

    void collect() {
        if (board_) board_->collect();
        int status = 0;
        if (command_ <= 0 || ::waitpid(command_, &status, WNOHANG) != command_) return;
        command_ = 0;
        step(sys::now(), heart::CommandEnded{status});
    }

    void step(Instant now, const heart::Event& event) {
        if (std::holds_alternative<heart::VmEnded>(event)) vm_gone_ = true;
        for (const auto& action : heart_->on(now, event))
            std::visit([&](const auto& a) { carry_out(now, a); }, action);
        if (!board_) return;
        if (std::holds_alternative<heart::SetCommand>(event) ||
            std::holds_alternative<heart::ClearCommand>(event)) {
            const auto* text = heart_->command();
            board_->command(now, text != nullptr ? *text : std::string());
        }
        tell_heart(now);
    }

    void carry_out(Instant, const heart::Ack&) { out_.ack(); }
    void carry_out(Instant, const heart::TellCommand& tell) { out_.command(tell.text); }
    void carry_out(Instant, const heart::Report& words) {
        said_ = words.text;
        report(said_);
    }
    void carry_out(Instant now, const heart::Renew&) {
        if (board_) board_->renew(now, heart_->hard_deadline());
    }
    void carry_out(Instant, const heart::Warn& warn) {
        debug("silent for " + std::to_string(warn.percent) + " % of the beat timeout");
    }
    void carry_out(Instant now, const heart::GiveUp& verdict) {
        if (board_) board_->give_up(now, verdict.cause, said_);
    }
    void carry_out(Instant now, const heart::Escalate& escalate) {
        if (board_) board_->step(now, step_of(escalate.failure), escalate.status);
    }
    void carry_out(Instant now, const heart::VmGone&) {
        if (board_) board_->step(now, keeper::Step::vm_ended, 0);
    }
    void carry_out(Instant now, const heart::Retire&) {
        if (board_) board_->retire(now);
    }
    void carry_out(Instant now, const heart::KillVm& kill) {
        const auto sent = vm_->signal(kill.abort ? SIGABRT : SIGKILL);
        if (sent) return;
        if (sent.error().code == std::errc::no_such_process) return step(now, heart::VmEnded{});
        report(describe(sent.error()));
        step(now, heart::VmUnkillable{});
    }
    void carry_out(Instant now, const heart::RunCommand& run) {
        const auto started = sys::start_clean_command(run.text);
        if (started) {
            command_ = *started;
            if (board_) board_->step(now, keeper::Step::command_started, 0);
            return;
        }
        report(describe(started.error()));
        step(now, heart::CommandEnded{-1});
    }
    void carry_out(Instant, const heart::Leave&) { over_ = true; }

    // As OTP's: program, time as ctime(3) writes it, words, CR LF.
    void report(const std::string& words) {
        const std::time_t time = std::time(nullptr);
        char when[32] = "";
        if (::ctime_r(&time, when) != nullptr) when[std::strcspn(when, "\n")] = '\0';
        stderr_.say(name_ + ": " + when + ": " + words + "\r\n");
    }
    void debug(const std::string& words) {
        if (debug_) stderr_.say("Heart: " + words + "\r\n");
    }

    std::string name_;
    bool debug_;
    sys::SignalInbox signals_{SIGTERM, SIGINT, SIGHUP, SIGCHLD};
    sys::SideOutput stderr_{2};
    prog::Inbox in_;
    prog::Outbox out_;
    std::optional<sys::OtherProcess> vm_;
    bool vm_gone_ = false;
    pid_t command_ = 0;
    std::unique_ptr<prog::Board> board_;
    bool board_is_ready_ = false;
    std::string said_;  // last
    std::optional<heart::Heart> heart_;
    bool over_ = false;
};

}  // namespace

int prog::run_as_otp(const char* name, std::span<const char* const> arguments) {
    Program program(name, arguments);
    program.run();
    return 0;
}
