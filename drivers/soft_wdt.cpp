// SPDX-License-Identifier: Apache-2.0
// The simulated board's watchdog.
#include "drivers/soft_wdt.h"

#include <array>
#include <utility>

#include "drivers/refusals.h"
#include "sys/error.h"

namespace vakt::drivers {

namespace {
constexpr wdt::Millis kShortest{100};
constexpr wdt::Millis kLongest = std::chrono::hours(24);
constexpr int kStale = 4;

bool is_gone(const std::error_code& code) {
    return code == std::errc::device_or_resource_busy || code == std::errc::broken_pipe ||
           code == std::errc::connection_reset || code == std::errc::not_connected;
}
}  // namespace

SoftWdt::SoftWdt(std::unique_ptr<DevNode> node, bool armed)
    : node_(std::move(node)), armed_(armed) {
    capabilities_.identity = "soft";
    capabilities_.sets_timeout = true;
    capabilities_.knows_time_left = true;
    capabilities_.knows_boot_status = true;
    capabilities_.shortest = kShortest;
    capabilities_.longest = kLongest;
}

Result<std::unique_ptr<SoftWdt>> SoftWdt::make(std::unique_ptr<DevNode> node) {
    const bool handed_over = node->descriptor() >= 0;
    if (!handed_over) {
        if (const auto opened = node->open(); !opened) return opened.error();
    }
    std::unique_ptr<SoftWdt> device(new SoftWdt(std::move(node), handed_over));
    if (!handed_over) {
        // A board that has another device lets us connect and closes at once.
        if (const auto answered = device->boot_status(); !answered) return answered.error();
    }
    return Result<std::unique_ptr<SoftWdt>>(std::move(device));
}

Status SoftWdt::say(SoftMessage message) {
    const SoftText text(message);
    const auto sent = node_->write(std::as_bytes(std::span(text.view())));
    if (sent < 0) return sys::last_error("send to", name());
    return Done{};
}

Result<SoftMessage> SoftWdt::ask(SoftMessage message, SoftVerb wanted) {
    if (const auto said = say(message); !said) return said.error();
    // An answer to a question given up earlier may come first.
    for (int answers = 0; answers < kStale; ++answers) {
        std::array<char, kSoftMost + 1> into{};
        const auto got = node_->read(std::as_writable_bytes(std::span(into)));
        if (got < 0) return sys::last_error("answer of", name());
        if (got == 0)
            return Error{"answer of " + name() + " (it closed: another device has the board)",
                         std::make_error_code(std::errc::device_or_resource_busy)};
        const auto answer = parse_soft({into.data(), static_cast<std::size_t>(got)});
        if (answer && (answer->verb == wanted || answer->verb == SoftVerb::refused)) return *answer;
    }
    return Error{"answer of " + name(), std::make_error_code(std::errc::bad_message)};
}

Result<wdt::Millis> SoftWdt::arm(wdt::Millis wanted) {
    if (wanted < kShortest) return too_short(name(), wanted);
    const auto answer =
        ask({SoftVerb::arm, static_cast<std::uint64_t>(wanted.count())}, SoftVerb::granted);
    if (answer && answer->verb == SoftVerb::refused) return too_short(name(), wanted);
    if (!answer && is_gone(answer.error().code)) return answer.error();
    armed_ = true;  // it may count, though it answers nonsense
    if (!answer) return answer.error();
    return wdt::Millis(answer->number);
}

Status SoftWdt::pet() {
    if (!armed_) return not_armed("pet", name());
    return say({SoftVerb::pet, 0});
}

Status SoftWdt::disarm() {
    if (!armed_) return Done{};
    const auto answer = ask({SoftVerb::disarm, 0}, SoftVerb::disarmed);
    if (!answer) return answer.error();
    if (answer->verb == SoftVerb::refused) return not_told("disarm (nowayout is set)", name());
    armed_ = false;
    return Done{};
}

Result<wdt::Millis> SoftWdt::time_left() {
    if (!armed_) return not_armed("time left of", name());
    const auto answer = ask({SoftVerb::ask_left, 0}, SoftVerb::left);
    if (!answer) return answer.error();
    if (answer->verb == SoftVerb::refused) return not_told("time left", name());
    return wdt::Millis(answer->number);
}

Result<wdt::BootFlags> SoftWdt::boot_status() {
    const auto answer = ask({SoftVerb::ask_boot, 0}, SoftVerb::boot);
    if (!answer) return answer.error();
    if (answer->verb == SoftVerb::refused) return not_told("boot status", name());
    return static_cast<wdt::BootFlags>(answer->number);
}

}  // namespace vakt::drivers
