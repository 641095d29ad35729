// SPDX-License-Identifier: Apache-2.0
// What sources give: folded, guarded, numbered and kept.
#include "bridge/intake.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

#include "wire/record_bytes.h"

namespace vakt::bridge {

using relay::Lane;
using relay::Reader;
using syslog::Entry;
using syslog::Gap;
using syslog::Loss;
using syslog::Source;

namespace {

constexpr std::uint8_t kAuth = 4;
constexpr std::uint8_t kAuthpriv = 10;

bool is_auth(const syslog::Record& record) {
    return record.pri && (record.pri->facility() == kAuth || record.pri->facility() == kAuthpriv);
}

Lane lane_of(const syslog::Record& record) {
    return record.pri && record.pri->severity() <= syslog::Severity::err ? Lane::urgent
                                                                         : Lane::other;
}

/// A kernel's number may be 0.
bool has_number(const Entry& entry) {
    return entry.source_seq != 0 || entry.source == Source::kmsg;
}

std::size_t bytes_of(const Entry& entry) {
    const auto& r = entry.record;
    return !entry.raw.empty() ? entry.raw.size()
                              : r.host.size() + r.app.size() + r.pid.size() + r.msgid.size() +
                                    r.structured.size() + r.text.size();
}

/// Who is held back for it: "HOST APP (uid N)", or what there is of it. The user is the kernel's
/// word, so that nobody can have another one held back by his name.
class SenderName {
 public:
    explicit SenderName(const Entry& entry) {
        const auto& r = entry.record;
        add(r.host);
        if (!r.host.empty() && !r.app.empty()) add(" ");
        add(r.app);
        if (size_ == 0) add(entry.unit);
        if (size_ == 0) add("-");
        if (!entry.sender) return;
        std::array<char, 24> uid{};
        auto* to = std::copy_n(" (uid ", 6, uid.begin());
        to = std::to_chars(to, uid.end(), entry.sender->uid).ptr;
        *to++ = ')';
        const auto size = static_cast<std::size_t>(to - uid.begin());
        size_ = std::min(size_, bytes_.size() - size);
        add({uid.data(), size});
    }
    [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }

 private:
    void add(std::string_view text) {
        const auto fits = std::min(text.size(), bytes_.size() - size_);
        std::copy_n(text.begin(), fits, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += fits;
    }
    std::size_t size_ = 0;
    std::array<char, relay::RateGuard::kLongestSender> bytes_;
};

std::uint64_t more(std::uint64_t all, std::uint64_t said) { return all > said ? all - said : 0; }

}  // namespace

Intake::Intake(relay::Store& store, Clients& clients) : store_(store), clients_(clients) {
    desks_.reserve(relay::kMostKeptSources);
    for (std::size_t n = 0; n < store_.sources(); ++n) recover(static_cast<Origin>(n));
}

/// What an earlier process had counted and not yet said is owed.
void Intake::recover(Origin origin) {
    const auto& kept = store_.source(origin);
    auto& desk = desks_.emplace_back();
    desk.settings.source = static_cast<Source>(kept.kind);
    desk.settings.name = kept.name.view();
    if (const auto* mark = store_.mark(origin)) {
        desk.resumable = mark->resumable == 1;
        desk.numbers = mark->numbers == 1;
        desk.next = mark->next;
        desk.folded_said = mark->folded_said;
        desk.held_said = mark->held_said;
        desk.position_size = mark->where().size();
        std::ranges::copy(mark->where(), desk.position.begin());
    }
    desk.held_owed = more(kept.figures.held_back, desk.held_said);
    const auto folded = more(kept.figures.folded, desk.folded_said);
    if (folded == 0) return;
    desk.last = last_record(origin);
    const auto most = std::uint64_t{std::numeric_limits<std::uint32_t>::max()};
    desk.repeat.owe(static_cast<std::uint32_t>(std::min(folded, most)),
                    {.source_seq = desk.numbers ? desk.next - 1 : 0});
}

/// Empty if it was dropped: an older one is not what was folded.
std::string_view Intake::last_record(Origin origin) const {
    const auto last = store_.source(origin).last;
    if (last == 0) return {};
    auto reader = Reader::behind(store_.lanes(), last - 1);
    const auto front = reader.front(store_.lanes());
    if (front.record == nullptr || relay::kept_seq(front.record) != last ||
        relay::kept_origin(front.record) != origin || relay::kept_is_gap(front.record))
        return {};
    return front.bytes();
}

std::optional<Origin> Intake::source(const SourceSettings& settings) {
    const auto found = store_.know_source(settings.name, settings.source);
    if (!found) return std::nullopt;
    if (*found == desks_.size()) desks_.emplace_back();
    auto& desk = desks_[*found];
    const relay::Rate rate{settings.guard.per_second, settings.guard.burst};
    if (desk.guard && desk.guard->rate() != rate) {
        while (const auto held = desk.guard->take_any()) desk.held_owed += held->count;
        desk.guard.reset();
    }
    if (rate.per_second != 0 && !desk.guard) desk.guard.emplace(rate);
    if (!settings.fold_repeats) desk.repeat.forget();
    desk.settings = settings;
    desk.open = true;
    return static_cast<Origin>(*found);
}

void Intake::source_ended(Origin origin) {
    if (origin < desks_.size()) desks_[origin].open = false;
}

std::string_view Intake::position(Origin origin) const {
    const auto* mark = origin < desks_.size() ? store_.mark(origin) : nullptr;
    return mark == nullptr ? std::string_view() : mark->where();
}

std::optional<std::uint64_t> Intake::next_source_seq(Origin origin) const {
    const auto* mark = origin < desks_.size() ? store_.mark(origin) : nullptr;
    if (mark == nullptr || mark->numbers != 1) return std::nullopt;
    return mark->next;
}

bool Intake::is_repeat(const Desk& desk, const Entry& entry) const {
    if (!desk.settings.fold_repeats || !desk.repeat.is_like(entry.record)) return false;
    auto bytes = desk.last;
    const auto taken = wire::take_record(bytes);
    const auto* last = taken ? std::get_if<wire::StampedEntry>(&*taken) : nullptr;
    // Words are anybody's to say again; whose they are is the kernel's word, and not to be lent.
    return last != nullptr && relay::same_words(last->entry.record, entry.record) &&
           last->entry.sender == entry.sender && last->entry.unit == entry.unit;
}

void Intake::note_place(Desk& desk, const Entry& entry, std::string_view position) {
    if (!position.empty()) {
        desk.resumable = true;
        desk.position_size = std::min(position.size(), desk.position.size());
        std::memcpy(desk.position.data(), position.data(), desk.position_size);
    }
    if (has_number(entry)) {
        desk.resumable = true;
        desk.numbers = true;
        desk.next = entry.source_seq + 1;
    }
}

void Intake::accept(Origin origin, const Entry& entry, const Now& now, std::string_view position) {
    if (origin >= desks_.size()) return;
    auto& desk = desks_[origin];
    auto& kept = store_.source(origin);
    auto& figures = kept.figures;
    figures.bytes += bytes_of(entry);
    if (entry.record.malformed) ++figures.malformed;

    if (!desk.settings.with_auth && is_auth(entry.record)) {
        ++figures.withheld;
    } else if (is_repeat(desk, entry)) {
        ++figures.folded;
        desk.repeat.add(entry, now.at);
    } else {
        if (desk.repeat.count() != 0) say_repeats(origin, now);
        relay::RateGuard::Judgement judgement;
        if (desk.guard) judgement = desk.guard->judge(SenderName(entry).view(), now.at);
        if (judgement.to_say)
            say_held(origin, judgement.to_say->sender.view(), judgement.to_say->count);
        if (judgement.allowed) {
            note_place(desk, entry, position);
            const auto bytes = keep(origin, entry, now, 0);
            ++figures.accepted;
            if (desk.settings.fold_repeats) {
                desk.last = bytes;
                desk.repeat.watch(entry.record);
            }
            return;
        }
        ++figures.held_back;
    }
    note_place(desk, entry, position);
}

void Intake::lost(Origin origin, const Gap& gap, const Now& now) {
    if (origin >= desks_.size()) return;
    auto& desk = desks_[origin];
    if (desk.repeat.count() != 0) say_repeats(origin, now);
    desk.repeat.forget();
    auto& figures = store_.source(origin).figures;
    if (gap.count)
        figures.lost += *gap.count;
    else
        ++figures.unknown_gaps;
    keep_gap(origin, gap);
}

unsigned char* Intake::room(Lane lane, std::size_t need) {
    auto& lanes = store_.lanes();
    if (auto* to = lanes.tail(lane, need)) return to;
    if (const auto goes = lanes.must_go()) {
        clients_.going(*goes);
        for (auto& desk : desks_) {
            if (desk.last.empty() || !lanes.in_oldest(*goes, desk.last.data())) continue;
            desk.own.assign(desk.last.begin(), desk.last.end());
            desk.last = {desk.own.data(), desk.own.size()};
        }
        lanes.drop_oldest(*goes);
    }
    lanes.open(lane);
    return lanes.tail(lane, need);
}

void Intake::mark(Origin origin) {
    const auto& desk = desks_[origin];
    const auto& figures = store_.source(origin).figures;
    store_.put_mark(origin, store_.lanes().next_seq(), [&](relay::Mark& mark) {
        mark.resumable = desk.resumable ? 1 : 0;
        mark.numbers = desk.numbers ? 1 : 0;
        mark.next = desk.next;
        mark.folded = figures.folded;
        mark.folded_said = desk.folded_said;
        mark.held_back = figures.held_back;
        mark.held_said = desk.held_said;
        mark.withheld = figures.withheld;
        mark.position_size = desk.position_size;
        std::memcpy(mark.position.data(), desk.position.data(), desk.position_size);
    });
}

std::string_view Intake::keep(Origin origin, const Entry& entry, const Now& now,
                              std::uint32_t repeats) {
    auto& lanes = store_.lanes();
    const auto lane = lane_of(entry.record);
    const auto most = wire::most_bytes(entry);
    auto* to = room(lane, most);
    const auto seq = lanes.next_seq();
    const auto size = wire::put_entry(
        entry, {.seq = seq, .origin = origin, .read_ns = now.wall_ns, .repeats = repeats},
        {to, most});
    store_.source(origin).last = seq;
    if (desks_[origin].resumable || repeats != 0) mark(origin);
    lanes.commit(lane);
    return {reinterpret_cast<const char*>(to), size};
}

void Intake::keep_gap(Origin origin, const Gap& gap) {
    auto& lanes = store_.lanes();
    constexpr auto kMost = wire::kGapHead + wire::kLongestWords;
    auto* to = room(Lane::urgent, kMost);
    static_cast<void>(wire::put_gap(gap, {.seq = lanes.next_seq(), .origin = origin}, {to, kMost}));
    mark(origin);
    lanes.commit(Lane::urgent);
    ++store_.source(origin).figures.gaps;
}

void Intake::say_repeats(Origin origin, const Now& now) {
    auto& desk = desks_[origin];
    const auto count = desk.repeat.count();
    const auto last = desk.repeat.last();
    desk.repeat.said();
    desk.folded_said += count;
    const auto entry = [&]() -> std::optional<Entry> {
        auto bytes = desk.last;
        const auto taken = wire::take_record(bytes);
        const auto* stands = taken ? std::get_if<wire::StampedEntry>(&*taken) : nullptr;
        return stands == nullptr ? std::nullopt : std::optional(stands->entry);
    };
    auto again = entry();
    if (!again) {  // dropped before an earlier process could say them
        keep_gap(origin, {.source = desk.settings.source, .count = count});
        return;
    }
    // Room first: making it may move what the entry is made of.
    static_cast<void>(room(lane_of(again->record), desk.last.size()));
    again = entry();
    again->record.time_ns = last.time_ns;
    again->taken_ns = last.taken_ns;
    again->mono_ns = last.mono_ns;
    again->source_seq = last.source_seq;
    desk.last = keep(origin, *again, now, count);
    ++store_.source(origin).figures.repeats;
}

void Intake::say_held(Origin origin, std::string_view sender, std::uint64_t count) {
    auto& desk = desks_[origin];
    desk.held_said += count;
    keep_gap(origin, {.source = desk.settings.source,
                      .reason = Loss::rate_guard,
                      .count = count,
                      .words = sender});
}

Instant Intake::wake_at() const {
    auto at = kNever;
    for (const auto& desk : desks_) {
        at = std::min(at, desk.repeat.due());
        if (desk.guard) at = std::min(at, desk.guard->due());
        if (desk.held_owed != 0) at = Instant{};
    }
    return at;
}

void Intake::tick(const Now& now) {
    for (std::size_t n = 0; n < desks_.size(); ++n) {
        const auto origin = static_cast<Origin>(n);
        auto& desk = desks_[n];
        if (desk.repeat.due() <= now.at) say_repeats(origin, now);
        if (desk.held_owed != 0) say_held(origin, "", std::exchange(desk.held_owed, 0));
        while (desk.guard) {
            const auto held = desk.guard->take_due(now.at);
            if (!held) break;
            say_held(origin, held->sender.view(), held->count);
        }
    }
}

std::vector<SourceAccount> Intake::accounts() const {
    std::vector<SourceAccount> accounts;
    for (std::size_t n = 0; n < desks_.size(); ++n) {
        const auto& kept = store_.source(n);
        accounts.push_back({.name = std::string(kept.name.view()),
                            .source = static_cast<Source>(kept.kind),
                            .open = desks_[n].open,
                            .figures = kept.figures});
    }
    return accounts;
}

}  // namespace vakt::bridge
