// SPDX-License-Identifier: Apache-2.0
// The kernel's own log records.
#include "syslog/kmsg.h"

#include "base/text.h"

namespace vakt::syslog {
namespace {

/// The bytes before the next `end`, taken off with it; none where it does not come.
std::optional<std::string_view> take_until(std::string_view& text, char end) {
    const auto at = text.find(end);
    if (at == std::string_view::npos) return std::nullopt;
    const auto part = text.substr(0, at);
    text.remove_prefix(at + 1);
    return part;
}

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

std::optional<KmsgRecord> read_kmsg(std::string_view bytes) {
    auto head = take_until(bytes, ';');
    if (!head) return std::nullopt;
    const auto prio = take_until(*head, ',');
    const auto sequence = take_until(*head, ',');
    const auto usec = take_until(*head, ',');
    if (!prio || !sequence || !usec) return std::nullopt;
    // The kernel's facilities go beyond syslog's 24; those have no name, but a severity.
    const auto number = parse_decimal<std::uint32_t>(*prio);
    const auto seq = parse_decimal<std::uint64_t>(*sequence);
    const auto time = parse_decimal<std::uint64_t>(*usec);
    constexpr std::uint64_t kMicro = 1000;
    if (!number || !seq || !time || *time > ~std::uint64_t{0} / kMicro) return std::nullopt;

    KmsgRecord read;
    read.sequence = *seq;
    read.monotonic_ns = *time * kMicro;
    const auto flags = head->substr(0, head->find(','));
    if (flags.find('+') != std::string_view::npos)
        read.fragment = Fragment::more;
    else if (flags.find('c') != std::string_view::npos)
        read.fragment = Fragment::first;
    read.record.form = Form::kmsg;
    if (*number <= Pri::kLargest) {
        read.record.pri = Pri(static_cast<std::uint8_t>(*number));
    } else {
        read.record.malformed = true;
        read.record.pri = Pri(1, static_cast<Severity>(*number % 8));
    }
    if (read.record.pri->facility() == 0) read.record.app = "kernel";
    read.record.text = take_line(bytes);
    read.dictionary = bytes;
    return read;
}

std::optional<std::string_view> kmsg_value(std::string_view dictionary, std::string_view key) {
    while (!dictionary.empty()) {
        auto line = take_line(dictionary);
        if (!line.starts_with(' ')) continue;
        line.remove_prefix(1);
        if (line.starts_with(key) && line.substr(key.size()).starts_with('='))
            return line.substr(key.size() + 1);
    }
    return std::nullopt;
}

std::string_view unescape_kmsg(std::string_view text, std::span<char> room) {
    std::size_t size = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 3 < text.size() && text[at + 1] == 'x' &&
            hex(text[at + 2]) >= 0 && hex(text[at + 3]) >= 0) {
            room[size++] = static_cast<char>(hex(text[at + 2]) * 16 + hex(text[at + 3]));
            at += 3;
        } else {
            room[size++] = text[at];
        }
    }
    return {room.data(), size};
}

}  // namespace vakt::syslog
