// SPDX-License-Identifier: Apache-2.0
// The ledger of starts, and what lies beside it: the VM's word on a start, the last good release.
#include "prog/start_erl_ledger.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/text.h"
#include "sys/boot_id.h"
#include "sys/clock.h"
#include "sys/error.h"
#include "sys/open.h"
#include "sys/process_handle.h"
#include "sys/rename.h"

namespace vakt::prog {
namespace {

constexpr std::size_t kSize = report::kSlots * report::kSlotSize;
constexpr const char* kName = "/start_ledger";
constexpr const char* kGood = "start_erl.good";
constexpr const char* kStopped = ".stopped";

/// A word of the VM: its process id on a line.
bool is_said(const std::string& file) {
    const auto text = sys::read_regular(file, 64);
    if (!text) return false;
    std::string_view rest = *text;
    return parse_decimal<std::uint32_t>(take_line(rest)).has_value();
}

report::BootId random_id() {
    report::BootId id{};
    const sys::Fd file(::open("/dev/urandom", O_RDONLY | O_CLOEXEC));
    if (file && ::read(file.get(), id.data(), id.size()) == static_cast<ssize_t>(id.size()))
        return id;
    // Different from the one before is enough.
    const auto now = static_cast<std::uint64_t>(sys::wall_ns()) ^ sys::uptime_ms() << 32 ^
                     static_cast<std::uint64_t>(::getpid());
    put_big_endian(id.data(), 8, now);
    return id;
}

/// See release/start_entry.h. Where the boot has no name the start alone has to do.
std::uint64_t birth_of(const sys::ProcessFacts& facts) {
    return std::uint64_t{this_boot()} << 32 | (facts.start & 0xFFFFFFFF);
}

/// Room on the disk for a word of the VM's, for a disk that fills up later. One that is full
/// already is nothing new: the VM's log says so.
void make_room(const std::string& word) {
    constexpr std::string_view kLines = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n";
    const sys::Fd file(
        ::open((word + kStartWordRoom).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (file && ::write(file.get(), kLines.data(), kLines.size()) > 0)
        static_cast<void>(::fsync(file.get()));
}

bool runs(const release::StartEntry& start) {
    if (start.pid == static_cast<std::uint32_t>(::getpid())) return false;
    const auto facts = sys::facts_of(static_cast<pid_t>(start.pid));
    return facts && birth_of(*facts) == start.birth && !facts->is_dead();
}

}  // namespace

std::uint32_t this_boot() {
    const auto boot = sys::boot_id();
    if (!boot) return release::kBootUnknown;
    return crc32(*boot);
}

Result<StartLedger> StartLedger::open(const std::string& dir, std::chrono::milliseconds patience) {
    const auto until = sys::now() + patience;
    auto file = sys::SlotFile::open(dir + kName);
    while (!file && file.error().code == std::errc::resource_unavailable_try_again &&
           sys::now() < until) {
        const timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
        ::nanosleep(&pause, nullptr);
        file = sys::SlotFile::open(dir + kName);
    }
    if (!file) return file.error();
    const auto bytes = file->read(kSize);
    if (!bytes) return bytes.error();
    StartLedger ledger(dir, std::move(*file));
    auto content = report::read_ledger(*bytes);
    ledger.entries_ = std::move(content.entries);
    ledger.damaged_ = content.damaged;
    ledger.id_ = random_id();
    ledger.read_kept();
    return ledger;
}

std::optional<report::Entry> StartLedger::newest() const {
    if (entries_.empty()) return std::nullopt;
    return entries_.back();
}

std::string StartLedger::mark_of(const report::BootId& id) const {
    return dir_ + "/start-" + report::boot_id_text(id).substr(0, 8) + ".healthy";
}

std::string StartLedger::healthy_file() const { return mark_of(id_); }

void StartLedger::read_kept() {
    const auto path = dir_ + "/" + kGood;
    const auto text = sys::read_regular(path, 4096);
    if (!text) return;
    if (auto good = release::parse_start_data(*text, path)) kept_ = std::move(*good);
}

Status StartLedger::keep(const release::Release& good) {
    if (kept_ == good) return Done{};
    kept_ = good;
    const sys::Fd dir(::open(dir_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!dir) return sys::last_error("open", dir_);
    auto put = sys::put_file(dir, kGood, std::string(".") + kGood + ".new",
                             release::start_data_text(good), 0644);
    return put ? sys::sync_directory(dir) : put;
}

Status StartLedger::add(report::LedgerWriter& writer, report::Kind kind, const std::string& text) {
    report::Entry entry;
    entry.kind = kind;
    entry.wall_ns = sys::wall_ns();
    entry.uptime_ms = sys::uptime_ms();
    entry.text = std::string_view(text);
    const auto slot = writer.add(entry);
    entries_.push_back(slot.entry);
    return file_.write(slot.offset, slot.bytes);
}

Status StartLedger::settle() {
    // So that a disk that fills up later does not matter; one that is full already says so below.
    static_cast<void>(file_.reserve(kSize));
    const auto before = newest();
    if (!before) return Done{};
    const auto mark = mark_of(before->boot_id);
    report::LedgerWriter writer(entries_, before->boot_id);
    Status done = Done{};
    if (!before->healthy && is_said(mark)) done = add(writer, report::Kind::healthy, "");
    if (done && !before->ended && is_said(mark + kStopped))
        done = add(writer, report::Kind::clean, "");
    const auto starts = release::starts_of(entries_);
    if (done && !starts.empty() && starts.back().outcome == release::Outcome::healthy &&
        starts.back().origin != release::Origin::safe)
        done = keep(starts.back().release);
    // Until it is in the ledger the VM's word stays.
    if (done && !is_another_running()) {
        for (const auto& word : {mark, mark + kStopped}) {
            ::unlink(word.c_str());
            ::unlink((word + kStartWordRoom).c_str());
        }
    }
    return done;
}

bool StartLedger::is_another_running() const {
    const auto last = std::find_if(entries_.rbegin(), entries_.rend(), [](const auto& entry) {
        return entry.kind == report::Kind::boot;
    });
    if (last == entries_.rend()) return false;
    const auto start = release::read_start_entry(last->text.view());
    return start && runs(*start);
}

release::History StartLedger::history() const {
    return {release::starts_of(entries_), report::LedgerWriter(entries_, id_).failed_boots()};
}

Status StartLedger::begin(release::StartEntry start) {
    const auto self = sys::facts_of(::getpid());
    start.pid = static_cast<std::uint32_t>(::getpid());
    start.birth = self ? birth_of(*self) : 0;
    report::LedgerWriter writer(entries_, id_);
    auto begun = add(writer, report::Kind::boot, release::text_of(start));
    if (begun)
        for (const auto& word : {mark_of(id_), mark_of(id_) + kStopped}) make_room(word);
    return begun;
}

}  // namespace vakt::prog
