// SPDX-License-Identifier: Apache-2.0
// One client: what it said, how far it has read, what it may still be sent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bridge/account.h"
#include "bridge/bridge.h"
#include "bridge/missing.h"
#include "bridge/output.h"
#include "relay/store.h"
#include "wire/bridge_bytes.h"

namespace vakt::bridge {

/// How a client's messages are taken (wire/bridge_bytes.h); "no" refuses it.
///
///   state   | Hello      Open      Credit, Ack, Narrow   AccountAsked
///   silent  | -> known   no        no                    no
///   known   | no         -> open   no                    answered
///   open    | no         no        done                  answered
///   over    | -          -         -                     -
class Client {
 public:
    /// Answers that may wait for room in the output.
    static constexpr std::uint32_t kMostUnanswered = 16;

    Client(ClientNumber number, const Peer& peer) : number_(number), peer_(peer) {}

    // Each returns the words of a refusal, or none.
    using Taken = std::optional<wire::Refused>;
    [[nodiscard]] Taken take(const wire::Hello& hello, relay::Store& store,
                             const report::BootId& boot);
    [[nodiscard]] Taken take(const wire::Open& open, relay::Store& store,
                             const report::BootId& boot);
    [[nodiscard]] Taken take(const wire::Credit& credit, relay::Store& store,
                             const report::BootId& boot);
    [[nodiscard]] Taken take(const wire::Ack& ack, relay::Store& store, const report::BootId& boot);
    [[nodiscard]] Taken take(const wire::Narrow& narrow, relay::Store& store,
                             const report::BootId& boot);
    [[nodiscard]] Taken take(const wire::AccountAsked& asked, relay::Store& store,
                             const report::BootId& boot);

    /// Nothing comes after these words.
    void refuse(const wire::Refused& words);

    /// The oldest segment of a lane is about to be dropped.
    void going(const relay::Lanes& lanes, relay::Lane lane);
    /// As much as credit and output allow, and as `work`, of which it takes what it costs. False:
    /// there is more to look at.
    [[nodiscard]] bool fill(const relay::Lanes& lanes, const report::BootId& boot,
                            std::size_t& work);

    [[nodiscard]] ClientNumber number() const { return number_; }
    [[nodiscard]] Output& output() { return output_; }
    [[nodiscard]] const Output& output() const { return output_; }
    /// Asked for, and there may be room for it.
    [[nodiscard]] bool wants_account() const { return unanswered_ != 0 && !is_full_for_account_; }
    /// The first `bytes` of its output are written.
    void sent(std::size_t bytes);
    /// False: no room yet.
    [[nodiscard]] bool answer(std::string_view account_message);
    [[nodiscard]] ClientAccount account(const relay::Lanes& lanes) const;

    bool woken = false;  ///< it was told of what is in its output

 private:
    enum class State : std::uint8_t { silent, known, open, over };

    [[nodiscard]] bool tell_missing(const report::BootId& boot);
    [[nodiscard]] bool passes(const relay::Reader::Front& front, std::size_t& work) const;
    void filter(const relay::Filter& filter);

    ClientNumber number_;
    Peer peer_;
    State state_ = State::silent;
    bool opened_ = false;
    std::string name_;
    relay::Filter filter_;
    std::size_t texts_ = 0;  // of the filter
    relay::Reader reader_;
    std::uint64_t began_at_ = 0;  // reader_.index() then
    Missing missing_;
    Output output_;
    std::uint32_t credit_ = 0;
    std::uint32_t unanswered_ = 0;
    bool is_full_for_account_ = false;
    std::uint64_t granted_ = 0, delivered_ = 0, filtered_ = 0, dropped_ = 0, gaps_ = 0, acked_ = 0;
};

}  // namespace vakt::bridge
