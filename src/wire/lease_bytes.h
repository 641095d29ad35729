// SPDX-License-Identifier: Apache-2.0
// The bytes between a heart (or vaktctl, wd_bus, a successor) and the keeper, version 1.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "base/fixed_list.h"
#include "base/fixed_text.h"
#include "keeper/action.h"
#include "keeper/event.h"
#include "wire/status_bytes.h"

namespace vakt::wire {

// A message on /run/vakt/keeper.sock, all numbers in network order:
//
//   size u16   of what follows, 2..2302
//   version u8 1
//   kind u8
//   content    exactly as below: less or more is refused
//
// Lengths of time are u32 milliseconds, or i32 where negative means for ever; points in time are
// u64 nanoseconds of CLOCK_MONOTONIC, 2^64 - 1 is never; a text is u8 size and its bytes.
//
//   kind  to the keeper
//   1     Open      lease text(1..32), beat timeout, boot delay, vm pid u32, vm start u64,
//                   abort u8(0,1), never u8(0,1), dump wait i32
//   2     Beat      read at
//   3     ShutDown
//   4     GivingUp  cause u8 (keeper::Cause), words text(0..200)
//   5     Progress  step u8 (keeper::Step), status u32 (of wait(2), of a command that ended)
//   6     Command   0..2047 bytes: HEART_COMMAND, for the case that heart itself is lost
//   7     Snooze    lease text(0..32; empty: the connection's own), length
//   8     End       kind u8 (keeper::EndKind), immediate u8(0,1)
//   9     Drill     kind u8 (keeper::DrillKind), lease text(0..32; empty: the connection's own)
//   10    Disarm    device u8, 255: every
//   11    TakeOver
//   12    StatusAsked
//   13    Watch        lease text(0..32)
//   14    ReportTaken  lease text(0..32)
//   15    Hands
//   16    RungFailed   rung u8 (keeper::Rung: login1 or systemd1)
//   17    Healthy
//   18    GoingDown    going flag
//   19    Info         lease text(0..32), text(0..157)
//
//   kind  from the keeper
//   65    Granted   devices u8, shortest granted timeout (0: no device), boot status u32 (WDIOF_*),
//                   identity text(0..64)
//   66    Answer    refusal u8 (keeper::Refusal, 0: done), longest
//   67    Warn      percent u8, hard deadline
//   68    Proceed   command until, hard deadline
//   69    Verdict   kind u8 (keeper::EndKind), deadline
//   70    HandOver  count u8 of descriptors that come with it (SCM_RIGHTS), each: what u8
//                   (0 device, 1 connection), number u32; connection 0 is the listening socket.
//                   Who has them all says TakeOver a second time, and the keeper ends;
//                   it says Answer instead if it goes on after all
//   71    to 75     the status (wire/status_bytes.h)
//   76    Watching  report is new u8(0,1)
//   77    News      kind u8 (keeper::NoteKind), cause u8, end u8 (keeper::EndKind), percent u8,
//                   subject text(0..32), D, by u32 (uid of a request)
//   78    AskEnd    rung u8 (login1 or systemd1), end u8 (keeper::EndKind)
//   79    Snoozed   until: to the lease's holder, whose VM's silence counts from then on
//
// A Beat of a connection that holds no lease is answered by Answer, not_there; a heart opens again.
//
// Who holds a lease opens with Open and Command, beats, and ends with ShutDown or GivingUp. Open is
// answered by Granted or Answer, GivingUp by Proceed (a heart waits for it at most 2 s), kinds 7 to
// 10 by Answer, 11 by HandOver or Answer. After a lost connection a heart opens again and says its
// last beat, with the time at which it read it.
//
// StatusAsked is answered by the status, Watch by Watching and from then on by News: one for each
// keeper::Note, and one of kind warned for each keeper::Warn (the only one with a percent). A
// watcher that does not read is left out and not waited for. Kinds 14, 15 and 17 are answered by
// Answer: none, or not_allowed, or not_there for a lease that keeper.conf does not have;
// kind 19 as kind 17.
//
//   Watch        anyone. The report on the boot before is new for this lease until its
//                ReportTaken, in this boot; the empty name is that of wd_bus, for the board.
//                Watching comes once more where the report was made only after the first.
//   ReportTaken  the lease's uid, uid 0 or the keeper's own; of the empty name only the last two.
//   Hands        uid 0 or the keeper's own: this connection carries out login1 and systemd1. The
//                newest is asked, by AskEnd; without one these rungs fail at once. RungFailed from
//                anybody else is passed over.
//   Healthy      uid 0, or the uid of any lease: this boot has come up.
//   Info         uid 0, or the uid of any lease: for the ledger, as report::Kind::info; judges
//   nothing. GoingDown    the Hands alone, from anybody else it is passed over and nothing is
//   answered: the
//                system is going down (or is not, after all), so a SIGTERM from now on is its
//                shutdown and no restart of the keeper.

inline constexpr std::uint8_t kLeaseVersion = 1;
inline constexpr std::size_t kMaxLeaseMessage = 2304;  ///< with its size
inline constexpr std::size_t kMaxCommand = 2047;

namespace lease {

using Words = FixedText<200>;

struct Open {
    keeper::Name lease{};
    keeper::Timing timing{};
    keeper::Vm vm{};
    keeper::Killing killing{};
    bool operator==(const Open&) const = default;
};
struct Beat {
    Instant at{};
    bool operator==(const Beat&) const = default;
};
struct ShutDown {
    bool operator==(const ShutDown&) const = default;
};
struct GivingUp {
    keeper::Cause cause = keeper::Cause::vm_silent;
    Words words{};
    bool operator==(const GivingUp&) const = default;
};
struct Progress {
    keeper::Step step = keeper::Step::vm_ended;
    std::uint32_t status = 0;
    bool operator==(const Progress&) const = default;
};
struct Command {
    std::string_view bytes;  ///< of the decoder, until it is fed again
    bool operator==(const Command&) const = default;
};
struct Snooze {
    keeper::Name lease{};
    Duration length{};
    bool operator==(const Snooze&) const = default;
};
struct End {
    keeper::EndKind end = keeper::EndKind::reboot;
    bool immediate = false;
    bool operator==(const End&) const = default;
};
struct Drill {
    keeper::DrillKind kind = keeper::DrillKind::hang_vm;
    keeper::Name lease{};
    bool operator==(const Drill&) const = default;
};
struct Disarm {
    keeper::DeviceId device = keeper::kEveryDevice;
    bool operator==(const Disarm&) const = default;
};
struct TakeOver {
    bool operator==(const TakeOver&) const = default;
};
struct StatusAsked {
    bool operator==(const StatusAsked&) const = default;
};
struct Watch {
    keeper::Name lease{};
    bool operator==(const Watch&) const = default;
};
struct ReportTaken {
    keeper::Name lease{};
    bool operator==(const ReportTaken&) const = default;
};
struct Hands {
    bool operator==(const Hands&) const = default;
};
struct RungFailed {
    keeper::Rung rung = keeper::Rung::login1;
    bool operator==(const RungFailed&) const = default;
};
struct Healthy {
    bool operator==(const Healthy&) const = default;
};
struct GoingDown {
    bool going = true;
    bool operator==(const GoingDown&) const = default;
};

struct Info {
    keeper::Name lease{};
    FixedText<157> text{};
    bool operator==(const Info&) const = default;
};

struct Granted {
    std::uint8_t devices = 0;
    Duration shortest{};
    std::uint32_t boot_status = 0;
    FixedText<64> identity{};
    bool operator==(const Granted&) const = default;
};
struct Answer {
    keeper::Refusal refusal = keeper::Refusal::none;
    Duration longest{};
    bool operator==(const Answer&) const = default;
};
struct Warn {
    std::uint8_t percent = 0;
    Instant deadline = kNever;
    bool operator==(const Warn&) const = default;
};
struct Proceed {
    Instant command_until = kNever;
    Instant deadline = kNever;
    bool operator==(const Proceed&) const = default;
};
struct Verdict {
    keeper::EndKind end = keeper::EndKind::reboot;
    Instant deadline = kNever;
    bool operator==(const Verdict&) const = default;
};
struct HandOver {
    struct Descriptor {
        bool is_connection = false;
        std::uint32_t number = 0;  ///< of the device or the connection
        bool operator==(const Descriptor&) const = default;
    };
    FixedList<Descriptor, 128> descriptors;
    bool operator==(const HandOver&) const = default;
};
struct Watching {
    bool report_is_new = false;
    bool operator==(const Watching&) const = default;
};
struct News {
    keeper::NoteKind kind = keeper::NoteKind::warned;
    keeper::Cause cause = keeper::Cause::none;
    keeper::EndKind end = keeper::EndKind::reboot;
    std::uint8_t percent = 0;
    keeper::Name subject{};
    Instant deadline = kNever;
    keeper::Uid by = 0;
    bool operator==(const News&) const = default;
};
struct AskEnd {
    keeper::Rung rung = keeper::Rung::login1;
    keeper::EndKind end = keeper::EndKind::reboot;
    bool operator==(const AskEnd&) const = default;
};
struct Snoozed {
    Instant until{};
    bool operator==(const Snoozed&) const = default;
};

}  // namespace lease

using LeaseMessage =
    std::variant<lease::Open, lease::Beat, lease::ShutDown, lease::GivingUp, lease::Progress,
                 lease::Command, lease::Snooze, lease::End, lease::Drill, lease::Disarm,
                 lease::TakeOver, lease::StatusAsked, lease::Watch, lease::ReportTaken,
                 lease::Hands, lease::RungFailed, lease::Healthy, lease::GoingDown, lease::Info,
                 lease::Granted, lease::Answer, lease::Warn, lease::Proceed, lease::Verdict,
                 lease::HandOver, lease::StatusBoard, lease::StatusLease, lease::StatusDevice,
                 lease::StatusEvidence, lease::StatusEnd, lease::Watching, lease::News,
                 lease::AskEnd, lease::Snoozed>;

/// A whole message, its size included, in `bytes`; the used part of it is returned. Empty when it
/// cannot be said: a text or a list too long.
[[nodiscard]] std::span<const std::uint8_t> encode(
    const LeaseMessage& message, std::array<std::uint8_t, kMaxLeaseMessage>& bytes);

enum class LeaseFault : std::uint8_t { none, size, version, kind, content };

/// Cuts a stream, fed in any pieces, into messages. No heap. The first fault is the last word: the
/// connection is to be closed.
///
///   while (!input.empty()) {
///       input = input.subspan(decoder.feed(input));
///       while (const auto message = decoder.next()) ...
///       if (decoder.fault() != LeaseFault::none) ...
///   }
class LeaseDecoder {
 public:
    /// How many of `bytes` were taken: all, or what fits. Never 0 of some when next() is empty and
    /// there is no fault.
    std::size_t feed(std::span<const std::uint8_t> bytes);
    [[nodiscard]] std::optional<LeaseMessage> next();
    [[nodiscard]] LeaseFault fault() const { return fault_; }
    /// Whether part of a message is waiting for its rest.
    [[nodiscard]] bool partial() const { return used_ > start_; }

 private:
    std::array<std::uint8_t, kMaxLeaseMessage> buffer_{};
    std::size_t start_ = 0;
    std::size_t used_ = 0;
    LeaseFault fault_ = LeaseFault::none;
};

/// What a message from a heart or a client says to the keeper; none for what only the program deals
/// with (Command, kinds 12 to 19: a RungFailed counts from its Hands alone) and for the keeper's
/// own kinds.
[[nodiscard]] std::optional<keeper::Event> event_of(const LeaseMessage& message,
                                                    keeper::Connection from, keeper::Uid uid);

/// To whom, and what; for the keeper's actions that are answers and nothing else. Granted's content
/// and HandOver are the program's.
struct Addressed {
    keeper::Connection to = 0;
    LeaseMessage message;
};
[[nodiscard]] std::optional<Addressed> message_of(const keeper::Action& action);

/// What watchers are told of an action: its Note, or its Warn with the name of its lease.
[[nodiscard]] std::optional<lease::News> news_of(const keeper::Action& action,
                                                 const keeper::Keeper& keeper);

}  // namespace vakt::wire
