// SPDX-License-Identifier: Apache-2.0
// Records in memory, in two lanes of segments: what is urgent goes last.
#include "relay/lanes.h"

#include <algorithm>

namespace vakt::relay {

namespace {

constexpr std::uint64_t kLargestSeq = std::uint64_t{1} << 63;
constexpr std::uint64_t kUsed = 0xFFFFFFFF;

}  // namespace

Lanes::Lanes(StoreHead& head, std::span<std::uint64_t> words, std::span<unsigned char> area)
    : head_(&head),
      words_(words),
      area_(area),
      segment_size_(area.size() / words.size()),
      segments_(words.size()) {
    free_.reserve(segments_.size());
    for (auto& lane : lanes_) lane.slots.resize(segments_.size());
}

void Lanes::forget() {
    next_ = head_->floor;
    std::ranges::fill(segments_, Segment{});
    free_.clear();
    for (auto& lane : lanes_) {
        auto slots = std::move(lane.slots);
        lane = LaneState{};
        lane.slots = std::move(slots);
    }
}

void Lanes::begin() {
    forget();
    for (auto& word : words_) publish(word, 0);
    // The lowest is taken first, so that memory never needed is never touched.
    for (auto slot = segments_.size(); slot-- > 0;)
        free_.push_back(static_cast<std::uint32_t>(slot));
}

std::optional<std::size_t> Lanes::found(std::size_t slot) const {
    const auto word = words_[slot];
    if (word == 0) return 0;
    const auto lane = word >> 32;
    const auto used = static_cast<std::size_t>(word & kUsed);
    if (lane < 1 || lane > kLanes.size() || used == 0 || used > segment_size_) return std::nullopt;
    return used;
}

bool Lanes::count(std::size_t slot, const unsigned char* record) {
    auto& s = segments_[slot];
    const auto seq = kept_seq(record);
    if (seq >= kLargestSeq || (s.count != 0 && seq <= s.last)) return false;
    if (s.count++ == 0) s.first = seq;
    s.last = seq;
    if (kept_is_gap(record)) s.last_gap = seq;
    s.used += kept_size(record);
    return true;
}

void Lanes::append(Lane lane, std::size_t slot) {
    auto& l = of(lane);
    auto& s = segments_[slot];
    l.slots[static_cast<std::size_t>(l.end++ % l.slots.size())] = static_cast<std::uint32_t>(slot);
    s.index = l.total;
    l.total += s.count;
    l.newest = slot;
    l.tail = start(slot) + s.used;
    l.left = segment_size_ - s.used;
}

bool Lanes::put_in_order() {
    if (head_->floor >= kLargestSeq || head_->begin > head_->floor) return false;
    std::vector<std::uint32_t> slots;
    for (auto slot = segments_.size(); slot-- > 0;) {
        const auto n = static_cast<std::uint32_t>(slot);
        const auto lane = static_cast<std::size_t>(words_[slot] >> 32);
        // One that was being dropped is dropped.
        if (lane == 0 || segments_[slot].last <= head_->dropped[lane - 1]) {
            publish(words_[slot], 0);
            segments_[slot] = Segment{};
            free_.push_back(n);
        } else {
            slots.push_back(n);
        }
    }
    std::ranges::sort(slots, {}, [&](std::uint32_t slot) { return segments_[slot].first; });
    for (const auto slot : slots) {
        append(static_cast<Lane>((words_[slot] >> 32) - 1), slot);
        next_ = std::max(next_, segments_[slot].last + 1);
    }
    return is_one_row();
}

/// From the first number to the next one all are there, but for those up to what was dropped last.
bool Lanes::is_one_row() const {
    const auto dropped = std::ranges::max(head_->dropped);
    if (dropped != 0 && dropped >= head_->floor) return false;
    auto expected = head_->begin;
    const auto hole_before = [&](std::uint64_t seq) { return seq > expected && seq - 1 > dropped; };
    auto reader = Reader::at_oldest(*this);
    for (auto front = reader.front(*this); front.record != nullptr; front = reader.front(*this)) {
        const auto seq = kept_seq(front.record);
        if (seq < expected || hole_before(seq)) return false;
        expected = seq + 1;
        reader.pass(front);
    }
    return reader.index() == kept(Lane::urgent) + kept(Lane::other) && !hole_before(next_);
}

void Lanes::drop_oldest(Lane lane) {
    auto& l = of(lane);
    const auto slot = slot_of(l, l.first);
    auto& s = segments_[slot];
    auto& head = *head_;
    if (s.count != 0) {
        publish(head.floor, next_);
        if (s.last_gap > head.dropped_gap) publish(head.dropped_gap, s.last_gap);
        publish(head.dropped[static_cast<std::size_t>(lane)], s.last);
    }
    publish(words_[slot], 0);
    s = Segment{};
    free_.push_back(static_cast<std::uint32_t>(slot));
    if (++l.first == l.end) {
        l.tail = nullptr;
        l.left = 0;
    }
}

void Lanes::open(Lane lane) {
    const auto slot = free_.back();
    free_.pop_back();
    append(lane, slot);
}

Lanes::Place Lanes::oldest(Lane lane) const {
    const auto& l = of(lane);
    return {l.first, l.first == l.end ? l.total : segments_[slot_of(l, l.first)].index, 0};
}

Lanes::Place Lanes::newest(Lane lane) const {
    const auto& l = of(lane);
    if (l.first == l.end) return {l.end, l.total, 0};
    return {l.end - 1, l.total, segments_[l.newest].used};
}

Lanes::Place Lanes::behind(Lane lane, std::uint64_t seq) const {
    const auto& l = of(lane);
    for (auto segment = l.first; segment != l.end; ++segment) {
        const auto slot = slot_of(l, segment);
        const auto& s = segments_[slot];
        if (s.count == 0 || s.last <= seq) continue;
        Place place{segment, s.index, 0};
        for (const auto* record = start(slot); kept_seq(record) <= seq;
             record = start(slot) + place.offset) {
            place.offset += kept_size(record);
            ++place.index;
        }
        return place;
    }
    return newest(lane);
}

bool Lanes::in_oldest(Lane lane, const char* bytes) const {
    const auto& l = of(lane);
    if (l.first == l.end) return false;
    // As numbers, since pointers into different things do not compare.
    const auto begin = reinterpret_cast<std::uintptr_t>(start(slot_of(l, l.first)));
    return reinterpret_cast<std::uintptr_t>(bytes) - begin < segment_size_;
}

std::uint64_t Lanes::kept(Lane lane) const { return total(lane) - oldest(lane).index; }

std::uint64_t Lanes::kept_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& s : segments_) bytes += s.used;
    return bytes;
}

std::uint64_t Lanes::oldest_seq() const {
    auto oldest = next_;
    for (const auto& l : lanes_) {
        if (l.first == l.end) continue;
        const auto& s = segments_[slot_of(l, l.first)];
        if (s.count != 0) oldest = std::min(oldest, s.first);
    }
    return oldest;
}

Reader Reader::at_oldest(const Lanes& lanes) {
    Reader reader;
    for (const auto lane : kLanes) reader.place(lane) = lanes.oldest(lane);
    return reader;
}

Reader Reader::at_newest(const Lanes& lanes) {
    Reader reader;
    for (const auto lane : kLanes) reader.place(lane) = lanes.newest(lane);
    return reader;
}

Reader Reader::behind(const Lanes& lanes, std::uint64_t seq) {
    Reader reader;
    for (const auto lane : kLanes) reader.place(lane) = lanes.behind(lane, seq);
    return reader;
}

}  // namespace vakt::relay
