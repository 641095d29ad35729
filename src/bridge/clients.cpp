// SPDX-License-Identifier: Apache-2.0
// All clients of the bridge.
#include "bridge/clients.h"

#include <algorithm>

namespace vakt::bridge {

std::optional<ClientNumber> Clients::connected(const Peer& peer) {
    if (clients_.size() == Bridge::kMostClients) return std::nullopt;
    clients_.push_back(std::make_unique<Client>(++last_, peer));
    woken_.reserve(clients_.size());
    return last_;
}

void Clients::disconnected(ClientNumber number) {
    std::erase_if(clients_, [&](const auto& client) { return client->number() == number; });
    std::erase(woken_, number);
}

Client* Clients::find(ClientNumber number) const {
    const auto found = std::ranges::find_if(
        clients_, [&](const auto& client) { return client->number() == number; });
    return found == clients_.end() ? nullptr : found->get();
}

bool Clients::message(ClientNumber number, std::string_view bytes) {
    auto* client = find(number);
    if (client == nullptr) return false;
    const auto message = wire::parse_to_bridge(bytes);
    Client::Taken refused = wire::Refused{wire::Refusal::bad_bytes, "these bytes are no message"};
    if (message)
        refused = std::visit(
            [&](const auto& content) { return client->take(content, store_, boot_); }, *message);
    if (refused) client->refuse(*refused);
    return !refused;
}

void Clients::going(relay::Lane lane) {
    for (const auto& client : clients_) client->going(store_.lanes(), lane);
}

void Clients::fill(std::size_t work) {
    woken_.clear();
    unfinished_ = false;
    auto next = first_;
    for (std::size_t n = 0; n < clients_.size(); ++n) {
        const auto at = (first_ + n) % clients_.size();
        auto& client = *clients_[at];
        if (!client.fill(store_.lanes(), boot_, work)) {
            // The one that could not end begins the next time.
            if (!unfinished_) next = at;
            unfinished_ = true;
        }
        if (client.output().empty() || client.woken) continue;
        client.woken = true;
        woken_.push_back(client.number());
    }
    first_ = next;
}

bool Clients::want_account() const {
    return std::ranges::any_of(clients_,
                               [](const auto& client) { return client->wants_account(); });
}

void Clients::answer(const std::string& account) {
    const auto message = wire::encode(wire::FromBridge(wire::AccountText{account}));
    for (const auto& client : clients_)
        while (client->wants_account() && client->answer(message)) continue;
}

std::vector<ClientAccount> Clients::accounts() const {
    std::vector<ClientAccount> accounts;
    for (const auto& client : clients_) accounts.push_back(client->account(store_.lanes()));
    return accounts;
}

}  // namespace vakt::bridge
