// SPDX-License-Identifier: Apache-2.0
// Records in memory, in two lanes of segments: what is urgent goes last.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "relay/store_memory.h"
#include "syslog/entry.h"

namespace vakt::relay {

enum class Lane : std::uint8_t { urgent, other };
inline constexpr std::array<Lane, 2> kLanes = {Lane::urgent, Lane::other};

// All that is known of a record here (wire/record_bytes.h has the rest): it begins with its size
// u32 of all behind that field, has its kind u8 at 4 (1: a gap), its syslog::Source u8 at 5, that
// one's origin u8 at 6, its PRI u8 at 7 (255: none; not a gap's) and its number u64 at 8.
inline constexpr std::size_t kLeastKept = 16;
[[nodiscard]] inline std::size_t kept_size(const unsigned char* record) {
    return 4 + std::size_t{get_number<std::uint32_t>(record)};
}
[[nodiscard]] inline bool kept_is_gap(const unsigned char* record) { return record[4] == 1; }
[[nodiscard]] inline syslog::Source kept_source(const unsigned char* record) {
    return static_cast<syslog::Source>(record[5]);
}
[[nodiscard]] inline std::uint8_t kept_origin(const unsigned char* record) { return record[6]; }
[[nodiscard]] inline std::optional<syslog::Pri> kept_pri(const unsigned char* record) {
    if (record[7] > syslog::Pri::kLargest) return std::nullopt;
    return syslog::Pri(record[7]);
}
[[nodiscard]] inline std::uint64_t kept_seq(const unsigned char* record) {
    return get_number<std::uint64_t>(record + 8);
}

/// Bytes from a reader's place to the end of what is written in that segment.
using Unread = std::span<const unsigned char>;

/// Numbers are given in one row over both lanes. A segment belongs to the lane that took it, and to
/// none when it is dropped. It is all in the memory; what is here beside can be found out from it.
class Lanes {
 public:
    /// How far something has read in a lane.
    struct Place {
        std::uint64_t segment = 0;  ///< counted from the lane's first one ever
        std::uint64_t index = 0;    ///< records of the lane before it
        std::size_t offset = 0;     ///< in that segment
        bool operator==(const Place&) const = default;
    };

    /// `words`: one for each segment, `area`: all of them. Nothing is read before begin() or
    /// take_over().
    Lanes(StoreHead& head, std::span<std::uint64_t> words, std::span<unsigned char> area);

    /// Empties all. REQUIRES: the head says what it is to be.
    void begin();
    /// Finds what an earlier one left; false if that cannot be, whatever the bytes are: then
    /// begin(). `good(record)` says whether bytes of a size are a record.
    template <class Good>
    [[nodiscard]] bool take_over(Good good) {
        forget();
        for (std::size_t slot = 0; slot < segments_.size(); ++slot) {
            const auto used = found(slot);
            if (!used) return false;
            for (std::size_t at = 0; at < *used;) {
                const auto* record = start(slot) + at;
                if (*used - at < kLeastKept) return false;
                const auto size = kept_size(record);
                if (size < kLeastKept || size > *used - at || !good(Unread(record, size)) ||
                    !count(slot, record))
                    return false;
                at += size;
            }
        }
        return put_in_order();
    }

    // ---- writing ----

    [[nodiscard]] std::uint64_t next_seq() const { return next_; }
    /// Where the next record of a lane goes; nullptr if its segment has less than `need` bytes
    /// left.
    [[nodiscard]] unsigned char* tail(Lane lane, std::size_t need) const {
        const auto& l = of(lane);
        return need <= l.left ? l.tail : nullptr;
    }
    /// What stands at tail() is a record with the number next_seq().
    void commit(Lane lane) {
        auto& l = of(lane);
        auto& s = segments_[l.newest];
        const auto size = kept_size(l.tail);
        if (s.count++ == 0) s.first = next_;
        s.last = next_++;
        if (kept_is_gap(l.tail)) s.last_gap = s.last;
        s.used += size;
        l.tail += size;
        l.left -= size;
        ++l.total;
        publish(words_[l.newest], word(lane, s.used));
    }
    /// The lane whose oldest segment must be dropped before open() is called; none: none needs to.
    [[nodiscard]] std::optional<Lane> must_go() const {
        if (!free_.empty()) return std::nullopt;
        return of(Lane::other).first != of(Lane::other).end ? Lane::other : Lane::urgent;
    }
    void drop_oldest(Lane lane);
    /// Gives the lane a free segment.
    void open(Lane lane);

    // ---- reading ----

    [[nodiscard]] Place oldest(Lane lane) const;
    [[nodiscard]] Place newest(Lane lane) const;
    /// Before the first record of a larger number than `seq`.
    [[nodiscard]] Place behind(Lane lane, std::uint64_t seq) const;
    /// Empty: nothing more is there. Moves the place on from the end of a segment.
    /// REQUIRES: the place's segment was not dropped.
    [[nodiscard]] Unread unread(Lane lane, Place& place) const {
        const auto& l = of(lane);
        while (place.segment < l.end) {
            const auto slot = slot_of(l, place.segment);
            if (place.offset < segments_[slot].used)
                return {start(slot) + place.offset, segments_[slot].used - place.offset};
            if (place.segment + 1 == l.end) break;
            ++place.segment;
            place.offset = 0;
        }
        return {};
    }
    /// Whether the place is in the segment that drop_oldest() would drop.
    [[nodiscard]] bool in_oldest(Lane lane, const Place& place) const {
        return place.segment == of(lane).first;
    }
    /// Whether bytes of that segment are meant.
    [[nodiscard]] bool in_oldest(Lane lane, const char* bytes) const;

    // ---- figures ----

    /// Records a lane was ever given, those dropped before a takeover not counted.
    [[nodiscard]] std::uint64_t total(Lane lane) const { return of(lane).total; }
    [[nodiscard]] std::uint64_t kept(Lane lane) const;
    [[nodiscard]] std::uint64_t kept_bytes() const;
    /// The lowest number kept; next_seq() when there is none.
    [[nodiscard]] std::uint64_t oldest_seq() const;
    [[nodiscard]] std::size_t segment_size() const { return segment_size_; }
    [[nodiscard]] std::size_t segments() const { return segments_.size(); }
    [[nodiscard]] const StoreHead& head() const { return *head_; }

 private:
    struct Segment {
        std::uint64_t first = 0, last = 0;  // numbers
        std::uint64_t last_gap = 0;
        std::uint64_t index = 0;  // records of the lane before it
        std::size_t used = 0, count = 0;
    };
    struct LaneState {
        std::uint64_t first = 0, end = 0;  // segments: the oldest's count, and the next one's
        std::uint64_t total = 0;
        unsigned char* tail = nullptr;
        std::size_t left = 0;
        std::size_t newest = 0;            // its slot
        std::vector<std::uint32_t> slots;  // by count modulo their number
    };

    static std::uint64_t word(Lane lane, std::size_t used) {
        return (static_cast<std::uint64_t>(lane) + 1) << 32 | used;
    }
    [[nodiscard]] LaneState& of(Lane lane) { return lanes_[static_cast<std::size_t>(lane)]; }
    [[nodiscard]] const LaneState& of(Lane lane) const {
        return lanes_[static_cast<std::size_t>(lane)];
    }
    [[nodiscard]] static std::size_t slot_of(const LaneState& l, std::uint64_t segment) {
        return l.slots[static_cast<std::size_t>(segment % l.slots.size())];
    }
    [[nodiscard]] unsigned char* start(std::size_t slot) const {
        return area_.data() + slot * segment_size_;
    }
    void forget();
    void append(Lane lane, std::size_t slot);
    [[nodiscard]] std::optional<std::size_t> found(std::size_t slot) const;
    [[nodiscard]] bool count(std::size_t slot, const unsigned char* record);
    [[nodiscard]] bool put_in_order();
    [[nodiscard]] bool is_one_row() const;

    StoreHead* head_;
    std::span<std::uint64_t> words_;
    std::span<unsigned char> area_;
    std::size_t segment_size_;
    std::uint64_t next_ = 0;
    std::array<LaneState, 2> lanes_;
    std::vector<Segment> segments_;
    std::vector<std::uint32_t> free_;
};

/// Reads both lanes in the order of numbers.
class Reader {
 public:
    struct Front {
        const unsigned char* record = nullptr;  ///< nullptr: nothing more is there
        Lane lane = Lane::urgent;
        [[nodiscard]] std::size_t size() const { return kept_size(record); }
        [[nodiscard]] std::string_view bytes() const {
            return {reinterpret_cast<const char*>(record), size()};
        }
    };
    [[nodiscard]] Front front(const Lanes& lanes) {
        const auto urgent = lanes.unread(Lane::urgent, place(Lane::urgent));
        const auto other = lanes.unread(Lane::other, place(Lane::other));
        if (urgent.empty() && other.empty()) return {};
        const bool take_urgent =
            other.empty() || (!urgent.empty() && kept_seq(urgent.data()) < kept_seq(other.data()));
        return take_urgent ? Front{urgent.data(), Lane::urgent} : Front{other.data(), Lane::other};
    }
    void pass(const Front& front) {
        place(front.lane).offset += front.size();
        ++place(front.lane).index;
    }
    [[nodiscard]] Lanes::Place& place(Lane lane) { return places_[static_cast<std::size_t>(lane)]; }
    [[nodiscard]] const Lanes::Place& place(Lane lane) const {
        return places_[static_cast<std::size_t>(lane)];
    }
    /// Records before it, of both lanes.
    [[nodiscard]] std::uint64_t index() const { return places_[0].index + places_[1].index; }

    [[nodiscard]] static Reader at_oldest(const Lanes& lanes);
    [[nodiscard]] static Reader at_newest(const Lanes& lanes);
    [[nodiscard]] static Reader behind(const Lanes& lanes, std::uint64_t seq);

 private:
    std::array<Lanes::Place, 2> places_;
};

}  // namespace vakt::relay
