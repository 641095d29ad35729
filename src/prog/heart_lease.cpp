// SPDX-License-Identifier: Apache-2.0
// A heart's lease at the keeper: guard/lease_link.h on a socket.
#include "prog/heart_lease.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

#include "sys/local_socket.h"
#include "sys/nonblock.h"
#include "sys/process.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;

// Some hundred beats, or a command and all that goes with it.
constexpr std::size_t kMostUnsent = 16384;
// What was said of a ladder's end may wait so long for the keeper to take it.
constexpr Duration kFlushWithin = 1s;

}  // namespace

guard::LeaseWish lease_wish(const heart::Settings& settings, unsigned long vm_pid) {
    guard::LeaseWish wish;
    const char* name = std::getenv("VAKT_LEASE");
    wish.lease =
        keeper::Name(name != nullptr ? std::string(name) : "uid-" + std::to_string(::getuid()));
    wish.timing = {settings.beat_timeout, settings.boot_delay};
    if (vm_pid != 0 && vm_pid <= std::numeric_limits<pid_t>::max()) {
        if (const auto facts = sys::facts_of(static_cast<pid_t>(vm_pid)))
            wish.vm = {static_cast<std::uint32_t>(vm_pid), facts->start};
    }
    wish.killing.abort = settings.abort_instead;
    wish.killing.never = !settings.may_kill;
    wish.killing.dump_wait =
        std::chrono::seconds(std::clamp(settings.crash_dump_seconds.value_or(0), -1L, 24L * 3600));
    const char* socket = std::getenv("VAKT_KEEPER_SOCKET");
    wish.expects_keeper = socket != nullptr && *socket != '\0';
    return wish;
}

LeaseBoard::LeaseBoard(guard::LeaseWish wish, const std::string& command, SayWords say, Instant now)
    : say_(std::move(say)), link_(wish) {
    const char* path = std::getenv("VAKT_KEEPER_SOCKET");
    path_ = path != nullptr ? path : "/run/vakt/keeper.sock";  // empty: nowhere
    tell(now, guard::CommandIs{command});
    carry_out(link_.start(now));
    stir(now);
}

void LeaseBoard::renew(Instant now, Instant) { tell(now, guard::Beaten{}); }
void LeaseBoard::give_up(Instant now, heart::Cause cause, const std::string& words) {
    tell(now, guard::GaveUp{cause, words});
}
void LeaseBoard::step(Instant now, keeper::Step step, int status) {
    tell(now, guard::Stepped{step, status});
}
void LeaseBoard::command(Instant now, const std::string& text) {
    tell(now, guard::CommandIs{text});
}
void LeaseBoard::retire(Instant now) { tell(now, guard::Retired{}); }

bool LeaseBoard::may_end(Instant now) {
    if (!link_.may_end()) tell(now, guard::Leaving{});
    if (!link_.may_end()) return false;
    if (flush_by_ == kNever) flush_by_ = now + kFlushWithin;
    return unsent_.empty() || !socket_ || now >= flush_by_;
}

std::optional<heart::Event> LeaseBoard::next() {
    if (for_heart_.empty()) return std::nullopt;
    auto event = std::move(for_heart_.front());
    for_heart_.erase(for_heart_.begin());
    return event;
}

Instant LeaseBoard::wake_at() const { return std::min(link_.wake_at(), flush_by_); }

void LeaseBoard::stir(Instant now) {
    read(now);
    if (socket_) flush();
    tell(now, heart::Tick{});
}

// Carrying out may make things happen in turn; they follow in order.
void LeaseBoard::tell(Instant now, const guard::LinkEvent& event) {
    carry_out(link_.on(now, event));
    for (std::size_t n = 0; n < happened_.size(); ++n) {
        const auto next = happened_[n];
        carry_out(link_.on(now, next));
    }
    happened_.clear();
}

void LeaseBoard::carry_out(const guard::LinkActions& actions) {
    for (const auto& action : actions) std::visit([&](const auto& a) { carry_out(a); }, action);
}

void LeaseBoard::carry_out(const guard::Connect&) {
    close();
    auto connected = sys::connect_local(path_);
    if (connected) {
        socket_ = std::move(*connected);
        happened_.emplace_back(guard::Connected{});
        return;
    }
    const auto& error = connected.error();
    happened_.emplace_back(
        guard::NotConnected{describe(error), error.code != std::errc::no_such_file_or_directory});
}

void LeaseBoard::carry_out(const guard::Send& send) {
    if (!socket_) return;
    std::array<std::uint8_t, wire::kMaxLeaseMessage> bytes;
    for (const auto byte : wire::encode(send.message, bytes))
        unsent_.push_back(static_cast<char>(byte));
    flush();
    if (unsent_.size() > kMostUnsent) lose(true);
}

void LeaseBoard::carry_out(const guard::EndOfWords&) {
    no_more_words_ = true;
    if (socket_) flush();
}

void LeaseBoard::carry_out(const guard::TellGuarded& guarded) {
    for_heart_.emplace_back(heart::Guarded{guarded.by});
}

void LeaseBoard::carry_out(const guard::TellProceed& proceed) {
    for_heart_.emplace_back(heart::MayProceed{proceed.command_until});
}

void LeaseBoard::carry_out(const guard::TellSnoozed& snoozed) {
    for_heart_.emplace_back(heart::Snoozed{snoozed.until});
}

void LeaseBoard::read(Instant now) {
    while (socket_) {
        std::array<char, 4096> buffer;
        const auto moved = sys::read_some(socket_.get(), buffer);
        switch (moved.how) {
            case sys::Moved::How::blocked:
                return;
            case sys::Moved::How::end:
                lose(!unsent_.empty());
                break;
            case sys::Moved::How::failed:
                lose(true);
                break;
            case sys::Moved::How::some: {
                auto input = std::as_bytes(std::span(buffer.data(), moved.bytes));
                while (!input.empty() && decoder_.fault() == wire::LeaseFault::none) {
                    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(input.data());
                    input = input.subspan(decoder_.feed({bytes, input.size()}));
                    while (const auto message = decoder_.next()) tell(now, guard::Heard{*message});
                    if (!socket_) return;  // refused meanwhile
                }
                if (decoder_.fault() != wire::LeaseFault::none) lose(true);
                break;
            }
        }
        for (const auto& event : std::exchange(happened_, {})) tell(now, event);
    }
}

void LeaseBoard::flush() {
    while (socket_ && !unsent_.empty()) {
        const auto* const bytes = reinterpret_cast<const unsigned char*>(unsent_.data());
        const auto moved = sys::write_some(socket_.get(), {bytes, unsent_.size()});
        switch (moved.how) {
            case sys::Moved::How::some:
                unsent_.erase(0, moved.bytes);
                break;
            case sys::Moved::How::blocked:
                return;
            case sys::Moved::How::end:
            case sys::Moved::How::failed:
                return lose(true);
        }
    }
    if (socket_ && no_more_words_) ::shutdown(socket_.get(), SHUT_WR);
}

void LeaseBoard::lose(bool unread) {
    close();
    happened_.emplace_back(guard::Lost{unread});
}

void LeaseBoard::close() {
    socket_ = sys::Fd();
    unsent_.clear();
    no_more_words_ = false;
    decoder_ = {};
}

}  // namespace vakt::prog
