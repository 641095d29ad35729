// SPDX-License-Identifier: Apache-2.0
// The ledger's file and the reset report's.
#include "notes/notebook.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <utility>

#include "notes/findings.h"
#include "report/report_json.h"
#include "sys/clock.h"
#include "sys/error.h"
#include "sys/open.h"
#include "sys/rename.h"

namespace vakt::notes {
namespace {

constexpr std::size_t kLedgerSize = report::kSlots * report::kSlotSize;
constexpr std::size_t kLongestReport = 1 << 20;
constexpr std::size_t kToldSize = report::kToldSlots * report::kToldSlot;
constexpr const char* kTold = "pstore_told";  // on the disk, and beside the report until it is
constexpr const char* kReport = "reset_report.json";
// A predecessor holds the ledger until its last note is on the disk. A keeper waits for us no
// longer than that either; later entries try again.
constexpr auto kLockPatience = std::chrono::milliseconds(1500);

}  // namespace

Notebook::Notebook(NotebookPlaces places)
    : places_(std::move(places)),
      path_(places_.state_dir + "/ledger"),
      told_path_(places_.state_dir + "/" + kTold) {}

// ---- the ledger ----

Status Notebook::begin() {
    const auto until = sys::now() + kLockPatience;
    auto opened = open();
    while (!opened && opened.error().code == std::errc::resource_unavailable_try_again &&
           sys::now() < until) {
        const timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
        ::nanosleep(&pause, nullptr);
        opened = open();
    }
    if (!opened) {
        findings_.troubles.push_back(describe(opened.error()));
        look_without_writing();
        return opened;
    }
    boot_was_there_ = !writer_->is_new_boot();
    if (boot_was_there_) return Done{};
    report::Entry boot;
    boot.kind = report::Kind::boot;
    boot.wall_ns = sys::wall_ns();
    boot.uptime_ms = sys::uptime_ms();
    return put(boot);
}

Status Notebook::open() {
    if (file_) return Done{};
    // The parent is the packager's; this one may be missing on a volatile /var.
    if (::mkdir(places_.state_dir.c_str(), 0755) != 0 && errno != EEXIST)
        return sys::last_error("make", places_.state_dir);
    auto file = sys::SlotFile::open(path_);
    if (!file) return file.error();
    if (!writer_) {
        const auto bytes = file->read(kLedgerSize);
        if (!bytes) return bytes.error();
        take_over(*bytes);
    }
    // So that a disk that fills up later does not matter. Where it is full already, the writes
    // themselves will say so.
    static_cast<void>(file->reserve(kLedgerSize));
    if (const auto told = sys::SlotFile::open(told_path_))
        static_cast<void>(told->reserve(kToldSize));
    file_.emplace(std::move(*file));
    return Done{};
}

void Notebook::take_over(std::span<const std::uint8_t> bytes) {
    findings_.ledger = report::read_ledger(bytes);
    const auto& entries = findings_.ledger.entries;
    writer_.emplace(entries, places_.boot);
    for (const auto& entry : entries) remember(entry);
}

// A ledger that cannot be written (a read-only disk) may still tell of the boot before.
void Notebook::look_without_writing() {
    const sys::Fd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file || !S_ISREG(sys::status_of(file).st_mode)) return;
    const auto bytes = sys::read_all(file, 2 * kLedgerSize, path_);
    if (!bytes) return;
    const auto* start = reinterpret_cast<const std::uint8_t*>(bytes->data());
    findings_.ledger = report::read_ledger({start, std::min(bytes->size(), kLedgerSize)});
    const auto& entries = findings_.ledger.entries;
    if (!entries.empty()) next_ = entries.back().sequence + 1;
}

Status Notebook::put(const report::Entry& entry) {
    if (auto opened = open(); !opened) return opened;
    const auto slot = writer_->add(entry);
    auto written = file_->write(slot.offset, slot.bytes);
    if (written)
        remember(slot.entry);
    else
        file_.reset();  // it may be another disk by the next time
    return written;
}

Status Notebook::write(report::Entry entry) {
    if (!budget_.take(entry)) return refusal("too many of its kind: not in the ledger");
    return put(entry);
}

void Notebook::remember(const report::Entry& entry) {
    if (entry.kind != report::Kind::reported || entry.boot_id != places_.boot) return;
    if (std::find(taken_.begin(), taken_.end(), entry.lease) == taken_.end())
        taken_.push_back(entry.lease);
}

// ---- the report ----

Status Notebook::make_report() {
    const sys::Fd dir(::open(places_.run_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!dir) return sys::last_error("open", places_.run_dir);
    if (has_report(dir)) {
        look_for_untold(dir);
        return Done{};
    }
    const auto since_boot = static_cast<std::int64_t>(sys::uptime_ms()) * 1'000'000;
    findings_.this_boot = places_.boot;
    gather({places_.pstore_dir, places_.pstore_archive, places_.state_dir},
           sys::wall_ns() - since_boot, findings_);
    const auto told = read_told();
    report::mark_told(findings_.pstore, told.told, places_.boot);
    findings_.told_is_kept = report::kept_before(told, places_.boot);
    const auto json = report::report_json(report::make_report(findings_), places_.boot);
    auto all = report::told_with(findings_.pstore, told.told, places_.boot);
    findings_ = {};
    // Everybody may know why the board restarted: the VMs that ask are no administrators.
    if (auto put = sys::put_file(dir, kReport, ".reset_report.json.new", json, 0644); !put)
        return put;
    // The first one of all is kept in any case: it says from when on a record's time does not
    // matter. Without the note a keeper that restarts would not try again, and that is all.
    if (all != told.told || told.number == 0) {
        if (!all.empty())
            static_cast<void>(
                sys::put_file(dir, kTold, ".pstore_told.new", report::text_of(all), 0600));
        told_ = std::move(all);
    }
    return sys::sync_directory(dir);
}

/// What a scribe before us in this boot told of and could not keep.
void Notebook::look_for_untold(const sys::Fd& dir) {
    const auto file = sys::open_regular(dir, kTold);
    if (!file) return;
    const auto text = sys::read_all(*file, kToldSize, kTold);
    if (!text) return;
    auto told = report::read_told(*text);
    // Where the directory outlives the boot it may be another's, and older than what is kept.
    if (std::any_of(told.begin(), told.end(),
                    [&](const auto& one) { return one.boot == places_.boot; }))
        told_ = std::move(told);
}

report::ToldSlot Notebook::read_told() {
    const auto text = sys::read_regular(told_path_, kToldSize);
    if (text) return report::read_slots(*text);
    if (text.error().code != std::errc::no_such_file_or_directory)
        findings_.troubles.push_back(describe(text.error()));
    return {};
}

Status Notebook::keep_told() {
    if (!told_) return Done{};
    auto kept = write_told(*told_);
    // That nothing was told, the next boot's report keeps.
    if (!kept && !told_->empty()) return kept;
    told_.reset();
    return Done{};
}

Status Notebook::write_told(const report::ToldRecords& told) const {
    const auto file = sys::SlotFile::open(told_path_);
    if (!file) return file.error();
    const auto bytes = file->read(kToldSize);
    if (!bytes) return bytes.error();
    const auto newest =
        report::read_slots({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    const auto number = newest.number + 1;
    const auto slot = report::slot_of({number, told});
    auto written = file->write(number % report::kToldSlots * report::kToldSlot,
                               {reinterpret_cast<const std::uint8_t*>(slot.data()), slot.size()});
    if (written) ::unlink((places_.run_dir + "/" + kTold).c_str());
    return written;
}

bool Notebook::has_report(const sys::Fd& dir) const {
    const auto file = sys::open_regular(dir, kReport);
    if (!file) return false;
    const auto json = sys::read_all(*file, kLongestReport, kReport);
    return json && report::is_report_of(*json, places_.boot);
}

}  // namespace vakt::notes
