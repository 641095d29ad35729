// SPDX-License-Identifier: Apache-2.0
// What sources give: folded, guarded, numbered and kept.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/account.h"
#include "bridge/bridge.h"
#include "bridge/clients.h"
#include "relay/rate_guard.h"
#include "relay/repeat.h"
#include "relay/store.h"

namespace vakt::bridge {

/// Of each entry, in this order: facilities that are withheld, repeats, the rate guard; what is
/// left goes into the ring. Before a segment is dropped the clients and the runs of repeats that
/// still need it are asked to take what they need.
class Intake {
 public:
    Intake(relay::Store& store, Clients& clients);

    [[nodiscard]] std::optional<Origin> source(const SourceSettings& settings);
    void source_ended(Origin origin);
    [[nodiscard]] std::string_view position(Origin origin) const;
    [[nodiscard]] std::optional<std::uint64_t> next_source_seq(Origin origin) const;

    void accept(Origin origin, const syslog::Entry& entry, const Now& now,
                std::string_view position);
    void lost(Origin origin, const syslog::Gap& gap, const Now& now);

    [[nodiscard]] Instant wake_at() const;
    void tick(const Now& now);

    [[nodiscard]] std::vector<SourceAccount> accounts() const;

 private:
    /// What is known of a source beside what is in the store.
    struct Desk {
        SourceSettings settings;
        bool open = false;
        std::optional<relay::RateGuard> guard;
        std::uint64_t held_owed = 0;  // of no sender any more, due at once
        relay::Repeat repeat;
        std::string_view last;  // the record that others are compared with, in the ring or in `own`
        std::vector<char> own;
        // For the next mark.
        bool resumable = false;
        bool numbers = false;
        std::uint64_t next = 0;
        std::uint64_t folded_said = 0;
        std::uint64_t held_said = 0;
        std::size_t position_size = 0;
        std::array<char, relay::kLongestPosition> position{};
    };

    void recover(Origin origin);
    [[nodiscard]] std::string_view last_record(Origin origin) const;
    [[nodiscard]] bool is_repeat(const Desk& desk, const syslog::Entry& entry) const;
    static void note_place(Desk& desk, const syslog::Entry& entry, std::string_view position);
    [[nodiscard]] unsigned char* room(relay::Lane lane, std::size_t need);
    void mark(Origin origin);
    std::string_view keep(Origin origin, const syslog::Entry& entry, const Now& now,
                          std::uint32_t repeats);
    void keep_gap(Origin origin, const syslog::Gap& gap);
    void say_repeats(Origin origin, const Now& now);
    void say_held(Origin origin, std::string_view sender, std::uint64_t count);

    relay::Store& store_;
    Clients& clients_;
    std::vector<Desk> desks_;  // by origin
};

}  // namespace vakt::bridge
