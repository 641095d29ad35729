// SPDX-License-Identifier: Apache-2.0
// One client: what it said, how far it has read, what it may still be sent.
#include "bridge/client.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "bridge/resume.h"
#include "wire/record_bytes.h"

namespace vakt::bridge {

using relay::Lane;
using relay::Lanes;
using relay::Reader;
using relay::Store;
using report::BootId;
using wire::Refusal;
using wire::Refused;

namespace {

Refused not_now(std::string_view what) {
    return {Refusal::bad_bytes, std::string(what) + " is no message for now"};
}

const wire::StampedGap* as_gap(const auto& taken) {
    return taken ? std::get_if<wire::StampedGap>(&*taken) : nullptr;
}

}  // namespace

Client::Taken Client::take(const wire::Hello& hello, Store& store, const BootId& boot) {
    if (state_ != State::silent) return not_now("Hello");
    if (hello.least > wire::kBridgeVersion || hello.most < wire::kBridgeVersion)
        return Refused{Refusal::version,
                       "the bridge speaks version " + std::to_string(wire::kBridgeVersion)};
    const auto& lanes = store.lanes();
    wire::Welcome welcome{.boot_id = boot, .oldest = lanes.oldest_seq(), .next = lanes.next_seq()};
    for (std::size_t origin = 0; origin < store.sources(); ++origin)
        welcome.sources.push_back({static_cast<std::uint8_t>(origin),
                                   static_cast<syslog::Source>(store.source(origin).kind),
                                   std::string(store.source(origin).name.view())});
    state_ = State::known;
    name_ = hello.name;
    static_cast<void>(output_.put(wire::encode(wire::FromBridge(welcome))));  // it is the first
    return std::nullopt;
}

Client::Taken Client::take(const wire::Open& open, Store& store, const BootId& boot) {
    if (state_ != State::known) return not_now("Open");
    const auto& lanes = store.lanes();
    const bool takes_all = open.filter.any_of.empty();
    std::optional<std::uint64_t> place;
    if (open.from == wire::From::after && open.boot_id == boot) place = open.seq;
    if (open.from == wire::From::acknowledged && !name_.empty()) {
        place = store.place(name_);
        acked_ = place.value_or(0);
    }
    Resumed resumed{Reader::at_oldest(lanes), std::nullopt};
    if (place)
        resumed = resume_behind(lanes, *place, takes_all);
    else if (open.from == wire::From::after)
        resumed = resume_after_boot(lanes);
    else if (open.from == wire::From::now)
        resumed.reader = Reader::at_newest(lanes);
    reader_ = resumed.reader;
    began_at_ = reader_.index();
    if (resumed.missing) missing_.away(*resumed.missing);
    filter(open.filter);
    opened_ = true;
    state_ = State::open;
    return std::nullopt;
}

Client::Taken Client::take(const wire::Credit& credit, Store& /*store*/, const BootId& /*boot*/) {
    if (state_ != State::open) return not_now("Credit");
    const auto more = std::min(credit.more, std::numeric_limits<std::uint32_t>::max() - credit_);
    credit_ += more;
    granted_ += more;
    return std::nullopt;
}

Client::Taken Client::take(const wire::Ack& ack, Store& store, const BootId& boot) {
    if (state_ != State::open) return not_now("Ack");
    // Of another boot, or of what nobody was given yet, it says nothing that could be used later.
    if (ack.boot_id != boot || ack.seq >= store.lanes().next_seq()) return std::nullopt;
    acked_ = std::max(acked_, ack.seq);
    if (!name_.empty()) store.put_place(name_, ack.seq);
    return std::nullopt;
}

Client::Taken Client::take(const wire::Narrow& narrow, Store& /*store*/, const BootId& /*boot*/) {
    if (state_ != State::open) return not_now("Narrow");
    filter(narrow.filter);
    return std::nullopt;
}

Client::Taken Client::take(const wire::AccountAsked& /*asked*/, Store& /*store*/,
                           const BootId& /*boot*/) {
    if (state_ != State::known && state_ != State::open) return not_now("AccountAsked");
    if (unanswered_ == kMostUnanswered)
        return Refused{Refusal::bad_bytes, "too many accounts asked for and not read"};
    ++unanswered_;
    return std::nullopt;
}

void Client::refuse(const Refused& words) {
    if (state_ != State::over) output_.put_last(wire::encode(wire::FromBridge(words)));
    state_ = State::over;
    unanswered_ = 0;
}

bool Client::answer(std::string_view account_message) {
    is_full_for_account_ = !output_.put(account_message);
    if (is_full_for_account_) return false;
    --unanswered_;
    return true;
}

void Client::sent(std::size_t bytes) {
    output_.sent(bytes);
    is_full_for_account_ = false;
    if (output_.empty()) woken = false;
}

void Client::filter(const relay::Filter& filter) {
    filter_ = filter;
    texts_ = filter.texts();
}

/// `work` grows by what the look costs: by the head alone, by all of it, by what is searched.
bool Client::passes(const Reader::Front& front, std::size_t& work) const {
    constexpr std::size_t kWhole = 8;
    constexpr std::size_t kSearchedAtOnce = 32;
    if (filter_.any_of.empty() || relay::kept_is_gap(front.record)) return true;
    ++work;
    if (const auto by_head =
            filter_.passes_by(relay::kept_pri(front.record), relay::kept_source(front.record)))
        return *by_head;
    work += kWhole + texts_ * (1 + front.size() / kSearchedAtOnce);
    auto bytes = front.bytes();
    const auto taken = wire::take_record(bytes);
    const auto* entry = taken ? std::get_if<wire::StampedEntry>(&*taken) : nullptr;
    return entry == nullptr || filter_.passes(entry->entry);
}

void Client::going(const Lanes& lanes, Lane lane) {
    auto& place = reader_.place(lane);
    if (state_ != State::open || !lanes.in_oldest(lane, place)) return;
    const auto segment = place.segment;
    std::size_t work = 0;
    for (auto unread = lanes.unread(lane, place); !unread.empty() && place.segment == segment;
         unread = lanes.unread(lane, place)) {
        const Reader::Front front{unread.data(), lane};
        reader_.pass(front);
        if (!passes(front, work)) {
            ++filtered_;
            continue;
        }
        ++dropped_;
        std::optional<std::uint64_t> count = 1;
        if (relay::kept_is_gap(front.record)) {
            auto bytes = front.bytes();
            const auto taken = wire::take_record(bytes);
            if (const auto* gap = as_gap(taken)) count = gap->gap.count;
        }
        missing_.add(relay::kept_origin(front.record), relay::kept_source(front.record), count,
                     relay::kept_seq(front.record));
    }
    place.segment = segment + 1;
    place.offset = 0;
}

bool Client::tell_missing(const BootId& boot) {
    const auto missing = missing_.first();
    std::array<unsigned char, wire::kGapHead + wire::kLongestWords> room;
    const auto size = wire::put_gap(missing.gap, {.seq = 0, .origin = missing.origin}, room);
    if (!output_.put_record({reinterpret_cast<const char*>(room.data()), size}, boot)) return false;
    missing_.told();
    ++gaps_;
    --credit_;
    return true;
}

bool Client::fill(const Lanes& lanes, const BootId& boot, std::size_t& work) {
    if (state_ != State::open) return true;
    bool has_room = true;
    bool is_done = false;
    std::size_t done = 0;
    while (credit_ != 0 && missing_.any() && has_room) has_room = tell_missing(boot);
    while (credit_ != 0 && has_room && done <= work) {
        const auto front = reader_.front(lanes);
        is_done = front.record == nullptr;
        if (is_done) break;
        if (!passes(front, done)) {
            ++filtered_;
            reader_.pass(front);
            continue;
        }
        has_room = output_.put_record(front.bytes(), boot);
        if (!has_room) break;
        ++delivered_;
        --credit_;
        reader_.pass(front);
    }
    output_.close_batch();
    is_done = is_done || credit_ == 0 || !has_room;
    work -= std::min(work, done);
    return is_done;
}

ClientAccount Client::account(const Lanes& lanes) const {
    const auto total = lanes.total(Lane::urgent) + lanes.total(Lane::other);
    return {.number = number_,
            .name = name_,
            .pid = peer_.pid,
            .uid = peer_.uid,
            .offered = opened_ ? total - began_at_ : 0,
            .delivered = delivered_,
            .filtered = filtered_,
            .dropped = dropped_,
            .queued = opened_ ? total - reader_.index() : 0,
            .gaps = gaps_,
            .credit = credit_,
            .granted = granted_,
            .acked = acked_};
}

}  // namespace vakt::bridge
