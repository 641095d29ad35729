// SPDX-License-Identifier: Apache-2.0
// The ledger's file and the reset report's: what is noted of a board, and what was of the boot
// before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "report/info_budget.h"
#include "report/ledger.h"
#include "report/pmsg_note.h"
#include "report/reset_report.h"
#include "report/told_records.h"
#include "sys/fd.h"
#include "sys/slot_file.h"

namespace vakt::notes {

/// Where a notebook lies, and where it looks.
struct NotebookPlaces {
    std::string state_dir;       ///< the ledger's and the black box's
    std::string run_dir;         ///< reset_report.json's
    std::string pstore_dir;      ///< where the kernel shows what outlived the reset
    std::string pstore_archive;  ///< where systemd-pstore(8) moves it; "" none
    report::BootId boot{};       ///< this boot
};

/// Writes the ledger and, once in a boot, the reset report. EVERYTHING HERE MAY BLOCK ON A DISK:
/// whoever pets has this done by another process (wd_keeper's scribe) or thread (heart_drv's).
class Notebook {
 public:
    explicit Notebook(NotebookPlaces places);

    /// Opens the ledger, or makes it, reads what it holds, and adds Kind::boot where this boot had
    /// none. A ledger that another program has is waited for 1.5 s. After an error the report still
    /// has what could be read, and write() tries again.
    [[nodiscard]] Status begin();

    /// One entry, on the disk when this is Done. Entries that judge nothing have a budget
    /// (report/info_budget.h), and are refused beyond it.
    [[nodiscard]] Status write(report::Entry entry);

    /// What a device says of the last restart, for the report.
    void hardware(report::HardwareWord word) { findings_.hardware.push_back(std::move(word)); }
    /// Makes the report in run_dir, if this boot has none yet.
    [[nodiscard]] Status make_report();
    /// After make_report(): brings to the disk which of pstore's records it told of, so that no
    /// later boot's report does (report/told_records.h). Done where that is there already. After an
    /// error it is tried again by another notebook of this boot that comes to make_report(). No
    /// error where nothing was told: that is kept where it can be.
    [[nodiscard]] Status keep_told();

    /// After begin(): this boot had an entry already.
    [[nodiscard]] bool boot_was_there() const { return boot_was_there_; }
    /// The number that the next entry gets; from report::kWithoutLedger on where the ledger cannot
    /// be read.
    [[nodiscard]] std::uint64_t next_sequence() const {
        return writer_ ? writer_->next_sequence() : next_;
    }
    [[nodiscard]] std::uint32_t boots() const { return writer_ ? writer_->boots() : 0; }
    [[nodiscard]] std::uint32_t failed_boots() const {
        return writer_ ? writer_->failed_boots() : 0;
    }
    /// Who has had the report in this boot, by lease; "" is the board.
    [[nodiscard]] const std::vector<FixedText<32>>& taken() const { return taken_; }

 private:
    Status open();
    void take_over(std::span<const std::uint8_t> bytes);
    void look_without_writing();
    Status put(const report::Entry& entry);
    void remember(const report::Entry& entry);
    report::ToldSlot read_told();
    [[nodiscard]] Status write_told(const report::ToldRecords& told) const;
    void look_for_untold(const sys::Fd& dir);
    [[nodiscard]] bool has_report(const sys::Fd& dir) const;

    NotebookPlaces places_;
    std::string path_;
    std::string told_path_;
    std::optional<sys::SlotFile> file_;
    std::optional<report::LedgerWriter> writer_;
    bool boot_was_there_ = false;
    std::uint64_t next_ = report::kWithoutLedger;  // while there is no writer
    report::InfoBudget budget_;
    report::Findings findings_;
    std::vector<FixedText<32>> taken_;
    std::optional<report::ToldRecords> told_;  // to be kept
};

}  // namespace vakt::notes
