// SPDX-License-Identifier: Apache-2.0
// The lines a syslog daemon writes into a FIFO, whatever becomes of the daemon or the FIFO.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "loop/loop.h"
#include "source/fifo_place.h"
#include "sys/fifo_reader.h"
#include "syslog/lines.h"

namespace vakt::source {

/// Who gets the lines.
class LineSink {
 public:
    virtual ~LineSink() = default;
    virtual void line(const syslog::Line& line) = 0;
    /// All lines of one read have been given. True to go on; false pauses the source until
    /// resume().
    virtual bool read_over() = 0;
    /// Something that somebody should know; the source goes on.
    virtual void trouble(const Error& error) = 0;
    /// The FIFO is open: at the start, and each time another one stands in its place.
    virtual void opened() = 0;
};

/// Reads DIRECTORY/NAME, from the moment it is there and as long as the source lives.
///
///  * A daemon that closes the FIFO, restarts or dies is silence; what it wrote is read to its end.
///  * Another FIFO under the name: the old one is read to its end first, then the new one; as long
///    as a writer holds the old one (a daemon not yet told to reopen) both are read, the old one
///    first.
///  * The name is gone: what is open is read on, and the next FIFO of that name is taken.
///  * An unfinished line is given after kPartial of silence, or when its last writer has left.
///
/// With nothing to read and nothing changed the process is not woken at all. Where the system
/// cannot tell that a path changed, it looks every kLookEvery.
class FifoSource {
 public:
    static constexpr std::chrono::milliseconds kPartial{2000};
    static constexpr std::chrono::milliseconds kLookEvery = FifoPlace::kLookEvery;
    static constexpr std::size_t kReadSize = 65536;
    /// Full reads in one go before others (commands!) get their turn.
    static constexpr int kReadsAtOnce = 16;
    /// Lines that come closer together than kBusy are let gather for kNap: to be woken for each of
    /// them would cost their writer more than the writing. A line after a pause is never held up,
    /// and others are served meanwhile. (With a loop of coarse timers it is a millisecond.)
    static constexpr std::chrono::microseconds kBusy{300};
    static constexpr std::chrono::microseconds kNap{200};
    static constexpr std::size_t kFew = 8192;  ///< bytes; more at once need no gathering

    /// How much is read before others get their turn: that many times up to `size` bytes.
    struct Turn {
        int reads = kReadsAtOnce;
        std::size_t size = kReadSize;
    };
    FifoSource(loop::Loop& loop, std::string directory, std::string name, LineSink& sink)
        : FifoSource(loop, std::move(directory), std::move(name), sink, Turn{}) {}
    FifoSource(loop::Loop& loop, std::string directory, std::string name, LineSink& sink,
               Turn turn);

    /// Begins; the FIFO need not be there yet.
    void start();
    /// Looks whether the path names another FIFO now.
    void look();
    void pause();
    void resume();
    /// Reads no more, for ever. The unfinished lines are given. The FIFO stays open: a daemon shall
    /// not find its reader gone.
    void stop();

    [[nodiscard]] bool is_open() const { return current_ != nullptr; }
    /// The unfinished line of the FIFO that is open, for a successor that goes on with it.
    [[nodiscard]] syslog::Lines::Place place() const {
        return current_ ? current_->lines.place() : syslog::Lines::Place{};
    }
    /// It is where the first FIFO begins. REQUIRES: start() was not called yet.
    void go_on(syslog::Lines::Place place) { before_ = std::move(place); }
    /// Why the FIFO could not be opened when it was tried last.
    [[nodiscard]] const std::optional<Error>& why_not() const { return why_not_; }
    [[nodiscard]] syslog::LineCounts counts() const;

 private:
    struct Pipe {
        Pipe(FifoSource& source, sys::FifoReader opened);
        sys::FifoReader reader;
        syslog::Lines lines;
        loop::Watch watch;
    };
    enum class Drained { all, ended, more, paused };

    void adopt(sys::FifoReader opened);
    void drain();
    Drained drain(Pipe& pipe, int& reads);
    void wait_for_writer(Pipe& pipe);
    void retire();
    void flush(Pipe& pipe);
    void flush_all();
    void mind_partial();

    loop::Loop& loop_;
    FifoPlace place_;
    const std::string& path_;
    LineSink& sink_;
    const Turn turn_;
    syslog::Lines::Place before_;
    std::unique_ptr<char[]> buffer_;
    loop::Timer partial_;
    loop::Timer gathered_;
    std::unique_ptr<Pipe> current_;
    std::unique_ptr<Pipe> old_;      // replaced, and perhaps still written to
    std::unique_ptr<Pipe> retired_;  // its watch may be the one that is calling
    syslog::LineCounts past_;        // of retired pipes
    std::optional<Error> why_not_;
    std::chrono::steady_clock::time_point last_read_;
    bool paused_ = false;
    bool stopped_ = false;
};

}  // namespace vakt::source
