// SPDX-License-Identifier: Apache-2.0
// Who is connected to the keeper.
#include "prog/wd_keeper_clients.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace vakt::prog {
namespace {

constexpr std::size_t kMostStrangers = 8;
constexpr std::size_t kMostOfAStranger = 4;
constexpr std::size_t kMostOfAKnown = 12;

bool is_free(const Client& client) { return client.number == 0; }

}  // namespace

Clients::Clients() = default;

bool Clients::is_full() const { return std::none_of(slots_.begin(), slots_.end(), is_free); }

Client* Clients::admit(uid_t uid, bool known) {
    const auto of_uid = [&](const Client& client) { return !is_free(client) && client.uid == uid; };
    const auto stranger = [](const Client& client) { return !is_free(client) && !client.known; };
    const auto count = [&](const auto& which) {
        return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), which));
    };
    if (!known && (count(stranger) >= kMostStrangers || count(of_uid) >= kMostOfAStranger))
        return nullptr;
    if (known && uid != 0 && count(of_uid) >= kMostOfAKnown) return nullptr;
    const auto slot = std::find_if(slots_.begin(), slots_.end(), is_free);
    if (slot != slots_.end()) {
        while (next_ == 0 || find(next_) != nullptr) ++next_;
        slot->number = next_++;
        slot->uid = uid;
        slot->known = known;
        return &*slot;
    }
    if (!known) return nullptr;
    Client* least = nullptr;
    std::size_t most = 0;
    for (auto& client : slots_) {
        if (client.holds || client.over) continue;
        const auto weight = client.known ? count([&](const Client& other) {
            return !is_free(other) && other.uid == client.uid;
        })
                                         : kMaxClients + 1;
        if (weight <= most) continue;
        most = weight;
        least = &client;
    }
    if (least != nullptr) least->over = true;
    return nullptr;
}

void Clients::renumber(Client& client, keeper::Connection number) {
    client.number = number;
    next_ = std::max(next_, number + 1);
}

Client* Clients::find(keeper::Connection number) {
    if (number == 0) return nullptr;
    const auto found = std::find_if(slots_.begin(), slots_.end(),
                                    [&](const Client& one) { return one.number == number; });
    return found == slots_.end() ? nullptr : &*found;
}

// Member by member: a whole new Client would be 11 KiB on the stack.
void Clients::free(Client& client) {
    client.socket = {};
    client.process = {};
    client.number = 0;
    client.pid = 0;
    client.start = 0;
    client.known = client.exempted = client.holds = client.hands = client.watches =
        client.successor = client.over = false;
    client.in = {};
    client.budget = 0;
    client.refill = {};
    client.out_start = client.out_size = 0;
}

void Clients::send(Client& client, const wire::LeaseMessage& message) {
    if (client.over) return;
    std::array<std::uint8_t, wire::kMaxLeaseMessage> bytes;
    const auto whole = wire::encode(message, bytes);
    if (client.out_start != 0) {
        client.out_size -= client.out_start;
        std::memmove(client.out.data(), client.out.data() + client.out_start, client.out_size);
        client.out_start = 0;
    }
    if (whole.empty() || whole.size() > client.out.size() - client.out_size) {
        client.over = true;
        return;
    }
    std::memcpy(client.out.data() + client.out_size, whole.data(), whole.size());
    client.out_size += whole.size();
    flush(client);
}

void Clients::flush(Client& client) {
    while (client.out_start < client.out_size && !client.over) {
        const auto sent = ::send(client.socket.get(), client.out.data() + client.out_start,
                                 client.out_size - client.out_start, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0)
            client.out_start += static_cast<std::size_t>(sent);
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return;
        else if (errno != EINTR)
            client.over = true;
    }
    if (client.out_start == client.out_size) client.out_start = client.out_size = 0;
}

}  // namespace vakt::prog
