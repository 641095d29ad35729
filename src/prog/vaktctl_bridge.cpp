// SPDX-License-Identifier: Apache-2.0
// A connection to the bridge on which nothing is waited for without a limit.
#include "prog/vaktctl_bridge.h"

namespace vakt::prog {
namespace {

using Message = std::optional<wire::FromBridge>;
using Answer = std::variant<wire::Welcome, wire::Refused>;

constexpr PeerName kBridge = {
    "bridge", "syslog_bridge",
    "; root may, and whom bridge.conf names (group, vakt by default, and users)"};

}  // namespace

Result<BridgeClient> BridgeClient::connect(const std::string& path) {
    auto peer = Peer::connect(kBridge, path);
    if (!peer) return peer.error();
    return BridgeClient(std::move(*peer));
}

Result<Answer> BridgeClient::hello(Instant until) {
    // Who is refused may find the connection closed before this is said, and the reason in it.
    const auto sent = send(wire::Hello{}, until);
    const auto message = next(until);
    if (!message) return message.error();
    if (!*message) return sent ? silent() : sent.error();
    if (const auto* const welcome = std::get_if<wire::Welcome>(&**message)) return Answer(*welcome);
    if (const auto* const refused = std::get_if<wire::Refused>(&**message)) return Answer(*refused);
    return stranger();
}

Status BridgeClient::send(const wire::ToBridge& message, Instant until) {
    const auto bytes = wire::encode(message);
    return peer_.send({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()}, until);
}

Result<Message> BridgeClient::next(Instant until) {
    while (packets_.empty()) {
        if (reader_.too_long()) return stranger();
        const auto came = peer_.read(buffer_, until);
        if (!came) return came.error();
        if (*came == 0) return Message();
        reader_.feed(std::string_view(buffer_).substr(0, *came),
                     [this](const wire::Packet& packet) { packets_.emplace_back(packet.body); });
    }
    current_ = std::move(packets_.front());
    packets_.pop_front();
    auto message = wire::parse_from_bridge(current_);
    if (!message) return stranger();
    return message;
}

}  // namespace vakt::prog
