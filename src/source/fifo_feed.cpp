// SPDX-License-Identifier: Apache-2.0
// What the bridge reads, as lines into a FIFO.
#include "source/fifo_feed.h"

#include <cstring>
#include <span>
#include <utility>

#include "sys/error.h"
#include "sys/nonblock.h"
#include "syslog/pipe_line.h"

namespace vakt::source {
namespace {

constexpr std::uint8_t kAuth = 4;
constexpr std::uint8_t kAuthpriv = 10;

bool is_auth(const syslog::Entry& entry) {
    const auto pri = entry.record.pri;
    return pri && (pri->facility() == kAuth || pri->facility() == kAuthpriv);
}

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

FifoFeed::FifoFeed(loop::Loop& loop, FeedSettings settings, Trouble trouble)
    : loop_(loop),
      settings_(std::move(settings)),
      trouble_(std::move(trouble)),
      place_(loop, directory_of(settings_.path),
             settings_.path.substr(settings_.path.rfind('/') + 1), [this] { look(); }) {}

void FifoFeed::start() {
    place_.start();
    look();
}

void FifoFeed::look() {
    place_.aim();
    const auto there = sys::fifo_at(settings_.path);
    if (writer_ && there && writer_->identity() == *there) return;
    if (writer_) close();
    auto opened = sys::FifoWriter::open(settings_.path);
    if (opened) {
        why_not_.reset();
        writer_.emplace(std::move(*opened));
        room_again_.emplace(loop_, writer_->fd(), loop::Ready::write, [this] {
            if (write(0)) room_again_->off();
        });
        return;
    }
    const auto& error = opened.error();
    if (error.code == std::errc::resource_unavailable_try_again) place_.look_later();
    const bool missing = error.code == std::errc::no_such_file_or_directory;
    const bool said = why_not_ == error;
    why_not_ = error;
    if (!missing && !said) trouble_(error);
}

// The next reader's pipe is a new one: what was lost of this one is no news to it.
void FifoFeed::close() {
    flush();
    room_again_.reset();
    writer_.reset();
    lost_ = 0;
    some_lost_ = false;
}

void FifoFeed::entry(const syslog::Entry& entry, std::int64_t read_ns) {
    constexpr auto kEnd = syslog::PipeLine::kCut.size();
    static_assert(kLongest + kEnd <= kAtOnce - kLossWords);
    if (is_auth(entry) && !settings_.with_auth) {
        ++counts_.withheld;
        return;
    }
    if (!writer_) {
        ++counts_.nowhere;
        return;
    }
    char room[kLongest + kEnd];
    const auto line =
        syslog::put_pipe_line(entry, {.host = settings_.host, .time_ns = read_ns}, room);
    if (line.cut) ++counts_.cut;
    if (size_ + line.text.size() > kAtOnce - kLossWords) flush();
    std::memcpy(gathered_.data() + kLossWords + size_, line.text.data(), line.text.size());
    size_ += line.text.size();
    ++lines_;
}

void FifoFeed::gap(const syslog::Gap& gap) {
    if (!writer_) return;
    flush();
    lost_ += gap.count.value_or(0);
    some_lost_ = some_lost_ || !gap.count;
    static_cast<void>(room_again_->on());
}

void FifoFeed::flush() {
    if (size_ == 0) return;
    const auto lines = std::exchange(lines_, 0);
    if (write(std::exchange(size_, 0))) {
        counts_.written += lines;
        if (room_again_->is_on()) room_again_->off();
        return;
    }
    counts_.refused += lines;
    lost_ += lines;
    static_cast<void>(room_again_->on());  // the end of a pipe can be waited for
}

bool FifoFeed::write(std::size_t size) {
    const auto words = loss_words();
    if (words.empty() && size == 0) return true;
    const auto free = kLossWords - words.size();
    std::memcpy(gathered_.data() + free, words.data(), words.size());
    const std::span<const char> bytes(gathered_.data() + free, words.size() + size);
    const auto moved = sys::write_some(
        writer_->fd(), {reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
    if (moved.how == sys::Moved::How::failed) trouble_(sys::last_error("write", settings_.path));
    if (moved.how != sys::Moved::How::some) return false;
    lost_ = 0;
    some_lost_ = false;
    return true;
}

/// As ferrule's, which readers count already.
std::string FifoFeed::loss_words() const {
    std::string words;
    if (lost_ > 0) words = "vakt[bridge]: " + std::to_string(lost_) + " lines lost\n";
    if (some_lost_) words += "vakt[bridge]: some lines lost\n";
    return words;
}

}  // namespace vakt::source
