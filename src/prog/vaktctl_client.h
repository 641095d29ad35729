// SPDX-License-Identifier: Apache-2.0
// A connection to the keeper on which nothing is waited for without a limit.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>

#include "base/result.h"
#include "prog/vaktctl_peer.h"
#include "wire/whole_status.h"

namespace vakt::prog {

class KeeperClient {
 public:
    /// Errors: words that say what to do about it.
    static Result<KeeperClient> connect(const std::string& path);

    /// Waits until it is sent, but not beyond `until`.
    Status send(const wire::LeaseMessage& message, Instant until);
    /// The next message; nullopt when there is none until then. Errors: the connection is lost, or
    /// what came is not a keeper's.
    Result<std::optional<wire::LeaseMessage>> next(Instant until);

    /// Asks, and gives the answer of this type; News that come before it are next()'s.
    template <class Reply>
    Result<Reply> ask(const wire::LeaseMessage& question, Instant until) {
        if (const auto sent = send(question, until); !sent) return sent.error();
        while (true) {
            const auto message = read(until);
            if (!message) return message.error();
            if (!*message) return peer_.silent();
            if (const auto* const reply = std::get_if<Reply>(&**message)) return *reply;
            keep_news(**message);
        }
    }
    Result<wire::WholeStatus> status(Instant until);

    [[nodiscard]] const std::string& path() const { return peer_.path(); }

 private:
    explicit KeeperClient(Peer peer) : peer_(std::move(peer)) {}

    Result<std::optional<wire::LeaseMessage>> read(Instant until);
    void keep_news(const wire::LeaseMessage& message);

    Peer peer_;
    wire::LeaseDecoder decoder_;
    std::array<char, 2048> buffer_{};
    std::size_t taken_ = 0;  // of what came, by the decoder
    std::size_t came_ = 0;
    std::deque<wire::LeaseMessage> news_;
};

}  // namespace vakt::prog
