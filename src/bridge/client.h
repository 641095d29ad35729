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
    /// Records looked at in one fill(): one that wants few of them keeps nobody waiting.
    static constexpr std::uint32_t kMostLooks = 16384;

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
    /// As much as credit and output allow. False: there is more to look at.
    [[nodiscard]] bool fill(const relay::Lanes& lanes, const report::BootId& boot);

    [[nodiscard]] ClientNumber number() const { return number_; }
    [[nodiscard]] Output& output() { return output_; }
    [[nodiscard]] const Output& output() const { return output_; }
    [[nodiscard]] bool wants_account() const { return unanswered_ != 0; }
    /// False: no room yet.
    [[nodiscard]] bool answer(std::string_view account_message);
    [[nodiscard]] ClientAccount account(const relay::Lanes& lanes) const;

    bool woken = false;  ///< it was told of what is in its output

 private:
    enum class State : std::uint8_t { silent, known, open, over };

    [[nodiscard]] bool tell_missing(const report::BootId& boot);
    [[nodiscard]] bool passes(const relay::Reader::Front& front) const;

    ClientNumber number_;
    Peer peer_;
    State state_ = State::silent;
    bool opened_ = false;
    std::string name_;
    relay::Filter filter_;
    relay::Reader reader_;
    std::uint64_t began_at_ = 0;  // reader_.index() then
    Missing missing_;
    Output output_;
    std::uint32_t credit_ = 0;
    std::uint32_t unanswered_ = 0;
    std::uint64_t granted_ = 0, delivered_ = 0, filtered_ = 0, dropped_ = 0, gaps_ = 0, acked_ = 0;
};

}  // namespace vakt::bridge
