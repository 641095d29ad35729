// SPDX-License-Identifier: Apache-2.0
// OTP's heart protocol: one operation byte, then its payload, in a {packet,2}.
// Source: erts/etc/common/heart.c and lib/kernel/src/heart.erl; the golden bytes are in
// test/data/heart.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "heart/event.h"
#include "wire/packet.h"

namespace vakt::wire {

enum class HeartOp : unsigned char {
    ack = 1,              ///< to the VM: started; SET_CMD or CLEAR_CMD done
    beat = 2,             ///< from the VM, as all below but heart_cmd
    shut_down = 3,        ///< leave quietly
    set_cmd = 4,          ///< payload: the command, not terminated
    clear_cmd = 5,        ///< HEART_COMMAND rules again
    get_cmd = 6,          ///< answered by heart_cmd
    heart_cmd = 7,        ///< to the VM: payload is the command that would be run
    preparing_crash = 8,  ///< a crash dump begins
};

/// The longest body heart takes, operation included. OTP's passes over what is longer, unanswered.
inline constexpr std::size_t kLongestHeartBody = 2048;

/// What a packet means. An empty one, one longer than 2048 and an operation that is not the VM's
/// are Noise.
[[nodiscard]] inline heart::Event decode_heart(const Packet& packet) {
    if (packet.body.empty() || !packet.whole() || packet.size > kLongestHeartBody)
        return heart::Noise{};
    const auto payload = packet.body.substr(1);
    switch (static_cast<HeartOp>(packet.body.front())) {
        case HeartOp::beat:
            return heart::Beat{};
        case HeartOp::shut_down:
            return heart::ShutDown{};
        case HeartOp::set_cmd:
            return heart::SetCommand{std::string(payload.substr(0, payload.find('\0')))};
        case HeartOp::clear_cmd:
            return heart::ClearCommand{};
        case HeartOp::get_cmd:
            return heart::GetCommand{};
        case HeartOp::preparing_crash:
            return heart::PreparingCrash{};
        case HeartOp::ack:
        case HeartOp::heart_cmd:
            break;
    }
    return heart::Noise{};
}

/// Appends HEART_ACK.
inline void encode_heart_ack(std::string& out) {
    static_cast<void>(encode(Prefix::two, std::string_view("\1", 1), out));
}

/// Appends HEART_CMD. A command longer than {packet,2} can carry (65534 bytes) is cut there: no
/// answer at all would leave the VM's heart process waiting, and then the VM silent.
inline void encode_heart_command(std::string_view command, std::string& out) {
    std::string body(1, static_cast<char>(HeartOp::heart_cmd));
    body.append(command.substr(0, longest(Prefix::two) - 1));
    static_cast<void>(encode(Prefix::two, body, out));
}

/// Bytes from the VM, in any pieces, to events.
class HeartReader {
 public:
    /// Calls give(heart::Event) for each message that `bytes` completes, and once more, with Noise,
    /// when they end within one.
    template <class Give>
    void feed(std::string_view bytes, Give&& give) {
        packets_.feed(bytes, [&](const Packet& packet) { give(decode_heart(packet)); });
        if (packets_.partial()) give(heart::Event{heart::Noise{}});
    }

 private:
    PacketReader packets_{Prefix::two, kLongestHeartBody};
};

}  // namespace vakt::wire
