// SPDX-License-Identifier: Apache-2.0
// Whoever looks at the console: the classic pair of FIFOs, and viewers on the socket beside it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "console/escape.h"
#include "console/pipe_names.h"
#include "console/tape.h"
#include "loop/loop.h"
#include "prog/run_erl_viewer.h"
#include "sys/fifo_reader.h"
#include "sys/local_listener.h"
#include "sys/name_watch.h"

namespace vakt::prog {

/// Nothing that a viewer does or leaves undone holds up the console or another viewer: no call
/// waits, all viewers together have kMostBehind bytes of what was printed, and what one of them
/// cannot take before it is overwritten is counted and told in its place.
///
/// A viewer sees what is printed from its first byte on, and before that the line that has no end
/// yet: the node's prompt, for which it would otherwise have to press a key.
///
/// On the FIFOs one viewer at a time, by OTP's protocol (console/escape.h); on the socket up to
/// kMostViewers, of our own user or root. With nothing happening the process is not woken.
class Viewers {
 public:
    static constexpr std::size_t kMostBehind = std::size_t{4} << 20U;
    static constexpr std::size_t kMostViewers = 16;

    struct Calls {
        /// What goes to the node, as it was read in one piece and never empty; "\x03" alone is the
        /// classic wish for a SIGINT (OTP's run_erl.c).
        std::function<void(std::string_view)> input;
        /// The window is that of the viewer who typed or resized last, and may.
        std::function<void(unsigned columns, unsigned rows)> window;
        /// One line for the log, without its newline.
        std::function<void(const std::string&)> say;
    };
    Viewers(loop::Loop& loop, console::PipeNames names, Calls calls);
    ~Viewers();
    Viewers(const Viewers&) = delete;
    Viewers& operator=(const Viewers&) = delete;

    /// Makes PIPE.r and PIPE.w (0600) and PIPE.s. Refused with address_in_use and OTP's words
    /// ("Erlang already running on pipe PIPE.") when somebody reads PIPE.w: then nothing has been
    /// made. Without a socket (a path above 107 bytes) it says so and does with the FIFOs.
    [[nodiscard]] Status open();

    /// What the node printed.
    void show(std::string_view out);

    /// While held, no more is read from a viewer than fits a small buffer: the node does not take
    /// its input. "\x03" alone is still handed on. May be called within Calls::input.
    void hold(bool held);

    /// Makes what has been deleted again. Called by itself when the system tells (Linux), and to be
    /// called every minute or so where it does not: needs_looking().
    void make_sure();
    [[nodiscard]] bool needs_looking() const { return !names_watch_ || missing_; }

    /// To be called outside of Calls. The console has ended: writes what viewers still take at
    /// once, and unlinks what is ours.
    void close();

 private:
    void typed(Viewer& viewer, std::string_view text);
    void resized(const console::WindowSize& size);
    void sweep();
    void forget_what_all_have_seen();

    [[nodiscard]] Status make_fifos();
    [[nodiscard]] Status listen();
    void accept();
    void enter(std::unique_ptr<Viewer> viewer);
    [[nodiscard]] Viewer::Host host();
    void look();

    loop::Loop& loop_;
    console::PipeNames names_;
    Calls calls_;
    console::Tape tape_{kMostBehind};
    console::LastLine last_line_;
    bool held_ = false;
    bool open_ = false;
    bool no_socket_ = false;
    bool missing_ = false;  // something could not be made again
    std::optional<console::WindowSize> window_;

    std::vector<std::unique_ptr<Viewer>> viewers_;
    loop::Timer sweep_;  // one's watch may be the one that is calling
    std::optional<sys::FileIdentity> to_viewer_;
    std::optional<sys::FileIdentity> from_viewer_;
    std::optional<sys::FileIdentity> socket_;
    sys::Fd listener_;
    std::optional<loop::Watch> knocks_;
    loop::Timer reopen_;  // no descriptors were left
    std::optional<sys::NameWatch> names_watch_;
    std::optional<loop::Watch> lost_;
    loop::Timer look_;
};

}  // namespace vakt::prog
