// SPDX-License-Identifier: Apache-2.0
// A heart's lease at the keeper: guard/lease_link.h on a socket.
#pragma once

#include <string>
#include <vector>

#include "guard/lease_link.h"
#include "prog/heart_board.h"
#include "sys/fd.h"

namespace vakt::prog {

/// What this heart says of itself: settings, VM, and VAKT_LEASE (default `uid-UID`). A name longer
/// than 32 bytes is cut: no keeper knows such a lease, and that is then said.
[[nodiscard]] guard::LeaseWish lease_wish(const heart::Settings& settings, unsigned long vm_pid);

/// The link's bytes: a stream socket that is never waited for. What the keeper does not take waits
/// here up to a limit; beyond it the connection is as good as lost, and the next one begins with
/// all that counts.
class LeaseBoard final : public Board {
 public:
    /// Connects at once to VAKT_KEEPER_SOCKET (default /run/vakt/keeper.sock).
    LeaseBoard(guard::LeaseWish wish, const std::string& command, SayWords say, Instant now);

    /// Whether a keeper was there.
    [[nodiscard]] bool connected() const { return static_cast<bool>(socket_); }

    void renew(Instant now, Instant hard_deadline) override;
    void give_up(Instant now, heart::Cause cause, const std::string& words) override;
    void step(Instant now, keeper::Step step, int status) override;
    void command(Instant now, const std::string& text) override;
    void retire(Instant now) override;
    [[nodiscard]] bool may_end(Instant now) override;
    [[nodiscard]] std::optional<heart::Event> next() override;
    [[nodiscard]] int descriptor() const override { return socket_.get(); }
    [[nodiscard]] bool wants_to_write() const override { return !unsent_.empty(); }
    [[nodiscard]] Instant wake_at() const override;
    void stir(Instant now) override;

 private:
    void tell(Instant now, const guard::LinkEvent& event);
    void carry_out(const guard::LinkActions& actions);
    void carry_out(const guard::Connect&);
    void carry_out(const guard::Disconnect&) { close(); }
    void carry_out(const guard::Send& send);
    void carry_out(const guard::EndOfWords&);
    void carry_out(const guard::Say& words) { say_(words.text); }
    void carry_out(const guard::TellGuarded& guarded);
    void carry_out(const guard::TellProceed& proceed);
    void carry_out(const guard::TellSnoozed& snoozed);
    void read(Instant now);
    void flush();
    void lose(bool unread);
    void close();

    std::string path_;
    SayWords say_;
    guard::LeaseLink link_;
    sys::Fd socket_;
    std::string unsent_;
    bool no_more_words_ = false;
    wire::LeaseDecoder decoder_;
    std::vector<guard::LinkEvent> happened_;  // on the way, for the link
    std::vector<heart::Event> for_heart_;
    Instant flush_by_ = kNever;
};

}  // namespace vakt::prog
