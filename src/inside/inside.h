// SPDX-License-Identifier: Apache-2.0
// The bridge and its sources inside another process, which has the loop and the clients.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bridge/bridge.h"
#include "inside/thread_source.h"
#include "inside/turn_clock.h"
#include "loop/loop.h"
#include "source/datagram_source.h"
#include "source/fifo_records.h"
#include "sys/datagram_batch.h"
#include "sys/fd.h"
#include "syslog/lines.h"

namespace vakt::inside {

/// One source that this process opens itself.
struct SourceRow {
    bridge::SourceSettings settings;
    /// fifo: made with `mode` if nothing is there; socket; kmsg: the device. Absolute. socket with
    /// "": the pipe of threads.
    std::string path{};
    std::uint32_t mode = 0;  ///< fifo, socket: of the node
};

/// What a source leaves to one that goes on with it in the same process: nothing that waits in the
/// kernel is lost meanwhile.
struct Handed {
    std::string name;
    sys::Fd fd{};  ///< socket: itself; fifo, kmsg: it is still read by somebody
    syslog::Lines::Place line{};
};

/// This process as a client of its own.
[[nodiscard]] bridge::Peer own_peer();

/// One turn of a source takes no more than some 100 us on today's machines, whatever was sent to
/// it: a caller that must not be held up looks at its clock between turns.
class Inside {
 public:
    static constexpr source::FifoSource::Turn kFifoTurn = {.reads = 1, .size = 4096};
    static constexpr source::DatagramSource::Turn kDatagramTurn = {.batches = 1, .size = 8};
    static constexpr int kKmsgTurn = 16;
    /// Of Bridge::distribute().
    static constexpr std::size_t kWork = std::size_t{1} << 13;

    /// What is wrong with a source: its name, and words. The same is said once.
    using Trouble = std::function<void(const std::string& name, const std::string& words)>;

    /// `memory`: see bridge::Bridge, which goes on with what is in it.
    Inside(loop::Loop& loop, std::span<std::byte> memory, const report::BootId& boot,
           Trouble trouble);
    ~Inside();
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

    [[nodiscard]] bool went_on() const { return bridge_.went_on(); }

    // ---- sources ----

    /// Opens it, or opens it anew. May wait for a disk. What cannot be opened is an error in words,
    /// and the others go on; a FIFO that is not there and cannot be made is one. Where an earlier
    /// one of that name was read and what came meanwhile is not kept by the system, a gap says so,
    /// but for one that is handed over.
    [[nodiscard]] Status open(const SourceRow& row, std::optional<Handed> handed = std::nullopt);
    /// The same for the pipe of threads.
    [[nodiscard]] Status open(const SourceRow& row, ThreadPipe pipe);
    /// A source whose messages the caller receives itself (UDP). None: there are too many.
    /// `goes_on`: nothing can have been lost since it was read before.
    [[nodiscard]] std::optional<bridge::Origin> known(const bridge::SourceSettings& settings,
                                                      bool goes_on);
    /// One message of such a source, as RFC 5426 has it; `host`: the sender's address, for one that
    /// names no host.
    void datagram(bridge::Origin origin, std::string_view bytes, std::string_view host);
    void lost(bridge::Origin origin, std::optional<std::uint64_t> count, std::string_view words);
    /// All sources stop, and leave what a successor needs; no socket's file is unlinked.
    [[nodiscard]] std::vector<Handed> hand_over();

    // ---- clients (bridge/bridge.h) ----

    [[nodiscard]] std::optional<bridge::ClientNumber> connected(const bridge::Peer& peer) {
        return bridge_.connected(peer);
    }
    [[nodiscard]] bool message(bridge::ClientNumber client, std::string_view bytes) {
        return bridge_.message(client, bytes, clock_.now());
    }
    void disconnected(bridge::ClientNumber client) { bridge_.disconnected(client); }
    /// Hands out what there is: calls give(client, bytes), whole messages behind each other, each
    /// behind its size u32. False: there may be more at once.
    template <class Give>
    [[nodiscard]] bool give_out(Give give) {
        clock_.turn_over();
        if (bridge_.wake_at() <= clock_.now().at) bridge_.tick(clock_.now());
        bridge_.distribute(clock_.now(), kWork);
        const std::vector<bridge::ClientNumber> woken(bridge_.woken().begin(),
                                                      bridge_.woken().end());
        for (const auto client : woken) {
            const auto out = bridge_.out(client);
            give(client, out);
            bridge_.sent(client, out.size());
        }
        return woken.empty() && bridge_.wake_at() != Instant{};
    }
    /// When give_out() is wanted though nothing came; kNever mostly.
    [[nodiscard]] Instant wake_at() const { return bridge_.wake_at(); }
    /// Lines that the account has behind its own.
    void account_with(std::function<std::string()> more) { more_account_ = std::move(more); }

 private:
    struct One;

    [[nodiscard]] One* known_one(const SourceRow& row);
    [[nodiscard]] Status begun(One& one, Status status, bool goes_on);
    [[nodiscard]] Status open_fifo(One& one, std::optional<Handed>& handed);
    [[nodiscard]] Status open_socket(One& one, std::optional<Handed>& handed);
    [[nodiscard]] Status open_kmsg(One& one);
    [[nodiscard]] std::string account() const;

    loop::Loop& loop_;
    Trouble trouble_;
    bridge::Bridge bridge_;
    TurnClock clock_;
    sys::DatagramBatch batch_;
    std::function<std::string()> more_account_;
    std::vector<std::unique_ptr<One>> all_;
};

}  // namespace vakt::inside
