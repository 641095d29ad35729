// SPDX-License-Identifier: Apache-2.0
// The scribe: brings notes to the disk, and makes the reset report.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <optional>
#include <span>
#include <string>

#include "base/fixed_list.h"
#include "prog/keeper_children.h"
#include "prog/keeper_findings.h"
#include "report/info_budget.h"
#include "report/pmsg_note.h"
#include "report/report_json.h"
#include "sys/clock.h"
#include "sys/error.h"
#include "sys/helper_child.h"
#include "sys/open.h"
#include "sys/rename.h"
#include "sys/slot_file.h"

namespace vakt::prog {
namespace {

constexpr std::size_t kLedgerSize = report::kSlots * report::kSlotSize;
constexpr std::size_t kLongestReport = 1 << 20;
constexpr const char* kReport = "reset_report.json";
// A predecessor's scribe holds the ledger until its last note is on the disk. The keeper waits for
// us no longer than that either; later entries try again.
constexpr auto kLockPatience = std::chrono::milliseconds(1500);

Words cut(const Error& error) { return std::string_view(describe(error)); }

class Scribe {
 public:
    Scribe(const ChildrenSetup& setup, int socket)
        : setup_(setup), socket_(socket), path_(setup.state_dir + "/ledger") {}

    void run() {
        ScribeAnswer ready{.what = ScribeAnswer::What::ready};
        const auto begun = begin();
        ready.ok = static_cast<bool>(begun);
        if (!begun) ready.words = cut(begun.error());
        answer(ready);
        // What a keeper left in our socket when it ended is written all the same.
        ScribeTask task;
        while (sys::next_task(socket_, std::as_writable_bytes(std::span(&task, 1))) == sizeof task)
            carry_out(task);
    }

 private:
    void carry_out(const ScribeTask& task) {
        switch (task.what) {
            case ScribeTask::What::write:
                return write(task);
            case ScribeTask::What::hardware: {
                report::HardwareWord word{std::string(task.name.view()), {}};
                if (task.told) word.flags = task.flags;
                findings_.hardware.push_back(std::move(word));
                return;
            }
            case ScribeTask::What::make_report:
                return make_report();
        }
    }

    void answer(ScribeAnswer words) {
        words.next_sequence = next_;
        if (writer_) {
            words.next_sequence = writer_->next_sequence();
            words.boots = writer_->boots();
            words.failed_boots = writer_->failed_boots();
        }
        [[maybe_unused]] const auto sent = ::send(socket_, &words, sizeof words, MSG_NOSIGNAL);
    }

    // ---- the ledger ----

    Status begin() {
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
        if (!writer_->is_new_boot()) return Done{};
        report::Entry boot;
        boot.kind = report::Kind::boot;
        boot.wall_ns = sys::wall_ns();
        boot.uptime_ms = sys::uptime_ms();
        return put(boot);
    }

    Status open() {
        if (file_) return Done{};
        // The parent is the packager's; this one may be missing on a volatile /var.
        ::mkdir(setup_.state_dir.c_str(), 0755);
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
        file_.emplace(std::move(*file));
        return Done{};
    }

    void take_over(std::span<const std::uint8_t> bytes) {
        findings_.ledger = report::read_ledger(bytes);
        const auto& entries = findings_.ledger.entries;
        writer_.emplace(entries.empty() ? std::nullopt : std::optional(entries.back()),
                        setup_.boot);
        for (const auto& entry : entries) remember(entry);
    }

    // A ledger that cannot be written (a read-only disk) may still tell of the boot before.
    void look_without_writing() {
        const sys::Fd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        if (!file || !S_ISREG(sys::status_of(file).st_mode)) return;
        const auto bytes = sys::read_all(file, 2 * kLedgerSize, path_);
        if (!bytes) return;
        const auto* start = reinterpret_cast<const std::uint8_t*>(bytes->data());
        findings_.ledger = report::read_ledger({start, std::min(bytes->size(), kLedgerSize)});
        const auto& entries = findings_.ledger.entries;
        if (!entries.empty()) next_ = entries.back().sequence + 1;
    }

    Status put(const report::Entry& entry) {
        if (auto opened = open(); !opened) return opened;
        const auto slot = writer_->add(entry);
        auto written = file_->write(slot.offset, slot.bytes);
        if (written)
            remember(slot.entry);
        else
            file_.reset();  // it may be another disk by the next time
        return written;
    }

    void write(const ScribeTask& task) {
        ScribeAnswer done{.what = ScribeAnswer::What::written, .id = task.id};
        auto entry = task.entry;
        if (!budget_.take(entry)) {
            done.words = "too many of its kind: not in the ledger";
        } else if (const auto written = put(entry); written) {
            done.ok = true;
        } else {
            done.words = cut(written.error());
        }
        answer(done);
    }

    // Who has had the report in this boot.
    void remember(const report::Entry& entry) {
        if (entry.kind != report::Kind::reported || entry.boot_id != setup_.boot) return;
        if (std::find(taken_.begin(), taken_.end(), entry.lease) == taken_.end())
            taken_.push_back(entry.lease);
    }

    // ---- the report ----

    void make_report() {
        ScribeAnswer made{.what = ScribeAnswer::What::report};
        const auto done = bring_report();
        made.ok = static_cast<bool>(done);
        if (!done) made.words = cut(done.error());
        for (const auto& lease : taken_) made.taken[made.taken_count++] = lease;
        answer(made);
    }

    Status bring_report() {
        const sys::Fd dir(::open(setup_.run_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!dir) return sys::last_error("open", setup_.run_dir);
        if (has_report(dir)) return Done{};
        const auto since_boot = static_cast<std::int64_t>(sys::uptime_ms()) * 1'000'000;
        findings_.this_boot = setup_.boot;
        gather({setup_.pstore_dir, setup_.pstore_archive, setup_.state_dir},
               sys::wall_ns() - since_boot, findings_);
        const auto json = report::report_json(report::make_report(findings_), setup_.boot);
        findings_ = {};
        // Everybody may know why the board restarted: the VMs that ask are no administrators.
        if (auto put = sys::put_file(dir, kReport, ".reset_report.json.new", json, 0644); !put)
            return put;
        return sys::sync_directory(dir);
    }

    [[nodiscard]] bool has_report(const sys::Fd& dir) const {
        const auto file = sys::open_regular(dir, kReport);
        if (!file) return false;
        const auto json = sys::read_all(*file, kLongestReport, kReport);
        return json && report::is_report_of(*json, setup_.boot);
    }

    const ChildrenSetup& setup_;
    int socket_;
    std::string path_;
    std::optional<sys::SlotFile> file_;
    std::optional<report::LedgerWriter> writer_;
    std::uint64_t next_ = report::kWithoutLedger;  // while there is no writer
    report::InfoBudget budget_;
    report::Findings findings_;
    FixedList<keeper::Name, kMostTakers> taken_;
};

}  // namespace

void run_scribe(const ChildrenSetup& setup, int socket) { Scribe(setup, socket).run(); }

}  // namespace vakt::prog
