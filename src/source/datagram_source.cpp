// SPDX-License-Identifier: Apache-2.0
// Syslog messages that come one a datagram: /dev/log, journald's forwarding, UDP.
#include "source/datagram_source.h"

#include <utility>

#include "source/forward_missed.h"
#include "sys/error.h"
#include "syslog/message.h"

namespace vakt::source {

using sys::Moved;

DatagramSource::DatagramSource(loop::Loop& loop, sys::DatagramSocket socket, syslog::Source source,
                               sys::DatagramBatch& batch, RecordSink& sink, Clock clock, Turn turn)
    : socket_(std::move(socket)),
      source_(source),
      batch_(batch),
      sink_(sink),
      clock_(std::move(clock)),
      turn_(turn),
      watch_(loop, socket_.fd(), loop::Ready::read, [this] { drain(); }),
      again_(loop,
             [this] {
                 if (!watch_.on()) failed();
             }),
      lost_(socket_.lost_before()) {}

Status DatagramSource::start() {
    if (!watch_.on()) return refusal("cannot wait for " + socket_.name());
    return Done{};
}

void DatagramSource::stop() {
    watch_.off();
    again_.cancel();
}

void DatagramSource::drain() {
    const auto now = clock_().wall;
    bool empty = false;
    for (int i = 0; i < turn_.batches && !empty; ++i) {
        const Moved got = batch_.read(socket_.fd(), turn_.size);
        if (got.how == Moved::How::failed) {
            failed();
            if (i == 0) return;
            break;
        }
        if (got.how != Moved::How::some) {
            empty = true;
            break;
        }
        ++counts_.reads;
        for (std::size_t at = 0; at < got.bytes; ++at) give(batch_[at], now);
        empty = got.bytes < turn_.size;
    }
    if (empty) {
        if (const auto lost = socket_.lost()) mind_lost(*lost);
        batch_.relax();
    }
    sink_.read_over();
}

void DatagramSource::give(const sys::Datagram& datagram, const syslog::Context& now) {
    if (datagram.lost) mind_lost(*datagram.lost);
    auto bytes = datagram.bytes;
    counts_.bytes += bytes.size();
    while (!bytes.empty() && (bytes.back() == '\0' || bytes.back() == '\n')) bytes.remove_suffix(1);
    if (bytes.empty()) {
        ++counts_.empty;
        return;
    }
    syslog::Entry entry;
    entry.record = syslog::read_message(bytes, now);
    const bool from_root = !datagram.sender || datagram.sender->uid == 0;
    if (source_ == syslog::Source::forward && from_root) {
        if (const auto missed = forward_missed(entry.record.text)) {
            sink_.gap({.source = source_,
                       .reason = syslog::Loss::source,
                       .count = missed,
                       .words = "journald could not forward them"});
            return;
        }
    }
    if (socket_.kind() == sys::DatagramSocket::Kind::udp && entry.record.host.empty())
        entry.record.host = sys::address_text(datagram.from, host_);
    entry.raw = bytes;
    entry.source = source_;
    entry.cut = datagram.cut;
    entry.taken_ns = datagram.taken_ns;
    if (datagram.sender)
        entry.sender = syslog::Sender{.pid = datagram.sender->pid, .uid = datagram.sender->uid};
    sink_.entry(entry);
}

// Modulo 2^32, and never backwards: a datagram that waited has an older number.
void DatagramSource::mind_lost(std::uint32_t lost) {
    const std::uint32_t more = lost - lost_;
    if (more == 0 || more > ~std::uint32_t{0} / 2) return;
    lost_ = lost;
    sink_.gap({.source = source_, .reason = syslog::Loss::source, .count = more, .words = {}});
}

// Not read for a while: a failure that lasts must not keep the loop busy.
void DatagramSource::failed() {
    const auto error = sys::last_error("receive", socket_.name());
    watch_.off();
    again_.start(kTryAgain);
    if (trouble_ == describe(error)) return;
    trouble_ = describe(error);
    sink_.trouble(error);
}

}  // namespace vakt::source
