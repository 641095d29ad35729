// SPDX-License-Identifier: Apache-2.0
// systemd's journal as a source.
#include "source/journal_source.h"

#include <algorithm>
#include <utility>

namespace vakt::source {

using systemd::JournalReader;
using Found = JournalReader::Found;

JournalSource::JournalSource(loop::Loop& loop, std::string directory, JournalBegin begin,
                             RecordSink& sink)
    : loop_(loop),
      directory_(std::move(directory)),
      begin_(std::move(begin)),
      sink_(sink),
      more_(loop, [this] { drain(); }),
      check_(loop, [this] { changed(); }),
      reopen_(loop, [this] { open(); }) {
    cursor_.reserve(JournalReader::kLongestCursor);
}

void JournalSource::start() { open(); }

void JournalSource::stop() {
    more_.cancel();
    check_.cancel();
    reopen_.cancel();
    watch_.reset();
    reader_.reset();
}

void JournalSource::open() {
    watch_.reset();
    is_there_ = false;
    reader_.reset();
    auto opened = JournalReader::open(directory_);
    if (!opened) return fault(opened.error());
    reader_ = std::move(*opened);
    watch_.emplace(loop_, reader_->descriptor(), loop::Ready::read, [this] { changed(); });
    if (!watch_->on()) sink_.trouble(refusal("cannot wait for the journal"));
    if (!reader_->has_files()) {
        const auto error =
            refusal("no journal can be read in " +
                    (directory_.empty() ? "/run/log/journal and /var/log/journal" : directory_) +
                    ": is one kept there, and is this user of group systemd-journal?");
        if (said_ != error.doing) sink_.trouble(error);
        said_ = error.doing;
        // What comes then is new, all of it.
        begin_.otherwise = JournalBegin::At::boot;
        return rest();
    }
    said_.reset();
    is_there_ = true;
    if (place()) drain();
}

// Goes to where reading begins: the first time, or after a fault.
bool JournalSource::place() {
    const std::string behind = cursor_.empty() ? begin_.cursor : cursor_;
    if (faults_ >= kFaults) {
        faults_ = 0;
        begin_.otherwise = JournalBegin::At::end;
        missed(std::nullopt, "the journal cannot be read on from where it broke");
    } else if (!behind.empty()) {
        const auto found = reader_->at(behind);
        if (found) {
            switch (*found) {
                case Found::there:
                    cursor_ = behind;
                    know(behind);
                    return true;
                case Found::nearest:
                    cursor_.clear();
                    if (const auto count = syslog::missing_between(behind, reader_->cursor());
                        count != 0U)
                        missed(count, "the journal has not kept the place to go on from");
                    return true;
                case Found::none:
                    cursor_ = reader_->cursor();
                    missed(std::nullopt, "the journal has nothing at the place to go on from");
                    return true;
            }
        }
        if (found.error().code != std::errc::invalid_argument) {
            fault(found.error());
            return false;
        }
        sink_.trouble(refusal("not a place in a journal: " + behind));
        missed(std::nullopt, "the place to go on from was of no use");
    }
    const auto began =
        begin_.otherwise == JournalBegin::At::boot ? reader_->at_boot() : reader_->at_end();
    if (!began) {
        fault(began.error());
        return false;
    }
    cursor_ = reader_->cursor();
    begin_.cursor.clear();
    // Of a journal that is empty all that comes is new.
    if (cursor_.empty()) begin_.otherwise = JournalBegin::At::boot;
    return true;
}

void JournalSource::changed() {
    if (!reader_) return;
    if (!is_there_) {  // something is, now: seen when it is opened again
        watch_->off();
        return reopen_.start(pause_ / kSooner);
    }
    if (const auto done = reader_->process(); !done) return fault(done.error());
    drain();
}

void JournalSource::drain() {
    if (!reader_) return;
    int given = 0;
    bool more = true;
    while (given < kEntriesAtOnce) {
        const auto there = reader_->next();
        if (!there) return fault(there.error());
        if (!*there) {
            more = false;
            break;
        }
        if (!give()) return;
        ++given;
    }
    turn_over();
    if (more)
        more_.start(std::chrono::microseconds(0));
    else
        wait();
}

// False: a fault, and the reader is gone.
bool JournalSource::give() {
    if (is_odd() && !look_again()) return false;
    know(reader_->cursor());
    const auto bytes = reader_->read(fields_);
    cursor_.assign(reader_->cursor());
    if (!bytes) {
        if (bytes.error().code != std::errc::bad_message) {
            fault(bytes.error());
            return false;
        }
        sink_.trouble(bytes.error());
        missed(1, "an entry of the journal cannot be read");
        return true;
    }
    counts_.bytes += *bytes;
    ++counts_.reads;
    faults_ = 0;
    pause_ = kShortestPause;
    told_ = true;
    sink_.entry(fields_.entry());
    return true;
}

// Whether the entry is not just the one behind the last.
bool JournalSource::is_odd() const {
    if (cursor_.empty()) return false;
    if (const auto missing = syslog::missing_between(cursor_, reader_->cursor()))
        return *missing > 0;
    const auto read = syslog::read_journal_cursor(reader_->cursor());
    return read &&
           std::find(sequences_.begin(), sequences_.end(), read->sequence_id) == sequences_.end();
}

void JournalSource::know(std::string_view cursor) {
    const auto read = syslog::read_journal_cursor(cursor);
    if (!read || (!sequences_.empty() && sequences_.back() == read->sequence_id)) return;
    const auto known = std::find(sequences_.begin(), sequences_.end(), read->sequence_id);
    if (known != sequences_.end()) {
        std::rotate(known, known + 1, sequences_.end());
        return;
    }
    if (sequences_.size() == kSequences) sequences_.erase(sequences_.begin());
    sequences_.emplace_back(read->sequence_id);
}

// A file that we learnt of too late (a user's first entry) may hold what is missing, and the last
// entry may have got another number (copied from /run to /var): all is asked for once more from
// there on. The reader then stands on what is to be given next.
bool JournalSource::look_again() {
    std::string last = cursor_;
    auto there = Result<bool>(false);
    bool kept = false;
    if (const auto done = reader_->process(); !done) {
        there = done.error();
    } else if (const auto found = reader_->at(cursor_); !found) {
        there = found.error();
    } else {
        kept = *found == Found::there;
        if (kept) last = reader_->cursor();
        there = reader_->next();
    }
    if (!there || !*there) {
        fault(there ? refusal("an entry of the journal is gone again") : there.error());
        return false;
    }
    const auto missing = syslog::missing_between(last, reader_->cursor());
    if (missing.value_or(0) > 0)
        missed(missing, "the journal's numbers step over entries");
    else if (!missing && !kept)
        missed(missing, "the journal's numbers begin anew, and its last entry is gone");
    return true;
}

void JournalSource::missed(std::optional<std::uint64_t> count, std::string_view words) {
    syslog::Gap gap;
    gap.source = syslog::Source::journal;
    gap.reason = syslog::Loss::source;
    gap.count = count;
    gap.words = words;
    told_ = true;
    sink_.gap(gap);
}

void JournalSource::turn_over() {
    if (!std::exchange(told_, false)) return;
    sink_.read_over();
}

// The watch may be the one that is calling: it is replaced when the journal is opened again.
void JournalSource::fault(const Error& error) {
    turn_over();
    sink_.trouble(error);
    if (is_there_) ++faults_;
    // A journal that is not there yet is all new when it comes.
    if (!reader_ && error.code == std::errc::no_such_file_or_directory)
        begin_.otherwise = JournalBegin::At::boot;
    if (watch_) watch_->off();
    more_.cancel();
    check_.cancel();
    reader_.reset();
    rest();
}

// Twice as long each time, until an entry is given: who waits in vain sleeps.
void JournalSource::rest() {
    reopen_.start(pause_);
    pause_ = std::min(2 * pause_, kLongestPause);
}

void JournalSource::wait() {
    if (const auto in = reader_->wake_in())
        check_.start(*in);
    else
        check_.cancel();
}

}  // namespace vakt::source
