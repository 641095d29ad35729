// SPDX-License-Identifier: Apache-2.0
// wd_bus while it runs: between the keeper and the message bus.
#include "prog/wd_bus_program.h"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "prog/wd_bus_ends.h"
#include "prog/wd_bus_files.h"
#include "show/bus_signal.h"
#include "sys/clock.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;
namespace lease = wire::lease;

constexpr Duration kStatusWait = 1s;
constexpr Duration kStateWait = 1s;  ///< for systemd's word whether this is a shutdown

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

}  // namespace

BusProgram::BusProgram(const BusOptions& options)
    : options_(options),
      signals_{SIGTERM, SIGINT, SIGHUP},
      manager_(std::getenv("NOTIFY_SOCKET")),
      link_retry_{250ms, 4s},
      bus_retry_{500ms, 32s} {
    if (options_.metrics) metrics_at_ = sys::now();
}

void BusProgram::say(std::string_view words) { err_.say("wd_bus: " + std::string(words) + "\n"); }

int BusProgram::run() {
    manager_.tell(sys::Notice().ready());
    while (!left_) {
        const auto now = sys::now();
        keep_link(now);
        keep_bus(now);
        if (now >= status_until_) end_status(false);
        keep_metrics(now);
        if (now >= leave_at_) leave();
        if (left_) break;
        wait();
        take_signals();
    }
    manager_.tell(sys::Notice().stopping());
    return 0;
}

void BusProgram::wait() {
    std::array<pollfd, 3> rows{};
    nfds_t count = 0;
    auto due = std::min({status_until_, leave_at_, metrics_at_});
    rows[count++] = {signals_.descriptor(), POLLIN, 0};
    if (link_)
        rows[count++] = {link_->descriptor(), link_->events(), 0};
    else
        due = std::min(due, link_retry_.at);
    if (bus_) {
        rows[count++] = {bus_->descriptor(), bus_->events(), 0};
        due = std::min(due, bus_->wake_at());
    } else {
        due = std::min(due, bus_retry_.at);
    }
    timespec length = {};
    if (due != kNever) {
        const auto left = std::max(due - sys::now(), Duration::zero());
        length.tv_sec = left / 1s;
        length.tv_nsec = static_cast<long>((left % 1s).count());
    }
    ::ppoll(rows.data(), count, due == kNever ? nullptr : &length, nullptr);
}

// ---- the keeper ----

void BusProgram::keep_link(Instant now) {
    if (!link_ && now >= link_retry_.at) {
        auto link = KeeperLink::connect(options_.socket);
        if (link) {
            link_ = std::move(*link);
            ++link_number_;
            reader_ = {};
            say("connected to the keeper");
            link_->say(lease::Hands{});
            link_->say(lease::Watch{});
            if (going_down_) link_->say(lease::GoingDown{true});
        } else {
            if (link_retry_.wait == Duration::zero()) say(describe(link.error()));
            link_retry_.lost(now);
        }
    }
    if (link_ && !link_->process([this](const wire::LeaseMessage& message) { take(message); }))
        lose_link(now);
}

void BusProgram::lose_link(Instant now) {
    say("the keeper is gone");
    link_.reset();
    link_retry_.lost(now);
    if (status_until_ != kNever) end_status(false);
}

void BusProgram::take(const wire::LeaseMessage& message) {
    link_retry_.found();  // a keeper that only accepts is not there yet
    switch (reader_.take(message)) {
        case wire::StatusReader::Took::whole:
            end_status(true);
            return;
        case wire::StatusReader::Took::part:
            return;
        default:
            break;
    }
    std::visit(Overloaded{[&](const lease::News& news) { take_news(news); },
                          [&](const lease::AskEnd& ask) { ask_end(ask); },
                          [&](const lease::Watching& watching) {
                              report_is_new_ = watching.report_is_new;
                              show_report();
                          },
                          [&](const lease::Answer& answer) {
                              if (answer.refusal != keeper::Refusal::none)
                                  say("the keeper refuses us as its hands: another uid?");
                          },
                          [](const auto&) {}},
               message);
}

void BusProgram::take_news(const lease::News& news) {
    const auto signal = show::signal_of(news);
    if (bus_greeted_)
        bus_->emit(signal.name.c_str(), [&](systemd::Values& values) {
            for (const auto& value : signal.values)
                std::visit(Overloaded{[&](const std::string& text) { values.text(text); },
                                      [&](std::uint8_t number) { values.byte(number); },
                                      [&](auto number) { values.number(number); }},
                           value);
        });
    ask_status();  // for the properties that have changed by it, and to stay the keeper's hands
}

void BusProgram::ask_end(const lease::AskEnd& ask) {
    const auto now = sys::now();
    const std::string what = ask.rung == keeper::Rung::login1 ? "login1" : "systemd1";
    say(what + " is asked to end the system");
    if (!bus_) connect_bus(now);
    const auto failed = [this, rung = ask.rung, number = link_number_](const std::string& why) {
        say(why);
        if (link_ && number == link_number_) link_->say(lease::RungFailed{rung});
    };
    if (!bus_) return failed(what + ": there is no bus");
    const auto call = end_call(ask.rung, ask.end);
    bus_->call(call.method, call.arguments, now + kEndDeadline,
               [this, what, failed](const Result<systemd::Reply>& answer) {
                   if (!answer) return failed(what + ": " + describe(answer.error()));
                   say(what + " has taken it on");
               });
}

void BusProgram::tell_going_down(bool going) {
    if (going != going_down_) say(going ? "the system is going down" : "the system stays up");
    going_down_ = going;
    if (link_) link_->say(lease::GoingDown{going});
}

// ---- its status ----

void BusProgram::ask_status() {
    if (status_until_ != kNever) return;
    if (!link_) return end_status(false);
    status_until_ = sys::now() + kStatusWait;
    link_->say(lease::StatusAsked{});
}

void BusProgram::end_status(bool answered) {
    status_until_ = kNever;
    if (answered) view_.status = reader_.status();
    // A keeper that was replaced does not know its hands.
    if (answered && link_ && (view_.status.board.flags & lease::kHands) == 0)
        link_->say(lease::Hands{});
    if (bus_ && bus_->is_asked()) {
        if (answered) {
            view_.report = read_report(options_);
            bus_->answer();
        } else {
            bus_->refuse(kNoKeeper, "the keeper does not answer");
        }
    }
    if (answered) announce();
    if (!metrics_wanted_) return;
    metrics_wanted_ = false;
    const auto child = write_metrics(options_, answered ? &view_.status : nullptr);
    if (child)
        metrics_child_ = *child;
    else
        say(describe(child.error()));
}

void BusProgram::announce() {
    const auto now = announced(view_);
    std::vector<std::string> changed;
    for (std::size_t at = 0; at < now.size(); ++at)
        if (announced_.empty() || announced_[at] != now[at]) changed.push_back(now[at].first);
    announced_ = now;
    if (bus_greeted_ && !changed.empty()) bus_->changed(changed);
}

void BusProgram::keep_metrics(Instant now) {
    if (now < metrics_at_) return;
    metrics_at_ = now + *options_.metrics;
    // One that hangs on a disk is left alone; there is one at most.
    if (metrics_child_ != 0 && ::waitpid(metrics_child_, nullptr, WNOHANG) == 0) return;
    metrics_child_ = 0;
    metrics_wanted_ = true;
    ask_status();
}

// ---- the bus ----

void BusProgram::keep_bus(Instant now) {
    if (!bus_ && now >= bus_retry_.at) connect_bus(now);
    if (!bus_) return;
    if (!bus_->process(now)) return lose_bus(now);
    if (!bus_greeted_ && bus_->is_in()) greet_bus();
}

void BusProgram::connect_bus(Instant now) {
    auto bus = systemd::Bus::connect(options_.bus);
    const bool first = bus_retry_.wait == Duration::zero();
    if (!bus) {
        if (first) say(describe(bus.error()));
        return bus_retry_.lost(now);
    }
    bus_ = std::move(*bus);
    bus_greeted_ = false;
    const auto complain = [this](const Status& status) {
        if (!status) say(describe(status.error()));
    };
    complain(bus_->listen({"org.freedesktop.login1", "/org/freedesktop/login1",
                           "org.freedesktop.login1.Manager", "PrepareForShutdown"},
                          [this](const systemd::Reply& reply) {
                              if (reply.truth) tell_going_down(*reply.truth);
                          }));
    complain(bus_->serve(
        keeper_object(view_), kBusName, [this] { ask_status(); },
        [this](const Status& status) {
            if (!status) say(std::string(kBusName) + ": " + describe(status.error()));
        }));
}

void BusProgram::lose_bus(Instant now) {
    if (bus_greeted_) say("the bus is gone");
    bus_.reset();
    bus_greeted_ = false;
    bus_retry_.lost(now);
}

void BusProgram::greet_bus() {
    bus_greeted_ = true;
    bus_retry_.found();
    announced_.clear();
    say("connected to the bus");
    show_report();
}

/// Once in this boot, to whoever listens; the keeper notes it.
void BusProgram::show_report() {
    if (!report_is_new_ || !bus_greeted_ || !link_) return;
    report_is_new_ = false;
    view_.report = read_report(options_);
    bus_->emit("ResetReport", [&](systemd::Values& values) { put_report(values, view_.report); });
    link_->say(lease::ReportTaken{});
}

// ---- our end ----

void BusProgram::take_signals() {
    while (const auto signal = signals_.next()) {
        if (*signal == SIGHUP || leave_at_ != kNever) continue;  // there is nothing to read again
        leave_at_ = sys::now();
        if (!bus_greeted_ || !link_) continue;
        // We end before the keeper (the unit's After=): it should know what its own SIGTERM means.
        leave_at_ += kStateWait;
        bus_->call(
            {"org.freedesktop.systemd1", "/org/freedesktop/systemd1",
             "org.freedesktop.DBus.Properties", "Get"},
            [](systemd::Values& values) {
                values.text("org.freedesktop.systemd1.Manager").text("SystemState");
            },
            leave_at_,
            [this](const Result<systemd::Reply>& state) {
                if (state && state->text == "stopping") tell_going_down(true);
                leave();
            });
    }
}

void BusProgram::leave() {
    if (link_) static_cast<void>(link_->process([](const wire::LeaseMessage&) {}));
    left_ = true;
}

}  // namespace vakt::prog
