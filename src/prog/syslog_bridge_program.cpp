// SPDX-License-Identifier: Apache-2.0
// syslog_bridge while it runs.
#include "prog/syslog_bridge_program.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include "prog/syslog_bridge_words.h"
#include "show/bridge_metrics.h"
#include "sys/clock.h"
#include "sys/rename.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;
using sys::Severity;

constexpr auto kHouse = 15s;
constexpr auto kLastWrite = 2000ms;

std::span<std::byte> bytes_of(const sys::MappedFile& file) {
    return std::as_writable_bytes(file.bytes());
}

Readers readers_of(const settings::BridgeFile& file) {
    return {file.group, {file.users.begin(), file.users.end()}};
}

}  // namespace

BridgeProgram::BridgeProgram(loop::Loop& loop, BridgeParts parts, Log& log)
    : loop_(loop),
      parts_(std::move(parts)),
      log_(log),
      bridge_(bytes_of(parts_.ring), parts_.boot, parts_.numbers.first()),
      taps_(loop, bridge_, {parts_.options.state + "/black_box", parts_.options.pmsg, parts_.boot},
            log),
      clients_(loop, bridge_, log, std::move(parts_.listener), readers_of(parts_.file),
               [this] { turn_over(); }),
      sources_(loop, bridge_, taps_, clock_, log, std::move(parts_.inherited), parts_.options.kmsg,
               parts_.options.state, [this] { turn_over(); }),
      aside_(parts_.options.state),
      tick_(loop, [this] { tick(); }),
      house_(loop, [this] { keep_house(); }),
      watchdog_(loop,
                [this] {
                    parts_.manager.tell(sys::Notice().watchdog());
                    watchdog_.start(*parts_.watchdog / 2);
                }),
      on_hup_(loop, SIGHUP, [this] { reload(); }),
      on_usr1_(loop, SIGUSR1, [this] { say_lines(log_, Severity::info, bridge_.account()); }),
      on_term_(loop, SIGTERM, [this] { loop_.stop(); }),
      on_int_(loop, SIGINT, [this] { loop_.stop(); }),
      on_child_(loop, SIGCHLD, [this] {
          aside_.collect();
          log_.collect();
      }) {}

int BridgeProgram::run() {
    // A ring that is full of numbers from before may be ahead of what was reserved.
    parts_.numbers.keep_ahead_of(bridge_.next_seq());
    log_.say(
        Severity::notice,
        bridge_.went_on() ? "goes on with the ring that is there" : "begins with an empty ring",
        ", boot ", report::boot_id_text(parts_.boot), ", number ", bridge_.next_seq());
    bridge_.account_with([this] { return more_account(); });
    taps_.change(parts_.file);
    sources_.begin(parts_.file.sources, {bridge_.went_on(), parts_.numbers.were_used()});
    if (auto begun = clients_.begin(); !begun) {
        log_.say(Severity::err, describe(begun.error()));
        return 1;
    }
    turn_over();
    parts_.manager.tell(sys::Notice().ready());
    if (parts_.watchdog) watchdog_.start(*parts_.watchdog / 2);
    tell_status();
    loop_.run();
    leave();
    return 0;
}

/// A source or a client has had its turn.
void BridgeProgram::turn_over() {
    clock_.turn_over();
    taps_.turn_over();
    clients_.flow();
    mind_time();
    if (!house_.running())
        house_.start(parts_.file.metrics_interval > 0ms ? parts_.file.metrics_interval : kHouse);
}

void BridgeProgram::tick() {
    tick_at_ = kNever;
    bridge_.tick({sys::now(), sys::wall_ns()});
    turn_over();
}

void BridgeProgram::mind_time() {
    const auto at = bridge_.wake_at();
    if (at == tick_at_) return;
    tick_at_ = at;
    if (at == kNever) return tick_.cancel();
    tick_.start(
        std::chrono::ceil<std::chrono::microseconds>(std::max(at - sys::now(), Duration::zero())));
}

/// After something has happened, and then not again until something else has: who is idle sleeps.
void BridgeProgram::keep_house() {
    parts_.numbers.keep_ahead_of(bridge_.next_seq());
    save_places();
    if (parts_.file.metrics_interval > 0ms) write_metrics();
    tell_status();
}

void BridgeProgram::save_places() {
    std::vector<FileText> files;
    for (auto& place : sources_.moved())
        files.push_back({place.name + ".cursor", std::move(place.position) + "\n"});
    if (files.empty()) return;
    const bool late = !aside_.put(files);
    if (!late) sources_.saved();
    if (late && !places_are_late_)
        log_.say(Severity::warning, parts_.options.state,
                 " is slow: the places of sources were not saved yet");
    places_are_late_ = late;
}

void BridgeProgram::write_metrics() {
    const auto written = sys::show_file(parts_.options.run + "/bridge.prom",
                                        show::bridge_metrics(bridge_.account()));
    if (!written) log_.say(Severity::warning, describe(written.error()));
}

void BridgeProgram::reload() {
    parts_.manager.tell(sys::Notice().reloading(sys::now()));
    auto file = settings::read_bridge_file(parts_.options.config, parts_.options.socket);
    if (file) {
        if (file->ring != parts_.file.ring)
            log_.say(Severity::notice, "ring: another size begins with the next start");
        parts_.file = std::move(*file);
        clients_.admit(readers_of(parts_.file));
        taps_.change(parts_.file);
        sources_.change(parts_.file.sources);
        log_.say(Severity::notice,
                 "the settings were read again: ", static_cast<std::uint64_t>(sources_.open()),
                 " sources are open");
    } else {
        say_lines(log_, Severity::err, describe(file.error()));
        log_.say(Severity::err, "the settings stay as they were");
    }
    parts_.manager.tell(sys::Notice().ready());
    tell_status();
}

void BridgeProgram::tell_status() {
    if (!parts_.manager.there()) return;
    auto words = std::to_string(sources_.open()) + " of " + std::to_string(sources_.known()) +
                 " sources, " + std::to_string(clients_.count()) + " clients";
    if (words == status_) return;
    status_ = std::move(words);
    parts_.manager.tell(sys::Notice().status(status_));
}

std::string BridgeProgram::more_account() const {
    return sources_.account() + taps_.account() + process_line();
}

void BridgeProgram::leave() {
    parts_.manager.tell(sys::Notice().stopping());
    sources_.stop();
    taps_.leave();
    clients_.leave();
    aside_.finish(kLastWrite);
    save_places();
    if (parts_.file.metrics_interval > 0ms) write_metrics();
    aside_.finish(kLastWrite);
    if (parts_.listener_is_ours) ::unlink(parts_.options.socket.c_str());
    say_lines(log_, Severity::info, bridge_.account());
    log_.say(Severity::notice, "ends");
}

}  // namespace vakt::prog
