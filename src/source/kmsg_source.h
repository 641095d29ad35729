// SPDX-License-Identifier: Apache-2.0
// The kernel's log, record by record, with the exact count of what it had overwritten.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "loop/loop.h"
#include "source/kmsg_input.h"
#include "source/record_sink.h"
#include "syslog/kmsg.h"
#include "syslog/sd_writer.h"

namespace vakt::source {

/// Reads a KmsgInput from the oldest record on, or behind a number: what is older is passed over.
///
///  * The kernel numbers its records from 0 in each boot. A step in the numbers is a gap of exactly
///    so many, also before the first one read: they were overwritten before we came.
///  * A record that had no room is in a gap of its own, for Loss::too_long. (kKmsgMost is more than
///    any kernel gives.)
///  * Parts of a line are joined where the kernel says so (syslog::Fragment), with the number of
///    the last part. A first part waits for others only as long as something is there to be read.
///  * time: the kernel's clock and what the wall clock is ahead of CLOCK_MONOTONIC when the record
///    is read. So a record from before the clock was set has the right time; the kernel's log clock
///    may differ from CLOCK_MONOTONIC by some milliseconds. mono_ns is the kernel's own.
///  * The dictionary (SUBSYSTEM, DEVICE) is STRUCTURED-DATA, "[kmsg@0 SUBSYSTEM="usb" ...]": 0 is
///    the enterprise number that IANA keeps back, so the name is nobody else's. \xNN in text and
///    values are bytes again.
///  * What a program wrote there ("systemd[1]: text", any facility but kern) has app and pid.
///
/// Never more than `at_once` reads a turn. A failure, or only errors for a whole turn, is said once
/// and tried again after kTryAgain; so is the end of a FIFO in the device's place. Bytes with more
/// than one record in a read, as such a FIFO gives, are taken apart.
class KmsgSource {
 public:
    static constexpr int kAtOnce = 256;
    static constexpr std::chrono::seconds kTryAgain{1};
    static constexpr std::string_view kSdId = "kmsg@0";
    static constexpr std::size_t kLongestStructured = 1024;

    /// `next`: the number that is expected first, of this boot; none: from the oldest on.
    KmsgSource(loop::Loop& loop, std::unique_ptr<KmsgInput> input,
               std::optional<std::uint64_t> next, RecordSink& sink, Clock clock,
               int at_once = kAtOnce);

    /// Fails when the system cannot wait for what the input is (a plain file).
    [[nodiscard]] Status start();
    void stop();

    [[nodiscard]] const SourceCounts& counts() const { return counts_; }

 private:
    void drain();
    void records(std::string_view bytes);
    void record(std::string_view bytes);
    void mind_number(std::uint64_t number);
    void compose(const syslog::KmsgRecord& read);
    void describe(std::string_view dictionary);
    bool joins(const syslog::KmsgRecord& read);
    void malformed(std::string_view bytes);
    void give_held();
    void caught_up();
    void rest(const Error& why);
    void gap(syslog::Loss reason, std::optional<std::uint64_t> count, std::string_view words = "");

    std::unique_ptr<KmsgInput> input_;
    RecordSink& sink_;
    Clock clock_;
    const int at_once_;
    loop::Watch watch_;
    loop::Timer again_;
    SourceCounts counts_;

    std::uint64_t expected_;      // the number that is to come next
    std::uint64_t seen_ = 0;      // one more than the last one read, wanted or not
    bool begun_ = false;          // a record was given, or it was known where to go on
    std::uint64_t too_long_ = 0;  // had no room since the last record
    std::string trouble_;         // what was said last of it
    Time now_;                    // of this turn

    // The record at hand, which waits in here while parts of its line may follow.
    bool held_ = false;
    syslog::Entry entry_;
    std::size_t text_size_ = 0;  // of text_
    std::array<char, 2 * syslog::kKmsgMost> text_;
    std::array<char, kLongestStructured> structured_room_;
    syslog::SdWriter structured_{structured_room_, kSdId};
    std::array<char, syslog::kKmsgMost> bytes_;
};

}  // namespace vakt::source
