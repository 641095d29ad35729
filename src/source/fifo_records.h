// SPDX-License-Identifier: Apache-2.0
// The lines of a FIFO as parsed records.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "source/fifo_source.h"
#include "source/record_sink.h"

namespace vakt::source {

/// The line as a syslog message, without the mark of a cut one: the entry says it itself.
[[nodiscard]] syslog::Entry entry_of(const syslog::Line& line, const syslog::Context& now);

/// A FifoSource whose lines are read as syslog messages. It never pauses: who is too slow loses,
/// and is told so above. `raw` is the line as it came; of a line longer than
/// syslog::Lines::kLongest its beginning, marked `cut`. What was lost before it was read nobody
/// knows: a full FIFO tells its writer alone.
class FifoRecords : LineSink {
 public:
    /// Clients that shall keep up with a flood get their turn after each full read.
    static constexpr FifoSource::Turn kTurn = {.reads = 1};

    FifoRecords(loop::Loop& loop, std::string directory, std::string name, RecordSink& sink,
                Clock clock, FifoSource::Turn turn = kTurn);

    /// Begins; the FIFO need not be there yet.
    void start() { fifo_.start(); }
    /// See FifoSource.
    [[nodiscard]] syslog::Lines::Place place() const { return fifo_.place(); }
    void go_on(syslog::Lines::Place place) { fifo_.go_on(std::move(place)); }
    /// Looks whether the path names another FIFO now.
    void look() { fifo_.look(); }
    /// Reads no more, for ever. The unfinished line is given.
    void stop() { fifo_.stop(); }

    [[nodiscard]] bool is_open() const { return fifo_.is_open(); }
    /// Why the FIFO could not be opened when it was tried last.
    [[nodiscard]] const std::optional<Error>& why_not() const { return fifo_.why_not(); }
    [[nodiscard]] SourceCounts counts() const;

 private:
    void line(const syslog::Line& line) override;
    bool read_over() override;
    void trouble(const Error& error) override { sink_.trouble(error); }
    void opened() override {}

    RecordSink& sink_;
    Clock clock_;
    std::optional<syslog::Context> now_;  // of this turn
    std::uint64_t reads_ = 0;
    FifoSource fifo_;
};

}  // namespace vakt::source
