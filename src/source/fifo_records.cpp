// SPDX-License-Identifier: Apache-2.0
// The lines of a FIFO as parsed records.
#include "source/fifo_records.h"

#include <utility>

#include "syslog/message.h"

namespace vakt::source {

syslog::Entry entry_of(const syslog::Line& line, const syslog::Context& now) {
    auto text = line.text;
    if (line.cut) text.remove_suffix(syslog::Lines::kMark.size());
    syslog::Entry entry;
    entry.record = syslog::read_message(text, now);
    entry.raw = text;
    entry.source = syslog::Source::fifo;
    entry.cut = line.cut;
    return entry;
}

FifoRecords::FifoRecords(loop::Loop& loop, std::string directory, std::string name,
                         RecordSink& sink, Clock clock, FifoSource::Turn turn)
    : sink_(sink),
      clock_(std::move(clock)),
      fifo_(loop, std::move(directory), std::move(name), *this, turn) {}

SourceCounts FifoRecords::counts() const {
    const auto lines = fifo_.counts();
    return {.bytes = lines.bytes, .reads = reads_, .empty = lines.empty};
}

void FifoRecords::line(const syslog::Line& line) {
    if (!now_) now_ = clock_().wall;
    sink_.entry(entry_of(line, *now_));
}

bool FifoRecords::read_over() {
    ++reads_;
    now_.reset();
    sink_.read_over();
    return true;
}

}  // namespace vakt::source
