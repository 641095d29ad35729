// SPDX-License-Identifier: Apache-2.0
// What keeper.conf asks for, and what in it cannot be granted.
#include "keeper/settings.h"

#include "wdt/timing.h"

namespace vakt::keeper {
namespace {

using std::chrono::seconds;

template <class Rows>
bool named_once(const Rows& rows, std::size_t row) {
    for (std::size_t other = 0; other < row; ++other)
        if (rows[other].name == rows[row].name) return false;
    return !rows[row].name.empty();
}

}  // namespace

static_assert(kSystemShare == wdt::kReserve);

bool in_range(const Timing& timing) {
    const auto fits = [](Duration time) { return time > seconds(10) && time <= seconds(65535); };
    return fits(timing.beat_timeout) && fits(timing.boot_delay);
}

std::optional<Fault> check_granted(const Settings& settings, std::size_t device, Duration granted) {
    for (std::size_t row = 0; row < settings.leases.size(); ++row) {
        const auto& timing = settings.leases[row].timing;
        const auto longest = timing.beat_timeout + timing.boot_delay - kSystemShare;
        if (granted > longest) return Fault{Fault::What::too_long, row, device, longest};
    }
    for (std::size_t row = 0; row < settings.evidence.size(); ++row) {
        const auto longest =
            settings.evidence[row].freshness + settings.evidence[row].grace - kSystemShare;
        if (granted > longest)
            return Fault{Fault::What::too_long_for_evidence, row, device, longest};
    }
    return std::nullopt;
}

std::optional<Fault> check(const Settings& settings) {
    using What = Fault::What;
    for (std::size_t row = 0; row < settings.leases.size(); ++row) {
        const auto& lease = settings.leases[row];
        if (!named_once(settings.leases, row)) return Fault{What::lease_name, row};
        if (!in_range(lease.timing)) return Fault{What::lease_timing, row};
        if (lease.boot_deadline <= Duration::zero()) return Fault{What::boot_deadline, row};
    }
    for (std::size_t row = 0; row < settings.evidence.size(); ++row) {
        const auto& evidence = settings.evidence[row];
        if (!named_once(settings.evidence, row)) return Fault{What::evidence_name, row};
        if (evidence.freshness <= Duration::zero() || evidence.grace <= kSystemShare)
            return Fault{What::evidence_timing, row};
    }
    for (std::size_t row = 0; row < settings.devices.size(); ++row) {
        const auto& device = settings.devices[row];
        if (device.timeout <= Duration::zero() || device.pretimeout >= device.timeout ||
            device.pretimeout < Duration::zero() || device.shutdown_timeout < Duration::zero())
            return Fault{What::device_timeout, row};
        if (const auto fault = check_granted(settings, row, device.timeout)) return fault;
    }
    return std::nullopt;
}

}  // namespace vakt::keeper
