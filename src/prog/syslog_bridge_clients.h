// SPDX-License-Identifier: Apache-2.0
// The bridge's clients: their sockets, and the bytes that go through them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridge/bridge.h"
#include "loop/loop.h"
#include "prog/daemon_log.h"
#include "sys/fd.h"

namespace vakt::prog {

/// Whom the bridge lets in besides root and its own user.
struct Readers {
    std::optional<gid_t> group;
    std::vector<uid_t> users;
    bool operator==(const Readers&) const = default;
};

/// Nothing that a client does or leaves undone holds up anybody else: no call waits, what it may
/// do in one turn is bounded, and what it does not take waits in the bridge's ring.
class BridgeClients {
 public:
    /// `told` is called after each turn in which clients said something, and shall call flow().
    BridgeClients(loop::Loop& loop, bridge::Bridge& bridge, Log& log, sys::Fd listener,
                  Readers readers, std::function<void()> told);
    ~BridgeClients();
    BridgeClients(const BridgeClients&) = delete;
    BridgeClients& operator=(const BridgeClients&) = delete;

    [[nodiscard]] Status begin();
    /// From the next connection on.
    void admit(Readers readers) { readers_ = std::move(readers); }
    /// Hands out what the ring has for them, and writes as much as they take now.
    void flow();
    /// Tells all that the bridge ends, and lets them go.
    void leave();

    [[nodiscard]] std::size_t count() const { return clients_.size(); }
    [[nodiscard]] const sys::Fd& listener() const { return listener_; }

 private:
    struct Client;

    void accept();
    void enter(sys::Fd socket);
    [[nodiscard]] bool may_read(const sys::Fd& socket, uid_t uid) const;
    void read(Client& client);
    /// Hands at most so many of the whole messages that came to the bridge.
    void take_messages(Client& client);
    void write(Client& client);
    void drop(Client& client);
    void catch_up();

    loop::Loop& loop_;
    bridge::Bridge& bridge_;
    Log& log_;
    sys::Fd listener_;
    Readers readers_;
    std::function<void()> told_;
    std::map<bridge::ClientNumber, std::unique_ptr<Client>> clients_;
    std::vector<std::unique_ptr<Client>> gone_;  // one's watch may be the one that is calling
    std::vector<bridge::ClientNumber> woken_;
    loop::Watch knocks_;
    loop::Timer again_;   // what was too much for one turn
    loop::Timer reopen_;  // no descriptors were left
    bool cannot_accept_ = false;
    uid_t refused_ = 0;  // the last one
};

}  // namespace vakt::prog
