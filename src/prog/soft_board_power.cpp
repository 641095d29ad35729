// SPDX-License-Identifier: Apache-2.0
// A simulated board from power on to power off.
#include "prog/soft_board_power.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>

#include "sys/error.h"
#include "sys/local_peer.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;

constexpr int kFailed = 1;
constexpr int kMostBootsSeen = 3;
constexpr std::size_t kMostPeers = 16;

constexpr std::array<std::pair<BoardEnd, std::string_view>, 3> kEnds{
    {{BoardEnd::reboot, "reboot"}, {BoardEnd::poweroff, "poweroff"}, {BoardEnd::halt, "halt"}}};

std::string_view word_of(BoardEnd end) { return kEnds.at(static_cast<std::size_t>(end)).second; }

void answer(const sys::Fd& fd, std::string_view text) {
    // One that does not read is no business of a board: MSG_DONTWAIT.
    [[maybe_unused]] const auto n =
        ::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

std::optional<BoardEnd> end_named(std::string_view word) {
    for (const auto& [end, name] : kEnds)
        if (name == word) return end;
    return std::nullopt;
}

BoardPower::BoardPower(BoardOptions options)
    : options_(std::move(options)),
      watchdog_(options_.watchdog),
      memory_(options_.files),
      signals_{SIGTERM, SIGINT, SIGHUP, SIGCHLD} {}

BoardPower::~BoardPower() {
    if (listener_) ::unlink(options_.socket.c_str());
}

Status BoardPower::listen() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto& path = options_.socket;
    if (path.size() >= sizeof address.sun_path)
        return Error{"bind " + path, std::make_error_code(std::errc::filename_too_long)};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bind(2) is made so
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);

    sys::Fd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return sys::last_error("socket for", path);
    if (::connect(socket.get(), generic, sizeof address) == 0)
        return refusal("another board listens at " + path);
    if (errno == ECONNREFUSED) ::unlink(path.c_str());  // one that was killed left it
    if (::bind(socket.get(), generic, sizeof address) != 0) return sys::last_error("bind", path);
    listener_ = std::move(socket);
    if (::listen(listener_.get(), static_cast<int>(kMostPeers)) != 0)
        return sys::last_error("listen at", path);
    return Done{};
}

Status BoardPower::turn_on() {
    if (auto adopts = sys::adopt_orphans(); !adopts) return adopts;
    const auto flags = memory_.first_flags();
    if (!flags) return flags.error();
    if (auto listens = listen(); !listens) return listens;
    return boot(*flags);
}

Status BoardPower::boot(wdt::BootFlags flags) {
    watchdog_.restarted(flags);
    ending_.reset();
    empty_.reset();
    if (auto fresh = memory_.boot(flags); !fresh) return fresh;
    const std::array<std::string, 2> told{
        "SOFT_BOARD_SOCKET=" + options_.socket,
        "SOFT_BOARD_BOOT=" + std::to_string(memory_.boots()),
    };
    if (auto started = tree_.start(options_.command, told); !started) return started;
    note("on " + std::to_string(tree_.guard()));
    return Done{};
}

int BoardPower::run() {
    while (!off_) {
        wait();
        // The time first: a pet that came in before it counts, whatever we did meanwhile.
        const auto now = sys::now();
        take_signals();
        take_peers();
        // Whoever leaves has left before the next one is heard: it may be its successor.
        for (auto& peer : peers_)
            if (!serve(peer)) peer = {};
        std::erase_if(peers_, [](const Peer& peer) { return !peer.fd; });
        judge(now);
    }
    note("off");
    return *off_;
}

void BoardPower::wait() {
    std::vector<pollfd> watched{{signals_.descriptor(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    for (const auto& peer : peers_) watched.push_back({peer.fd.get(), POLLIN, 0});
    auto due = watchdog_.bites_at();
    if (ending_) due = std::min(due.value_or(kill_at_), kill_at_);
    timespec length{};
    if (due) {
        const auto left = std::max<std::chrono::nanoseconds>(*due - sys::now(), 0ns);
        length.tv_sec = left / 1s;
        length.tv_nsec = static_cast<long>((left % 1s).count());
    }
    (void)::ppoll(watched.data(), watched.size(), due ? &length : nullptr, nullptr);
}

void BoardPower::take_signals() {
    while (const auto signal = signals_.next()) {
        if (*signal != SIGCHLD) {
            power_button(sys::now());
        } else if (const auto status = tree_.ended()) {
            empty_ = status;
            note("empty " + std::to_string(*status));
        }
    }
}

void BoardPower::take_peers() {
    for (;;) {
        sys::Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!fd) return;
        if (peers_.size() >= kMostPeers) continue;
        const auto who = sys::peer_of(fd);
        peers_.push_back({std::move(fd), who ? who->pid : 0, false});
    }
}

bool BoardPower::serve(Peer& peer) {
    for (;;) {
        std::array<char, drivers::kSoftMost + 1> into{};
        const auto got = ::recv(peer.fd.get(), into.data(), into.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return true;
        if (got <= 0) {
            if (peer.is_device) note("gone " + std::to_string(peer.pid));
            return false;
        }
        const std::string_view text(into.data(), static_cast<std::size_t>(got));
        if (text.starts_with(kEndWord)) {
            const auto end = end_named(text.substr(std::string_view(kEndWord).size()));
            answer(peer.fd, end ? kEnding : "refused");
            if (end) begin_end(sys::now(), *end);
        } else if (!serve_device(sys::now(), peer, text)) {
            return false;
        }
    }
}

bool BoardPower::serve_device(Instant now, Peer& peer, std::string_view text) {
    if (!peer.is_device) {
        for (const auto& other : peers_)
            if (other.is_device) {
                note("busy " + std::to_string(peer.pid));
                return false;
            }
        peer.is_device = true;
        note("device " + std::to_string(peer.pid));
    }
    if (watchdog_.bitten(now)) {
        note("late " + std::string(text));
        return true;
    }
    const auto said = watchdog_.on(now, text);
    std::string words(text);
    if (said) {
        const drivers::SoftText reply(*said);
        answer(peer.fd, reply.view());
        words += " " + std::string(reply.view());
    }
    if (!text.ends_with('?')) note(words);  // a question changes nothing
    return true;
}

void BoardPower::power_button(Instant now) {
    if (ending_ == BoardEnd::reboot) {
        // What was to come on again stays off.
        ending_ = BoardEnd::poweroff;
        note("end " + std::string(word_of(*ending_)));
    } else if (ending_) {
        kill_at_ = now;  // the second one does not wait
    } else {
        begin_end(now, BoardEnd::poweroff);
    }
}

void BoardPower::begin_end(Instant now, BoardEnd end) {
    if (ending_) return;
    ending_ = end;
    kill_at_ = now + options_.grace;
    note("end " + std::string(word_of(end)));
    if (options_.grace > 0ms) tree_.ask_to_end();
}

void BoardPower::judge(Instant now) {
    // The watchdog guards an orderly end too.
    if (watchdog_.bitten(now)) {
        note("expired");
        return go_down(wdt::kCardReset, true);
    }
    if (ending_ && (empty_ || now >= kill_at_)) return go_down(0, *ending_ == BoardEnd::reboot);
    if (empty_ && !watchdog_.counting()) off_ = *empty_;
}

void BoardPower::go_down(wdt::BootFlags flags, bool again) {
    const auto end = tree_.kill();
    // What the dead have said or wanted is not for the next boot.
    peers_.clear();
    take_peers();
    peers_.clear();
    note("down " + std::to_string(flags) + " killed " + std::to_string(end.killed) + " left " +
         std::to_string(end.left));
    if (!again) {
        memory_.lose_ram();
        off_ = 0;
        return;
    }
    if (const auto kept = memory_.keep_ram(); !kept) note("lost " + describe(kept.error()));
    if (options_.most_boots != 0 && memory_.boots() >= options_.most_boots) {
        off_ = kMostBootsSeen;
    } else if (const auto booted = boot(flags); !booted) {
        std::fprintf(stderr, "soft_board: %s\n", describe(booted.error()).c_str());
        off_ = kFailed;
    }
}

}  // namespace vakt::prog
