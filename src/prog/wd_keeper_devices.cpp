// SPDX-License-Identifier: Apache-2.0
// The keeper's watchdogs.
#include "prog/wd_keeper_devices.h"

#include <string>

#include "drivers/registry.h"
#include "prog/wd_keeper_owner.h"
#include "wdt/timing.h"

namespace vakt::prog {
namespace {

using sys::Severity;

wdt::Millis in_millis(Duration time) { return std::chrono::duration_cast<wdt::Millis>(time); }

}  // namespace

std::optional<Duration> Devices::arm(keeper::DeviceId id, Duration timeout) {
    auto& row = rows_[id];
    if (!row.device) {
        auto opened = drivers::open_device(settings_[id]);
        if (!opened) {
            const bool news = complain(id, opened.error());
            if (news && opened.error().code == std::errc::device_or_resource_busy)
                name_the_owner(settings_[id].path);
            return std::nullopt;
        }
        row.device = std::move(*opened);
        ask_boot_status(id);
    }
    const auto granted = row.device->arm(in_millis(timeout));
    pass_on_remarks(id);
    if (!granted) {
        complain(id, granted.error());
        return std::nullopt;
    }
    row.complaints.forget();
    row.unarmed = Unarmed::no;
    log_.say(Severity::info, row.device->name(), " is armed: ", wdt::in_words(*granted));
    return *granted;
}

// Where the node is closed by it arming opens it anew.
bool Devices::stop_unarmed(keeper::DeviceId id) {
    auto& row = rows_[id];
    if (!row.device) return true;
    const auto stopped = row.device->disarm();
    pass_on_remarks(id);
    const auto now = stopped ? Unarmed::stopped : Unarmed::counting;
    if (row.unarmed == now) return static_cast<bool>(stopped);
    row.unarmed = now;
    if (stopped) {
        log_.say(Severity::err, row.device->name(), " is not armed: it guards nobody");
        return true;
    }
    log_.say(Severity::err, describe(stopped.error()));
    log_.say(Severity::err, row.device->name(),
             " cannot be armed as it is wanted and counts by a timeout of its own: it is petted "
             "each second, but the hard deadline is not kept");
    return false;
}

bool Devices::adopt(keeper::DeviceId id, sys::Fd descriptor, Duration granted) {
    auto& row = rows_[id];
    auto adopted = drivers::adopt_device(settings_[id], std::move(descriptor), in_millis(granted));
    if (!adopted) {
        complain(id, adopted.error());
        return false;
    }
    row.device = std::move(*adopted);
    ask_boot_status(id);
    pass_on_remarks(id);
    return true;
}

void Devices::ask_boot_status(keeper::DeviceId id) {
    auto& row = rows_[id];
    if (!row.device->capabilities().knows_boot_status) return;
    const auto status = row.device->boot_status();
    row.told = static_cast<bool>(status);
    if (status) row.boot = *status;
}

bool Devices::pet(keeper::DeviceId id) {
    auto& row = rows_[id];
    if (!row.device) return false;
    const auto petted = row.device->pet();
    if (petted) {
        ++row.pets;
        if (row.pets_fail) {
            log_.say(Severity::notice, row.device->name(), " can be petted again");
            row.complaints.forget();
            row.pets_fail = false;
        }
        return true;
    }
    ++row.pet_failures;
    row.pets_fail = true;
    complain(id, petted.error());
    return false;
}

bool Devices::disarm(keeper::DeviceId id) {
    auto& row = rows_[id];
    if (!row.device) return false;
    const auto disarmed = row.device->disarm();
    if (!disarmed) {
        complain(id, disarmed.error());
        return false;
    }
    log_.say(Severity::warning, row.device->name(), " is disarmed: it guards nobody any more");
    return true;
}

wdt::Millis Devices::time_left(keeper::DeviceId id, Instant now) {
    auto& row = rows_[id];
    if (!row.device || !row.device->capabilities().knows_time_left) return wdt::Millis(-1);
    if (now - row.left_asked < std::chrono::seconds(1)) return row.left;
    row.left_asked = now;
    const auto left = row.device->time_left();
    row.left = left ? *left : wdt::Millis(-1);
    return row.left;
}

bool Devices::complain(keeper::DeviceId id, const Error& error) {
    const auto words = describe(error);
    const bool news = rows_[id].complaints.is_news(words);
    if (news) log_.say(Severity::err, words);
    return news;
}

void Devices::pass_on_remarks(keeper::DeviceId id) {
    auto& row = rows_[id];
    const auto& remarks = row.device->remarks();
    for (; row.remarks_said < remarks.size(); ++row.remarks_said)
        log_.say(Severity::warning, remarks[row.remarks_said]);
}

}  // namespace vakt::prog
