// SPDX-License-Identifier: Apache-2.0
// run_erl while it runs.
#include "prog/run_erl_program.h"

#include <dirent.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "console/escape.h"
#include "console/pipe_names.h"
#include "prog/console_place.h"
#include "sys/clock.h"
#include "sys/error.h"
#include "sys/nonblock.h"

namespace vakt::prog {
namespace {

using std::chrono::ceil;
using std::chrono::microseconds;
using sys::Moved;

constexpr auto kDrain = std::chrono::seconds(5);          // OTP's: what a child left may still say
constexpr auto kStopPatience = std::chrono::seconds(60);  // for init:stop() and the like
constexpr auto kStatusPatience = std::chrono::seconds(1);
/// Then viewers and signals have their turn.
constexpr int kReadsAtOnce = 16;
constexpr auto kLookAgain = std::chrono::minutes(1);

bool is_set(const char* name) { return std::getenv(name) != nullptr; }

bool is_ignored(int number) {
    struct sigaction now = {};
    return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

RunErl::RunErl(loop::Loop& loop, const RunErlOptions& options, console::LogSettings settings,
               const Words& words)
    : loop_(loop),
      options_(options),
      settings_(std::move(settings)),
      words_(words),
      log_(loop,
           {.directory = options.log_directory,
            .settings = settings_,
            .started = 0,
            .new_status = true},
           {.room =
                [this] {
                    if (!over_) static_cast<void>(output_->on());
                },
            .complain =
                [this](const Error& error) {
                    if (error == Error{})
                        words_.complain("The log is written again.");
                    else
                        words_.complain(error);
                }}),
      silence_(settings_, sys::now()),
      alive_(loop, [this] { alive(); }),
      end_(loop, [this] { over("What the node left behind still has its terminal."); }),
      look_(loop, [this] {
          viewers_->make_sure();
          if (viewers_->needs_looking()) look_.start(kLookAgain);
      }) {
    const char* status = std::getenv("RUN_ERL_EXIT_STATUS");
    status_of_child_ = status != nullptr && std::string_view(status) == "child";
}

// ---- the beginning ----

Status RunErl::start() {
    if (auto done = open_pipes(); !done) return done;
    auto done = log_.open();
    if (done) done = start_command();
    if (!done) {
        viewers_->close();
        return done;
    }
    watch_signals();
    return Done{};
}

Status RunErl::try_pipes(console::PipeNames names) {
    viewers_ = std::make_unique<Viewers>(
        loop_, std::move(names),
        Viewers::Calls{.input = [this](std::string_view text) { typed(text); },
                       .window =
                           [this](unsigned columns, unsigned rows) {
                               const auto set = sys::set_window_size(pty_.master, columns, rows);
                               if (!set) words_.complain(set.error());
                           },
                       .say = [this](const std::string& line) { words_.complain(line); }});
    return viewers_->open();
}

Status RunErl::open_pipes() {
    auto pipe = options_.pipe;
    if (options_.own_place) {
        const auto place = private_console_directory();
        if (!place) return place.error();
        pipe = console::in_private_directory(*place, pipe);
    }
    return console::names_directory(pipe) ? open_numbered(pipe)
                                          : try_pipes({.base = std::move(pipe)});
}

Status RunErl::open_numbered(const std::string& directory) {
    DIR* names = ::opendir(directory.c_str());
    if (names == nullptr) {
        return Error{"Can't access pipe directory '" + directory + "'.",
                     std::error_code(errno, std::generic_category())};
    }
    std::uint32_t highest = 0;
    while (const dirent* entry = ::readdir(names))
        highest = std::max(highest, console::pipe_number(entry->d_name));
    ::closedir(names);
    // Somebody who started at the same moment may have the next one already.
    for (auto number = highest + 1;; ++number) {
        auto done = try_pipes(console::numbered_pipe(directory, number));
        if (done || done.error().code != std::errc::address_in_use || number > highest + 100)
            return done;
    }
}

Status RunErl::start_command() {
    const auto flow = is_set("RUN_ERL_ENABLE_FLOWCNTRL") && !is_set("RUN_ERL_DISABLE_FLOWCNTRL")
                          ? sys::FlowControl::by_keys
                          : sys::FlowControl::none;
    auto pty = sys::open_pty(flow);
    if (!pty) return Error{"Could not open pty master", pty.error().code};
    pty_ = std::move(*pty);
    output_.emplace(loop_, pty_.master.get(), loop::Ready::read, [this] {
        for (int n = 0; n < kReadsAtOnce && read_node(); ++n) {
        }
    });
    room_.emplace(loop_, pty_.master.get(), loop::Ready::write, [this] { write_node(); });
    // Before any signal is ours: the child has those of who started us.
    const auto child = sys::start_on_pty(pty_, "/bin/sh", options_.shell);
    if (!child) return Error{"Cannot fork", child.error().code};
    child_ = *child;
    log_.status(status_line(child_, "Args before exec of shell:"));
    for (std::size_t at = 0; at + 1 < options_.shell.size(); ++at)
        log_.status(
            status_line(child_, "argv[" + std::to_string(at) + "] = " + options_.shell[at]));
    if (!output_->on()) return refusal("Could not open pty master");
    return Done{};
}

void RunErl::watch_signals() {
    const auto on = [this](int number, loop::Callback callback) {
        signals_.push_back(std::make_unique<loop::Signal>(loop_, number, std::move(callback)));
    };
    sys::ignore_broken_pipes();
    on(SIGCHLD, [this] { child_changed(); });
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        if (!is_ignored(number)) on(number, [this] { asked_to_end(); });
    child_changed();  // it may have ended before
}

int RunErl::run() {
    alive_.start(ceil<microseconds>(silence_.wake_at() - sys::now()));
    if (viewers_->needs_looking()) look_.start(kLookAgain);
    if (!over_) loop_.run();
    viewers_->close();
    log_.leave();
    return status_;
}

// ---- between the node and who looks at it ----

bool RunErl::read_node() {
    const auto got = sys::read_some(pty_.master.get(), piece_);
    if (got.how == Moved::How::blocked) return false;
    if (got.how != Moved::How::some) {
        const int error = got.how == Moved::How::failed ? errno : 0;
        output_->off();
        if (error == 0) status_ = 0;
        if (error == EIO || error == 0) {
            over("Erlang closed the connection.");
        } else {
            errno = error;
            over(Words::text_of(sys::last_error("Error in reading", "from terminal")));
        }
        return false;
    }
    mark_time(silence_.on_activity(sys::now()));
    const std::string_view text(piece_.data(), got.bytes);
    log_.output(text);
    viewers_->show(text);
    if (log_.full()) output_->off();
    return !log_.full();
}

void RunErl::typed(std::string_view text) {
    mark_time(silence_.on_activity(sys::now()));
    if (text.size() == 1 && text.front() == console::kInterrupt) {
        if (child_ != 0) ::kill(child_, SIGINT);
        return;
    }
    to_node_.append(text);
    write_node();
}

void RunErl::write_node() {
    while (!to_node_.empty()) {
        const auto bytes =
            std::span(reinterpret_cast<const unsigned char*>(to_node_.data()), to_node_.size());
        const auto moved = sys::write_some(pty_.master.get(), bytes);
        if (moved.how == Moved::How::blocked) break;
        if (moved.how != Moved::How::some) {
            // Its end shows when we read; until then nobody is there to read this.
            to_node_.clear();
            break;
        }
        to_node_.erase(0, moved.bytes);
    }
    viewers_->hold(!to_node_.empty());
    if (to_node_.empty())
        room_->off();
    else
        static_cast<void>(room_->on());
}

void RunErl::mark_time(console::Silence::Says says) {
    if (says == console::Silence::Says::after_silence) log_.after_silence();
    if (says == console::Silence::Says::still_alive) log_.still_alive();
}

void RunErl::alive() {
    const auto now = sys::now();
    mark_time(silence_.on_wake(now));
    alive_.start(ceil<microseconds>(silence_.wake_at() - now));
}

// ---- the end ----

void RunErl::child_changed() {
    log_.collect();
    if (child_ == 0) return;
    // Not collected: heart looks by what signal it ended, and may be woken after us.
    siginfo_t info = {};
    const auto got = ::waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG | WNOWAIT);
    if (got == 0 && info.si_pid == 0) return;
    if (got == 0) ended_ = info;  // ECHILD: who started us ignores SIGCHLD
    child_ = 0;
    if (over_)
        finish();
    else
        end_.start(kDrain);
}

// The first time the node is asked to end in order; the second time, or when it does not, its
// terminal is taken away, as when OTP's run_erl is killed.
void RunErl::asked_to_end() {
    if (std::exchange(asked_, true) || child_ == 0) {
        over("");
        return;
    }
    ::kill(child_, SIGTERM);
    end_.start(kStopPatience);
}

void RunErl::over(std::string_view words) {
    if (!std::exchange(over_, true)) {
        if (asked_)
            status_ = 0;
        else
            words_.complain(words);
        output_->off();
        room_->off();
        pty_.master = sys::Fd{};
    } else {
        child_ = 0;
    }
    // It closes its terminal a moment before it can be waited for.
    if (status_of_child_ && child_ != 0)
        end_.start(kStatusPatience);
    else
        finish();
}

void RunErl::finish() {
    if (status_of_child_ && ended_)
        status_ = ended_->si_code == CLD_EXITED ? ended_->si_status : 128 + ended_->si_status;
    alive_.cancel();
    end_.cancel();
    loop_.stop();
}

}  // namespace vakt::prog
