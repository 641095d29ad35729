// SPDX-License-Identifier: Apache-2.0
// The ledger of starts, and what lies beside it: the VM's word on a start, the last good release.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "release/start_entry.h"
#include "report/ledger.h"
#include "sys/slot_file.h"

namespace vakt::prog {

/// Behind the name of a word on a start that is not said yet.
constexpr const char* kStartWordRoom = ".new";

/// As release::Clocks has it.
[[nodiscard]] std::uint32_t this_boot();

/// In a directory of ours:
///   start_ledger            release/start_entry.h
///   start_erl.good          a copy of the last data file whose release became healthy
///   start-ID.healthy        made by the VM of start ID, or by time: it is healthy
///   start-ID.healthy.stopped  made by the VM: it ends in order
///   start-ID.healthy.new, start-ID.healthy.stopped.new  room for these two, should the disk fill
///   up
/// The lock on the ledger is held until the object is gone: one start_erl at a time.
class StartLedger {
 public:
    /// Waits for the lock at most `patience`. Errors: what open, lock or read said.
    static Result<StartLedger> open(const std::string& dir, std::chrono::milliseconds patience);

    /// Brings to the ledger what became of the start before: its VM's word for it. Afterwards the
    /// last good release is known. Errors are for people: the history is right all the same.
    Status settle();

    /// Whether the VM of the start before still runs: these starts are several nodes'.
    [[nodiscard]] bool is_another_running() const;

    [[nodiscard]] release::History history() const;
    [[nodiscard]] const std::optional<release::Release>& kept() const { return kept_; }
    [[nodiscard]] std::size_t damaged() const { return damaged_; }

    /// A start begins, whose VM this process becomes. On disk when it returns Done.
    Status begin(release::StartEntry start);
    /// The file by which the VM of the start that has begun says that it is healthy.
    [[nodiscard]] std::string healthy_file() const;

 private:
    StartLedger(std::string dir, sys::SlotFile file)
        : dir_(std::move(dir)), file_(std::move(file)) {}

    Status add(report::LedgerWriter& writer, report::Kind kind, const std::string& text);
    Status keep(const release::Release& good);
    void read_kept();
    [[nodiscard]] std::optional<report::Entry> newest() const;
    [[nodiscard]] std::string mark_of(const report::BootId& id) const;

    std::string dir_;
    sys::SlotFile file_;
    std::vector<report::Entry> entries_;
    std::size_t damaged_ = 0;
    std::optional<release::Release> kept_;
    report::BootId id_{};  ///< of this start
};

/// Has `file` made, with the process's id in it, when the VM that this process becomes has run for
/// `after`; by a process of its own, that ends with the VM. Errors: no such process could be had.
Status mark_by_time(const std::string& file, std::chrono::seconds after);

}  // namespace vakt::prog
