// SPDX-License-Identifier: Apache-2.0
// One way in which somebody looks at the console: the pair of FIFOs, or one connection.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "console/session.h"
#include "console/tape.h"
#include "loop/loop.h"
#include "sys/fd.h"

namespace vakt::prog {

/// Reads what a viewer says and writes what it is shown, never waiting.
class Viewer {
 public:
    /// All that a viewer has to do with the others.
    struct Host {
        std::function<void(Viewer&, std::string_view)> typed;
        std::function<void(const console::WindowSize&)> resized;
        std::function<std::string_view()> last_line;  ///< of what was printed, without its end
        std::function<void(const std::string&)> say;
        std::function<void()> took;   ///< some of what it had not seen
        std::function<void()> ended;  ///< over() now
    };
    /// A connection, read and written. Its first byte makes it a viewer.
    Viewer(loop::Loop& loop, const console::Tape& tape, sys::Fd socket, Host host);

    struct Pair {
        std::string name;                    ///< of what is opened for writing
        std::function<sys::Fd()> open_from;  ///< anew after each viewer
        std::function<sys::Fd()> open_to;    ///< nothing while nobody reads it
    };
    /// The FIFOs: `from` is read; `open_to` opens the other one once something is read.
    Viewer(loop::Loop& loop, const console::Tape& tape, sys::Fd from, Pair pair, Host host);
    Viewer(const Viewer&) = delete;
    Viewer& operator=(const Viewer&) = delete;

    [[nodiscard]] bool begin();

    /// Writes what it has not seen, as far as it takes it now.
    void show();
    /// Where it is on the tape; none while nobody looks.
    [[nodiscard]] std::optional<std::uint64_t> place() const;

    /// Nothing is read while held.
    void hold_reading(bool held);
    [[nodiscard]] std::optional<console::WindowSize> window() const { return session_.window(); }
    [[nodiscard]] bool read_only() const { return session_.read_only(); }
    [[nodiscard]] bool is_pair() const { return pair_.has_value(); }
    [[nodiscard]] bool in_session() const { return session_.begun(); }
    /// The FIFOs have other names now, or none: no further viewer after this one.
    void retire() { retired_ = true; }
    [[nodiscard]] bool over() const { return over_; }

    std::string waiting;  ///< what it typed while the node takes nothing; the host's

 private:
    void read();
    void begin_session(std::size_t size);
    void end_session();
    void react(const console::Said& said);
    void stop_writing();
    void renew();
    void finish();

    loop::Loop& loop_;
    sys::Fd from_;
    sys::Fd to_;
    int write_fd_ = -1;  // to_'s or the connection's; -1: nobody looks
    std::optional<Pair> pair_;
    Host host_;
    console::Session session_;
    console::Sight sight_;
    std::optional<loop::Watch> readable_;
    std::optional<loop::Watch> writable_;
    loop::Timer patience_;
    loop::Timer renew_;
    bool held_ = false;
    bool retired_ = false;
    bool over_ = false;
};

}  // namespace vakt::prog
