// SPDX-License-Identifier: Apache-2.0
// to_erl at work: the keyboard to a console, and the console to the screen.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "console/escape.h"
#include "console/tape.h"
#include "loop/loop.h"
#include "prog/to_erl_line.h"
#include "sys/nonblock.h"
#include "sys/raw_terminal.h"
#include "sys/side_output.h"

namespace vakt::prog {

/// Never waits for one side while the other has something. Sleeps while neither has.
class ToErl {
 public:
    /// What is kept of what is printed while the view is held.
    static constexpr std::size_t kMostHeld = std::size_t{1} << 20U;
    /// What is kept of what is typed while run_erl does not take it.
    static constexpr std::size_t kMostTyped = 65536;

    ToErl(loop::Loop& loop, Line line, bool read_only);
    /// The exit status: 0 after Ctrl-D, the end of the input and the end of the node.
    int run();

 private:
    void greet();
    void read_keys();
    void take_typed(std::string_view typed);
    void end_of_input();
    void send(std::string_view bytes);
    void flush();
    void interrupt();

    void read_console();
    void know();
    void tell_window();
    void show();
    void pace();

    void suspend();
    void go_on();
    /// Once all that came is shown.
    void end(std::string_view words, int status);
    void leave(std::string_view words, int status);

    loop::Loop& loop_;
    Line line_;
    bool read_only_;
    sys::RawTerminal terminal_;
    sys::SideOutput words_;
    sys::Fd own_screen_;  // opened anew, so that its flags are ours alone
    std::optional<sys::NonBlocking> shared_screen_;
    int screen_fd_;

    console::Greeting greeting_;
    std::optional<unsigned> version_;
    std::string typed_;
    bool dropping_ = false;
    bool held_ = false;
    console::Tape tape_{kMostHeld};
    console::Sight sight_{tape_, "to_erl"};
    struct Ending {
        std::string words;
        int status;
    };
    std::optional<Ending> ending_;
    bool lingering_ = false;
    int status_ = 0;

    loop::Watch keys_;
    loop::Timer more_keys_;  // of a file, for which nobody can wait
    bool keys_are_a_file_ = false;
    loop::Watch console_;
    loop::Watch taken_;
    loop::Watch screen_;
    loop::Timer quiet_;
    loop::Timer enough_;
};

}  // namespace vakt::prog
