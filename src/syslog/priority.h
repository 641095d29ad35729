// SPDX-License-Identifier: Apache-2.0
// PRI: facility * 8 + severity, and the names of both.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vakt::syslog {

/// The numbers of RFC 5424, section 6.2.1, table 2.
enum class Severity : std::uint8_t { emerg, alert, crit, err, warning, notice, info, debug };

/// 0 to 191. `<13>`, user.notice, is what RFC 3164, section 4.3.3, gives a message without one.
class Pri {
 public:
    static constexpr std::uint8_t kLargest = 191;

    constexpr Pri() = default;
    /// REQUIRES: number <= kLargest.
    explicit constexpr Pri(std::uint8_t number) : number_(number) {}
    /// REQUIRES: facility < 24.
    constexpr Pri(std::uint8_t facility, Severity severity)
        : number_(static_cast<std::uint8_t>(facility * 8U + static_cast<std::uint8_t>(severity))) {}

    [[nodiscard]] constexpr std::uint8_t number() const { return number_; }
    [[nodiscard]] constexpr std::uint8_t facility() const { return number_ / 8; }
    [[nodiscard]] constexpr Severity severity() const { return static_cast<Severity>(number_ % 8); }
    bool operator==(const Pri&) const = default;

 private:
    std::uint8_t number_ = 13;
};

/// As syslog.conf(5) has them; 12 to 15 are RFC 5424's ntp, audit, alert and clock.
inline constexpr std::array<std::string_view, 24> kFacilityNames = {
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};
inline constexpr std::array<std::string_view, 8> kSeverityNames = {
    "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};

/// The number of a name, also of the old `security`, `panic`, `error` and `warn`.
[[nodiscard]] std::optional<std::uint8_t> facility_named(std::string_view name);
[[nodiscard]] std::optional<std::uint8_t> severity_named(std::string_view name);

/// Takes "facility.severity" off the front of `text`, in the same names; none, and `text`
/// unchanged, when it does not begin so.
[[nodiscard]] std::optional<Pri> take_named_pri(std::string_view& text);

/// Takes "<PRI>" off the front: 0 to 191 without leading zeros (RFC 5424, section 6.2.1).
[[nodiscard]] std::optional<Pri> take_pri(std::string_view& text);

}  // namespace vakt::syslog
