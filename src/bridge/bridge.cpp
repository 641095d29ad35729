// SPDX-License-Identifier: Apache-2.0
// The bridge: entries in, numbered and kept; batches out.
#include "bridge/bridge.h"

#include <algorithm>

#include "bridge/account.h"
#include "bridge/clients.h"
#include "bridge/intake.h"
#include "relay/store.h"
#include "wire/record_bytes.h"

namespace vakt::bridge {

using relay::Lane;

namespace {

bool is_record(std::string_view bytes) {
    return wire::take_record(bytes).has_value() && bytes.empty();
}

}  // namespace

struct Bridge::Parts {
    Parts(std::span<std::byte> memory, const report::BootId& its_boot, std::uint64_t first_seq)
        : boot(its_boot), store(memory, its_boot, first_seq, is_record) {}

    report::BootId boot;
    relay::Store store;
    Clients clients{store, boot};
    Intake intake{store, clients};
    std::function<std::string()> more_account;
};

Bridge::Bridge(std::span<std::byte> memory, const report::BootId& boot, std::uint64_t first_seq)
    : parts_(std::make_unique<Parts>(memory, boot, first_seq)) {}
Bridge::~Bridge() = default;

bool Bridge::went_on() const { return parts_->store.went_on(); }

std::optional<Origin> Bridge::source(const SourceSettings& settings) {
    return parts_->intake.source(settings);
}
void Bridge::source_ended(Origin origin) { parts_->intake.source_ended(origin); }
std::string_view Bridge::position(Origin origin) const { return parts_->intake.position(origin); }
std::optional<std::uint64_t> Bridge::next_source_seq(Origin origin) const {
    return parts_->intake.next_source_seq(origin);
}
void Bridge::accept(Origin origin, const syslog::Entry& entry, const Now& now,
                    std::string_view position) {
    parts_->intake.accept(origin, entry, now, position);
}
void Bridge::lost(Origin origin, const syslog::Gap& gap, const Now& now) {
    parts_->intake.lost(origin, gap, now);
}

std::optional<ClientNumber> Bridge::connected(const Peer& peer) {
    return parts_->clients.connected(peer);
}
bool Bridge::message(ClientNumber client, std::string_view bytes, const Now& /*now*/) {
    return parts_->clients.message(client, bytes);
}
void Bridge::disconnected(ClientNumber client) { parts_->clients.disconnected(client); }

void Bridge::distribute(const Now& /*now*/, std::size_t work) {
    if (parts_->clients.want_account()) parts_->clients.answer(account());
    parts_->clients.fill(work);
}
std::string_view Bridge::out(ClientNumber client) const {
    const auto* found = parts_->clients.find(client);
    return found == nullptr ? std::string_view() : found->output().view();
}
void Bridge::sent(ClientNumber client, std::size_t bytes) {
    auto* found = parts_->clients.find(client);
    if (found != nullptr) found->sent(bytes);
}
std::span<const ClientNumber> Bridge::woken() const { return parts_->clients.woken(); }

Instant Bridge::wake_at() const {
    return parts_->clients.unfinished() ? Instant{} : parts_->intake.wake_at();
}
void Bridge::tick(const Now& now) { parts_->intake.tick(now); }

std::uint64_t Bridge::next_seq() const { return parts_->store.lanes().next_seq(); }

std::vector<std::string_view> Bridge::newest(std::uint64_t from, std::size_t most) const {
    const auto& lanes = parts_->store.lanes();
    auto reader =
        from == 0 ? relay::Reader::at_oldest(lanes) : relay::Reader::behind(lanes, from - 1);
    auto left = lanes.total(Lane::urgent) + lanes.total(Lane::other) - reader.index();
    std::vector<std::string_view> found;
    found.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(left, most)));
    for (; left != 0; --left) {
        const auto front = reader.front(lanes);
        if (left <= most) found.push_back(front.bytes());
        reader.pass(front);
    }
    return found;
}

Account Bridge::figures() const {
    const auto& store = parts_->store;
    const auto& lanes = store.lanes();
    Account account;
    auto& ring = account.ring;
    ring = {.size = store.size(),
            .segments = lanes.segments(),
            .boot = parts_->boot,
            .begin = lanes.head().begin,
            .oldest = lanes.oldest_seq(),
            .next = lanes.next_seq(),
            .urgent = lanes.kept(Lane::urgent),
            .other = lanes.kept(Lane::other),
            .bytes = lanes.kept_bytes(),
            .went_on = store.went_on()};
    ring.kept = ring.urgent + ring.other;
    ring.dropped = ring.next - ring.begin - ring.kept;
    account.sources = parts_->intake.accounts();
    account.clients = parts_->clients.accounts();
    return account;
}

std::string Bridge::account() const {
    auto text = account_text(figures());
    if (parts_->more_account) text += parts_->more_account();
    return text;
}

void Bridge::account_with(std::function<std::string()> more) {
    parts_->more_account = std::move(more);
}

}  // namespace vakt::bridge
