// SPDX-License-Identifier: Apache-2.0
// A heart's lease at the keeper as a pure machine: when to connect, what to say, what to wait for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "heart/heart.h"
#include "keeper/names.h"
#include "wire/lease_bytes.h"

namespace vakt::guard {

// ---- what happens ----
/// The answer to Connect.
struct Connected {};
struct NotConnected {
    std::string why;
    bool socket_is_there = false;  ///< a keeper has been here, and may come again
};
/// The connection has ended, or what came on it is not the keeper's.
struct Lost {
    bool unread = false;  ///< part of what we said was not read (ECONNRESET, EPIPE)
};
/// What the keeper says.
struct Heard {
    wire::LeaseMessage message;
};
// heart's actions, as far as they concern the keeper.
/// A good beat was read now.
struct Beaten {};
struct GaveUp {
    heart::Cause cause = heart::Cause::silence;
    std::string words;
};
struct Stepped {
    keeper::Step step = keeper::Step::vm_ended;
    int status = 0;
};
/// HEART_COMMAND, or what the VM has set in its place; empty: none.
struct CommandIs {
    std::string text;
};
/// The VM leaves in order.
struct Retired {};
/// heart is done and wants to end.
struct Leaving {};

using LinkEvent = std::variant<Connected, NotConnected, Lost, Heard, Beaten, GaveUp, Stepped,
                               CommandIs, Retired, Leaving, heart::Tick>;

// ---- what is to be done, in this order ----
/// Without waiting; answered by Connected or NotConnected at once.
struct Connect {
    bool operator==(const Connect&) const = default;
};
struct Disconnect {
    bool operator==(const Disconnect&) const = default;
};
/// A Command's bytes are the link's, until the next event.
struct Send {
    wire::LeaseMessage message;
    bool operator==(const Send&) const = default;
};
/// Nothing more will be said: the keeper is to see the end of file after what it has read.
struct EndOfWords {
    bool operator==(const EndOfWords&) const = default;
};
/// To people, on stderr.
struct Say {
    std::string text;
    bool operator==(const Say&) const = default;
};
/// To heart: who stands behind it now, that it may proceed, that it is to be patient.
struct TellGuarded {
    heart::Guard by = heart::Guard::none;
    bool operator==(const TellGuarded&) const = default;
};
struct TellProceed {
    Instant command_until = kNever;
    bool operator==(const TellProceed&) const = default;
};
struct TellSnoozed {
    Instant until{};
    bool operator==(const TellSnoozed&) const = default;
};

using LinkAction =
    std::variant<Connect, Disconnect, Send, EndOfWords, Say, TellGuarded, TellProceed, TellSnoozed>;
using LinkActions = std::vector<LinkAction>;

/// What a heart says of itself when it takes a lease.
struct LeaseWish {
    keeper::Name lease{};
    keeper::Timing timing{};
    keeper::Vm vm{};
    keeper::Killing killing{};
    /// Somebody named the keeper's socket: say so when it is not there.
    bool expects_keeper = false;
};

/// heart's verdict in the keeper's words.
[[nodiscard]] keeper::Cause cause_of(heart::Cause cause);

/// A lease that was never granted leaves heart as OTP's is; one that was granted guards it for
/// good, connected or not, since the keeper's D runs on.
///
///   state    | connects    Granted      refused     lost            Beaten       Retired
///   absent   | Open: asked -            -           -               Connect      over; Connect:
///   ending
///                                                                                where a socket is
///   asked    | -           guard: held  no guard:   absent or lost  Beat         ShutDown: ending
///   held     | -           -            refused     Connect: lost   Beat         ShutDown: ending
///   lost     | Open: asked -            -           again later     Connect      Connect: ending
///   refused  | -           -            -           -               -            over
///   ending   | ShutDown    -            over        unread: Connect -            -
///   over     | -           -            -           -               -            -
///
/// Open goes out with Command, the last beat and the time at which it was read, and where the VM is
/// given up with that. `lost`, and `absent` where a socket is, tries again after 0.1 s, 0.2 s ...
/// 5 s; after a minute, and where there is no socket, only when a beat wakes us anyway, at most
/// once a second.
///
/// ShutDown has reached the keeper when the connection then ends with all of it read; that is
/// waited for at most 1 s, and said once more on a new connection where it does not end so.
///
/// A beat that is answered by not_there says Open again, at most once a second.
///
/// heart:cycle/0 starts a new heart before the old one shuts down, and the newest Open holds the
/// lease. Where a keeper was away just before, an old heart's Open may come after the new one's: so
/// for 15 s after each connection beats say Open again, at most once a second.
class LeaseLink {
 public:
    explicit LeaseLink(LeaseWish wish) : wish_(wish) {}

    /// Once, before any event. What happens next answers Connect.
    [[nodiscard]] LinkActions start(Instant now);
    [[nodiscard]] LinkActions on(Instant now, const LinkEvent& event);
    /// When on(Tick) is wanted next.
    [[nodiscard]] Instant wake_at() const;

    /// Whether the keeper has a lease for us, connected or not.
    [[nodiscard]] bool guards() const { return granted_; }
    /// After Leaving or Retired: whether heart may end, as far as the keeper is concerned. What was
    /// sent may still wait in the program.
    [[nodiscard]] bool may_end() const { return state_ == State::over; }

 private:
    enum class State : std::uint8_t { absent, asked, held, lost, refused, ending, over };

    void react(Instant now, const Connected&);
    void react(Instant now, const NotConnected& failed);
    void react(Instant now, const Lost& lost);
    void react(Instant now, const Heard& heard);
    void react(Instant now, const Beaten&);
    void react(Instant now, const GaveUp& verdict);
    void react(Instant now, const Stepped& step);
    void react(Instant now, const CommandIs& command);
    void react(Instant now, const Retired&);
    void react(Instant now, const Leaving&);
    void react(Instant now, const heart::Tick&);

    void hear(Instant now, const wire::lease::Granted& granted);
    void hear(Instant now, const wire::lease::Answer& answer);
    void hear(Instant now, const wire::lease::Warn& warn);
    void hear(Instant now, const wire::lease::Proceed& proceed);
    void hear(Instant now, const wire::lease::Verdict& verdict);
    void hear(Instant now, const wire::lease::Snoozed& snoozed);

    void connect(Instant now);
    void try_later(Instant now);
    void open();
    void be_refused(const std::string& why);
    void shut_down();
    void end_untold();
    void say(const std::string& text) { out_.emplace_back(Say{"lease " + name() + ": " + text}); }
    void send(const wire::LeaseMessage& message) { out_.emplace_back(Send{message}); }
    [[nodiscard]] bool talks() const { return state_ == State::asked || state_ == State::held; }
    [[nodiscard]] std::string name() const { return std::string(wish_.lease.view()); }

    LeaseWish wish_;
    State state_ = State::absent;
    bool granted_ = false;
    bool socket_is_there_ = false;
    bool shut_down_said_ = false;
    bool repeated_ = false;  // ShutDown, on a second connection
    bool last_try_ = false;  // the second for ShutDown is over
    bool smooth_ = true;     // no connection has failed or been lost
    std::string command_;
    Instant last_beat_ = kNever;  // kNever: none yet
    std::optional<wire::lease::GivingUp> verdict_;
    std::vector<wire::lease::Progress> steps_;  // said after the verdict, for a connection to come
    Instant tried_{};
    Instant try_at_ = kNever;
    Instant lost_since_ = kNever;
    Instant reopen_until_{};
    Instant reopened_{};
    Instant end_by_ = kNever;
    Duration pause_{};
    LinkActions out_;
};

}  // namespace vakt::guard
