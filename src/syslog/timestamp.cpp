// SPDX-License-Identifier: Apache-2.0
// Times of syslog messages, read without the system's calendar.
#include "syslog/timestamp.h"

#include <array>
#include <cstdlib>

namespace vakt::syslog {
namespace {

constexpr std::int64_t kNano = 1'000'000'000;
constexpr std::int64_t kDay = 86400;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Exactly `count` digits, taken off the front.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    unsigned value = 0;
    for (std::size_t at = 0; at < count; ++at) {
        if (!is_digit(text[at])) return std::nullopt;
        value = value * 10 + static_cast<unsigned>(text[at] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

bool is_leap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool is_date(std::int64_t year, unsigned month, unsigned day) {
    constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) return false;
    return day <= kDays[month - 1] || (month == 2 && day == 29 && is_leap(year));
}

/// "hh:mm:ss" as seconds of the day.
std::optional<std::int64_t> take_clock(std::string_view& text) {
    const auto hour = take_digits(text, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || *minute > 59 || !take(text, ':')) return std::nullopt;
    const auto second = take_digits(text, 2);
    if (!second || *second > 60) return std::nullopt;
    return *hour * 3600LL + *minute * 60LL + *second;
}

/// ".962539" as nanoseconds, 0 where there is none; none where a point has no digit behind it.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
    if (!text.starts_with('.')) return 0;
    std::size_t at = 1;
    std::int64_t nano = 0;
    for (std::int64_t unit = kNano / 10; at < text.size() && is_digit(text[at]); ++at) {
        nano += (text[at] - '0') * unit;
        unit /= 10;
    }
    if (at == 1) return std::nullopt;
    text.remove_prefix(at);
    return nano;
}

/// "Z" or "+hh:mm" as seconds east of Greenwich.
std::optional<std::int64_t> take_zone(std::string_view& text) {
    if (take(text, 'Z') || take(text, 'z')) return 0;
    const bool west = text.starts_with('-');
    if (!west && !text.starts_with('+')) return std::nullopt;
    text.remove_prefix(1);
    const auto hour = take_digits(text, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || *minute > 59) return std::nullopt;
    const auto east = *hour * 3600LL + *minute * 60LL;
    return west ? -east : east;
}

std::optional<unsigned> take_month(std::string_view& text) {
    constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (unsigned month = 1; month <= kMonths.size(); ++month) {
        if (!text.starts_with(kMonths[month - 1])) continue;
        text.remove_prefix(3);
        return month;
    }
    return std::nullopt;
}

/// "21", " 1", "01" or "1", and the blank behind it.
std::optional<unsigned> take_day(std::string_view& text) {
    take(text, ' ');
    auto day = take_digits(text, 2);
    if (!day) day = take_digits(text, 1);
    return day && take(text, ' ') ? day : std::nullopt;
}

std::int64_t year_of(std::int64_t seconds) {
    // Near enough from the mean year; then put right.
    auto year = 1970 + static_cast<std::int64_t>(static_cast<double>(seconds) / 31556952.0);
    while (days_since_1970(year, 1, 1) * kDay > seconds) --year;
    while (days_since_1970(year + 1, 1, 1) * kDay <= seconds) ++year;
    return year;
}

/// Seconds since 1970 of the year that is nearest to now.
std::optional<std::int64_t> nearest(unsigned month, unsigned day, std::int64_t clock,
                                    const Context& context) {
    const auto now = context.now_ns / kNano;
    const auto this_year = year_of(now + context.utc_offset);
    // Every fourth year has a February 29, and around 2100 only every eighth.
    const std::int64_t around = month == 2 && day == 29 ? 8 : 1;
    std::optional<std::int64_t> best;
    for (auto year = this_year - around; year <= this_year + around; ++year) {
        if (!is_date(year, month, day)) continue;
        const auto time = days_since_1970(year, month, day) * kDay + clock - context.utc_offset;
        if (!best || std::llabs(time - now) < std::llabs(*best - now)) best = time;
    }
    return best;
}

}  // namespace

std::int64_t days_since_1970(std::int64_t year, unsigned month, unsigned day) {
    // The year is taken to begin in March, so that the leap day is its last one; 719468 days lie
    // between 0000-03-01 and 1970-01-01.
    const auto y = month <= 2 ? year - 1 : year;
    const auto era = (y >= 0 ? y : y - 399) / 400;
    const auto year_of_era = y - era * 400;
    const auto day_of_year =
        (153 * ((static_cast<std::int64_t>(month) + 9) % 12) + 2) / 5 + day - 1;
    const auto day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

std::optional<std::int64_t> take_rfc3339(std::string_view& text) {
    constexpr unsigned kFirstYear = 1678;  // 2^63 ns are 292 years
    constexpr unsigned kLastYear = 2261;
    auto rest = text;
    const auto year = take_digits(rest, 4);
    if (!year || *year < kFirstYear || *year > kLastYear || !take(rest, '-')) return std::nullopt;
    const auto month = take_digits(rest, 2);
    if (!month || !take(rest, '-')) return std::nullopt;
    const auto day = take_digits(rest, 2);
    if (!day || !is_date(*year, *month, *day)) return std::nullopt;
    if (!take(rest, 'T') && !take(rest, 't')) return std::nullopt;
    const auto clock = take_clock(rest);
    if (!clock) return std::nullopt;
    const auto nano = take_fraction(rest);
    if (!nano) return std::nullopt;
    const auto east = take_zone(rest);
    if (!east) return std::nullopt;
    text = rest;
    return (days_since_1970(*year, *month, *day) * kDay + *clock - *east) * kNano + *nano;
}

std::optional<std::int64_t> take_rfc3164_time(std::string_view& text, const Context& context) {
    auto rest = text;
    const auto month = take_month(rest);
    if (!month || !take(rest, ' ')) return std::nullopt;
    const auto day = take_day(rest);
    if (!day || *day < 1 || *day > 31) return std::nullopt;
    std::optional<unsigned> year;
    if (rest.size() > 4 && rest[4] == ' ') {
        year = take_digits(rest, 4);
        if (!year || *year < 1970 || *year > 2261 || !is_date(*year, *month, *day))
            return std::nullopt;
        rest.remove_prefix(1);
    }
    const auto clock = take_clock(rest);
    if (!clock) return std::nullopt;
    const auto nano = take_fraction(rest);
    if (!nano) return std::nullopt;
    const auto seconds =
        year ? days_since_1970(*year, *month, *day) * kDay + *clock - context.utc_offset
             : nearest(*month, *day, *clock, context);
    if (!seconds) return std::nullopt;
    text = rest;
    return *seconds * kNano + *nano;
}

}  // namespace vakt::syslog
