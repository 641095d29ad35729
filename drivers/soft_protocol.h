// SPDX-License-Identifier: Apache-2.0
// What the soft watchdog and the simulated board say to each other.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vakt::drivers {

/// Version 1. A Unix SOCK_SEQPACKET socket on which the simulator listens; one message is one
/// line of ASCII without a newline, at most 63 bytes: a word and, where told, one blank and one
/// decimal number. So a person can play either side.
///
///   device says        board answers                        means
///   arm MILLISECONDS   granted MILLISECONDS | refused       countdown starts anew
///   pet                (nothing)                            countdown starts anew
///   disarm             disarmed | refused (nowayout)        countdown stops
///   left?              left MILLISECONDS | refused (idle)
///   boot?              boot FLAGS                           WDIOF_* of the last restart
///   anything else      refused
///
/// On a connection of its own, without being a device, a reboot(2) is said: `end reboot`, `end
/// poweroff` or `end halt`, answered with `ending`.
///
/// `pet` has no answer, as a register has none: a petter never waits for the board. The board talks
/// to one device at a time and closes a second one's connection at its first word; a device that
/// goes away leaves the countdown running. When the countdown is over the board is reset: the
/// simulator ends its process tree, sets FLAGS to 32 (WDIOF_CARDRESET) and starts the tree anew.
enum class SoftVerb {
    arm,
    pet,
    disarm,
    ask_left,
    ask_boot,
    granted,
    disarmed,
    left,
    boot,
    refused
};

struct SoftMessage {
    SoftVerb verb = SoftVerb::refused;
    std::uint64_t number = 0;  ///< 0 for a verb that has none
    bool operator==(const SoftMessage&) const = default;
};

inline constexpr std::size_t kSoftMost = 63;

/// A message's text, made without allocating.
class SoftText {
 public:
    explicit SoftText(SoftMessage message);
    [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

 private:
    std::array<char, kSoftMost + 1> text_{};
    std::size_t size_ = 0;
};

/// none for anything that is not exactly such a message.
[[nodiscard]] std::optional<SoftMessage> parse_soft(std::string_view text);

}  // namespace vakt::drivers
