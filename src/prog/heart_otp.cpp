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
#include "prog/heart_personality.h"
#include "prog/heart_port.h"
#include "sys/clean_command.h"
#include "sys/clock.h"
#include "sys/other_process.h"
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

class Program {
 public:
    Program(const char* name, std::span<const char* const> arguments)
        : name_(std::string(name).substr(0, 255)), debug_(std::getenv("HEART_DEBUG") != nullptr) {
        if (debug_) stderr_.say("heart: debug is ON!\r\n");
        const auto read = heart::read_arguments(arguments);
        auto said = read.said;
        auto settings = heart::read_settings(read, &std::getenv, said);
        for (const auto& line : said) stderr_.say(line);
        hold_vm(read.pid);
        settings.knows_vm = vm_.has_value() || vm_gone_;
        settings.guarded = board_ != nullptr;
        debug("arguments -ht " + std::to_string(settings.beat_timeout / 1s) + " -wt " +
              std::to_string(settings.boot_delay / 1s) + " -pid " + std::to_string(read.pid));
        out_.ack();
        heart_.emplace(std::move(settings), sys::now());
        if (vm_gone_) step(sys::now(), heart::VmEnded{});
    }

    void run() {
        while (!over_) {
            wait();
            // The time first: what comes in after it can only be later than the deadline, never
            // judged too early.
            const auto now = sys::now();
            in_.drain([&](const heart::Event& event) { step(sys::now(), event); },
                      [&] { return heart_->listens(); });
            take_signals();
            if (out_.waiting()) out_.flush();
            if (vm_watched() && vm_->ended()) step(now, heart::VmEnded{});
            if (board_ && now >= board_->wake_at()) board_->stir(now);
            if (now >= heart_->wake_at()) step(now, heart::Tick{});
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

    [[nodiscard]] bool vm_watched() const { return vm_ && !vm_gone_; }

    // Until something comes or something is due.
    void wait() {
        pollfd watched[5];
        nfds_t count = 0;
        const auto watch = [&](int fd, short events) { watched[count++] = {fd, events, 0}; };
        watch(signals_.descriptor(), POLLIN);
        if (in_.open() && heart_->listens()) watch(0, POLLIN);
        if (out_.waiting()) watch(1, POLLOUT);
        auto due = heart_->wake_at();
        if (vm_watched()) {
            if (vm_->descriptor() >= 0)
                watch(vm_->descriptor(), POLLIN);
            else if (!heart_->listens())
                due = std::min(due, sys::now() + 50ms);  // no pidfd here: we have to ask
        }
        if (board_) {
            due = std::min(due, board_->wake_at());
            if (board_->descriptor() >= 0) watch(board_->descriptor(), POLLIN);
        }
        timespec length = {};
        if (due != kNever) {
            const auto left = std::max(due - sys::now(), Duration::zero());
            length.tv_sec = left / 1s;
            length.tv_nsec = (left % 1s).count();
        }
        ::ppoll(watched, count, due == kNever ? nullptr : &length, nullptr);
    }

    void take_signals() {
        while (const auto signal = signals_.next()) {
            if (*signal == SIGCHLD)
                collect_command();
            else
                step(sys::now(), heart::AskedToEnd{name_of(*signal)});
        }
    }

    void collect_command() {
        int status = 0;
        if (command_ <= 0 || ::waitpid(command_, &status, WNOHANG) != command_) return;
        command_ = 0;
        step(sys::now(), heart::CommandEnded{status});
    }

    void step(Instant now, const heart::Event& event) {
        if (std::holds_alternative<heart::VmEnded>(event)) vm_gone_ = true;
        for (const auto& action : heart_->on(now, event))
            std::visit([&](const auto& a) { carry_out(now, a); }, action);
    }

    void carry_out(Instant, const heart::Ack&) { out_.ack(); }
    void carry_out(Instant, const heart::TellCommand& tell) { out_.command(tell.text); }
    void carry_out(Instant, const heart::Report& words) { report(words.text); }
    void carry_out(Instant now, const heart::Renew&) {
        if (board_) board_->renew(now, heart_->hard_deadline());
    }
    void carry_out(Instant, const heart::Warn& warn) {
        debug("silent for " + std::to_string(warn.percent) + " % of the beat timeout");
        if (board_) board_->warn(warn.percent);
    }
    void carry_out(Instant, const heart::GiveUp& verdict) {
        if (board_) board_->give_up(verdict.cause);
    }
    void carry_out(Instant, const heart::Escalate& escalate) {
        if (board_) board_->escalate(escalate.failure);
    }
    void carry_out(Instant, const heart::Retire&) {
        if (board_) board_->retire();
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
    std::optional<heart::Heart> heart_;
    bool over_ = false;
};

}  // namespace

int prog::run_as_otp(const char* name, std::span<const char* const> arguments) {
    Program program(name, arguments);
    program.run();
    return 0;
}
