// SPDX-License-Identifier: Apache-2.0
// sd-journal with errors as values. Each call that looks into files is guarded: they are mapped,
// and may be cut short by anybody who may write them.
#include "systemd/journal_reader.h"

#include <poll.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

#include "sys/mapping_guard.h"

namespace vakt::systemd {
namespace {

Error failed(std::string call, int result) {
    return {std::move(call), std::error_code(-result, std::generic_category())};
}
Error broken() { return refusal("a journal file was cut short while it was read"); }

}  // namespace

JournalReader::JournalReader() { cursor_.reserve(kLongestCursor); }
JournalReader::~JournalReader() = default;
void JournalReader::Close::operator()(sd_journal* journal) const { ::sd_journal_close(journal); }

Result<std::unique_ptr<JournalReader>> JournalReader::open(const std::string& directory) {
    const sys::MappingGuard guard;
    std::unique_ptr<JournalReader> reader(new JournalReader);
    sd_journal* journal = nullptr;
    const int opened = directory.empty()
                           ? ::sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY)
                           : ::sd_journal_open_directory(&journal, directory.c_str(), 0);
    if (opened < 0)
        return failed(
            directory.empty() ? "sd_journal_open" : "sd_journal_open_directory " + directory,
            opened);
    reader->journal_.reset(journal);
    // Before anything is read, so that what changes meanwhile is told.
    reader->descriptor_ = ::sd_journal_get_fd(journal);
    if (reader->descriptor_ < 0) return failed("sd_journal_get_fd", reader->descriptor_);
    // One byte more than is kept tells that it was more.
    constexpr std::size_t kThreshold = syslog::JournalFields::kLongestText + sizeof("MESSAGE=");
    ::sd_journal_set_data_threshold(journal, kThreshold);
    sd_id128_t boot{};
    if (::sd_id128_get_boot(&boot) >= 0) std::memcpy(reader->boot_, &boot, sizeof(boot));
    if (guard.hit()) return broken();
    return reader;
}

bool JournalReader::has_files() const {
    const sys::MappingGuard guard;
    std::uint64_t bytes = 0;
    return ::sd_journal_get_usage(journal_.get(), &bytes) >= 0 && bytes > 0;
}

Status JournalReader::take_cursor() {
    char* text = nullptr;
    const int got = ::sd_journal_get_cursor(journal_.get(), &text);
    if (got < 0) return failed("sd_journal_get_cursor", got);
    cursor_.assign(text);
    std::free(text);
    if (cursor_.size() > kLongestCursor)
        return refusal("the journal's cursor is too long: " + cursor_);
    return Done{};
}

// sd_journal_seek_tail() alone is a trap: with nothing there, the first entry to come is missed.
Status JournalReader::at_end() {
    const sys::MappingGuard guard;
    pending_ = false;
    cursor_.clear();
    if (const int sought = ::sd_journal_seek_tail(journal_.get()); sought < 0)
        return failed("sd_journal_seek_tail", sought);
    const int back = ::sd_journal_previous(journal_.get());
    if (back < 0) return failed("sd_journal_previous", back);
    if (guard.hit()) return broken();
    if (back > 0) return take_cursor();
    const int head = ::sd_journal_seek_head(journal_.get());
    if (head < 0) return failed("sd_journal_seek_head", head);
    return Done{};
}

// Sought with a filter, which finds it in any number of older files, and read on without.
Status JournalReader::at_boot() {
    {
        const sys::MappingGuard guard;
        std::string match = "_BOOT_ID=";
        sd_id128_t boot{};
        std::memcpy(&boot, boot_, sizeof(boot));
        char text[SD_ID128_STRING_MAX] = {};
        match += ::sd_id128_to_string(boot, text);
        if (const int added = ::sd_journal_add_match(journal_.get(), match.data(), match.size());
            added < 0)
            return failed("sd_journal_add_match", added);
        int found = ::sd_journal_seek_head(journal_.get());
        if (found >= 0) found = ::sd_journal_next(journal_.get());
        auto taken = found > 0 ? take_cursor() : Status(Done{});
        ::sd_journal_flush_matches(journal_.get());
        if (found < 0) return failed("sd_journal_next", found);
        if (!taken) return taken;
        if (guard.hit()) return broken();
        if (found > 0) {
            const std::string first = cursor_;
            if (const int sought = ::sd_journal_seek_cursor(journal_.get(), first.c_str());
                sought < 0)
                return failed("sd_journal_seek_cursor", sought);
            pending_ = false;
            cursor_.clear();
            return Done{};
        }
    }
    return at_end();
}

Result<JournalReader::Found> JournalReader::at(std::string_view cursor) {
    const std::string wanted(cursor);  // it may be our own
    {
        const sys::MappingGuard guard;
        pending_ = false;
        if (const int sought = ::sd_journal_seek_cursor(journal_.get(), wanted.c_str()); sought < 0)
            return failed("sd_journal_seek_cursor", sought);
        const int moved = ::sd_journal_next(journal_.get());
        if (moved < 0) return failed("sd_journal_next", moved);
        if (moved > 0) {
            if (const auto taken = take_cursor(); !taken) return taken.error();
            if (guard.hit()) return broken();
            if (syslog::same_entry(wanted, cursor_)) return Found::there;
            pending_ = true;
            return Found::nearest;
        }
        if (guard.hit()) return broken();
    }
    if (const auto end = at_end(); !end) return end.error();
    return Found::none;
}

Result<bool> JournalReader::next() {
    if (pending_) {
        pending_ = false;
        return true;
    }
    const sys::MappingGuard guard;
    const int moved = ::sd_journal_next(journal_.get());
    if (moved < 0) return failed("sd_journal_next", moved);
    if (moved > 0) {
        if (const auto taken = take_cursor(); !taken) return taken.error();
    }
    if (guard.hit()) return broken();
    return moved > 0;
}

Result<std::size_t> JournalReader::read(syslog::JournalFields& into) {
    const sys::MappingGuard guard;
    constexpr std::uint64_t kMicro = 1000;
    std::uint64_t real = 0;
    std::uint64_t mono = 0;
    sd_id128_t boot{};
    if (const int got = ::sd_journal_get_realtime_usec(journal_.get(), &real); got < 0)
        return failed("sd_journal_get_realtime_usec", got);
    if (const int got = ::sd_journal_get_monotonic_usec(journal_.get(), &mono, &boot); got < 0)
        return failed("sd_journal_get_monotonic_usec", got);
    const bool ours = std::memcmp(&boot, boot_, sizeof(boot)) == 0;
    into.begin(static_cast<std::int64_t>(real * kMicro), ours ? mono * kMicro : 0);
    std::size_t bytes = 0;
    const void* data = nullptr;
    std::size_t size = 0;
    ::sd_journal_restart_data(journal_.get());
    int got = 0;
    while ((got = ::sd_journal_enumerate_available_data(journal_.get(), &data, &size)) > 0) {
        into.add({static_cast<const char*>(data), size});
        bytes += size;
    }
    if (guard.hit()) return broken();
    if (got < 0) return failed("sd_journal_enumerate_available_data", got);
    return bytes;
}

std::optional<std::chrono::microseconds> JournalReader::wake_in() const {
    std::uint64_t at = 0;
    if (::sd_journal_get_timeout(journal_.get(), &at) < 0 || at == UINT64_MAX) return std::nullopt;
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto present = static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
                         static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
    return std::chrono::microseconds(at > present ? at - present : 0);
}

Status JournalReader::process() {
    const sys::MappingGuard guard;
    // What it answers (NOP, APPEND, INVALIDATE) makes no difference to us: next() goes on behind
    // the entry it gave last, in whatever file what follows stands now.
    const int done = ::sd_journal_process(journal_.get());
    if (done < 0) return failed("sd_journal_process", done);
    if (guard.hit()) return broken();
    return Done{};
}

}  // namespace vakt::systemd
