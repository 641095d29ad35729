// SPDX-License-Identifier: Apache-2.0
// What the environment says about the console's log.
#include "console/log_settings.h"

#include <algorithm>

namespace vakt::console {
namespace {

constexpr std::size_t kLongestFormat = 256;
constexpr std::int64_t kFarAway = std::int64_t{1} << 40;
constexpr std::int64_t kMostMinutes = 35'791'394;  // as many seconds as an int holds

/// As atoi(3): blanks, a sign, digits, and no matter what is behind them.
std::int64_t leading_number(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') break;
        value = std::min(value * 10 + (c - '0'), kFarAway);
    }
    return negative ? -value : value;
}

std::string words(std::string_view one, std::string_view two, std::string_view three = {}) {
    return std::string(one).append(two).append(three);
}

class Reader {
 public:
    explicit Reader(const Environment& environment) : environment_(environment) {}

    LogSettingsRead read() {
        auto& settings = read_.settings;
        if (const auto alive = minutes("RUN_ERL_LOG_ALIVE_MINUTES")) {
            settings.alive = *alive;
            settings.activity = std::max(*alive / 3, std::chrono::minutes(1));
        }
        if (const auto activity = minutes("RUN_ERL_LOG_ACTIVITY_MINUTES"))
            settings.activity = *activity;
        if (const auto format = environment_("RUN_ERL_LOG_ALIVE_FORMAT")) {
            if (format->size() > kLongestFormat)
                complain("RUN_ERL_LOG_ALIVE_FORMAT can contain a maximum of 256 characters");
            settings.format = format->substr(0, kLongestFormat);
        }
        const auto utc = environment_("RUN_ERL_LOG_ALIVE_IN_UTC");
        settings.utc = utc && *utc != "0";
        if (const auto value = number("RUN_ERL_LOG_GENERATIONS", 2, 1000))
            settings.generations = static_cast<std::uint32_t>(*value);
        if (const auto value = number("RUN_ERL_LOG_MAXSIZE", 1000, kFarAway))
            settings.max_size = static_cast<std::uint64_t>(*value);
        if (const auto value = number("RUN_ERL_LOG_SYNC_SECONDS", 1, 3600))
            settings.sync = std::chrono::seconds(*value);
        return std::move(read_);
    }

 private:
    void complain(std::string what) { read_.complaints.push_back(std::move(what)); }

    std::optional<std::int64_t> number(const char* name, std::int64_t least, std::int64_t most) {
        const auto text = environment_(name);
        if (!text) return std::nullopt;
        const auto value = leading_number(*text);
        if (value < least) complain(words("Minimum ", name, " is ") + std::to_string(least));
        if (value > most) complain(words("Maximum ", name, " is ") + std::to_string(most));
        return std::clamp(value, least, most);
    }

    std::optional<std::chrono::minutes> minutes(const char* name) {
        const auto text = environment_(name);
        if (!text) return std::nullopt;
        const auto value = leading_number(*text);
        const auto now = words(" (current value is ", *text, ")");
        if (value < 1) complain(words("Minimum value for ", name, " is 1") + now);
        if (value > kMostMinutes)
            complain(words("Maximum value for ", name, " is ") + std::to_string(kMostMinutes) +
                     now);
        return std::chrono::minutes(std::clamp<std::int64_t>(value, 1, kMostMinutes));
    }

    const Environment& environment_;
    LogSettingsRead read_;
};

}  // namespace

LogSettingsRead read_log_settings(const Environment& environment) {
    return Reader(environment).read();
}

}  // namespace vakt::console
