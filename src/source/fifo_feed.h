// SPDX-License-Identifier: Apache-2.0
// What the bridge reads, as lines into a FIFO: what an unchanged os_sup reads where no syslogd
// writes pipes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "loop/loop.h"
#include "source/fifo_place.h"
#include "sys/fifo_writer.h"
#include "syslog/entry.h"

namespace vakt::source {

struct FeedSettings {
    std::string path;        ///< absolute
    bool with_auth = false;  ///< facilities auth and authpriv are fed
    std::string host;        ///< for records that name none
    bool operator==(const FeedSettings&) const = default;
};

/// Every entry is in exactly one of the first four.
struct FeedCounts {
    std::uint64_t written = 0;   ///< lines in the FIFO
    std::uint64_t refused = 0;   ///< the FIFO was full
    std::uint64_t nowhere = 0;   ///< there was no FIFO: nobody had asked for lines
    std::uint64_t withheld = 0;  ///< auth or authpriv
    std::uint64_t cut = 0;       ///< of those written or refused: longer than kLongest
    bool operator==(const FeedCounts&) const = default;
};

/// Feeds the FIFO at a path, from the moment it is there. It comes and goes as mod_syslog(8) is
/// asked to; another one under the name is taken at once. Nothing here waits for a reader.
///
///  * Lines go in whole and in order. What is written at once is at most PIPE_BUF bytes, which the
///    kernel takes whole or not at all, so no line is ever torn; a longer record is cut.
///  * What a full FIFO refuses is counted, and "vakt[bridge]: N lines lost" stands in its place
///    when there is room again, even if nothing else comes.
///
/// To be used so: start() once; then, in each turn, entry() for each entry that a source gives and
/// gap() for each gap, and turn_over() at the turn's end, when what was gathered is written.
class FifoFeed {
 public:
    /// Bytes of a line, without its newline.
    static constexpr std::size_t kLongest = 3900;
    using Trouble = std::function<void(const Error&)>;

    /// `trouble` is told once of what is wrong with the path, until it changes.
    FifoFeed(loop::Loop& loop, FeedSettings settings, Trouble trouble);

    /// The FIFO need not be there yet. REQUIRES: SIGPIPE is ignored.
    void start();

    /// `read_ns`: when it was read, since 1970-01-01T00:00:00Z.
    void entry(const syslog::Entry& entry, std::int64_t read_ns);
    /// Of a source; "vakt[bridge]: some lines lost" where nobody knows how many.
    void gap(const syslog::Gap& gap);
    void turn_over() { flush(); }

    [[nodiscard]] bool is_open() const { return writer_.has_value(); }
    /// Why the FIFO could not be opened when it was tried last.
    [[nodiscard]] const std::optional<Error>& why_not() const { return why_not_; }
    [[nodiscard]] const FeedCounts& counts() const { return counts_; }
    [[nodiscard]] const FeedSettings& settings() const { return settings_; }

 private:
    /// POSIX asks for 512 at least; a FIFO of Linux has 4096.
    static constexpr std::size_t kAtOnce = 4096;
    static constexpr std::size_t kLossWords = 96;  ///< are never longer

    void look();
    void flush();
    /// What was lost, and then `size` bytes of what was gathered. Whether they are in the FIFO.
    bool write(std::size_t size);
    [[nodiscard]] std::string loss_words() const;
    void close();

    loop::Loop& loop_;
    FeedSettings settings_;
    Trouble trouble_;
    FifoPlace place_;
    std::optional<sys::FifoWriter> writer_;
    std::optional<loop::Watch> room_again_;
    std::optional<Error> why_not_;
    FeedCounts counts_;
    std::uint64_t lost_ = 0;   // not yet said
    bool some_lost_ = false;   // not yet said, and nobody knows how many
    std::size_t size_ = 0;     // gathered, behind kLossWords bytes that are kept free
    std::uint64_t lines_ = 0;  // gathered
    std::array<char, kAtOnce> gathered_{};
};

}  // namespace vakt::source
