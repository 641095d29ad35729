// SPDX-License-Identifier: Apache-2.0
// Messages of this process's own threads.
#pragma once

#include <cstdint>
#include <functional>

#include "inside/thread_frames.h"
#include "loop/loop.h"
#include "source/record_sink.h"

namespace vakt::inside {

/// The end of the pipe that is read, and what else its writers leave. Owned by them: it outlives
/// every reader, and whoever reads next goes on where the one before stopped.
struct ThreadPipe {
    int fd = -1;  ///< O_NONBLOCK
    FrameReader* frames = nullptr;
    /// Takes the number of messages that had no room since the last frame; not 0: they are behind
    /// all that is in the pipe.
    std::function<std::uint32_t()> take_lost{};
};

/// Reads syslog messages (with or without PRI, RFC 3164 or 5424) that threads of this process put
/// into a pipe. They are given as what elsewhere comes by /dev/log: Source::socket, the sender
/// being this process. What had no room is a gap of exactly so many in its place.
class ThreadSource {
 public:
    static constexpr std::size_t kReadSize = 4096;

    ThreadSource(loop::Loop& loop, ThreadPipe pipe, source::RecordSink& sink, source::Clock clock);

    [[nodiscard]] Status start();
    /// Reads no more. What waits in the pipe stays there.
    void stop() { watch_.off(); }

    [[nodiscard]] const source::SourceCounts& counts() const { return counts_; }

 private:
    void drain();
    void give(std::string_view text, bool is_cut, const syslog::Context& now);
    void gap(std::uint32_t count);

    ThreadPipe pipe_;
    source::RecordSink& sink_;
    source::Clock clock_;
    loop::Watch watch_;
    source::SourceCounts counts_;
};

}  // namespace vakt::inside
