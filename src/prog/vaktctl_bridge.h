// SPDX-License-Identifier: Apache-2.0
// A connection to the bridge on which nothing is waited for without a limit.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "base/result.h"
#include "prog/vaktctl_peer.h"
#include "wire/bridge_bytes.h"
#include "wire/packet.h"

namespace vakt::prog {

class BridgeClient {
 public:
    /// Errors: words that say what to do about it.
    static Result<BridgeClient> connect(const std::string& path);

    /// Says Hello. What the bridge refuses is an answer too.
    Result<std::variant<wire::Welcome, wire::Refused>> hello(Instant until);
    /// Waits until it is sent, but not beyond `until`.
    Status send(const wire::ToBridge& message, Instant until);
    /// The next message, which lives until the next call; nullopt when there is none until then.
    /// Errors: the connection is lost, or what came is not a bridge's.
    Result<std::optional<wire::FromBridge>> next(Instant until);

    /// Whether next() has one without reading.
    [[nodiscard]] bool has_message() const { return !packets_.empty(); }
    [[nodiscard]] int descriptor() const { return peer_.descriptor(); }
    [[nodiscard]] Error silent() const { return peer_.silent(); }
    [[nodiscard]] Error stranger() const { return peer_.stranger(); }

 private:
    explicit BridgeClient(Peer peer) : peer_(std::move(peer)) {}

    // An account of the most sources and clients is far below.
    static constexpr std::size_t kLongest = 1U << 20;

    Peer peer_;
    wire::PacketReader reader_{wire::Prefix::four, kLongest};
    std::deque<std::string> packets_;
    std::string current_;
    std::string buffer_ = std::string(65536, '\0');
};

}  // namespace vakt::prog
