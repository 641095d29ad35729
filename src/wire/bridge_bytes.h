// SPDX-License-Identifier: Apache-2.0
// The messages between the bridge and its clients, version 1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "relay/filter.h"
#include "report/boot_id.h"

namespace vakt::wire {

// On /run/vakt/bridge.sock (SOCK_STREAM), each message behind its size u32 ({packet,4} of Erlang's
// gen_tcp), all numbers in network order. A text is u8 size and its bytes. A message is its kind u8
// and its content, exactly as below: less or more is refused (Refused, and the connection ends).
//
//   kind  to the bridge                                                     (at most 65536 bytes)
//   1     Hello    least version u8, most version u8, name text(0..32)
//                  The first message. A name makes the client's acknowledged place outlive it.
//   2     Open     from u8 (bridge::From), boot id 16, seq u64, filter
//                  Once. From: 0 what comes from now on; 1 the oldest kept; 2 behind `seq` of boot
//                  `boot id`; 3 behind what a client of this name acknowledged last, or as 1.
//   3     Credit   more u32    so many records and gaps more may be sent; the sum is kept at
//                               2^32 - 1
//   4     Ack      boot id 16, seq u64    all up to here were worked on
//   5     Narrow   filter      in the place of the one before, from the next record on
//   6     AccountAsked
//
//   kind  from the bridge
//   65    Welcome  version u8, boot id 16, oldest kept u64, next u64, count u8 of sources, each:
//                  origin u8, source u8 (syslog::Source), name text(0..32)
//   66    Refused  reason u8 (Refusal), words text
//   67    Batch    boot id 16, count u16, then so many records (wire/record_bytes.h)
//   68    Account  lines of text (bridge/account.h); keys are added at a line's end only
//
//   filter: flags u8 (1: strict), count u8 (0..16) of conditions, each:
//     least severe u8 (0..7), facilities u32, sources u16, three lists (apps, units, texts), each:
//     count u8 (0..16), texts of 1 to 255 bytes

inline constexpr std::uint8_t kBridgeVersion = 1;
inline constexpr std::size_t kLongestToBridge = 65536;
inline constexpr std::size_t kLongestName = 32;
/// kind, boot id, count
inline constexpr std::size_t kBatchHead = 1 + 16 + 2;

enum class From : std::uint8_t { now = 0, oldest = 1, after = 2, acknowledged = 3 };
enum class Refusal : std::uint8_t {
    version = 0,      ///< we have none in common
    bad_bytes = 1,    ///< what came is no message, or not one for now
    not_allowed = 2,  ///< its user may not read
    full = 3,         ///< as many clients as can be
    leaving = 4,      ///< the bridge ends
};

struct Hello {
    std::uint8_t least = kBridgeVersion;
    std::uint8_t most = kBridgeVersion;
    std::string name{};
    bool operator==(const Hello&) const = default;
};
struct Open {
    From from = From::now;
    report::BootId boot_id{};
    std::uint64_t seq = 0;
    relay::Filter filter{};
    bool operator==(const Open&) const = default;
};
struct Credit {
    std::uint32_t more = 0;
    bool operator==(const Credit&) const = default;
};
struct Ack {
    report::BootId boot_id{};
    std::uint64_t seq = 0;
    bool operator==(const Ack&) const = default;
};
struct Narrow {
    relay::Filter filter{};
    bool operator==(const Narrow&) const = default;
};
struct AccountAsked {
    bool operator==(const AccountAsked&) const = default;
};
using ToBridge = std::variant<Hello, Open, Credit, Ack, Narrow, AccountAsked>;

struct SourceName {
    std::uint8_t origin = 0;
    syslog::Source source = syslog::Source::bridge;
    std::string name{};
    bool operator==(const SourceName&) const = default;
};
struct Welcome {
    std::uint8_t version = kBridgeVersion;
    report::BootId boot_id{};
    std::uint64_t oldest = 0;
    std::uint64_t next = 0;
    std::vector<SourceName> sources{};
    bool operator==(const Welcome&) const = default;
};
struct Refused {
    Refusal reason = Refusal::bad_bytes;
    std::string words{};
    bool operator==(const Refused&) const = default;
};
/// `records` are a part of the bytes it was read from; take_record() walks them.
struct Batch {
    report::BootId boot_id{};
    std::uint16_t count = 0;
    std::string_view records{};
    bool operator==(const Batch&) const = default;
};
struct AccountText {
    std::string text{};
    bool operator==(const AccountText&) const = default;
};
using FromBridge = std::variant<Welcome, Refused, Batch, AccountText>;

/// A whole message, without its size. None for what is not exactly one. A batch's records are not
/// looked into.
[[nodiscard]] std::optional<ToBridge> parse_to_bridge(std::string_view bytes);
[[nodiscard]] std::optional<FromBridge> parse_from_bridge(std::string_view bytes);

/// The message with its size u32 before it, to be written as it is.
/// REQUIRES: names and words within their limits. A filter full of long words may make a message
/// longer than kLongestToBridge, which the bridge refuses: its owner looks before it sends.
[[nodiscard]] std::string encode(const ToBridge& message);
[[nodiscard]] std::string encode(const FromBridge& message);

}  // namespace vakt::wire
