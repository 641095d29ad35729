// SPDX-License-Identifier: Apache-2.0
// What the soft watchdog and the simulated board say to each other.
#include "drivers/soft_protocol.h"

#include <charconv>

#include "base/text.h"

namespace vakt::drivers {

namespace {

struct Word {
    SoftVerb verb;
    std::string_view text;
    bool has_number;
};

constexpr std::array<Word, 10> kWords{{
    {SoftVerb::arm, "arm", true},
    {SoftVerb::pet, "pet", false},
    {SoftVerb::disarm, "disarm", false},
    {SoftVerb::ask_left, "left?", false},
    {SoftVerb::ask_boot, "boot?", false},
    {SoftVerb::granted, "granted", true},
    {SoftVerb::disarmed, "disarmed", false},
    {SoftVerb::left, "left", true},
    {SoftVerb::boot, "boot", true},
    {SoftVerb::refused, "refused", false},
}};

}  // namespace

SoftText::SoftText(SoftMessage message) {
    for (const auto& word : kWords) {
        if (word.verb != message.verb) continue;
        size_ = word.text.copy(text_.data(), kSoftMost);
        if (!word.has_number) return;
        text_[size_++] = ' ';
        const auto end =
            std::to_chars(text_.data() + size_, text_.data() + kSoftMost, message.number);
        size_ = static_cast<std::size_t>(end.ptr - text_.data());
    }
}

std::optional<SoftMessage> parse_soft(std::string_view text) {
    if (text.size() > kSoftMost) return std::nullopt;
    const auto blank = text.find(' ');
    const auto first = text.substr(0, blank);
    for (const auto& word : kWords) {
        if (word.text != first) continue;
        if ((blank != std::string_view::npos) != word.has_number) return std::nullopt;
        if (!word.has_number) return SoftMessage{word.verb, 0};
        const auto number = parse_decimal<std::uint64_t>(text.substr(blank + 1));
        if (!number) return std::nullopt;
        return SoftMessage{word.verb, *number};
    }
    return std::nullopt;
}

}  // namespace vakt::drivers
