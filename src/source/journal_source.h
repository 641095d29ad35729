// SPDX-License-Identifier: Apache-2.0
// systemd's journal as a source, from a place on, exactly once. Not there without libsystemd.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/loop.h"
#include "source/record_sink.h"
#include "syslog/journal.h"
#include "systemd/journal_reader.h"

namespace vakt::source {

struct JournalBegin {
    enum class At {
        boot,  ///< at the oldest entry of this boot
        end    ///< with what comes from now on
    };
    /// Behind this entry. If it is gone, at the nearest one behind it, after a gap that says how
    /// many are missing where the journal tells that. "": see `otherwise`.
    std::string cursor;
    At otherwise = At::boot;
};

/// Entries come in the journal's order. journald tells its readers of new ones at most four times a
/// second, so one may be up to 250 ms old; where that is too late there is its forwarding socket.
///
/// journald numbers what it writes, over rotations and restarts. A step over numbers is looked at
/// once more (a file may have come late) and is then a Gap with their count: entries vacuumed
/// before they were read, a file that broke, a user's journal that may not be read. Where numbers
/// of another sequence begin and the entry before them is gone, the count is unknown. Whatever
/// becomes of files, the source goes on with what is there, and says so.
class JournalSource {
 public:
    /// Entries in one go before others get their turn.
    static constexpr int kEntriesAtOnce = 64;
    /// How long it waits to open again, after a fault or while there is no journal: twice as long
    /// each time, until an entry is given. A directory that is there tells of what comes into it,
    /// and then it looks after that part of the pause.
    static constexpr std::chrono::milliseconds kShortestPause{1000};
    static constexpr std::chrono::milliseconds kLongestPause{64000};
    static constexpr int kSooner = 8;
    /// After so many faults of a journal that was open, without an entry between them, it goes on
    /// at the journal's end.
    static constexpr int kFaults = 3;
    /// Of so many sequences of numbers it knows that it has seen them (one for each user).
    static constexpr std::size_t kSequences = 64;

    /// `directory`: "" is this machine's journal.
    JournalSource(loop::Loop& loop, std::string directory, JournalBegin begin, RecordSink& sink);

    /// Begins; the journal need not be there yet.
    void start();
    /// Reads no more.
    void stop();

    /// The place behind which to begin, later: during RecordSink::entry() that entry's own, else
    /// the newest one's that was given (or that stood at the end when reading began there). "" when
    /// there is none; at most 255 bytes.
    [[nodiscard]] std::string_view cursor() const { return cursor_; }
    [[nodiscard]] SourceCounts counts() const { return counts_; }

 private:
    void open();
    [[nodiscard]] bool place();
    void changed();
    void drain();
    [[nodiscard]] bool give();
    [[nodiscard]] bool is_odd() const;
    [[nodiscard]] bool look_again();
    void know(std::string_view cursor);
    void missed(std::optional<std::uint64_t> count, std::string_view words);
    void turn_over();
    void fault(const Error& error);
    void rest();
    void wait();

    loop::Loop& loop_;
    std::string directory_;
    JournalBegin begin_;
    RecordSink& sink_;
    syslog::JournalFields fields_;
    std::unique_ptr<systemd::JournalReader> reader_;
    std::optional<loop::Watch> watch_;
    loop::Timer more_;   // entries wait, after others have had their turn
    loop::Timer check_;  // files on a network tell nothing
    loop::Timer reopen_;
    std::string cursor_;
    std::optional<std::string> said_;
    std::vector<std::string> sequences_;  // whose numbers have been seen, the newest last
    bool told_ = false;                   // something in this turn
    bool is_there_ = false;               // reader_ has a journal to read
    int faults_ = 0;                      // since the last entry
    std::chrono::milliseconds pause_ = kShortestPause;
    SourceCounts counts_;
};

}  // namespace vakt::source
