// SPDX-License-Identifier: Apache-2.0
// Who is connected to the keeper: a fixed table, of which nobody can take too much.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <span>

#include "base/instant.h"
#include "keeper/names.h"
#include "sys/fd.h"
#include "wire/lease_bytes.h"

namespace vakt::prog {

inline constexpr std::size_t kMaxClients = 32;

/// One connection.
struct Client {
    sys::Fd socket;
    keeper::Connection number = 0;
    // Of the process that connected (SO_PEERCRED).
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
    std::uint64_t start = 0;  ///< /proc/PID/stat, field 22; 0: unknown
    bool known = false;       ///< root, or a uid that keeper.conf names

    sys::Fd process;        ///< a pidfd, while it holds a lease
    bool exempted = false;  ///< we took it out of the OOM killer's reach
    bool holds = false;     ///< a lease, or the Hands: not to be turned out
    bool hands = false;
    bool watches = false;
    keeper::Name watches_for{};  ///< whose report is new or not
    bool successor = false;      ///< was handed everything, and has to confirm it
    bool over = false;           ///< to be closed at the end of the turn

    wire::LeaseDecoder in;
    /// What may still be read before `refill`: nobody keeps a real-time process busy for ever.
    std::size_t budget = 0;
    Instant refill{};

    /// What the socket (some 200 KiB) did not take.
    std::array<std::uint8_t, 2 * wire::kMaxLeaseMessage> out{};
    std::size_t out_start = 0;
    std::size_t out_size = 0;
};

/// 32 slots. Strangers (neither root nor named in keeper.conf) have at most 8 of them, 4 a uid; a
/// known uid at most 12. Root and known uids find a place even when all are taken, as long as
/// somebody has one who holds nothing: strangers first, then the uid with the most connections.
class Clients {
 public:
    Clients();

    /// The slot for a new connection of this uid, empty, its number given; nullptr: turned away.
    /// Whoever has to make place is marked `over`, and then there is a slot only in the next turn.
    [[nodiscard]] Client* admit(uid_t uid, bool known);

    /// The number it had at the keeper before us; none that is given later will be the same.
    /// REQUIRES: nobody has it.
    void renumber(Client& client, keeper::Connection number);
    [[nodiscard]] Client* find(keeper::Connection number);
    [[nodiscard]] std::span<Client> all() { return slots_; }
    void free(Client& client);

    /// Puts a message into the client's buffer and sends what it takes. A client that does not
    /// read until both are full is given up: `over`.
    static void send(Client& client, const wire::LeaseMessage& message);
    static void flush(Client& client);

    [[nodiscard]] bool is_full() const;

 private:
    std::array<Client, kMaxClients> slots_;
    keeper::Connection next_ = 1;
};

/// What one read may take, and how long a client that took it all is left alone.
inline constexpr std::size_t kReadBudget = 16384;
inline constexpr Duration kRefill = std::chrono::seconds(1);

}  // namespace vakt::prog
