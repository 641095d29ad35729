// SPDX-License-Identifier: Apache-2.0
// The thread of the heart inside the emulator that may block: watchdog's opening, ledger, report.
#include <poll.h>
#include <sys/stat.h>

#include <mutex>
#include <utility>

#include "drivers/beam/heart_threads.h"
#include "drivers/beam/io_ports.h"
#include "drivers/ib700_wdt.h"
#include "drivers/registry.h"
#include "drivers/system_wdt.h"
#include "guard/solo.h"
#include "notes/boot_id_file.h"
#include "report/pmsg_note.h"
#include "sys/clock.h"
#include "wdt/timing.h"

namespace vakt::beam {
namespace {

constexpr int kBetweenTries = 1000;  // ms

wdt::Millis millis(Duration time) { return std::chrono::floor<wdt::Millis>(time); }

drivers::DeviceResult open_device(const InnerSettings& settings) {
    if (settings.by_instructions)
        return drivers::as_device(drivers::Ib700Wdt::make(io_port_node(own_io_ports())));
    return drivers::open_device(*settings.device);
}

}  // namespace

Clerk::Clerk(const InnerSettings& settings, std::unique_ptr<Lock> lock, Tell tell, Say say)
    : settings_(settings), lock_(std::move(lock)), tell_(std::move(tell)), say_(std::move(say)) {}

void Clerk::add(const Task& task) {
    {
        const std::lock_guard held(*lock_);
        tasks_.push_back(task);
    }
    bell_.ring();
}

void Clerk::open_watchdog(Duration beat_timeout, Duration boot_delay) {
    add(Opening{beat_timeout, boot_delay});
}

void Clerk::note(const report::Entry& entry) { add(entry); }

std::optional<Clerk::Task> Clerk::next() {
    const std::lock_guard held(*lock_);
    if (tasks_.empty()) return std::nullopt;
    const auto task = tasks_.front();
    tasks_.pop_front();
    return task;
}

void Clerk::run() {
    if (settings_.reboots && !settings_.device) begin({});
    for (;;) {
        while (const auto task = next())
            std::visit([this](const auto& its) { carry_out(its); }, *task);
        pollfd bell = {bell_.descriptor(), POLLIN, 0};
        const int ready = ::poll(&bell, 1, again_ ? kBetweenTries : -1);
        bell_.hush();
        if (ready == 0 && again_) carry_out(*std::exchange(again_, std::nullopt));
    }
}

// First what guards: a disk that hangs must not keep it from counting.
void Clerk::carry_out(const Opening& opening) {
    std::optional<report::HardwareWord> word;
    if (!try_to_open(opening, word)) again_ = opening;
    if (word || !again_) begin(std::move(word));
}

// False: it is another program's for now.
bool Clerk::try_to_open(const Opening& opening, std::optional<report::HardwareWord>& word) {
    auto device = open_device(settings_);
    if (!device) {
        const auto code = device.error().code;
        const bool busy = code == std::errc::device_or_resource_busy ||
                          code == std::errc::connection_reset || code == std::errc::broken_pipe;
        if (!busy || !std::exchange(said_busy_, true))
            say_("watchdog: " + describe(device.error()) +
                 (busy ? "; tried again" : "; without it there is reboot(2) alone"));
        return !busy;
    }
    word.emplace(report::HardwareWord{(*device)->name(), std::nullopt});
    if (const auto flags = (*device)->boot_status(); flags) word->flags = *flags;
    const auto beat_timeout = millis(opening.beat_timeout);
    const auto boot_delay = millis(opening.boot_delay);
    const auto began = sys::now();
    const auto granted = (*device)->arm(wdt::longest_allowed(beat_timeout, boot_delay));
    const auto fits =
        granted ? wdt::check_granted((*device)->name(), *granted, beat_timeout, boot_delay)
                : Status(granted.error());
    if (!fits) {
        say_("watchdog: " + describe(fits.error()) + "; without it there is reboot(2) alone");
        // It may count already, and nobody would pet it.
        if (const auto stopped = (*device)->disarm(); !stopped)
            say_("watchdog: " + describe(stopped.error()));
        return true;
    }
    tell_(WatchdogArmed{began, *granted, std::move(*device)});
    return true;
}

void Clerk::begin(std::optional<report::HardwareWord> word) {
    if (notebook_) return;
    const auto boot = notes::read_boot_id(settings_.boot_id);
    if (!boot) return say_(describe(boot.error()) + "; nothing is noted");
    boot_ = *boot;
    if (auto pmsg = sys::Pmsg::open(settings_.pmsg); pmsg) pmsg_.emplace(std::move(*pmsg));
    // Where there is one process nobody else makes it.
    ::mkdir(settings_.run_dir.c_str(), 0755);
    notebook_.emplace(notes::NotebookPlaces{settings_.state_dir, settings_.run_dir,
                                            settings_.pstore_dir, "", boot_});
    if (const auto begun = notebook_->begin(); !begun) say_(describe(begun.error()));
    tell_(LedgerRead{notebook_->boot_was_there()});
    if (word) notebook_->hardware(std::move(*word));
    if (const auto made = notebook_->make_report(); !made)
        say_("reset report: " + describe(made.error()));
    if (const auto kept = notebook_->keep_told(); !kept) say_(describe(kept.error()));
}

void Clerk::carry_out(const report::Entry& entry) {
    begin({});
    if (notebook_) {
        auto its = entry;
        its.sequence = notebook_->next_sequence();
        its.boot_id = boot_;
        // Memory first: it does not wait for a disk.
        if (pmsg_) static_cast<void>(pmsg_->write(report::PmsgLine(its).view()));
        if (const auto written = notebook_->write(its); !written) say_(describe(written.error()));
    }
    tell_(NoteWritten{});
}

}  // namespace vakt::beam
