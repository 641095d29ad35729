// SPDX-License-Identifier: Apache-2.0
// What of the bridge's batches is shown, and when all of it was.
#include "ctl/event_feed.h"

#include <algorithm>

#include "base/text.h"

namespace vakt::ctl {
namespace {

bool passes(const relay::Filter& filter, const EventOrGap& record) {
    const auto* const entry = std::get_if<wire::StampedEntry>(&record);
    return entry == nullptr || filter.passes(entry->entry);
}

/// The place that is reached with it; 0: none, as of a gap that has no number.
std::uint64_t number_of(const EventOrGap& record) {
    if (const auto* const entry = std::get_if<wire::StampedEntry>(&record)) return entry->stamp.seq;
    const auto& gap = std::get<wire::StampedGap>(record);
    return gap.stamp.seq != 0 ? gap.stamp.seq : gap.gap.to;
}

}  // namespace

std::optional<EventPlace> parse_place(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto boot = report::parse_boot_id(text.substr(0, colon));
    const auto seq = parse_decimal<std::uint64_t>(text.substr(colon + 1));
    if (!boot || !seq) return std::nullopt;
    return EventPlace{*boot, *seq};
}

wire::Open EventFeed::welcome(const wire::Welcome& welcome) {
    const bool only_new = wish_.follow && wish_.last == 0U && !wish_.after;
    if (!seen_ && only_new)
        seen_ = EventPlace{welcome.boot_id, std::max<std::uint64_t>(welcome.next, 1) - 1};
    const auto& place = seen_ ? seen_ : wish_.after;
    if (!caught_up_) {
        until_ = welcome.next;
        until_of_ = welcome.boot_id;
        const bool behind =
            place && place->boot_id == welcome.boot_id && place->seq + 1 >= welcome.next;
        caught_up_ = behind || welcome.oldest >= welcome.next;
    }
    wire::Open open;
    open.from = place ? wire::From::after : wire::From::oldest;
    if (place) {
        open.boot_id = place->boot_id;
        open.seq = place->seq;
    }
    if (caught_up_) open.filter = wish_.filter;
    return open;
}

std::optional<std::string> EventFeed::batch(const wire::Batch& batch) {
    std::string out;
    auto rest = batch.records;
    for (auto left = batch.count; left > 0; --left) {
        const auto record = wire::take_record(rest);
        if (!record) return std::nullopt;
        see(*record, batch.boot_id, out);
    }
    if (!rest.empty()) return std::nullopt;
    return out;
}

void EventFeed::see(const EventOrGap& record, const report::BootId& boot, std::string& out) {
    const auto seq = number_of(record);
    const bool of_then = boot == until_of_;
    if (!caught_up_ && of_then && seq >= until_) catch_up(out);
    if (over()) return;
    if (passes(wish_.filter, record)) {
        if (caught_up_ || !wish_.last) {
            out += show_(record, boot);
        } else if (*wish_.last > 0) {
            if (last_.size() == *wish_.last) last_.pop_front();
            last_.push_back(show_(record, boot));
        }
    }
    if (seq != 0) seen_ = EventPlace{boot, seq};
    if (!caught_up_ && of_then && seq + 1 >= until_) catch_up(out);
}

void EventFeed::catch_up(std::string& out) {
    caught_up_ = true;
    out += tail();
}

std::string EventFeed::tail() {
    std::string out;
    if (!caught_up_) return out;
    for (const auto& text : last_) out += text;
    last_.clear();
    return out;
}

}  // namespace vakt::ctl
