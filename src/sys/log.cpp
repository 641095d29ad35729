// SPDX-License-Identifier: Apache-2.0
// One line to the system log.
#include "sys/log.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/fixed_line.h"

namespace vakt::sys {
namespace {

constexpr std::size_t kLongest = 1000;
constexpr std::size_t kLongestTag = 48;  // RFC 5424's APP-NAME

}  // namespace

void log_line(Facility facility, Severity severity, std::string_view tag, std::string_view words,
              const char* path) {
    FixedLine<kLongest + 100> text;
    text.put(tag.substr(0, kLongestTag));
    text.put("[");
    text.put(static_cast<std::uint64_t>(::getpid()));
    text.put("]: ");
    text.put(words.substr(0, kLongest));
    std::array<char, kLongest + 100> line{};
    std::replace_copy_if(
        text.view().begin(), text.view().end(), line.begin(),
        [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
    detail::hand_to_logger(static_cast<int>(facility) * 8 + static_cast<int>(severity),
                           {line.data(), text.view().size()}, path);
}

void log_authpriv(Severity severity, std::string_view tag, std::string_view words,
                  const char* path) {
    log_line(Facility::authpriv, severity, tag, words, path);
}

}  // namespace vakt::sys
