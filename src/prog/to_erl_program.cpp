// SPDX-License-Identifier: Apache-2.0
// to_erl at work: the keyboard to a console, and the console to the screen.
#include "prog/to_erl_program.h"

#include <array>
#include <csignal>
#include <utility>

#include "console/keys.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;
using How = sys::Moved::How;

constexpr int kKeyboard = 0;
constexpr int kScreen = 1;
constexpr int kErrors = 2;
// What the screen has not taken, before no more is read while the view is not held.
constexpr std::size_t kMostUnseen = 65536;
// A script's input has ended: so long the console must be quiet, and so long it may talk.
constexpr auto kQuiet = 500ms;
constexpr auto kEnough = 10s;

std::span<const unsigned char> bytes_of(std::string_view text) {
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

}  // namespace

ToErl::ToErl(loop::Loop& loop, Line line, bool read_only)
    : loop_(loop),
      line_(std::move(line)),
      read_only_(read_only),
      terminal_(kKeyboard),
      words_(kErrors),
      own_screen_(sys::own_opening(kScreen)),
      screen_fd_(own_screen_ ? own_screen_.get() : kScreen),
      keys_(loop, kKeyboard, loop::Ready::read, [this] { read_keys(); }),
      more_keys_(loop, [this] { read_keys(); }),
      console_(loop, line_.from.get(), loop::Ready::read, [this] { read_console(); }),
      taken_(loop, line_.to.get(), loop::Ready::write, [this] { flush(); }),
      screen_(loop, screen_fd_, loop::Ready::write, [this] { show(); }),
      quiet_(loop,
             [this] {
                 if (typed_.empty() && version_)
                     leave("[EOF]\n\r", 0);
                 else
                     quiet_.start(kQuiet);
             }),
      enough_(loop, [this] { leave("[EOF]\n\r", 0); }) {
    if (!own_screen_) shared_screen_.emplace(kScreen);
}

int ToErl::run() {
    const loop::Signal broken(loop_, SIGINT, [this] { interrupt(); });
    const loop::Signal resized(loop_, SIGWINCH, [this] { tell_window(); });
    const loop::Signal stopped(loop_, SIGTSTP, [this] { suspend(); });
    const loop::Signal continued(loop_, SIGCONT, [this] { go_on(); });
    terminal_.enter();
    if (!console_.on()) return 1;
    greet();
    keys_are_a_file_ = !keys_.on();
    if (keys_are_a_file_) more_keys_.start(0s);
    loop_.run();
    terminal_.leave();
    return status_;
}

void ToErl::greet() {
    if (!line_.socket && (read_only_ || !terminal_.is_terminal())) {
        // OTP's run_erl hands the opening byte to the node, where it spoils a script's first line.
        // A command it does not, and is as good a beginning, but that nothing is answered.
        version_ = console::kNewestVersion;
        send(console::command_bytes(console::Version{*version_}));
        return;
    }
    std::string words(1, console::kHello);
    if (line_.socket) words += console::command_bytes(console::Viewer{});
    if (line_.socket && read_only_) words += console::command_bytes(console::ReadOnly{});
    send(words);
}

// ---- from the keyboard -------------------------------------------------------------------------

void ToErl::read_keys() {
    std::array<char, 4096> buffer{};
    const auto moved = sys::read_some(kKeyboard, buffer);
    switch (moved.how) {
        case How::some:
            take_typed({buffer.data(), moved.bytes});
            if (!terminal_.is_terminal() && typed_.size() >= kMostTyped)
                keys_.off();  // until run_erl takes it
            else if (keys_are_a_file_)
                more_keys_.start(0s);
            return;
        case How::blocked:
            return;
        case How::end:
            end_of_input();
            return;
        case How::failed:
            leave("Error in reading from stdin.\n", 1);
    }
}

void ToErl::take_typed(std::string_view typed) {
    const auto keys = console::take_keys(typed, held_);
    if (!keys.text.empty() && !read_only_) {
        if (!terminal_.is_terminal() || typed_.size() + keys.text.size() <= kMostTyped) {
            send(keys.text);
        } else if (!std::exchange(dropping_, true)) {
            words_.say("[run_erl takes no input: what is typed is dropped]\n\r");
        }
    }
    if (keys.leave) {
        leave("[Quit]\n\r", 0);
        return;
    }
    if (terminal_.is_terminal() && std::exchange(held_, keys.held) != keys.held) {
        if (held_) words_.say("[Held: ^Q shows on]\n\r");
        show();
    }
}

void ToErl::end_of_input() {
    keys_.off();
    if (terminal_.is_terminal()) {
        leave("[EOF]\n\r", 0);
        return;
    }
    // A script: what it asked is to be answered.
    lingering_ = true;
    quiet_.start(kQuiet);
    enough_.start(kEnough);
}

void ToErl::interrupt() {
    if (lingering_) {
        leave("[EOF]\n\r", 0);
        return;
    }
    words_.say("[Break]\n\r");
    if (!read_only_) send(std::string_view(&console::kInterrupt, 1));
}

void ToErl::send(std::string_view bytes) {
    typed_ += bytes;
    flush();
}

void ToErl::flush() {
    while (!typed_.empty()) {
        const auto moved = sys::write_some(line_.to.get(), bytes_of(typed_));
        if (moved.how == How::some) {
            typed_.erase(0, moved.bytes);
        } else if (moved.how == How::blocked && taken_.on()) {
            return;
        } else {
            typed_.clear();
            taken_.off();
            // When the console has ended, that is what is to be said.
            read_console();
            if (!ending_) end("Error in writing to FIFO.\n", 1);
            return;
        }
    }
    taken_.off();
    dropping_ = false;
    if (lingering_) return;
    if (keys_are_a_file_)
        more_keys_.start(0s);
    else
        static_cast<void>(keys_.on());
}

// ---- to the screen -----------------------------------------------------------------------------

void ToErl::read_console() {
    if (ending_) return;
    std::array<char, 65536> buffer{};
    const auto moved = sys::read_some(line_.from.get(), buffer);
    if (moved.how == How::blocked) return;
    if (moved.how == How::end || (moved.how == How::failed && line_.socket)) {
        end("[End]\n\r", 0);
        return;
    }
    if (moved.how == How::failed) {
        end("Error in reading from FIFO.\n", 1);
        return;
    }
    if (lingering_) quiet_.start(kQuiet);
    std::string_view bytes(buffer.data(), moved.bytes);
    std::string before;
    if (!version_ && greeting_.feed(bytes, before)) know();
    tape_.append(before);
    tape_.append(bytes);
    show();
}

void ToErl::know() {
    const auto versions = greeting_.versions().value_or(console::Greeting::Versions{});
    if (versions.oldest > console::kNewestVersion || versions.newest < console::kOldestVersion) {
        end("Incompatible versions: to_erl=v" + std::to_string(console::kNewestVersion) + "-" +
                std::to_string(console::kOldestVersion) + " run_erl=v" +
                std::to_string(versions.newest) + "-" + std::to_string(versions.oldest) + "\n",
            1);
        return;
    }
    version_ = std::min(versions.newest, console::kNewestVersion);
    if (versions.newest != console::kNewestVersion)
        words_.say("run_erl has different version, using common protocol level " +
                   std::to_string(*version_) + "\n\r");
    if (greeting_.versions()) send(console::command_bytes(console::Version{*version_}));
    tell_window();
}

void ToErl::tell_window() {
    if (read_only_ || version_.value_or(0) < 1) return;
    if (const auto size = sys::terminal_size(kKeyboard))
        send(console::command_bytes(console::WindowSize{size->columns, size->rows}));
}

void ToErl::show() {
    while (!held_) {
        const auto bytes = sight_.next();
        if (bytes.empty()) break;
        const auto moved = sys::write_some(screen_fd_, bytes_of(bytes));
        if (moved.how == How::some) {
            sight_.wrote(moved.bytes);
        } else if (moved.how == How::blocked && screen_.on()) {
            pace();
            return;
        } else {
            leave("Error in writing to terminal.\n", 1);
            return;
        }
    }
    screen_.off();
    pace();
    if (ending_ && !held_) leave(ending_->words, ending_->status);
}

// Held, all is read and what is too old is forgotten, since OTP's run_erl would keep it for ever.
void ToErl::pace() {
    tape_.forget_until(sight_.place());
    if (!ending_ && (held_ || tape_.end() - sight_.place() < kMostUnseen))
        static_cast<void>(console_.on());
    else
        console_.off();
}

// ---- its own life ------------------------------------------------------------------------------

void ToErl::suspend() {
    terminal_.leave();
    std::raise(SIGSTOP);
    go_on();
}

void ToErl::go_on() {
    terminal_.enter();
    tell_window();
}

void ToErl::end(std::string_view words, int status) {
    if (ending_) return;
    ending_ = Ending{std::string(words), status};
    held_ = false;
    show();
}

void ToErl::leave(std::string_view words, int status) {
    words_.say(words);
    status_ = status;
    loop_.stop();
}

}  // namespace vakt::prog
