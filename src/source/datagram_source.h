// SPDX-License-Identifier: Apache-2.0
// Syslog messages that come one a datagram: /dev/log, journald's forwarding, UDP.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "loop/loop.h"
#include "source/record_sink.h"
#include "sys/datagram_batch.h"
#include "sys/datagram_socket.h"

namespace vakt::source {

/// A datagram is one message (syslog(3); RFC 5426, section 3.1), newlines inside it too; NULs and
/// newlines at its end are taken off. One beyond sys::DatagramBatch::kLongest is given cut.
///
/// What is lost before it is read:
///  * A local socket loses nothing: while it is full its sender waits, or is told so. journald does
///    not wait, and says later how many it could not forward; that line, if it is root's, is given
///    as a gap and not as a record.
///  * UDP loses what has no room. The kernel counts it (with what came damaged), and a gap of
///    exactly so many is given: before the first datagram that came behind them, or when nothing
///    waits any more.
///  * An inherited socket may have lost some before it was ours; these are not told.
///
/// A message from UDP that names no host has its sender's address as host.
class DatagramSource {
 public:
    /// How many are read before others get their turn: so many batches of up to `size` each.
    struct Turn {
        int batches = 8;
        std::size_t size = sys::DatagramBatch::kMost;
    };
    static constexpr std::chrono::seconds kTryAgain{1};

    /// `source`: Source::socket, forward or udp. REQUIRES: `batch`, which all datagram sources of a
    /// program may share, outlives it.
    DatagramSource(loop::Loop& loop, sys::DatagramSocket socket, syslog::Source source,
                   sys::DatagramBatch& batch, RecordSink& sink, Clock clock)
        : DatagramSource(loop, std::move(socket), source, batch, sink, std::move(clock), Turn{}) {}
    DatagramSource(loop::Loop& loop, sys::DatagramSocket socket, syslog::Source source,
                   sys::DatagramBatch& batch, RecordSink& sink, Clock clock, Turn turn);

    [[nodiscard]] Status start();
    /// Reads no more. What waits in the socket stays there.
    void stop();

    [[nodiscard]] const sys::DatagramSocket& socket() const { return socket_; }
    [[nodiscard]] sys::DatagramSocket& socket() { return socket_; }
    [[nodiscard]] const SourceCounts& counts() const { return counts_; }

 private:
    void drain();
    void give(const sys::Datagram& datagram, const syslog::Context& now);
    void mind_lost(std::uint32_t lost);
    void failed();

    sys::DatagramSocket socket_;
    syslog::Source source_;
    sys::DatagramBatch& batch_;
    RecordSink& sink_;
    Clock clock_;
    const Turn turn_;
    loop::Watch watch_;
    loop::Timer again_;
    SourceCounts counts_;
    std::uint32_t lost_;   // as far as told
    std::string trouble_;  // what was said last of it
    std::array<char, 64> host_ = {};
};

}  // namespace vakt::source
