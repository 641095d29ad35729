// SPDX-License-Identifier: Apache-2.0
// Messages of this process's own threads.
#include "inside/thread_source.h"

#include <unistd.h>

#include <array>
#include <utility>

#include "sys/error.h"
#include "sys/nonblock.h"
#include "syslog/message.h"

namespace vakt::inside {

using sys::Moved;

ThreadSource::ThreadSource(loop::Loop& loop, ThreadPipe pipe, source::RecordSink& sink,
                           source::Clock clock)
    : pipe_(std::move(pipe)),
      sink_(sink),
      clock_(std::move(clock)),
      watch_(loop, pipe_.fd, loop::Ready::read, [this] { drain(); }) {}

Status ThreadSource::start() {
    if (!watch_.on()) return refusal("cannot wait for the pipe of threads");
    return Done{};
}

void ThreadSource::drain() {
    std::array<char, kReadSize> bytes;
    const auto now = clock_().wall;
    const Moved got = sys::read_some(pipe_.fd, bytes);
    if (got.how == Moved::How::some) {
        ++counts_.reads;
        counts_.bytes += got.bytes;
        const bool good = pipe_.frames->feed(
            {bytes.data(), got.bytes}, [this](std::uint32_t count) { gap(count); },
            [&](std::string_view text, bool is_cut) { give(text, is_cut, now); });
        if (!good) {
            // Somebody else wrote into our pipe: what is in it cannot be told apart.
            pipe_.frames->clear();
            sink_.gap({.source = syslog::Source::socket, .reason = syslog::Loss::source});
        }
    } else if (got.how != Moved::How::blocked) {
        watch_.off();
        sink_.trouble(sys::last_error("read", "the pipe of threads"));
    }
    // It was empty just now, so what was lost is behind all that was read.
    if (got.how == Moved::How::blocked || got.bytes < kReadSize)
        if (const auto lost = pipe_.take_lost(); lost != 0) gap(lost);
    sink_.read_over();
}

void ThreadSource::give(std::string_view text, bool is_cut, const syslog::Context& now) {
    while (!text.empty() && (text.back() == '\0' || text.back() == '\n')) text.remove_suffix(1);
    if (text.empty()) {
        ++counts_.empty;
        return;
    }
    syslog::Entry entry;
    entry.record = syslog::read_message(text, now);
    entry.raw = text;
    entry.source = syslog::Source::socket;
    entry.cut = is_cut;
    entry.sender = syslog::Sender{.pid = static_cast<std::uint32_t>(::getpid()),
                                  .uid = static_cast<std::uint32_t>(::getuid())};
    sink_.entry(entry);
}

void ThreadSource::gap(std::uint32_t count) {
    sink_.gap({.source = syslog::Source::socket,
               .reason = syslog::Loss::source,
               .count = count,
               .words = "the pipe of threads was full"});
}

}  // namespace vakt::inside
