// SPDX-License-Identifier: Apache-2.0
// A bridge, sources that talk, clients that come, stop and go, deaths; and the model beside it.
#pragma once

#include <cstdio>
#include <cstring>
#include <memory>
#include <set>
#include <vector>

#include "base/bytes.h"
#include "bridge/bridge.h"
#include "bridge/output.h"
#include "relay/lanes.h"
#include "relay/store_memory.h"
#include "test/sim/bridge_model.h"
#include "test/sim/bridge_mutant.h"
#include "test/sim/random.h"
#include "wire/bridge_bytes.h"

namespace vakt::sim {

constexpr report::BootId kSimBoot = {4, 7, 1, 1};
constexpr std::size_t kSimSources = 4;
constexpr std::size_t kKmsg = 1, kJournal = 2;

/// What a source says as its n-th: always the same, so that it can be said again.
class Said {
 public:
    Said(std::uint64_t seed, std::size_t origin, std::uint64_t n) {
        Random run(seed * 31 + origin * 1000003 + n / 4);
        Random random(seed * 37 + origin * 1000033 + n * 7919);
        const bool same = run.one_in(3);
        const auto size = random.one_in(300)  ? 60000 + random.below(8000)
                          : random.one_in(15) ? random.below(4000)
                                              : random.below(500);
        text_ = same ? "the same as ever" : std::to_string(origin) + "." + std::to_string(n) + ":";
        if (!same) text_.resize(text_.size() + size, static_cast<char>('a' + random.below(26)));
        auto& record = entry.record;
        const auto severity = static_cast<syslog::Severity>(
            same || !random.one_in(4) ? 4 + random.below(4) : random.below(4));
        record.pri = syslog::Pri(random.one_in(20) && !same ? 4 : 3,
                                 same ? syslog::Severity::info : severity);
        if (random.one_in(30) && !same) record.pri.reset();
        constexpr std::array<std::string_view, 3> kApps = {"cron", "net", "disk"};
        record.app = kApps[same ? 0 : random.below(3)];
        record.text = text_;
        entry.source = static_cast<syslog::Source>(1 + origin);
        if (origin == kKmsg) entry.source_seq = n;
        if (origin == kJournal) position = "cursor " + std::to_string(n + 1);
    }
    Said(const Said&) = delete;
    Said& operator=(const Said&) = delete;

    syslog::Entry entry;
    std::string position;

 private:
    std::string text_;
};

class BridgeWorld {
 public:
    BridgeWorld(std::uint64_t seed, BridgeMutant mutant)
        : seed_(seed),
          random_(seed),
          mutant_(mutant),
          memory_(bridge::Bridge::kLeastMemory / sizeof(std::uint64_t)) {
        start();
    }

    BridgeFault run(unsigned steps) {
        for (unsigned n = 0; n < steps && fault_ == BridgeFault::none && !unclear_; ++n) {
            step();
            if (!unclear_) check();
        }
        if (unclear_) return BridgeFault::none;
        if (fault_ == BridgeFault::none) settle();
        return fault_;
    }
    /// Of this file: what was found broken.
    [[nodiscard]] unsigned line() const { return line_; }
    /// It ended early, since the model could not follow.
    [[nodiscard]] bool unclear() const { return unclear_; }
    [[nodiscard]] std::uint64_t taken() const { return taken_; }
    [[nodiscard]] std::uint64_t given() const { return given_; }
    [[nodiscard]] std::uint64_t deaths() const { return deaths_; }

 private:
    struct Guest {
        bridge::ClientNumber number = 0;
        std::string name;
        ClientModel model{};
        std::string bytes{};
        bool told = false;
    };

    void broken(BridgeFault fault, unsigned line = __builtin_LINE()) {
        if (fault_ != BridgeFault::none) return;
        fault_ = fault;
        line_ = line;
    }
    [[nodiscard]] bool bends(BridgeMutant mutant, std::uint32_t one_in = 1) {
        return mutant_ == mutant && random_.one_in(one_in);
    }
    [[nodiscard]] std::span<std::byte> memory() {
        return std::as_writable_bytes(std::span(memory_));
    }

    void start() {
        bridge_ = std::make_unique<bridge::Bridge>(memory(), kSimBoot, ring_.begin);
        constexpr std::array<std::string_view, kSimSources> kNames = {"fifo", "kmsg", "journal",
                                                                      "chatty"};
        for (std::size_t n = 0; n < kSimSources; ++n) {
            bridge::SourceSettings settings{.source = static_cast<syslog::Source>(1 + n),
                                            .name = std::string(kNames[n])};
            if (n == 3) settings.guard = {.per_second = 20, .burst = 5};
            if (bridge_->source(settings) != n) broken(BridgeFault::wrong_source);
        }
    }

    void step() {
        now_.at += std::chrono::milliseconds(random_.below(200));
        now_.wall_ns += 1000;
        if (bridge_->wake_at() <= now_.at) {
            bridge_->tick(now_);
            learn();
        }
        switch (random_.below(12)) {
            case 0:
                connect();
                break;
            case 1:
                grant();
                break;
            case 2:
                acknowledge();
                break;
            case 3:
                narrow();
                break;
            case 4:
                leave();
                break;
            case 5:
                lose();
                break;
            case 6:
                if (random_.one_in(8)) die();
                break;
            default:
                talk();
                break;
        }
        see_dropped();
        distribute();
        for (auto& guest : guests_)
            if (!random_.one_in(3)) read(guest);
    }

    // ---- sources ----

    void talk() {
        const auto origin = random_.below(kSimSources);
        for (auto n = 1 + random_.below(60); n > 0; --n) say(origin);
    }
    void say(std::size_t origin) {
        Said said(seed_, origin, next_[origin]++);
        ++taken_;
        if (bends(BridgeMutant::folds_different, 200)) return;
        if (mutant_ == BridgeMutant::keeps_other_first && said.entry.record.pri) {
            const auto pri = *said.entry.record.pri;
            said.entry.record.pri =
                syslog::Pri(pri.facility(),
                            static_cast<syslog::Severity>(7 - static_cast<int>(pri.severity())));
        }
        bridge_->accept(static_cast<bridge::Origin>(origin), said.entry, now_, said.position);
        learn(&said);
    }
    void lose() {
        const auto origin = random_.below(kSimSources);
        syslog::Gap gap{.source = static_cast<syslog::Source>(1 + origin),
                        .reason = syslog::Loss::source,
                        .count = random_.below(1000)};
        if (random_.one_in(4)) gap.count.reset();
        bridge_->lost(static_cast<bridge::Origin>(origin), gap, now_);
        learn();
    }
    /// What the ring was given just now.
    void learn(const Said* said = nullptr) {
        const auto before = ring_.next();
        const auto made = bridge_->newest(before, ~std::size_t{0});
        const auto count = bridge_->next_seq() - before;
        // What came first in this call was pushed out by what came last: nobody saw it.
        if (made.size() + 1 == count && count > 1 && bridge_->figures().ring.dropped != dropped_)
            unclear_ = true;
        if (unclear_) return;
        if (made.size() != count) return broken(BridgeFault::not_kept);
        for (const auto bytes : made) {
            auto entry = numbered(bytes);
            if (entry.seq != ring_.next()) broken(BridgeFault::not_kept);
            auto view = bytes;
            const auto taken = wire::take_record(view);
            const auto* its = taken ? std::get_if<wire::StampedEntry>(&*taken) : nullptr;
            if (!entry.is_gap && entry.repeats == 0) {
                ++accepted_[entry.origin];
                if (said == nullptr || its == nullptr ||
                    !said->entry.record.text.starts_with(its->entry.record.text) ||
                    its->entry.cut != (its->entry.record.text != said->entry.record.text))
                    broken(BridgeFault::not_kept);
            }
            if (mutant_ == BridgeMutant::keeps_other_first && !entry.is_gap && its != nullptr)
                entry.urgent = its->entry.record.pri && its->entry.record.pri->number() % 8 >= 4;
            repeats_[entry.origin] += entry.repeats;
            held_[entry.origin] += entry.held;
            ring_.add(std::move(entry));
        }
    }

    void see_dropped() {
        const auto figures = bridge_->figures();
        if (figures.ring.dropped == dropped_) return;
        dropped_ = figures.ring.dropped;
        std::set<std::uint64_t> kept;
        for (const auto bytes : bridge_->newest(0, ~std::size_t{0}))
            kept.insert(relay::kept_seq(reinterpret_cast<const unsigned char*>(bytes.data())));
        const auto before = ring_.first;
        for (std::size_t n = 0; n < 2; ++n) {
            const auto& lane = ring_.lanes[n];
            auto& first = ring_.first[n];
            while (first < lane.size() && !kept.contains(lane[first])) ++first;
            for (auto at = first; at < lane.size(); ++at)
                if (!kept.contains(lane[at]) && mutant_ != BridgeMutant::keeps_other_first)
                    broken(BridgeFault::not_kept);
        }
        if (ring_.first[0] != before[0] && ring_.first[1] < others_before_)
            broken(BridgeFault::urgent_before_other);
        for (auto& guest : guests_)
            for (std::size_t n = 0; n < 2; ++n) guest.model.dropped(ring_, n);
    }

    // ---- clients ----

    [[nodiscard]] bool send(const Guest& guest, const wire::ToBridge& message) {
        const auto bytes = wire::encode(message);
        return bridge_->message(guest.number, std::string_view(bytes).substr(4), now_);
    }
    [[nodiscard]] relay::Filter some_filter() {
        relay::Filter filter{.strict = random_.one_in(2)};
        switch (random_.below(5)) {
            case 0:
                filter.any_of.push_back({.least_severe = 3});
                break;
            case 1:
                filter.any_of.push_back({.apps = {"net", "disk"}});
                break;
            case 2:
                filter.any_of.push_back({.least_severe = 5, .texts = {"a"}});
                break;
            default:
                break;
        }
        return filter;
    }
    void connect() {
        if (guests_.size() >= 6) return;
        see_dropped();
        constexpr std::array<std::string_view, 3> kNames = {"", "vm", "ctl"};
        Guest guest{.name = std::string(kNames[random_.below(3)])};
        guest.number = *bridge_->connected({});
        auto& model = guest.model;
        wire::Open open{.from = static_cast<wire::From>(random_.below(4)),
                        .boot_id = kSimBoot,
                        .filter = some_filter()};
        model.filter = open.filter;
        model.go_behind(ring_, 0);
        const auto place = places_.find(guest.name);
        if (open.from == wire::From::now) model.go_behind(ring_, ring_.next());
        if (open.from == wire::From::after && random_.one_in(4)) {
            open.boot_id[0] = 99;
            model.away = syslog::Gap{.reason = syslog::Loss::restart};
        } else if (open.from == wire::From::after) {
            open.seq =
                random_.one_in(3) || last_heard_ == 0 ? random_.next() % ring_.next() : last_heard_;
            resume(model, open.seq);
            if (bends(BridgeMutant::resumes_too_late)) ++open.seq;
            if (bends(BridgeMutant::resumes_too_early) && open.seq != 0) --open.seq;
        } else if (open.from == wire::From::acknowledged && place != places_.end()) {
            resume(model, place->second);
            model.account.acked = place->second;
            if (bends(BridgeMutant::forgets_places)) open.from = wire::From::oldest;
        }
        began_[guest.number] = model.queued(ring_);
        base_[guest.number] = ring_.all.size();
        if (mutant_ == BridgeMutant::passes_all) open.filter = {};
        if (!send(guest, wire::Hello{.name = guest.name}) || !send(guest, open))
            broken(BridgeFault::wrong_account);
        guests_.push_back(std::move(guest));
    }
    void resume(ClientModel& model, std::uint64_t seq) {
        if (seq + 1 < ring_.begin) {  // not of this memory; begin is 1 but for 0
            model.away = syslog::Gap{.reason = syslog::Loss::restart};
            return;
        }
        model.resume(ring_, seq);
    }
    void grant() {
        for (auto& guest : guests_) {
            if (random_.one_in(2)) continue;
            const auto more = random_.below(random_.one_in(3) ? 3000 : 30);
            guest.model.account.credit += more;
            guest.model.account.granted += more;
            if (!send(guest, wire::Credit{more + (bends(BridgeMutant::grants_one_more) ? 1U : 0U)}))
                broken(BridgeFault::wrong_account);
        }
    }
    void acknowledge() {
        for (auto& guest : guests_) {
            if (guest.model.account.delivered == 0 || random_.one_in(2)) continue;
            const auto seq = 1 + random_.next() % (ring_.next() - 1);
            auto& acked = guest.model.account.acked;
            acked = std::max(acked, seq);
            if (!guest.name.empty()) places_[guest.name] = std::max(places_[guest.name], seq);
            if (!send(guest, wire::Ack{kSimBoot, seq})) broken(BridgeFault::wrong_account);
        }
    }
    void narrow() {
        if (guests_.empty()) return;
        see_dropped();
        auto& guest = guests_[random_.below(static_cast<std::uint32_t>(guests_.size()))];
        guest.model.filter = some_filter();
        const auto filter =
            mutant_ == BridgeMutant::passes_all ? relay::Filter{} : guest.model.filter;
        if (!send(guest, wire::Narrow{filter})) broken(BridgeFault::wrong_account);
    }
    void leave() {
        if (guests_.empty() || random_.one_in(2)) return;
        const auto n = random_.below(static_cast<std::uint32_t>(guests_.size()));
        const auto guest = guests_.begin() + static_cast<std::ptrdiff_t>(n);
        bridge_->disconnected(guest->number);
        guests_.erase(guest);
    }

    void distribute() {
        bridge_->distribute(now_);
        const auto figures = bridge_->figures();
        for (auto& guest : guests_) {
            for (const auto& its : figures.clients)
                if (its.number == guest.number) guest.model.distribute(ring_, its);
        }
        std::set<bridge::ClientNumber> woken(bridge_->woken().begin(), bridge_->woken().end());
        if (bends(BridgeMutant::wakes_always) && !guests_.empty()) woken.insert(guests_[0].number);
        for (auto& guest : guests_) {
            const bool has = !bridge_->out(guest.number).empty();
            if (woken.contains(guest.number) != (has && !guest.told))
                broken(BridgeFault::false_wake);
            if (has) guest.told = true;
            // It stops for a full output alone; a quarter of that may be written and not yet free.
            if (guest.model.stalled && bridge_->out(guest.number).size() + wire::kLongestRecord <
                                           bridge::Output::kMost / 4 * 3 - 64)
                broken(BridgeFault::left_over);
        }
    }

    void read(Guest& guest) {
        const auto out = bridge_->out(guest.number);
        const auto size = random_.one_in(3) ? random_.below(100000) : out.size();
        guest.bytes += out.substr(0, size);
        bridge_->sent(guest.number, std::min(size, out.size()));
        if (bridge_->out(guest.number).empty()) guest.told = false;
        std::string_view left = guest.bytes;
        while (left.size() >= 4) {
            const std::size_t its =
                get_number<std::uint32_t>(reinterpret_cast<const unsigned char*>(left.data()));
            if (left.size() < 4 + its) break;
            const auto message = wire::parse_from_bridge(left.substr(4, its));
            if (!message) return broken(BridgeFault::wrong_bytes);
            if (const auto* batch = std::get_if<wire::Batch>(&*message)) hear(guest, *batch);
            left.remove_prefix(4 + its);
        }
        guest.bytes.erase(0, guest.bytes.size() - left.size());
    }
    void hear(Guest& guest, const wire::Batch& batch) {
        std::vector<std::string_view> records;
        auto rest = batch.records;
        for (unsigned n = 0; n < batch.count; ++n) {
            const auto from = rest;
            if (!wire::take_record(rest)) return broken(BridgeFault::wrong_bytes);
            records.push_back(from.substr(0, from.size() - rest.size()));
        }
        if (!rest.empty() || batch.count == 0 || batch.count > bridge::Output::kMostRecords)
            broken(BridgeFault::wrong_bytes);
        bend(records);
        for (const auto record : records) expect(guest, record);
    }
    void bend(std::vector<std::string_view>& records) {
        const auto at = random_.below(static_cast<std::uint32_t>(records.size()));
        const auto place = static_cast<std::ptrdiff_t>(at);
        if (bends(BridgeMutant::gives_twice, 9))
            records.insert(records.begin() + place, records[at]);
        if (bends(BridgeMutant::forgets_one, 9)) records.erase(records.begin() + place);
        if (bends(BridgeMutant::swaps_two, 9) && at != 0) std::swap(records[at], records[at - 1]);
        if (mutant_ == BridgeMutant::says_no_gap)
            std::erase_if(records, [](auto record) { return numbered(record).seq == 0; });
    }
    void expect(Guest& guest, std::string_view record) {
        auto& expected = guest.model.expected;
        if (expected.empty()) return broken(BridgeFault::too_much);
        const auto wanted = expected.front();
        expected.pop_front();
        ++given_;
        if (wanted.seq != 0) {
            last_heard_ = wanted.seq;
            if (ring_.at(wanted.seq).bytes != record) broken(BridgeFault::wrong_bytes);
            return;
        }
        auto view = record;
        const auto taken = wire::take_record(view);
        const auto* gap = taken ? std::get_if<wire::StampedGap>(&*taken) : nullptr;
        if (gap == nullptr) return broken(BridgeFault::wrong_bytes);
        auto told = gap->gap;
        if (mutant_ == BridgeMutant::counts_one_more && told.count) ++*told.count;
        if (mutant_ == BridgeMutant::gaps_one_early) --told.from;
        if (gap->stamp.seq != 0 || gap->stamp.origin != wanted.origin || !(told == wanted.gap))
            broken(BridgeFault::wrong_bytes);
    }

    // ---- deaths ----

    void die() {
        see_dropped();
        ++deaths_;
        if (mutant_ == BridgeMutant::commits_before_bytes ||
            mutant_ == BridgeMutant::loses_the_last) {
            const auto before = memory_;
            say(0);
            say(0);
            see_dropped();
            const auto words = sizeof(relay::StoreTables) / sizeof(std::uint64_t);
            const auto after = memory_;
            memory_ = before;
            if (mutant_ == BridgeMutant::commits_before_bytes)
                std::copy_n(after.begin() + words, 8, memory_.begin() + words);
        }
        bridge_.reset();
        spoil_what_is_free();
        guests_.clear();
        start();
        if (!bridge_->went_on()) return broken(BridgeFault::did_not_go_on);
        if (bridge_->next_seq() != ring_.next()) return broken(BridgeFault::not_kept);
        for (const auto bytes : bridge_->newest(0, ~std::size_t{0})) {
            const auto seq = relay::kept_seq(reinterpret_cast<const unsigned char*>(bytes.data()));
            if (ring_.at(seq).bytes != bytes) broken(BridgeFault::not_kept);
        }
        next_[kKmsg] = bridge_->next_source_seq(kKmsg).value_or(0);
        const std::string cursor(bridge_->position(kJournal));
        next_[kJournal] = cursor.empty() ? 0 : std::stoull(cursor.substr(7));
        if (bends(BridgeMutant::position_too_early)) ++next_[kKmsg];
    }
    /// What is not committed may be anything.
    void spoil_what_is_free() {
        const auto words = sizeof(relay::StoreTables) / sizeof(std::uint64_t);
        constexpr std::size_t kSegments = 8;
        auto area = memory().subspan(sizeof(relay::StoreTables) + kSegments * 8);
        const auto size = area.size() / kSegments;
        for (std::size_t n = 0; n < kSegments; ++n) {
            const auto used = static_cast<std::uint32_t>(memory_[words + n]);
            const auto free = area.subspan(n * size + used, size - used);
            for (std::size_t at = 0; at < free.size(); at += 1 + random_.below(64))
                free[at] = static_cast<std::byte>(random_.below(256));
        }
    }

    // ---- what must hold ----

    void check() {
        const auto figures = bridge_->figures();
        const auto& ring = figures.ring;
        others_before_ = ring_.lanes[1].size();
        if (ring.next - ring.begin != ring.kept + ring.dropped ||
            ring.kept != ring.urgent + ring.other ||
            (mutant_ != BridgeMutant::keeps_other_first &&
             (ring.urgent != ring_.lanes[0].size() - ring_.first[0] ||
              ring.other != ring_.lanes[1].size() - ring_.first[1])))
            broken(BridgeFault::not_kept);
        for (std::size_t n = 0; n < kSimSources; ++n) {
            const auto& source = figures.sources[n];
            if (source.received() != next_[n] || source.figures.accepted != accepted_[n] ||
                source.figures.folded < repeats_[n] || source.figures.held_back < held_[n])
                broken(BridgeFault::wrong_source);
        }
        for (const auto& guest : guests_) {
            for (const auto& its : figures.clients)
                if (its.number == guest.number) check(guest, its);
        }
    }
    void check(const Guest& guest, const bridge::ClientAccount& its) {
        const auto& model = guest.model;
        auto wanted = model.account;
        wanted.number = its.number;
        wanted.name = guest.name;
        wanted.queued = model.queued(ring_);
        wanted.offered = began_[guest.number] + ring_.all.size() - base_[guest.number];
        if (!(its == wanted) ||
            its.offered != its.delivered + its.filtered + its.dropped + its.queued ||
            its.granted != its.credit + its.delivered + its.gaps)
            broken(BridgeFault::wrong_account);
    }

    /// All is said and read in the end.
    void settle() {
        now_.at += std::chrono::seconds(2);
        bridge_->tick(now_);
        learn();
        see_dropped();
        for (auto& guest : guests_) {
            guest.model.account.credit += 100000;
            guest.model.account.granted += 100000;
            if (!send(guest, wire::Credit{100000})) broken(BridgeFault::wrong_account);
        }
        for (int n = 0; n < 200; ++n) {
            distribute();
            for (auto& guest : guests_) read(guest);
        }
        check();
        const auto figures = bridge_->figures();
        for (std::size_t n = 0; n < kSimSources; ++n)
            if (figures.sources[n].figures.folded != repeats_[n] ||
                figures.sources[n].figures.held_back != held_[n])
                broken(BridgeFault::left_over);
        for (const auto& guest : guests_)
            if (!guest.model.expected.empty() || guest.model.queued(ring_) != 0)
                broken(BridgeFault::left_over);
        if (bridge_->wake_at() != kNever) broken(BridgeFault::left_over);
    }

    std::uint64_t seed_;
    Random random_;
    BridgeMutant mutant_;
    BridgeFault fault_ = BridgeFault::none;
    unsigned line_ = 0;
    bool unclear_ = false;
    std::vector<std::uint64_t> memory_;
    std::unique_ptr<bridge::Bridge> bridge_;
    bridge::Now now_{Instant{} + std::chrono::hours(1), 1};
    RingModel ring_;
    std::vector<Guest> guests_;
    std::map<std::string, std::uint64_t> places_;
    std::map<bridge::ClientNumber, std::uint64_t> began_, base_;
    std::array<std::uint64_t, kSimSources> next_{}, accepted_{}, repeats_{}, held_{};
    std::uint64_t dropped_ = 0, last_heard_ = 0, others_before_ = 0;
    std::uint64_t taken_ = 0, given_ = 0, deaths_ = 0;
};

}  // namespace vakt::sim
