// SPDX-License-Identifier: Apache-2.0
// The console's log as run_erl sees it: given away at once, and written by a child.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "console/log_backlog.h"
#include "console/log_settings.h"
#include "loop/loop.h"
#include "prog/run_erl_log_child.h"
#include "sys/helper_child.h"

namespace vakt::prog {

class ConsoleLog {
 public:
    struct Calls {
        std::function<void()> room;                  ///< full() has become false
        std::function<void(const Error&)> complain;  ///< no error: what was wrong is well again
    };

    /// REQUIRES: one thread, also when its child has to be made again; `loop` outlives it.
    ConsoleLog(loop::Loop& loop, LogChildSetup setup, Calls calls);
    ConsoleLog(const ConsoleLog&) = delete;
    ConsoleLog& operator=(const ConsoleLog&) = delete;

    /// Opens the newest file. Fails where there is no such directory, or we may not write there. A
    /// disk that is full, or says nothing for 2 s, is no failure: it may be better later.
    [[nodiscard]] Status open();

    /// What the node wrote, at most kMostAtOnce bytes of it.
    void output(std::string_view text);
    void after_silence() { add(console::LogRecord::What::after_silence, {}); }
    void still_alive() { add(console::LogRecord::What::still_alive, {}); }
    /// For run_erl.log.
    void status(std::string_view text) { add(console::LogRecord::What::status, text); }

    /// The node is to wait, at most LogBacklog::kPatience.
    [[nodiscard]] bool full() const { return backlog_.full(); }

    /// SIGCHLD came.
    void collect();

    /// Until all is written, and at most 2 s.
    void leave();

 private:
    void add(console::LogRecord::What what, std::string_view text);
    [[nodiscard]] bool send(console::LogRecord::What what, std::int64_t time, std::uint64_t missed,
                            std::string_view text);
    [[nodiscard]] bool spawn();
    [[nodiscard]] bool hear();
    void lost_child();
    void send_more();
    void mind();

    loop::Loop& loop_;
    LogChildSetup setup_;
    Calls calls_;
    console::LogBacklog backlog_;
    sys::Child child_;
    std::unique_ptr<loop::Watch> answers_;
    std::unique_ptr<loop::Watch> ready_;
    loop::Timer patience_;
    loop::Timer again_;
    std::vector<pid_t> leaving_;
    bool was_full_ = false;
};

}  // namespace vakt::prog
