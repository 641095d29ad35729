// SPDX-License-Identifier: Apache-2.0
// One watchdog as the configuration names it, and what is wrong with it before anything is opened.
#include "wdt/device_settings.h"

#include <algorithm>
#include <array>

namespace vakt::wdt {

namespace {

constexpr std::array<std::string_view, 6> kDrivers{"linux", "vme",  "ntwdt",
                                                   "ib700", "soft", "systemd"};
constexpr std::uint64_t kWindowGrain = 0x10000;  // tsi148 and vme_fake refuse anything finer
constexpr std::uint64_t kFarthest = (std::uint64_t{1} << 62) - 4;

template <std::size_t N, class T>
bool one_of(const std::array<T, N>& all, const T& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

Status check_linux(const DeviceSettings& settings) {
    if (settings.pretimeout && (*settings.pretimeout < std::chrono::seconds(1) ||
                                *settings.pretimeout % std::chrono::seconds(1) != Millis::zero()))
        return refusal("pretimeout: a whole number of seconds is wanted, 1 or more");
    if (!settings.governor.empty() && !settings.pretimeout)
        return refusal("governor: says what a pretimeout does, but no pretimeout is set");
    if (settings.governor.find_first_of("/\n") != std::string::npos)
        return refusal("governor: a name is wanted, such as noop or panic");
    return Done{};
}

Status check_window(const VmeWindow& window) {
    constexpr std::array<std::string_view, 5> kSpaces{"a16", "a24", "a32", "a64", "crcsr"};
    constexpr std::array<unsigned, 4> kWidths{8, 16, 32, 64};
    if (!one_of(kSpaces, std::string_view(window.space)))
        return refusal("window: space '" + window.space + "' is not a16, a24, a32, a64 or crcsr");
    if (!one_of(kWidths, window.width))
        return refusal("window: width " + std::to_string(window.width) + " is not 8, 16, 32 or 64");
    if (window.address % kWindowGrain != 0)
        return refusal("window: address is not a multiple of 64 KiB");
    if (window.size == 0 || window.size % kWindowGrain != 0)
        return refusal("window: size is not a multiple of 64 KiB, 1 or more");
    return Done{};
}

}  // namespace

std::span<const std::string_view> driver_names() { return kDrivers; }

Status check(const DeviceSettings& settings) {
    if (!one_of(kDrivers, std::string_view(settings.driver)))
        return refusal("driver: '" + settings.driver +
                       "' is not linux, vme, ntwdt, ib700, soft or systemd");
    const bool is_systemd = settings.driver == "systemd";
    const bool is_notify_address =
        is_systemd &&
        (settings.path.empty() || (settings.path.front() == '@' && settings.path.size() > 1));
    if (!is_notify_address && (settings.path.empty() || settings.path.front() != '/'))
        return refusal("path: an absolute path is wanted, not '" + settings.path + "'");
    if (settings.path.find('\0') != std::string::npos) return refusal("path: contains a NUL");

    const DeviceSettings defaults;
    const std::string not_used = " is not a key of the driver '" + settings.driver + "'";
    const bool is_linux = settings.driver == "linux";
    const bool is_vme = settings.driver == "vme";
    if (!is_linux && settings.pretimeout) return refusal("pretimeout" + not_used);
    if (!is_linux && !settings.governor.empty()) return refusal("governor" + not_used);
    if (!is_linux && settings.set_nowayout) return refusal("set_nowayout" + not_used);
    if (!is_vme && settings.profile != defaults.profile) return refusal("profile" + not_used);
    if (!is_vme && settings.offset != defaults.offset) return refusal("offset" + not_used);
    if (!is_vme && settings.byte_order) return refusal("byte_order" + not_used);
    if (!is_vme && settings.window) return refusal("window" + not_used);

    if (is_linux) return check_linux(settings);
    if (settings.offset % 4 != 0 || settings.offset > kFarthest)
        return refusal("offset: a multiple of 4 is wanted, below 2 to the power of 62");
    if (settings.window) return check_window(*settings.window);
    return Done{};
}

}  // namespace vakt::wdt
