// SPDX-License-Identifier: Apache-2.0
// The bridge: entries in, numbered and kept; batches out, to each client what it wants and has
// credit for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "report/boot_id.h"
#include "syslog/entry.h"

namespace vakt::bridge {

/// Both clocks, read once for each turn.
struct Now {
    Instant at;                ///< monotonic
    std::int64_t wall_ns = 0;  ///< since 1970-01-01T00:00:00Z
};

/// How much one sender may say; beyond it his records are counted and not kept.
struct RateGuard {
    std::uint32_t per_second = 0;  ///< 0: no guard
    std::uint32_t burst = 0;       ///< records at once, at least 1
    bool operator==(const RateGuard&) const = default;
};

struct SourceSettings {
    syslog::Source source = syslog::Source::fifo;
    std::string name{};  ///< at most 32 bytes
    RateGuard guard{};
    bool fold_repeats = true;
    bool with_auth = false;  ///< facilities auth (4) and authpriv (10) are kept
    bool operator==(const SourceSettings&) const = default;
};

/// Who connected, by SO_PEERCRED.
struct Peer {
    std::uint32_t pid = 0;
    std::uint32_t uid = 0;
};

struct Account;

using Origin = std::uint8_t;
using ClientNumber = std::uint32_t;

/// Pure: memory, bytes and times are handed in. All of its state that must outlive the process (the
/// ring, numbers, acknowledged places, positions of sources) is in the memory it was given, in a
/// state that another Bridge made of the same memory goes on from, whenever the first one ends.
///
/// A gap that a client alone is given (Loss::overrun; Loss::restart for one that was away) has the
/// number 0, and origin 255 unless it is of one source. It may be told again to a client that left
/// before it had the next record.
///
/// For each source, at every instant:  received = accepted + folded + held_back + withheld.
/// For each client, since it opened:   offered = delivered + filtered + dropped + queued.
class Bridge {
 public:
    static constexpr std::size_t kLeastMemory = std::size_t{1} << 20;
    static constexpr std::size_t kMostClients = 64;
    static constexpr std::size_t kMostSources = 32;

    /// Takes over what `memory` holds, if it is of this boot and whole, else begins anew with
    /// number `first_seq`. Whatever the bytes are, it does not fail.
    /// REQUIRES: memory is aligned to 8 bytes, is kLeastMemory at least and outlives the bridge.
    Bridge(std::span<std::byte> memory, const report::BootId& boot, std::uint64_t first_seq);
    ~Bridge();

    /// Whether the memory had something to take over.
    [[nodiscard]] bool went_on() const;

    // ---- sources ----

    /// Makes a source known, or changes the one of that name (a reload). The origin is the name's
    /// for as long as the memory lives. None when there are kMostSources.
    [[nodiscard]] std::optional<Origin> source(const SourceSettings& settings);
    /// It is read no more; its account stays.
    void source_ended(Origin origin);
    /// Where the source goes on (a journal's cursor), at most 255 bytes, as it was with the last
    /// entry of it that is in the ring; "" when not known.
    [[nodiscard]] std::string_view position(Origin origin) const;
    /// The source's own number that is expected next (Entry::source_seq of the last one and one
    /// more); none when not known.
    [[nodiscard]] std::optional<std::uint64_t> next_source_seq(Origin origin) const;

    /// Folds, guards, numbers and keeps it. `position`: where the source goes on after it.
    void accept(Origin origin, const syslog::Entry& entry, const Now& now,
                std::string_view position = {});
    void lost(Origin origin, const syslog::Gap& gap, const Now& now);

    // ---- clients ----

    /// None when there are kMostClients.
    [[nodiscard]] std::optional<ClientNumber> connected(const Peer& peer);
    /// One message without its size. False: what is in out() is the last of it, then close.
    [[nodiscard]] bool message(ClientNumber client, std::string_view bytes, const Now& now);
    void disconnected(ClientNumber client);

    /// Fills the clients' outputs from the ring as far as credit and room go; to be called after
    /// each turn of sources, messages and sent(). A client has bytes only if something passed its
    /// filter.
    /// `work` bounds what is looked at and passed over for all of them in one go: some 10 ns each,
    /// so that they who want few of many keep nobody waiting.
    static constexpr std::size_t kMostWork = std::size_t{1} << 17;
    void distribute(const Now& now, std::size_t work = kMostWork);
    /// What is to be written to a client next; valid until the next call of anything.
    [[nodiscard]] std::string_view out(ClientNumber client) const;
    /// The first `bytes` of it are written.
    void sent(ClientNumber client, std::size_t bytes);
    /// Clients that have something in out() since the last distribute(), and have not been named
    /// since it was empty: answers to messages wake too.
    [[nodiscard]] std::span<const ClientNumber> woken() const;

    // ---- time ----

    /// When tick() is wanted, and distribute() behind it; kNever mostly. Instant{}, which is past:
    /// at once, since an earlier process owes something, or a client has more to look through than
    /// one distribute() does.
    [[nodiscard]] Instant wake_at() const;
    /// Ends runs of repeats, and says what the guards held back.
    void tick(const Now& now);

    // ---- for others ----

    /// The number that the next entry gets.
    [[nodiscard]] std::uint64_t next_seq() const;
    /// Entries and gaps from number `from` on that are still kept, in the order of their numbers,
    /// the newest `most` of them, as wire/record_bytes.h has them; valid until the next accept().
    [[nodiscard]] std::vector<std::string_view> newest(std::uint64_t from, std::size_t most) const;

    /// See bridge/account.h; the text says the same.
    [[nodiscard]] Account figures() const;
    [[nodiscard]] std::string account() const;
    /// Lines that account() has behind its own, for clients too: what the program knows.
    void account_with(std::function<std::string()> more);

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace vakt::bridge
