// SPDX-License-Identifier: Apache-2.0
// What a bridge must do, said a second time and as simply as possible: lists instead of a ring.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/account.h"
#include "relay/filter.h"
#include "wire/record_bytes.h"

namespace vakt::sim {

/// A record or gap of the ring.
struct Numbered {
    std::uint64_t seq = 0;
    std::string bytes;
    std::uint8_t origin = 0;
    syslog::Source source = syslog::Source::bridge;
    bool urgent = false;
    bool is_gap = false;
    std::optional<std::uint64_t> weight{};  ///< records that are missing with it
    std::uint32_t repeats = 0;
    std::uint64_t held = 0;  ///< said by a guard's gap

    [[nodiscard]] bool passes(const relay::Filter& filter) const {
        if (is_gap) return true;
        std::string_view view = bytes;
        const auto taken = wire::take_record(view);
        return taken && filter.passes(std::get<wire::StampedEntry>(*taken).entry);
    }
};

inline Numbered numbered(std::string_view bytes) {
    Numbered made{.bytes = std::string(bytes)};
    auto view = bytes;
    const auto taken = wire::take_record(view);
    if (!taken) return made;
    if (const auto* entry = std::get_if<wire::StampedEntry>(&*taken)) {
        const auto& pri = entry->entry.record.pri;
        made.seq = entry->stamp.seq;
        made.origin = entry->stamp.origin;
        made.source = entry->entry.source;
        made.urgent = pri && pri->severity() <= syslog::Severity::err;
        made.weight = 1;
        made.repeats = entry->stamp.repeats;
    } else {
        const auto& gap = std::get<wire::StampedGap>(*taken);
        made.seq = gap.stamp.seq;
        made.origin = gap.stamp.origin;
        made.source = gap.gap.source;
        made.urgent = made.is_gap = true;
        made.weight = gap.gap.count;
        if (gap.gap.reason == syslog::Loss::rate_guard) made.held = gap.gap.count.value_or(0);
    }
    return made;
}

/// All that was ever numbered, and what of it is kept.
struct RingModel {
    std::uint64_t begin = 1;
    std::vector<Numbered> all;                        // by number - begin
    std::array<std::vector<std::uint64_t>, 2> lanes;  // numbers
    std::array<std::size_t, 2> first{};               // the first one kept

    [[nodiscard]] std::uint64_t next() const { return begin + all.size(); }
    [[nodiscard]] const Numbered& at(std::uint64_t seq) const {
        return all[static_cast<std::size_t>(seq - begin)];
    }
    void add(Numbered entry) {
        lanes[entry.urgent ? 0 : 1].push_back(entry.seq);
        all.push_back(std::move(entry));
    }
    [[nodiscard]] bool keeps(std::uint64_t seq) const {
        const auto n = at(seq).urgent ? 0U : 1U;
        return first[n] < lanes[n].size() && seq >= lanes[n][first[n]];
    }
};

/// What is expected next in a client's output.
struct Expected {
    std::uint64_t seq = 0;  ///< 0: a gap of its own
    std::uint8_t origin = 0;
    syslog::Gap gap{};
};

struct ClientModel {
    relay::Filter filter;
    std::array<std::size_t, 2> place{};  // in the lanes of the ring's model
    std::map<std::uint8_t, syslog::Gap> missing;
    std::optional<syslog::Gap> away;
    std::deque<Expected> expected;
    bridge::ClientAccount account;
    bool stalled = false;  ///< something was left though there is credit

    /// The lane of the next one.
    [[nodiscard]] std::optional<std::size_t> next(const RingModel& ring) const {
        std::optional<std::size_t> found;
        for (std::size_t n = 0; n < 2; ++n)
            if (place[n] < ring.lanes[n].size() &&
                (!found || ring.lanes[n][place[n]] < ring.lanes[*found][place[*found]]))
                found = n;
        return found;
    }
    [[nodiscard]] std::uint64_t queued(const RingModel& ring) const {
        return ring.lanes[0].size() - place[0] + ring.lanes[1].size() - place[1];
    }

    /// Behind `seq`; with what is missing.
    void resume(const RingModel& ring, std::uint64_t seq) {
        go_behind(ring, seq);
        syslog::Gap gap{.reason = syslog::Loss::overrun, .count = 0};
        bool only_records = true;
        for (auto n = std::max(seq + 1, ring.begin); n < ring.next(); ++n) {
            if (ring.keeps(n)) continue;
            ++*gap.count;
            if (gap.from == 0) gap.from = n;
            gap.to = n;
            if (ring.at(n).is_gap) only_records = false;
        }
        if (*gap.count == 0) return;
        if (!filter.any_of.empty() || !only_records) gap.count.reset();
        away = gap;
    }
    void go_behind(const RingModel& ring, std::uint64_t seq) {
        for (std::size_t n = 0; n < 2; ++n) {
            place[n] = ring.first[n];
            while (place[n] < ring.lanes[n].size() && ring.lanes[n][place[n]] <= seq) ++place[n];
        }
    }

    /// The lane's first is now `first`.
    void dropped(const RingModel& ring, std::size_t lane) {
        for (; place[lane] < ring.first[lane]; ++place[lane]) {
            const auto& gone = ring.at(ring.lanes[lane][place[lane]]);
            if (!gone.passes(filter)) {
                ++account.filtered;
                continue;
            }
            ++account.dropped;
            auto& gap = missing
                            .try_emplace(gone.origin, syslog::Gap{.source = gone.source,
                                                                  .count = 0,
                                                                  .from = gone.seq,
                                                                  .to = gone.seq})
                            .first->second;
            gap.from = std::min(gap.from, gone.seq);
            gap.to = std::max(gap.to, gone.seq);
            if (gone.weight && gap.count)
                *gap.count += *gone.weight;
            else
                gap.count.reset();
        }
    }

    /// Goes as far as the bridge went by `its` account.
    void distribute(const RingModel& ring, const bridge::ClientAccount& its) {
        stalled = false;
        while (account.credit != 0 && (away || !missing.empty())) {
            if (account.gaps == its.gaps) {
                stalled = true;
                return;
            }
            tell_missing();
        }
        while (account.credit != 0) {
            const auto lane = next(ring);
            if (!lane) return;
            const auto& entry = ring.at(ring.lanes[*lane][place[*lane]]);
            if (!entry.passes(filter)) {
                ++account.filtered;
            } else if (account.delivered == its.delivered) {
                stalled = true;
                return;
            } else {
                ++account.delivered;
                --account.credit;
                expected.push_back({.seq = entry.seq});
            }
            ++place[*lane];
        }
    }

 private:
    void tell_missing() {
        ++account.gaps;
        --account.credit;
        if (away) {
            expected.push_back({.origin = 255, .gap = *away});
            away.reset();
        } else {
            expected.push_back({.origin = missing.begin()->first, .gap = missing.begin()->second});
            missing.erase(missing.begin());
        }
    }
};

}  // namespace vakt::sim
