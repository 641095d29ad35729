// SPDX-License-Identifier: Apache-2.0
// The simulated board's side of the soft watchdog: its countdown and its answers.
#include "drivers/soft_board.h"

#include <algorithm>

namespace vakt::drivers {

std::optional<SoftMessage> SoftBoard::on(Instant now, std::string_view text) {
    if (bitten(now)) return std::nullopt;
    constexpr SoftMessage kRefused{SoftVerb::refused, 0};
    const auto message = parse_soft(text);
    if (!message) return kRefused;
    switch (message->verb) {
        case SoftVerb::arm: {
            const auto most = static_cast<std::uint64_t>(settings_.longest.count());
            const wdt::Millis wanted(std::min(message->number, most));
            if (wanted < settings_.shortest) return kRefused;
            timeout_ = wanted;
            bites_at_ = now + timeout_;
            return SoftMessage{SoftVerb::granted, static_cast<std::uint64_t>(wanted.count())};
        }
        case SoftVerb::pet:
            if (bites_at_) bites_at_ = now + timeout_;
            return std::nullopt;
        case SoftVerb::disarm:
            if (settings_.nowayout && bites_at_) return kRefused;
            bites_at_.reset();
            return SoftMessage{SoftVerb::disarmed, 0};
        case SoftVerb::ask_left: {
            if (!bites_at_) return kRefused;
            const auto left = std::chrono::duration_cast<wdt::Millis>(*bites_at_ - now);
            return SoftMessage{SoftVerb::left, static_cast<std::uint64_t>(left.count())};
        }
        case SoftVerb::ask_boot:
            return SoftMessage{SoftVerb::boot, boot_};
        case SoftVerb::left:
        case SoftVerb::boot:
        case SoftVerb::granted:
        case SoftVerb::disarmed:
        case SoftVerb::refused:
            break;
    }
    return kRefused;
}

void SoftBoard::restarted(wdt::BootFlags why) {
    bites_at_.reset();
    boot_ = why;
}

}  // namespace vakt::drivers
