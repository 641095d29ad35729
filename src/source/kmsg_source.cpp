// SPDX-License-Identifier: Apache-2.0
// The kernel's log, record by record, with the exact count of what it had overwritten.
#include "source/kmsg_source.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "base/text.h"
#include "sys/error.h"
#include "syslog/message.h"

namespace vakt::source {

using syslog::Fragment;
using syslog::Loss;

KmsgSource::KmsgSource(loop::Loop& loop, std::unique_ptr<KmsgInput> input,
                       std::optional<std::uint64_t> next, RecordSink& sink, Clock clock,
                       int at_once)
    : input_(std::move(input)),
      sink_(sink),
      clock_(std::move(clock)),
      at_once_(at_once),
      watch_(loop, input_->fd(), loop::Ready::read, [this] { drain(); }),
      again_(loop, [this] { static_cast<void>(watch_.on()); }),
      expected_(next.value_or(0)),
      begun_(next.has_value()) {}

Status KmsgSource::start() {
    if (!watch_.on()) return refusal("cannot wait for " + input_->name());
    return Done{};
}

void KmsgSource::stop() {
    watch_.off();
    again_.cancel();
}

void KmsgSource::drain() {
    now_ = clock_();
    bool fruitless = true;
    bool more = true;
    for (int i = 0; i < at_once_ && more; ++i) {
        const auto got = input_->read(bytes_);
        switch (got.how) {
            case KmsgRead::How::some:
                fruitless = false;
                ++counts_.reads;
                counts_.bytes += got.bytes;
                records({bytes_.data(), got.bytes});
                break;
            case KmsgRead::How::overrun:  // the next number tells how many
                break;
            case KmsgRead::How::too_long:
                ++too_long_;
                break;
            case KmsgRead::How::nothing:
                fruitless = more = false;
                caught_up();
                break;
            case KmsgRead::How::end:
                fruitless = more = false;
                caught_up();
                watch_.off();
                again_.start(kTryAgain);
                break;
            case KmsgRead::How::failed:
                fruitless = more = false;
                rest(sys::last_error("read", input_->name()));
                break;
        }
    }
    if (fruitless) rest(refusal("read " + input_->name() + ": nothing but errors"));
    give_held();
    sink_.read_over();
}

// A record's own newlines are escaped; what follows it in one read begins a line, and what belongs
// to it, its dictionary, begins with a blank.
void KmsgSource::records(std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t end = 0;
        do {
            const auto newline = bytes.find('\n', end);
            end = newline == std::string_view::npos ? bytes.size() : newline + 1;
        } while (end < bytes.size() && bytes[end] == ' ');
        record(bytes.substr(0, end));
        bytes.remove_prefix(end);
    }
}

void KmsgSource::record(std::string_view bytes) {
    const auto read = syslog::read_kmsg(bytes);
    if (!read) return malformed(bytes);
    seen_ = read->sequence + 1;
    if (read->sequence < expected_) {
        too_long_ = 0;
        return;
    }
    if (joins(*read)) return;
    give_held();
    mind_number(read->sequence);
    compose(*read);
    held_ = true;
    if (read->fragment != Fragment::first) give_held();
}

// What is missing before this number, and that the next one is expected.
void KmsgSource::mind_number(std::uint64_t number) {
    const auto missing = number - expected_;
    const auto long_ones = std::min(missing, too_long_);
    if (long_ones != 0) gap(Loss::too_long, long_ones);
    if (missing != long_ones)
        gap(Loss::source, missing - long_ones, begun_ ? "" : "overwritten before we came");
    too_long_ = 0;
    begun_ = true;
    expected_ = number + 1;
}

void KmsgSource::compose(const syslog::KmsgRecord& read) {
    entry_ = {};
    entry_.source = syslog::Source::kmsg;
    entry_.record = read.record;
    entry_.source_seq = read.sequence;
    entry_.mono_ns = read.monotonic_ns;
    if (now_.mono_ns != 0)
        entry_.record.time_ns = now_.wall.now_ns - static_cast<std::int64_t>(now_.mono_ns) +
                                static_cast<std::int64_t>(read.monotonic_ns);
    describe(read.dictionary);

    // A program's text is read as the syslog message that it would be with its PRI before it.
    text_size_ = 0;
    const bool of_kernel = !entry_.record.app.empty();
    if (!of_kernel) {
        text_[text_size_++] = '<';
        const auto [end, error] = std::to_chars(text_.data() + 1, text_.data() + text_.size(),
                                                entry_.record.pri->number());
        text_size_ = static_cast<std::size_t>(end - text_.data());
        text_[text_size_++] = '>';
    }
    const auto head = text_size_;
    text_size_ += syslog::unescape_kmsg(read.record.text, std::span(text_).subspan(head)).size();
    entry_.record.text = {text_.data() + head, text_size_ - head};
    if (of_kernel) return;
    const auto message = syslog::read_message({text_.data(), text_size_}, now_.wall);
    if (message.form != syslog::Form::rfc3164 || message.time_ns) return;
    entry_.record.app = message.app;
    entry_.record.pid = message.pid;
    entry_.record.msgid = message.msgid;
    entry_.record.text = message.text;
}

void KmsgSource::describe(std::string_view dictionary) {
    structured_.clear();
    std::array<char, syslog::kKmsgMost> room;
    while (!dictionary.empty()) {
        auto line = take_line(dictionary);
        if (line.starts_with(' ')) line.remove_prefix(1);
        const auto equals = line.find('=');
        const auto name = line.substr(0, equals);
        const bool sound = equals != std::string_view::npos && !name.empty() &&
                           std::all_of(name.begin(), name.end(), [](char c) {
                               return c > ' ' && c <= '~' && c != '"' && c != ']';
                           });
        if (!sound)
            entry_.record.malformed = true;
        else if (!structured_.add(name, syslog::unescape_kmsg(line.substr(equals + 1), room)))
            entry_.cut = true;
    }
    entry_.record.structured = structured_.text();
}

// Whether it goes on with the line at hand, and then it does.
bool KmsgSource::joins(const syslog::KmsgRecord& read) {
    if (!held_ || read.fragment != Fragment::more || read.sequence != expected_) return false;
    ++expected_;
    entry_.source_seq = read.sequence;
    const auto text = read.record.text;
    if (text.size() > text_.size() - text_size_) {
        entry_.cut = true;
        return true;
    }
    const auto more = syslog::unescape_kmsg(text, std::span(text_).subspan(text_size_)).size();
    text_size_ += more;
    entry_.record.text = {entry_.record.text.data(), entry_.record.text.size() + more};
    return true;
}

void KmsgSource::malformed(std::string_view bytes) {
    if (bytes.ends_with('\n')) bytes.remove_suffix(1);
    if (bytes.empty()) {
        ++counts_.empty;
        return;
    }
    give_held();
    syslog::Entry entry;
    entry.source = syslog::Source::kmsg;
    entry.record.malformed = true;
    entry.record.text = bytes;
    entry.source_seq = expected_ == 0 ? 0 : expected_ - 1;  // it has none: the last one's
    sink_.entry(entry);
}

void KmsgSource::give_held() {
    if (!held_) return;
    held_ = false;
    sink_.entry(entry_);
}

// Nothing waits: whatever had no room is behind all that was read.
void KmsgSource::caught_up() {
    trouble_.clear();
    if (too_long_ != 0) {
        const auto last = seen_ + too_long_;
        too_long_ = 0;
        seen_ = last;
        if (last > expected_) {
            give_held();
            gap(Loss::too_long, last - expected_);
            expected_ = last;
        }
    }
    // All of the kernel's log is older than what was to come next: the number was of another boot.
    if (seen_ != 0 && seen_ < expected_) {
        expected_ = seen_;
        gap(Loss::source, std::nullopt, "the kernel's numbers are lower than they were");
    }
}

void KmsgSource::rest(const Error& why) {
    watch_.off();
    again_.start(kTryAgain);
    auto words = vakt::describe(why);
    if (words == trouble_) return;
    trouble_ = std::move(words);
    sink_.trouble(why);
}

void KmsgSource::gap(Loss reason, std::optional<std::uint64_t> count, std::string_view words) {
    sink_.gap({.source = syslog::Source::kmsg, .reason = reason, .count = count, .words = words});
}

}  // namespace vakt::source
