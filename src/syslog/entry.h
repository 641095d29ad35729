// SPDX-License-Identifier: Apache-2.0
// A record with all that the system, and not its sender, says of it: where it came from, when, from
// whom.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "syslog/record.h"

namespace vakt::syslog {

/// What kind of thing a record came out of. The numbers are on the wire and on disks.
enum class Source : std::uint8_t {
    bridge = 0,  ///< the bridge itself
    fifo = 1,
    kmsg = 2,
    journal = 3,
    socket = 4,   ///< a datagram socket of our own, such as /dev/log
    forward = 5,  ///< journald's forwarding socket
    udp = 6,      ///< RFC 5426
};
/// As they stand in configuration, accounts and events.
inline constexpr std::array<std::string_view, 7> kSourceNames = {
    "bridge", "fifo", "kmsg", "journal", "socket", "forward", "udp"};

/// Who sent a message as the kernel knows it (SCM_CREDENTIALS, unix(7)), or journald for it.
struct Sender {
    std::uint32_t pid = 0;
    std::uint32_t uid = 0;
    bool operator==(const Sender&) const = default;
};

/// Views live as long as what they were made from: one call, as a rule.
struct Entry {
    Record record{};
    /// The bytes as they came. Where a source has none (kmsg, journal), "".
    std::string_view raw{};
    Source source = Source::bridge;
    /// CLOCK_MONOTONIC's nanoseconds at the sender's, where the source tells; 0: not known.
    std::uint64_t mono_ns = 0;
    /// The number that the source itself gave it (kmsg); 0: it numbers nothing. A kernel's 0 is
    /// kept apart by `source`.
    std::uint64_t source_seq = 0;
    std::optional<Sender> sender{};
    std::string_view unit{};  ///< systemd's name of the service; "" when not known
    bool cut = false;         ///< it was longer than can be kept, and is its beginning
    /// When the kernel took it from its sender (SO_TIMESTAMPNS), nanoseconds since 1970; 0: not
    /// known. Where the record has no time of its own this is better than when it was read.
    std::int64_t taken_ns = 0;

    bool operator==(const Entry&) const = default;
};

/// Why records are missing. The numbers are on the wire and on disks.
enum class Loss : std::uint8_t {
    overrun = 0,  ///< the client was too slow: newer ones took their place in the ring
    source = 1,   ///< the source itself had lost them before we could read (kmsg, a socket's queue)
    rate_guard = 2,  ///< one sender said too much (its name is in the gap's words)
    restart = 3,     ///< the bridge was not running
    too_long = 4,    ///< more than can be kept of any record
};
inline constexpr std::array<std::string_view, 5> kLossNames = {"overrun", "source", "rate_guard",
                                                               "restart", "too_long"};

/// Stands where records are missing.
struct Gap {
    Source source = Source::bridge;
    Loss reason = Loss::overrun;
    std::optional<std::uint64_t> count{};  ///< none: unknown
    /// Numbers of the first and last of them, where they had numbers of ours; else 0.
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::string_view words{};  ///< at most 255 bytes; "" mostly

    bool operator==(const Gap&) const = default;
};

}  // namespace vakt::syslog
