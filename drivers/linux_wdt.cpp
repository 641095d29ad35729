// SPDX-License-Identifier: Apache-2.0
// Linux' /dev/watchdogN.
#include "drivers/linux_wdt.h"

#include <linux/watchdog.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "drivers/linux_sysfs.h"
#include "drivers/refusals.h"
#include "sys/error.h"

namespace vakt::drivers {

namespace {

using std::chrono::seconds;
using wdt::Millis;

// The kernel counts a timeout in milliseconds in 32 bits (watchdog_timeout_invalid()).
constexpr long kMostSeconds = 2'000'000;

constexpr std::string_view kPanic = "panic";

/// What a driver without the operation says: ENOTTY from old ones, EOPNOTSUPP from the core's,
/// EINVAL from some that know SETOPTIONS but not the option.
bool is_absent(int error) { return error == ENOTTY || error == EOPNOTSUPP || error == EINVAL; }

/// Drivers that answer 0 to WDIOC_GETBOOTSTATUS on every boot, since their watchdog cannot tell:
/// IBM Z's diag288 and softdog. Their options are no better than those of drivers that can
/// (i6300esb).
constexpr std::array<std::string_view, 2> kNeverTell = {"z Watchdog", "Software Watchdog"};

bool never_tells(std::string_view identity) {
    return std::find(kNeverTell.begin(), kNeverTell.end(), identity) != kNeverTell.end();
}

std::string printable(const __u8* text, std::size_t size) {
    std::string words;
    for (std::size_t i = 0; i < size && text[i] != 0; ++i)
        words += text[i] >= 0x20 && text[i] < 0x7f ? static_cast<char>(text[i]) : '?';
    return words;
}

}  // namespace

LinuxWdt::LinuxWdt(std::unique_ptr<DevNode> node, LinuxOptions options)
    : node_(std::move(node)), options_(std::move(options)) {}

Result<std::unique_ptr<LinuxWdt>> LinuxWdt::make(std::unique_ptr<DevNode> node,
                                                 LinuxOptions options) {
    const bool handed_over = node->descriptor() >= 0;
    std::unique_ptr<LinuxWdt> device(new LinuxWdt(std::move(node), std::move(options)));
    if (!handed_over) {
        if (const auto opened = device->open_node(); !opened) return opened.error();
    }
    if (const auto asked = device->ask_capabilities(); !asked) return asked.error();
    if (!handed_over) device->prepare_pretimeout();
    device->ask_governor();
    device->armed_ = handed_over;
    return Result<std::unique_ptr<LinuxWdt>>(std::move(device));
}

Status LinuxWdt::open_node() {
    auto opened = node_->open();
    if (opened || opened.error().code != std::errc::device_or_resource_busy) return opened;
    auto error = opened.error();
    error.doing += " (another program has it)";
    return error;
}

void LinuxWdt::remark(std::string words) {
    words = name() + ": " + words;
    if (std::find(remarks_.begin(), remarks_.end(), words) == remarks_.end())
        remarks_.push_back(std::move(words));
}

Status LinuxWdt::ask_capabilities() {
    watchdog_info info{};
    if (node_->control(WDIOC_GETSUPPORT, &info) != 0)
        return sys::last_error("WDIOC_GETSUPPORT", name());
    int answer = 0;
    if (node_->control(WDIOC_GETBOOTSTATUS, &answer) == 0)
        boot_ = static_cast<wdt::BootFlags>(answer);
    int left = 0;
    capabilities_.knows_time_left = node_->control(WDIOC_GETTIMELEFT, &left) == 0;

    const auto identity = printable(info.identity, sizeof info.identity);
    if (boot_ == 0 && never_tells(identity)) boot_.reset();
    auto facts = read_sysfs(options_.sysfs);
    // /dev/watchdog is watchdog0's alias unless an old misc driver has it; then its directory tells
    // of another device.
    if (!facts.identity.empty() && facts.identity != identity) {
        facts = {};
        options_.sysfs.clear();
    }
    if (options_.set_nowayout && facts.nowayout != true) {
        if (const auto set = write_sysfs(options_.sysfs, "nowayout", "1"); set)
            facts.nowayout = true;
        else
            remark("nowayout cannot be set (" + describe(set.error()) +
                   "); load its module with nowayout=1");
    }

    magic_close_ = (info.options & WDIOF_MAGICCLOSE) != 0;
    pets_by_ioctl_ = (info.options & WDIOF_KEEPALIVEPING) != 0;
    capabilities_.identity = identity;
    capabilities_.sets_timeout = (info.options & WDIOF_SETTIMEOUT) != 0;
    capabilities_.knows_boot_status = boot_.has_value();
    capabilities_.has_pretimeout = (info.options & WDIOF_PRETIMEOUT) != 0;
    capabilities_.alarm_only = (info.options & WDIOF_ALARMONLY) != 0;
    if (facts.nowayout)
        capabilities_.disarms =
            *facts.nowayout ? wdt::DisarmAbility::cannot : wdt::DisarmAbility::can;
    // Without magic close the kernel takes every close, a crash's too, for a wish to stop.
    capabilities_.closing_disarms = !magic_close_ && facts.nowayout != true;
    if (facts.min_timeout) capabilities_.shortest = seconds(*facts.min_timeout);
    if (facts.max_timeout) capabilities_.longest = seconds(*facts.max_timeout);

    if (capabilities_.closing_disarms)
        remark(
            "closing stops it, so a keeper that dies is not missed; load its module with "
            "nowayout=1 or set set_nowayout");
    if (capabilities_.alarm_only) remark("raises an alarm only and does not reset the board");
    return Done{};
}

void LinuxWdt::prepare_pretimeout() {
    if (!options_.pretimeout) return;
    if (!capabilities_.has_pretimeout) {
        remark("has no pretimeout; remove the setting");
        return;
    }
    if (options_.governor.empty()) return;
    const auto set = write_sysfs(options_.sysfs, "pretimeout_governor", options_.governor);
    if (set) return;
    auto offered = read_sysfs(options_.sysfs).governors;
    std::replace(offered.begin(), offered.end(), '\n', ' ');
    remark("pretimeout governor '" + options_.governor + "' cannot be set (" +
           describe(set.error()) + "); the kernel offers: " + (offered.empty() ? "none" : offered));
}

// The kernel has a governor of its own where none is set or the one that is was not taken. Asked
// here and not in arm(), which asks for no memory.
void LinuxWdt::ask_governor() {
    if (!options_.pretimeout) return;
    const auto governor = read_sysfs(options_.sysfs).governor;
    panics_ = governor.value_or(options_.governor) == kPanic;
}

std::optional<long> LinuxWdt::ask(long wanted) {
    int value = static_cast<int>(wanted);
    if (node_->control(WDIOC_SETTIMEOUT, &value) != 0) return std::nullopt;
    int held = 0;
    if (node_->control(WDIOC_GETTIMEOUT, &held) == 0 && held > 0) value = held;
    return value;
}

Result<Millis> LinuxWdt::own_timeout() {
    int held = 0;
    if (node_->control(WDIOC_GETTIMEOUT, &held) != 0)
        return sys::last_error("WDIOC_GETTIMEOUT", name());
    if (held <= 0) return not_told("timeout", name());
    return Millis(seconds(held));
}

Result<Millis> LinuxWdt::negotiate(long wanted) {
    const auto first = ask(wanted);
    if (first && *first <= wanted) return Millis(seconds(*first));
    const int refused = errno;
    if (!first && (refused == EOPNOTSUPP || refused == ENOTTY)) return own_timeout();
    if (!first && refused != EINVAL) return sys::last_error("WDIOC_SETTIMEOUT", name());

    // Refused, or granted more than was asked. Halve until something fits, then close in on the
    // longest that does: good fits, bad does not.
    long bad = wanted;
    long good = 0;
    long granted = 0;
    for (long half = wanted / 2; half > 0 && good == 0; half /= 2) {
        if (const auto got = ask(half); got && *got <= wanted) {
            good = half;
            granted = *got;
        } else {
            bad = half;
        }
    }
    while (good != 0 && bad - good > 1) {
        const long middle = good + (bad - good) / 2;
        if (const auto got = ask(middle); got && *got <= wanted) {
            good = middle;
            granted = *got;
        } else {
            bad = middle;
        }
    }
    if (good != 0) {
        // The last one asked may have been one that did not fit.
        if (const auto got = ask(good)) granted = *got;
        return Millis(seconds(granted));
    }
    if (!first) return too_short(name(), Millis(seconds(wanted)));
    // It takes every wish and keeps its own timeout: what it has is what it grants.
    const auto last = ask(wanted);
    return Millis(seconds(last ? *last : *first));
}

void LinuxWdt::set_pretimeout(Millis granted) {
    if (!options_.pretimeout || !capabilities_.has_pretimeout) return;
    if (*options_.pretimeout >= granted) {
        remark("a pretimeout of " + wdt::in_words(*options_.pretimeout) +
               " is not shorter than the timeout of " + wdt::in_words(granted) + "; it is not set");
        return;
    }
    int value = static_cast<int>(options_.pretimeout->count() / 1000);
    if (node_->control(WDIOC_SETPRETIMEOUT, &value) != 0)
        return remark(describe(sys::last_error("WDIOC_SETPRETIMEOUT", name())));
    int held = value;
    if (node_->control(WDIOC_GETPRETIMEOUT, &held) != 0) held = value;
    const auto warns = Millis(seconds(held));
    std::string why_not;
    if (warns > *options_.pretimeout)
        why_not = "it warns " + wdt::in_words(warns) + " before its end and not " +
                  wdt::in_words(*options_.pretimeout) + ", which is too early for our pets: say " +
                  "pretimeout = " + std::to_string(held) + ", or a shorter timeout";
    if (panics_ && warns > wdt::kReserve)
        why_not = "a panic " + wdt::in_words(warns) + " before its end comes before the board " +
                  "can be ended in order, in the last " + wdt::in_words(wdt::kReserve) +
                  ": another governor, or a shorter pretimeout is wanted";
    if (why_not.empty()) {
        if (held != value)
            remark("its pretimeout is " + wdt::in_words(warns) + " and not " +
                   wdt::in_words(*options_.pretimeout));
        return;
    }
    value = 0;
    if (node_->control(WDIOC_SETPRETIMEOUT, &value) != 0)
        why_not += "; " + describe(sys::last_error("WDIOC_SETPRETIMEOUT", name()));
    remark("the pretimeout is not set: " + why_not);
}

Status LinuxWdt::enable() {
    int option = WDIOS_ENABLECARD;
    if (node_->control(WDIOC_SETOPTIONS, &option) == 0 || is_absent(errno)) return Done{};
    return sys::last_error("WDIOS_ENABLECARD", name());  // ENOTTY above: hardware that always runs
}

Status LinuxWdt::restart_countdown() {
    if (pets_by_ioctl_) {
        int unused = 0;
        if (node_->control(WDIOC_KEEPALIVE, &unused) == 0) return Done{};
        if (errno != EOPNOTSUPP && errno != ENOTTY)
            return sys::last_error("WDIOC_KEEPALIVE", name());
        pets_by_ioctl_ = false;
    }
    // Any byte pets; a 'V' would make the next close a disarm.
    constexpr std::array<std::byte, 1> kPet{std::byte{0}};
    const auto written = node_->write(kPet);
    if (written < 0) return sys::last_error("write", name());
    if (written != 1) return Error{"write " + name(), std::make_error_code(std::errc::io_error)};
    return Done{};
}

Result<Millis> LinuxWdt::arm(Millis wanted) {
    auto granted = try_to_arm(wanted);
    armed_ = armed_ || node_->descriptor() >= 0;
    return granted;
}

Result<Millis> LinuxWdt::try_to_arm(Millis wanted) {
    std::int64_t whole = std::min<std::int64_t>(wanted / seconds(1), kMostSeconds);
    if (whole < 1 || (capabilities_.shortest && wanted < *capabilities_.shortest))
        return too_short(name(), wanted);
    if (capabilities_.longest)
        whole = std::min<std::int64_t>(whole, *capabilities_.longest / seconds(1));
    if (node_->descriptor() < 0) {
        if (const auto opened = open_node(); !opened) return opened.error();
    }
    auto granted = capabilities_.sets_timeout ? negotiate(static_cast<long>(whole)) : own_timeout();
    if (!granted) return granted;
    set_pretimeout(*granted);
    if (const auto enabled = enable(); !enabled) return enabled.error();
    if (const auto petted = restart_countdown(); !petted) return petted.error();
    return granted;
}

Status LinuxWdt::pet() {
    if (!armed_) return not_armed("pet", name());
    return restart_countdown();
}

Status LinuxWdt::disarm() {
    if (node_->descriptor() < 0) return Done{};
    if (capabilities_.disarms == wdt::DisarmAbility::cannot)
        return not_told("disarm (nowayout is set)", name());
    int option = WDIOS_DISABLECARD;
    if (node_->control(WDIOC_SETOPTIONS, &option) != 0) {
        if (errno == EBUSY) return not_told("disarm (nowayout is set)", name());
        if (!is_absent(errno)) return sys::last_error("WDIOS_DISABLECARD", name());
        if (capabilities_.disarms == wdt::DisarmAbility::unknown)
            remark("nothing tells whether it stops; if the board resets, nowayout was set");
    }
    constexpr std::array<std::byte, 1> kMagic{std::byte{'V'}};
    if (node_->write(kMagic) != 1) return sys::last_error("write 'V' to", name());
    node_->close();
    if (sysfs_active(options_.sysfs) == true) {
        // Nobody would pet it now: take it back before saying no.
        if (const auto opened = open_node(); !opened) return opened.error();
        return not_told("disarm (the kernel says it still counts)", name());
    }
    armed_ = false;
    return Done{};
}

Result<Millis> LinuxWdt::time_left() {
    if (!armed_) return not_armed("time left of", name());
    if (!capabilities_.knows_time_left) return not_told("time left", name());
    int left = 0;
    if (node_->control(WDIOC_GETTIMELEFT, &left) != 0)
        return sys::last_error("WDIOC_GETTIMELEFT", name());
    return Millis(seconds(left));
}

Result<wdt::BootFlags> LinuxWdt::boot_status() {
    if (!boot_) return not_told("boot status", name());
    return *boot_;
}

}  // namespace vakt::drivers
