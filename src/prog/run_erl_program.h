// SPDX-License-Identifier: Apache-2.0
// run_erl while it runs: between a node on a pseudo-terminal, its log, and its viewers.
#pragma once

#include <sys/types.h>
#include <sys/wait.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "console/log.h"
#include "loop/loop.h"
#include "prog/run_erl_log.h"
#include "prog/run_erl_options.h"
#include "prog/run_erl_viewers.h"
#include "prog/run_erl_words.h"
#include "sys/pty.h"

namespace vakt::prog {

/// Nothing that a disk or a viewer does holds up the node for longer than LogBacklog::kPatience.
class RunErl {
 public:
    /// `options` and `words` outlive it.
    RunErl(loop::Loop& loop, const RunErlOptions& options, console::LogSettings settings,
           const Words& words);
    RunErl(const RunErl&) = delete;
    RunErl& operator=(const RunErl&) = delete;

    /// Makes the pipes, opens the log, starts the command. What fails leaves nothing behind.
    [[nodiscard]] Status start();

    /// Until the node has ended. The status to leave with.
    [[nodiscard]] int run();

 private:
    [[nodiscard]] Status open_pipes();
    [[nodiscard]] Status open_numbered(const std::string& directory);
    [[nodiscard]] Status try_pipes(console::PipeNames names);
    [[nodiscard]] Status start_command();
    void watch_signals();

    /// False: there is no more, or no room for it.
    [[nodiscard]] bool read_node();
    void typed(std::string_view text);
    void write_node();
    void mark_time(console::Silence::Says says);
    void alive();

    void child_changed();
    void asked_to_end();
    void over(std::string_view words);
    void finish();

    loop::Loop& loop_;
    const RunErlOptions& options_;
    console::LogSettings settings_;
    const Words& words_;

    std::unique_ptr<Viewers> viewers_;
    ConsoleLog log_;
    sys::Pty pty_;
    pid_t child_ = 0;                 // 0: has ended
    std::optional<siginfo_t> ended_;  // as waitid(2) tells it
    bool asked_ = false;
    bool over_ = false;
    bool status_of_child_ = false;
    int status_ = 1;

    std::array<char, kMostAtOnce> piece_{};
    std::string to_node_;
    console::Silence silence_;
    std::optional<loop::Watch> output_;
    std::optional<loop::Watch> room_;
    loop::Timer alive_;
    loop::Timer end_;
    loop::Timer look_;
    std::vector<std::unique_ptr<loop::Signal>> signals_;
};

}  // namespace vakt::prog
