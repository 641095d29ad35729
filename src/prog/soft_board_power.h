// SPDX-License-Identifier: Apache-2.0
// A simulated board from power on to power off: its watchdog's countdown, its resets, its ends.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "drivers/soft_board.h"
#include "prog/soft_board_memory.h"
#include "prog/soft_board_tree.h"
#include "sys/fd.h"
#include "sys/signal_inbox.h"

namespace vakt::prog {

/// What stands before the word on the socket, and what is answered (drivers/soft_protocol.h).
inline constexpr const char* kEndWord = "end ";
inline constexpr std::string_view kEnding = "ending";

enum class BoardEnd { reboot, poweroff, halt };
[[nodiscard]] std::optional<BoardEnd> end_named(std::string_view word);

struct BoardOptions {
    std::string socket;
    BoardFiles files;
    drivers::SoftBoard::Settings watchdog;
    wdt::Millis grace{2000};         ///< between SIGTERM and SIGKILL of an orderly end
    unsigned most_boots = 0;         ///< 0: no limit
    std::span<char* const> command;  ///< ends with a null pointer
};

/// The log's words, after time and boot number:
///   on PID | device PID | busy PID | gone PID | arm MS granted MS | arm MS refused | pet |
///   disarm disarmed | disarm refused | end WORD | expired | late TEXT | empty STATUS |
///   down FLAGS killed N left N | off
class BoardPower {
 public:
    explicit BoardPower(BoardOptions options);
    ~BoardPower();
    BoardPower(const BoardPower&) = delete;
    BoardPower& operator=(const BoardPower&) = delete;

    /// Listens and starts the first boot.
    [[nodiscard]] Status turn_on();

    /// Until the power is off; the exit status: 0 after an orderly end, 3 when there were
    /// `most_boots`, 1 when a boot could not be started, and the command's own where all of the
    /// tree has ended and no countdown runs.
    [[nodiscard]] int run();

 private:
    using Instant = drivers::SoftBoard::Instant;
    struct Peer {
        sys::Fd fd;
        pid_t pid = 0;
        bool is_device = false;
    };

    [[nodiscard]] Status listen();
    [[nodiscard]] Status boot(wdt::BootFlags flags);
    void wait();
    void take_signals();
    void take_peers();
    /// False: the connection is to be closed.
    [[nodiscard]] bool serve(Peer& peer);
    [[nodiscard]] bool serve_device(Instant now, Peer& peer, std::string_view text);
    void power_button(Instant now);  ///< SIGTERM, SIGINT, SIGHUP
    void begin_end(Instant now, BoardEnd end);
    void judge(Instant now);
    void go_down(wdt::BootFlags flags, bool again);
    void note(const std::string& words) { memory_.log(sys::now(), words); }

    BoardOptions options_;
    drivers::SoftBoard watchdog_;
    BoardMemory memory_;
    BoardTree tree_;
    sys::SignalInbox signals_;
    sys::Fd listener_;
    std::vector<Peer> peers_;
    std::optional<BoardEnd> ending_;
    Instant kill_at_{};
    std::optional<int> empty_;  ///< nothing runs any more; the command's status
    std::optional<int> off_;
};

}  // namespace vakt::prog
