// SPDX-License-Identifier: Apache-2.0
// Whoever looks at the console: the classic pair of FIFOs, and viewers on the socket beside it.
#include "prog/run_erl_viewers.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "sys/error.h"
#include "sys/local_peer.h"
#include "sys/nonblock.h"
#include "sys/own_fifo.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;

// Of one viewer, while the node takes nothing.
constexpr std::size_t kMostWaiting = 4096;
// Somebody who deletes in a loop must not keep us busy.
constexpr auto kLookAgain = 1s;
constexpr auto kLookForMissing = 60s;
constexpr auto kReopen = 1s;

}  // namespace

Viewers::Viewers(loop::Loop& loop, console::PipeNames names, Calls calls)
    : loop_(loop),
      names_(std::move(names)),
      calls_(std::move(calls)),
      sweep_(loop, [this] { sweep(); }),
      reopen_(loop, [this] { static_cast<void>(knocks_->on()); }),
      look_(loop, [this] { look(); }) {}

Viewers::~Viewers() = default;

Status Viewers::open() {
    const auto in_use = Error{"Erlang already running on pipe " + names_.base + ".",
                              std::make_error_code(std::errc::address_in_use)};
    const auto other = sys::open_own_fifo(names_.from_viewer(), O_WRONLY);
    if (other) return in_use;
    if (!other.error().code) return other.error();
    if (auto made = make_fifos(); !made) return made;
    if (const auto listening = listen(); !listening) {
        if (listening.error().code == std::errc::address_in_use) {
            close();
            return in_use;
        }
        calls_.say("no socket for several viewers: " + describe(listening.error()));
        no_socket_ = true;
    }
    open_ = true;
    if (auto watch = sys::NameWatch::make()) {
        names_watch_ = std::move(*watch);
        lost_.emplace(loop_, names_watch_->fd(), loop::Ready::read, [this] {
            lost_->off();
            make_sure();
            look_.start(kLookAgain);
        });
    }
    look();
    return Done{};
}

Status Viewers::make_fifos() {
    if (auto made = sys::make_own_fifo(names_.to_viewer()); !made) return made;
    to_viewer_ = sys::file_at(names_.to_viewer());
    if (from_viewer_ && sys::file_at(names_.from_viewer()) == from_viewer_) return Done{};
    for (const auto& viewer : viewers_)
        if (viewer->is_pair()) viewer->retire();
    from_viewer_.reset();
    if (auto made = sys::make_own_fifo(names_.from_viewer()); !made) return made;
    auto from = sys::open_own_fifo(names_.from_viewer(), O_RDONLY);
    if (!from) return from.error();
    from_viewer_ = from->identity;
    const auto open_from = [this] {
        auto fifo = sys::open_own_fifo(names_.from_viewer(), O_RDONLY);
        if (!fifo || fifo->identity != from_viewer_) return sys::Fd{};
        return std::move(fifo->fd);
    };
    const auto open_to = [this] {
        auto fifo = sys::open_own_fifo(names_.to_viewer(), O_WRONLY);
        if (!fifo) return sys::Fd{};
        sys::widen_pipe(fifo->fd.get());
        return std::move(fifo->fd);
    };
    enter(std::make_unique<Viewer>(loop_, tape_, std::move(from->fd),
                                   Viewer::Pair{names_.to_viewer(), open_from, open_to}, host()));
    return Done{};
}

Viewer::Host Viewers::host() {
    return {.typed = [this](Viewer& viewer, std::string_view text) { typed(viewer, text); },
            .resized = [this](const console::WindowSize& size) { resized(size); },
            .last_line = [this] { return last_line_.text(); },
            .say = calls_.say,
            .took = [this] { forget_what_all_have_seen(); },
            .ended = [this] { sweep_.start(0us); }};
}

void Viewers::enter(std::unique_ptr<Viewer> viewer) {
    if (!viewer->begin()) {
        calls_.say(describe(sys::last_error("wait for", "a viewer")));
        return;
    }
    viewers_.push_back(std::move(viewer));
}

Status Viewers::listen() {
    auto listener = sys::listen_local(names_.socket(), {.mode = 0600, .group = {}});
    if (!listener) return listener.error();
    knocks_.reset();
    listener_ = std::move(*listener);
    socket_ = sys::file_at(names_.socket());
    knocks_.emplace(loop_, listener_.get(), loop::Ready::read, [this] { accept(); });
    if (!knocks_->on()) return sys::last_error("wait for", names_.socket());
    return Done{};
}

void Viewers::accept() {
    sys::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            knocks_->off();
            reopen_.start(kReopen);
        }
        return;
    }
    const auto peer = sys::peer_of(socket);
    if (!peer || (peer->uid != ::geteuid() && peer->uid != 0)) {
        calls_.say("a viewer of uid " + (peer ? std::to_string(peer->uid) : "?") + " is refused");
        return;
    }
    const auto connected = std::count_if(viewers_.begin(), viewers_.end(),
                                         [](const auto& viewer) { return !viewer->is_pair(); });
    if (static_cast<std::size_t>(connected) >= kMostViewers) {
        constexpr std::string_view kFull = "[run_erl: too many viewers]\r\n";
        static_cast<void>(sys::write_some(
            socket.get(), {reinterpret_cast<const unsigned char*>(kFull.data()), kFull.size()}));
        return;
    }
    enter(std::make_unique<Viewer>(loop_, tape_, std::move(socket), host()));
}

void Viewers::show(std::string_view out) {
    last_line_.append(out);
    const bool looked_at = std::any_of(viewers_.begin(), viewers_.end(), [](const auto& viewer) {
        return viewer->place().has_value();
    });
    if (!looked_at) return;
    tape_.append(out);
    for (const auto& viewer : viewers_) viewer->show();
    forget_what_all_have_seen();
}

void Viewers::forget_what_all_have_seen() {
    auto seen = tape_.end();
    for (const auto& viewer : viewers_) seen = std::min(seen, viewer->place().value_or(seen));
    tape_.forget_until(seen);
}

void Viewers::typed(Viewer& viewer, std::string_view text) {
    if (const auto window = viewer.window()) resized(*window);
    const bool interrupt = text.size() == 1 && text.front() == console::kInterrupt;
    if (!held_ || interrupt) {
        viewer.waiting.clear();  // as a terminal does with what was typed before (termios(3), ISIG)
        calls_.input(text);
        return;
    }
    viewer.waiting += text;
    if (viewer.waiting.size() >= kMostWaiting) viewer.hold_reading(true);
}

void Viewers::resized(const console::WindowSize& size) {
    if (window_ == size) return;
    window_ = size;
    calls_.window(size.columns, size.rows);
}

void Viewers::hold(bool held) {
    if (std::exchange(held_, held) == held) return;
    // Handing on may fill the node's queue again.
    for (std::size_t at = 0; at < viewers_.size() && !held_; ++at) {
        auto& viewer = *viewers_[at];
        const auto waiting = std::exchange(viewer.waiting, {});
        if (!waiting.empty()) calls_.input(waiting);
        viewer.hold_reading(false);
    }
    if (!held_) sweep_.start(0us);
}

void Viewers::sweep() {
    const auto gone = [](const auto& viewer) { return viewer->over() && viewer->waiting.empty(); };
    viewers_.erase(std::remove_if(viewers_.begin(), viewers_.end(), gone), viewers_.end());
    forget_what_all_have_seen();
    const bool pair = std::any_of(viewers_.begin(), viewers_.end(), [](const auto& viewer) {
        return viewer->is_pair() && !viewer->over();
    });
    if (open_ && !pair) {
        from_viewer_.reset();
        make_sure();
    }
}

void Viewers::look() {
    if (names_watch_) names_watch_->clear();
    make_sure();
    if (lost_ && !lost_->on()) {
        lost_.reset();
        names_watch_.reset();
    }
    if (missing_) look_.start(kLookForMissing);
}

void Viewers::make_sure() {
    if (!open_) return;
    const auto here = [](const std::string& path, const std::optional<sys::FileIdentity>& own) {
        return own && sys::file_at(path) == own;
    };
    std::string trouble;
    if (!here(names_.to_viewer(), to_viewer_) || !here(names_.from_viewer(), from_viewer_))
        if (const auto made = make_fifos(); !made) trouble = describe(made.error());
    if (!no_socket_ && !here(names_.socket(), socket_))
        if (const auto made = listen(); !made) trouble = describe(made.error());
    if (!trouble.empty() && !missing_) calls_.say("cannot make again: " + trouble);
    missing_ = !trouble.empty();
    if (names_watch_) {
        for (const auto& path : {names_.to_viewer(), names_.from_viewer(), names_.socket()})
            static_cast<void>(names_watch_->add(path));
    }
}

void Viewers::close() {
    open_ = false;
    for (const auto& viewer : viewers_) viewer->show();
    const auto remove = [](const std::string& path, std::optional<sys::FileIdentity>& own) {
        if (own) sys::unlink_own(path, *own);
        own.reset();
    };
    remove(names_.to_viewer(), to_viewer_);
    remove(names_.from_viewer(), from_viewer_);
    remove(names_.socket(), socket_);
    viewers_.clear();
    knocks_.reset();
    listener_ = sys::Fd{};
    lost_.reset();
    names_watch_.reset();
    look_.cancel();
    reopen_.cancel();
    sweep_.cancel();
}

}  // namespace vakt::prog
