// SPDX-License-Identifier: Apache-2.0
// All that must outlive the bridge's process, in a span of memory.
#include "relay/store.h"

#include <algorithm>

namespace vakt::relay {

namespace {

constexpr std::size_t kFewestSegments = 8;
constexpr std::size_t kMostSegments = 4096;
constexpr std::size_t kWantedSegment = std::size_t{1} << 18;

std::size_t segments_of(std::size_t size) {
    return std::clamp(size / kWantedSegment, kFewestSegments, kMostSegments);
}

std::span<std::uint64_t> words_of(std::span<std::byte> memory) {
    return {reinterpret_cast<std::uint64_t*>(memory.data() + sizeof(StoreTables)),
            segments_of(memory.size())};
}

std::span<unsigned char> area_of(std::span<std::byte> memory) {
    const auto before = sizeof(StoreTables) + words_of(memory).size_bytes();
    return {reinterpret_cast<unsigned char*>(memory.data() + before), memory.size() - before};
}

}  // namespace

Store::Store(std::span<std::byte> memory, const BootBytes& boot, std::uint64_t first_seq,
             IsRecord is_record)
    : tables_(reinterpret_cast<StoreTables*>(memory.data())),
      size_(memory.size()),
      lanes_(tables_->head, words_of(memory), area_of(memory)),
      went_on_(take_over(boot, is_record)) {
    if (!went_on_) begin(boot, first_seq);
}

bool Store::take_over(const BootBytes& boot, IsRecord is_record) {
    const auto& head = tables_->head;
    if (head.magic != kStoreMagic || head.version != kStoreVersion || head.size != size_ ||
        head.segments != lanes_.segments() || head.boot != boot || !take_over_sources())
        return false;
    const auto good = [&](Unread record) {
        return kept_origin(record.data()) < sources_ &&
               is_record({reinterpret_cast<const char*>(record.data()), record.size()});
    };
    if (!lanes_.take_over(good)) return false;
    take_over_marks();
    return true;
}

bool Store::take_over_sources() {
    sources_ = 0;
    for (const auto& source : tables_->sources) {
        if (source.there != 1) break;
        if (source.kind >= syslog::kSourceNames.size() || source.name.size > kLongestKeptName)
            return false;
        ++sources_;
    }
    return true;
}

void Store::take_over_marks() {
    for (std::size_t origin = 0; origin < sources_; ++origin) {
        // Its number is given to another record now.
        for (auto& mark : source(origin).marks)
            if (mark.seq >= lanes_.next_seq()) publish(mark.seq, 0);
        // What came behind the mark comes again, and is counted then.
        const auto* newest = mark(origin);
        if (newest == nullptr || newest->resumable != 1) continue;
        auto& figures = source(origin).figures;
        figures.folded = newest->folded;
        figures.held_back = newest->held_back;
        figures.withheld = newest->withheld;
    }
}

void Store::begin(const BootBytes& boot, std::uint64_t first_seq) {
    auto& head = tables_->head;
    publish(head.magic, 0);
    for (auto& source : tables_->sources) publish(source.there, 0);
    for (auto& place : tables_->places) publish(place.there, 0);
    sources_ = 0;
    head.version = kStoreVersion;
    head.segments = static_cast<std::uint32_t>(lanes_.segments());
    head.size = size_;
    head.boot = boot;
    head.begin = first_seq;
    head.floor = first_seq;
    head.dropped = {};
    head.dropped_gap = 0;
    lanes_.begin();
    publish(head.magic, kStoreMagic);
}

std::optional<std::size_t> Store::know_source(std::string_view name, syslog::Source kind) {
    name = name.substr(0, kLongestKeptName);
    for (std::size_t origin = 0; origin < sources_; ++origin) {
        if (source(origin).name.view() != name) continue;
        source(origin).kind = static_cast<std::uint64_t>(kind);
        return origin;
    }
    if (sources_ == kMostKeptSources) return std::nullopt;
    auto& made = source(sources_);
    made = KeptSource{};
    made.kind = static_cast<std::uint64_t>(kind);
    made.name.set(name);
    publish(made.there, 1);
    return sources_++;
}

const Mark* Store::mark(std::size_t origin) const {
    const auto& marks = source(origin).marks;
    const auto& newest = marks[marks[0].seq < marks[1].seq ? 1 : 0];
    return newest.seq == 0 ? nullptr : &newest;
}

std::optional<std::uint64_t> Store::place(std::string_view name) const {
    for (const auto& place : tables_->places)
        if (place.there == 1 && place.name.view() == name) return place.seq;
    return std::nullopt;
}

void Store::put_place(std::string_view name, std::uint64_t seq) {
    auto& places = tables_->places;
    KeptPlace* longest_ago = &places[0];
    std::uint64_t newest = 0;
    KeptPlace* its = nullptr;
    for (auto& place : places) {
        const auto used = place.there == 1 ? place.used : 0;
        newest = std::max(newest, used);
        if (place.there == 1 && place.name.view() == name) its = &place;
        if (used < (longest_ago->there == 1 ? longest_ago->used : 0)) longest_ago = &place;
    }
    if (its != nullptr) {
        publish(its->seq, std::max(its->seq, seq));
        its->used = newest + 1;
        return;
    }
    publish(longest_ago->there, 0);
    longest_ago->name.set(name);
    longest_ago->seq = seq;
    longest_ago->used = newest + 1;
    publish(longest_ago->there, 1);
}

}  // namespace vakt::relay
