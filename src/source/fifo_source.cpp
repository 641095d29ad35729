// SPDX-License-Identifier: Apache-2.0
// The lines a syslog daemon writes into a FIFO, whatever becomes of the daemon or the FIFO.
#include "source/fifo_source.h"

#include <utility>

#include "sys/clock.h"
#include "sys/error.h"
#include "sys/nonblock.h"

namespace vakt::source {

using sys::Moved;

FifoSource::Pipe::Pipe(FifoSource& source, sys::FifoReader opened)
    : reader(std::move(opened)),
      watch(source.loop_, reader.fd(), loop::Ready::read, [&source] { source.drain(); }) {}

FifoSource::FifoSource(loop::Loop& loop, std::string directory, std::string name, LineSink& sink,
                       Turn turn)
    : loop_(loop),
      place_(loop, std::move(directory), std::move(name), [this] { look(); }),
      path_(place_.path()),
      sink_(sink),
      turn_(turn),
      buffer_(std::make_unique_for_overwrite<char[]>(turn.size)),
      partial_(loop, [this] { flush_all(); }),
      gathered_(loop, [this] { drain(); }) {}

void FifoSource::start() {
    if (stopped_) return;
    place_.start();
    look();
}

void FifoSource::look() {
    if (stopped_) return;
    place_.aim();
    const auto there = sys::fifo_at(path_);
    if (current_ && there && current_->reader.identity() == *there) {
        if (!paused_ && !current_->watch.is_on())
            drain();  // nobody else tells of a new writer here
        return;
    }
    auto opened = sys::FifoReader::open(path_);
    if (!opened) {
        // A missing FIFO is the time between nootp and otp. Anything else in its place is a
        // mistake, and said once.
        const bool missing = opened.error().code == std::errc::no_such_file_or_directory;
        const bool said = why_not_ && *why_not_ == opened.error();
        why_not_ = opened.error();
        if (current_ && !missing && !said) sink_.trouble(*why_not_);
        return;
    }
    why_not_.reset();
    adopt(std::move(*opened));
}

void FifoSource::adopt(sys::FifoReader opened) {
    if (old_) {  // a third one: the first is given up, but what it holds is still read
        int reads = 0;
        if (!paused_) static_cast<void>(drain(*old_, reads));
        retire();
    }
    if (current_) current_->reader.drop_keeper();
    old_ = std::move(current_);
    current_ = std::make_unique<Pipe>(*this, std::move(opened));
    current_->lines.go_on(std::exchange(before_, {}));
    sink_.opened();
    if (paused_) return;
    if (!current_->watch.on()) sink_.trouble(refusal("cannot wait for " + path_));
    drain();
}

void FifoSource::pause() {
    if (paused_) return;
    paused_ = true;
    gathered_.cancel();
    if (current_) current_->watch.off();
    if (old_) old_->watch.off();
}

void FifoSource::resume() {
    if (!paused_ || stopped_) return;
    paused_ = false;
    // A pipe that waits for a writer by edge is told of one again when the watch is turned on anew.
    if (old_ && !old_->watch.on()) sink_.trouble(refusal("cannot wait for " + path_));
    if (current_ && !current_->watch.on()) sink_.trouble(refusal("cannot wait for " + path_));
}

void FifoSource::stop() {
    if (stopped_) return;
    pause();
    stopped_ = true;
    place_.stop();
    if (old_) flush(*old_);
    if (current_) flush(*current_);
    partial_.cancel();
}

syslog::LineCounts FifoSource::counts() const {
    auto counts = past_;
    if (old_) counts += old_->lines.counts();
    if (current_) counts += current_->lines.counts();
    return counts;
}

// What the old FIFO holds was written before its writer turned to the new one.
void FifoSource::drain() {
    retired_.reset();
    int reads = 0;
    if (old_ && !paused_ && drain(*old_, reads) == Drained::ended) retire();
    if (current_ && !paused_ && reads < turn_.reads && drain(*current_, reads) == Drained::ended)
        wait_for_writer(*current_);
    mind_partial();
}

FifoSource::Drained FifoSource::drain(Pipe& pipe, int& reads) {
    while (reads < turn_.reads) {
        const Moved got = sys::read_some(pipe.reader.fd(), {buffer_.get(), turn_.size});
        switch (got.how) {
            case Moved::How::some:
                break;
            case Moved::How::blocked:
                if (!pipe.watch.on()) sink_.trouble(refusal("cannot wait for " + path_));
                return Drained::all;
            case Moved::How::end:
                if (pipe.lines.partial()) flush(pipe);
                return Drained::ended;
            case Moved::How::failed:
                sink_.trouble(sys::last_error("read", path_));
                return Drained::ended;
        }
        ++reads;
        pipe.lines.feed({buffer_.get(), got.bytes},
                        [this](const syslog::Line& line) { sink_.line(line); });
        if (!sink_.read_over()) {
            pause();
            return Drained::paused;
        }
        if (got.bytes < turn_.size) {  // all there was
            const auto now = sys::now();
            const bool busy = got.bytes < kFew && now - last_read_ < kBusy;
            last_read_ = now;
            if (busy) {
                pipe.watch.off();
                gathered_.start(kNap);
                return Drained::all;
            }
        }
        // A writer is back, so there is no end of file to be told of for ever.
        if (!pipe.watch.on()) sink_.trouble(refusal("cannot wait for " + path_));
        if (got.bytes < turn_.size) return Drained::all;
    }
    return Drained::more;
}

// End of file, and no writing end of our own (the FIFO's mode forbids it): poll(2) would say
// POLLHUP for ever. By edge it says so once, and then when a new writer opens.
void FifoSource::wait_for_writer(Pipe& pipe) {
    if (loop_.has_edge()) {
        if (!pipe.watch.on(loop::Trigger::edge)) place_.look_later();
        return;
    }
    pipe.watch.off();
    place_.look_later();
}

void FifoSource::retire() {
    flush(*old_);
    old_->watch.off();
    past_ += old_->lines.counts();
    retired_ = std::move(old_);
}

void FifoSource::flush(Pipe& pipe) {
    pipe.lines.flush([this](const syslog::Line& line) { sink_.line(line); });
    if (!sink_.read_over()) pause();
}

void FifoSource::flush_all() {
    if (paused_) {  // the rest of the line may be waiting in the FIFO
        partial_.start(kPartial);
        return;
    }
    if (old_ && old_->lines.partial()) flush(*old_);
    if (current_ && current_->lines.partial()) flush(*current_);
}

void FifoSource::mind_partial() {
    const bool partial = (old_ && old_->lines.partial()) || (current_ && current_->lines.partial());
    if (partial && !stopped_)
        partial_.start(kPartial);
    else
        partial_.cancel();
}

}  // namespace vakt::source
