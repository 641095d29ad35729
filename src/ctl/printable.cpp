// SPDX-License-Identifier: Apache-2.0
// Texts and times for a terminal that obeys control characters and must not.
#include "ctl/printable.h"

#include <algorithm>

#include "base/utf8.h"

namespace vakt::ctl {
namespace {

std::string digits(auto number, std::size_t width) {
    const auto text = std::to_string(number);
    return std::string(width - std::min(width, text.size()), '0') + text;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto length = utf8_length(text);
        const auto first = static_cast<unsigned char>(text[0]);
        const bool c1 = first == 0xc2 && length == 2 && static_cast<unsigned char>(text[1]) < 0xa0;
        const bool control = length == 0 || first < 0x20 || first == 0x7f || c1;
        const auto size = std::max<std::size_t>(length, 1);
        if (control)
            out.append(size, '?');
        else
            out += text.substr(0, size);
        text.remove_prefix(size);
    }
    return out;
}

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::string in_words(Duration time) {
    using namespace std::chrono;
    const bool past = time < Duration::zero();
    // Tenths are cut off and never rounded up: 10.96 s are not yet 11.0 s.
    const auto tenths = duration_cast<milliseconds>(past ? -time : time).count() / 100;
    const auto whole = tenths / 10;
    const auto two = [](auto more, const char* unit, auto less, const char* other) {
        return std::to_string(more) + unit + std::to_string(less) + other;
    };
    const std::string sign = past && tenths > 0 ? "-" : "";
    if (whole < 100) return sign + two(whole, ".", tenths % 10, " s");
    if (whole < 3600) return sign + two(whole / 60, " min ", whole % 60, " s");
    if (whole < 86400) return sign + two(whole / 3600, " h ", whole / 60 % 60, " min");
    return sign + two(whole / 86400, " d ", whole / 3600 % 24, " h");
}

std::string length_words(Duration time) {
    auto words = in_words(time);
    const auto tenth = words.find(".0 s");
    return tenth == std::string::npos ? words : words.erase(tenth, 2);
}

std::string utc(std::int64_t wall_ns) {
    using namespace std::chrono;
    const sys_time<nanoseconds> at{nanoseconds(wall_ns)};
    const auto day = floor<days>(at);
    const year_month_day date(day);
    const hh_mm_ss time(floor<seconds>(at - day));
    return digits(static_cast<int>(date.year()), 4) + "-" +
           digits(static_cast<unsigned>(date.month()), 2) + "-" +
           digits(static_cast<unsigned>(date.day()), 2) + " " + digits(time.hours().count(), 2) +
           ":" + digits(time.minutes().count(), 2) + ":" + digits(time.seconds().count(), 2) +
           " UTC";
}

}  // namespace vakt::ctl
