// SPDX-License-Identifier: Apache-2.0
// The bridge's clients.
#include "prog/syslog_bridge_clients.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "base/bytes.h"
#include "sys/clock.h"
#include "sys/error.h"
#include "sys/local_listener.h"
#include "sys/local_peer.h"
#include "wire/bridge_bytes.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;
using sys::Severity;

constexpr int kAcceptsATurn = 16;
constexpr int kMessagesATurn = 32;
constexpr int kRoundsATurn = 4;
constexpr std::size_t kPrefix = sizeof(std::uint32_t);
constexpr std::size_t kReadSize = 16384;
/// Whoever leaves so much unread is not listened to until he has taken it.
constexpr std::size_t kMostUnread = 65536;
constexpr auto kReopen = 1s;

bridge::Now now() { return {sys::now(), sys::wall_ns()}; }

/// A last word to somebody who is no client; what does not fit into an empty socket is not said.
void refuse(const sys::Fd& socket, wire::Refusal reason, std::string words) {
    const auto bytes = wire::encode(wire::FromBridge(wire::Refused{reason, std::move(words)}));
    static_cast<void>(
        ::send(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
}

/// Closing with words unread in our own queue would be a reset for the one who said them, and
/// perhaps cost him our last word.
void leave_nothing_unread(const sys::Fd& socket) {
    ::shutdown(socket.get(), SHUT_WR);
    std::array<char, kReadSize> bytes;
    for (int reads = 0; reads < kMessagesATurn; ++reads)
        if (::recv(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) <= 0) return;
}

}  // namespace

struct BridgeClients::Client {
    Client(BridgeClients& all, sys::Fd connected, bridge::ClientNumber its_number)
        : socket(std::move(connected)),
          number(its_number),
          readable(all.loop_, socket.get(), loop::Ready::read, [this, &all] { all.read(*this); }),
          writable(all.loop_, socket.get(), loop::Ready::write, [this, &all] {
              all.write(*this);
              all.flow();
          }) {}

    sys::Fd socket;
    bridge::ClientNumber number;
    std::string in;  // what came of its messages, at most one and a read
    bool over = false;
    loop::Watch readable;
    loop::Watch writable;
};

BridgeClients::BridgeClients(loop::Loop& loop, bridge::Bridge& bridge, Log& log, sys::Fd listener,
                             Readers readers, std::function<void()> told)
    : loop_(loop),
      bridge_(bridge),
      log_(log),
      listener_(std::move(listener)),
      readers_(std::move(readers)),
      told_(std::move(told)),
      knocks_(loop, listener_.get(), loop::Ready::read, [this] { accept(); }),
      again_(loop, [this] { catch_up(); }),
      reopen_(loop, [this] { static_cast<void>(knocks_.on()); }) {}

BridgeClients::~BridgeClients() = default;

Status BridgeClients::begin() {
    if (knocks_.on()) return Done{};
    return refusal("the socket for clients cannot be waited for");
}

// ---- who comes ----

void BridgeClients::accept() {
    for (int accepts = 0; accepts < kAcceptsATurn; ++accepts) {
        sys::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket) {
            cannot_accept_ = false;
            enter(std::move(socket));
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) return;
        if (errno == EINTR || errno == ECONNABORTED) continue;
        // Out of descriptors or memory: the one who knocks would wake us for ever.
        if (!cannot_accept_)
            log_.say(Severity::err, describe(sys::last_error("accept", "a client")));
        cannot_accept_ = true;
        knocks_.off();
        reopen_.start(kReopen);
        return;
    }
}

bool BridgeClients::may_read(const sys::Fd& socket, uid_t uid) const {
    const auto& users = readers_.users;
    return uid == 0 || uid == ::geteuid() ||
           std::find(users.begin(), users.end(), uid) != users.end() ||
           (readers_.group && sys::peer_has_group(socket, *readers_.group));
}

void BridgeClients::enter(sys::Fd socket) {
    const auto peer = sys::peer_of(socket);
    if (!peer || !may_read(socket, peer->uid)) {
        const auto uid = peer ? peer->uid : 0;
        if (uid != refused_)  // once: he may try as often as he likes
            log_.say(Severity::notice, "uid ", static_cast<std::uint64_t>(uid),
                     " may not read, and was refused");
        refused_ = uid;
        return refuse(socket, wire::Refusal::not_allowed,
                      "neither your user nor your group may read (bridge.conf: users, group)");
    }
    const auto number = bridge_.connected({static_cast<std::uint32_t>(peer->pid), peer->uid});
    if (!number) return refuse(socket, wire::Refusal::full, "there are as many clients as can be");
    auto client = std::make_unique<Client>(*this, std::move(socket), *number);
    if (!client->readable.on()) return bridge_.disconnected(*number);
    clients_.emplace(*number, std::move(client));
}

// ---- what they say ----

void BridgeClients::read(Client& client) {
    std::array<char, kReadSize> bytes;
    const auto got = ::recv(client.socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    if (got <= 0) return drop(client);
    client.in.append(bytes.data(), static_cast<std::size_t>(got));
    take_messages(client);
    told_();
}

void BridgeClients::take_messages(Client& client) {
    std::string_view in = client.in;
    bool stays = true;
    bool more = false;
    for (int messages = 0; stays; ++messages) {
        if (in.size() < kPrefix) break;
        const std::size_t size = get_number<std::uint32_t>(
            reinterpret_cast<const unsigned char*>(in.data()));  // NOLINT: bytes
        if (size <= wire::kLongestToBridge && in.size() < kPrefix + size) break;
        more = messages >= kMessagesATurn || bridge_.out(client.number).size() > kMostUnread;
        if (more) break;
        // What is too long to be a message is refused as one that says nothing.
        const bool fits = size <= wire::kLongestToBridge;
        stays = bridge_.message(client.number, fits ? in.substr(kPrefix, size) : "", now()) && fits;
        if (stays) in.remove_prefix(kPrefix + size);
    }
    client.in.erase(0, client.in.size() - in.size());
    if (client.in.empty() && client.in.capacity() > kReadSize) client.in.shrink_to_fit();
    if (!client.writable.is_on()) write(client);
    if (client.over) return;
    if (!stays) return drop(client);
    if (!more) {
        static_cast<void>(client.readable.on());
    } else {
        client.readable.off();
        if (!client.writable.is_on()) again_.start(0us);
    }
}

// ---- what they are told ----

void BridgeClients::flow() {
    for (int rounds = 0; rounds < kRoundsATurn; ++rounds) {
        bridge_.distribute(now());
        const auto woken = bridge_.woken();
        if (woken.empty()) return;
        woken_.assign(woken.begin(), woken.end());
        for (const auto number : woken_) {
            const auto found = clients_.find(number);
            if (found != clients_.end() && !found->second->writable.is_on()) write(*found->second);
        }
    }
    again_.start(0us);
}

void BridgeClients::write(Client& client) {
    for (auto out = bridge_.out(client.number); !out.empty(); out = bridge_.out(client.number)) {
        const auto sent =
            ::send(client.socket.get(), out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) {
            bridge_.sent(client.number, static_cast<std::size_t>(sent));
            continue;
        }
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && client.writable.on()) return;
        return drop(client);
    }
    client.writable.off();
    if (!client.readable.is_on() && !client.in.empty()) again_.start(0us);
}

void BridgeClients::catch_up() {
    gone_.clear();
    std::vector<Client*> waiting;
    for (const auto& [number, client] : clients_)
        if (!client->readable.is_on() && !client->writable.is_on()) waiting.push_back(client.get());
    for (auto* client : waiting) take_messages(*client);
    if (waiting.empty())
        flow();
    else
        told_();
}

// ---- who goes ----

void BridgeClients::drop(Client& client) {
    if (client.over) return;
    client.over = true;
    client.readable.off();
    client.writable.off();
    leave_nothing_unread(client.socket);
    bridge_.disconnected(client.number);
    const auto found = clients_.find(client.number);
    gone_.push_back(std::move(found->second));
    clients_.erase(found);
    again_.start(0us);
}

void BridgeClients::leave() {
    knocks_.off();
    flow();
    while (!clients_.empty()) {
        auto& client = *clients_.begin()->second;
        if (bridge_.out(client.number).empty())
            refuse(client.socket, wire::Refusal::leaving, "the bridge ends");
        drop(client);
    }
    gone_.clear();
}

}  // namespace vakt::prog
