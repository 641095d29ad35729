// SPDX-License-Identifier: Apache-2.0
// All clients of the bridge.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/client.h"

namespace vakt::bridge {

class Clients {
 public:
    Clients(relay::Store& store, const report::BootId& boot) : store_(store), boot_(boot) {}

    [[nodiscard]] std::optional<ClientNumber> connected(const Peer& peer);
    void disconnected(ClientNumber number);
    /// nullptr: no such client.
    [[nodiscard]] Client* find(ClientNumber number) const;
    /// One message. False: it was refused, in words.
    [[nodiscard]] bool message(ClientNumber number, std::string_view bytes);

    void going(relay::Lane lane);
    void fill(std::size_t work);
    /// Clients that have something in their output and were not told of it before.
    [[nodiscard]] std::span<const ClientNumber> woken() const { return woken_; }
    /// Some have more to look at than one fill() did.
    [[nodiscard]] bool unfinished() const { return unfinished_; }
    [[nodiscard]] bool want_account() const;
    void answer(const std::string& account);
    [[nodiscard]] std::vector<ClientAccount> accounts() const;

 private:
    relay::Store& store_;
    report::BootId boot_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::vector<ClientNumber> woken_;
    ClientNumber last_ = 0;
    std::size_t first_ = 0;  // of clients_, modulo their number: who is filled first
    bool unfinished_ = false;
};

}  // namespace vakt::bridge
