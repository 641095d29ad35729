// SPDX-License-Identifier: Apache-2.0
// The bridge's sources.
#include "prog/syslog_bridge_sources.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "sys/error.h"
#include "sys/open.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;
using settings::SourceRow;
using sys::Severity;

constexpr auto kAgain = 10s;
constexpr std::size_t kLongestCursor = 255;

bool numbers_itself(const SourceRow& row) {
    const auto kind = row.settings.source;
    return kind == syslog::Source::kmsg || kind == syslog::Source::journal;
}

/// Equal but for what the bridge itself minds.
bool same_place(const SourceRow& one, SourceRow other) {
    other.settings = one.settings;
    return one == other;
}

std::string bound_path(int fd) {
    sockaddr_un address{};
    socklen_t size = sizeof address;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        address.sun_family != AF_UNIX || size <= offsetof(sockaddr_un, sun_path))
        return {};
    return {address.sun_path, ::strnlen(address.sun_path, size - offsetof(sockaddr_un, sun_path))};
}

/// Whether the service manager's `name` is for this source.
bool is_named_for(std::string_view name, const SourceRow& row) {
    if (name.ends_with(".socket")) name.remove_suffix(7);
    if (name == row.settings.name) return true;
    return (row.settings.source == syslog::Source::forward &&
            (name == "forward" || name == "syslog")) ||
           (row.settings.source == syslog::Source::socket && name == "socket");
}

std::string saved_cursor(const std::string& state, const std::string& name) {
    auto text = sys::read_regular(state + "/" + name + ".cursor", kLongestCursor + 1);
    if (!text || text->empty() || text->back() != '\n') return {};
    text->pop_back();
    return std::move(*text);
}

}  // namespace

struct BridgeSources::One final : source::RecordSink {
    One(BridgeSources& sources, const SourceRow& its_row, bridge::Origin its_origin)
        : all(sources), row(its_row), origin(its_origin) {}

    void entry(const syslog::Entry& entry) override {
        const auto& now = all.clock_.now();
        all.bridge_.accept(origin, entry, now, reader->position());
        all.taps_.entry(entry, now);
    }
    void gap(const syslog::Gap& gap) override {
        all.bridge_.lost(origin, gap, all.clock_.now());
        all.taps_.gap(gap);
    }
    void read_over() override {
        all.clock_.turn_over();
        all.turn_over_();
    }
    void trouble(const Error& error) override { say(describe(error)); }
    /// The same is said once: what is said may come back to us as a record.
    void say(const std::string& words) {
        if (words == said) return;
        said = words;
        all.log_.say(Severity::err, "source ", row.settings.name, ": ", words);
    }

    BridgeSources& all;
    SourceRow row;
    bridge::Origin origin;
    std::unique_ptr<OpenSource> reader;
    std::string said;
    std::string saved;         // the place that is on its way to the disk, or there
    std::string moved;         // the one that moved() told last
    bool gap_is_told = false;  // the one before its first opening
    bool waits = false;        // to be tried again
};

BridgeSources::BridgeSources(loop::Loop& loop, bridge::Bridge& bridge, BridgeTaps& taps,
                             inside::TurnClock& clock, Log& log, std::vector<NamedFd> inherited,
                             std::string kmsg, std::string state, std::function<void()> turn_over)
    : loop_(loop),
      bridge_(bridge),
      taps_(taps),
      clock_(clock),
      log_(log),
      inherited_(std::move(inherited)),
      kmsg_(std::move(kmsg)),
      state_(std::move(state)),
      turn_over_(std::move(turn_over)),
      again_(loop, [this] { try_again(); }) {}

BridgeSources::~BridgeSources() = default;

void BridgeSources::begin(const std::vector<SourceRow>& rows, Past past) {
    past_ = past;
    for (const auto& row : rows) add(row);
    // From here on nobody was before us.
    past_ = {};
}

void BridgeSources::change(const std::vector<SourceRow>& rows) {
    const auto row_of = [&](const One& one) {
        return std::find_if(rows.begin(), rows.end(), [&](const SourceRow& row) {
            return row.settings.name == one.row.settings.name &&
                   row.settings.source == one.row.settings.source;
        });
    };
    for (auto at = all_.begin(); at != all_.end();) {
        auto& one = **at;
        if (row_of(one) != rows.end()) {
            ++at;
            continue;
        }
        if (one.reader) one.reader->stop();
        bridge_.source_ended(one.origin);
        at = all_.erase(at);
    }
    for (const auto& row : rows) {
        const auto known = std::find_if(all_.begin(), all_.end(), [&](const auto& one) {
            return one->row.settings.name == row.settings.name;
        });
        if (known == all_.end()) {
            add(row);
            continue;
        }
        auto& one = **known;
        const bool stays = same_place(one.row, row);
        if (one.row.settings != row.settings) static_cast<void>(bridge_.source(row.settings));
        one.row = row;
        one.said.clear();
        if (one.reader && stays && one.reader->look()) continue;
        const bool was_open = one.reader != nullptr;
        if (was_open) one.reader->stop();
        one.reader.reset();
        open(one);
        if (was_open && !numbers_itself(row)) say_gap(one, "opened anew");
    }
    turn_over_();
}

void BridgeSources::stop() {
    again_.cancel();
    for (auto& one : all_)
        if (one->reader) one->reader->stop();
}

void BridgeSources::add(const SourceRow& row) {
    const auto origin = bridge_.source(row.settings);
    if (!origin) {
        log_.say(Severity::err, "source ", row.settings.name,
                 ": the ring knows as many names of sources as it can");
        return;
    }
    open(*all_.emplace_back(std::make_unique<One>(*this, row, *origin)));
}

void BridgeSources::open(One& one) {
    auto row = one.row;
    const bool is_kmsg = row.settings.source == syslog::Source::kmsg;
    const bool is_journal = row.settings.source == syslog::Source::journal;
    if (is_kmsg && !kmsg_.empty()) row.path = kmsg_;
    SourceSetup setup{loop_,
                      batch_,
                      one,
                      [this] { return clock_.for_source(); },
                      row,
                      is_journal ? std::string(bridge_.position(one.origin)) : std::string(),
                      is_kmsg ? bridge_.next_source_seq(one.origin) : std::nullopt,
                      inherited_for(row)};
    const bool goes_on = !setup.cursor.empty() || setup.kmsg_seq;
    if (is_journal && !goes_on) setup.cursor = saved_cursor(state_, row.settings.name);
    auto opened = open_source(std::move(setup));
    if (!std::exchange(one.gap_is_told, true) && (past_.were_here || past_.rings_on) && !goes_on)
        say_gap(one, past_.rings_on ? "" : "the ring was lost");
    Status started = opened ? Status(Done{}) : Status(opened.error());
    if (opened) {
        one.reader = std::move(*opened);
        started = one.reader->start();
    }
    one.waits = !started;
    if (started) return;
    one.reader.reset();
    one.say(describe(started.error()));
    // What another process has is not taken from it in the moment in which it restarts.
    one.waits = started.error().code != std::errc::address_in_use;
    if (one.waits && !again_.running()) again_.start(kAgain);
}

void BridgeSources::say_gap(One& one, const char* words) {
    one.gap({.source = one.row.settings.source, .reason = syslog::Loss::restart, .words = words});
}

void BridgeSources::try_again() {
    for (auto& one : all_)
        if (one->waits) open(*one);
    clock_.turn_over();
    turn_over_();
}

// A copy of it: after a reload it may be wanted again.
sys::Fd BridgeSources::inherited_for(const SourceRow& row) const {
    for (const auto& one : inherited_)
        if (is_named_for(one.name, row) ||
            (!row.path.empty() && bound_path(one.fd.get()) == row.path))
            return sys::Fd(::fcntl(one.fd.get(), F_DUPFD_CLOEXEC, 3));
    return {};
}

std::size_t BridgeSources::open() const {
    return static_cast<std::size_t>(std::count_if(
        all_.begin(), all_.end(), [](const auto& one) { return one->reader != nullptr; }));
}

std::string BridgeSources::account() const {
    std::string text;
    for (const auto& one : all_) {
        if (!one->reader) continue;
        const auto counts = one->reader->counts();
        text.append("reader ").append(one->row.settings.name);
        text.append(" bytes=").append(std::to_string(counts.bytes));
        text.append(" reads=").append(std::to_string(counts.reads));
        text.append(" empty=").append(std::to_string(counts.empty)).append("\n");
    }
    return text;
}

std::vector<BridgeSources::Place> BridgeSources::moved() {
    std::vector<Place> places;
    for (auto& one : all_) {
        if (one->row.settings.source != syslog::Source::journal) continue;
        const auto position = bridge_.position(one->origin);
        if (position.empty() || position == one->saved) continue;
        one->moved = position;
        places.push_back({one->row.settings.name, one->moved});
    }
    return places;
}

void BridgeSources::saved() {
    for (auto& one : all_) one->saved = one->moved;
}

}  // namespace vakt::prog
