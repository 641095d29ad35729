// SPDX-License-Identifier: Apache-2.0
// One way in which somebody looks at the console: the pair of FIFOs, or one connection.
#include "prog/run_erl_viewer.h"

#include <array>
#include <cerrno>
#include <utility>

#include "sys/error.h"
#include "sys/nonblock.h"
#include "sys/own_fifo.h"

namespace vakt::prog {
namespace {

constexpr std::size_t kReadAtOnce = 4096;
constexpr const char* kTeller = "run_erl";

std::span<const unsigned char> bytes_of(std::string_view text) {
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

}  // namespace

Viewer::Viewer(loop::Loop& loop, const console::Tape& tape, sys::Fd socket, Host host)
    : loop_(loop),
      from_(std::move(socket)),
      host_(std::move(host)),
      sight_(tape, kTeller),
      patience_(loop, [this] { react(session_.give_up()); }),
      renew_(loop, [this] { renew(); }) {}

Viewer::Viewer(loop::Loop& loop, const console::Tape& tape, sys::Fd from, Pair pair, Host host)
    : Viewer(loop, tape, std::move(from), std::move(host)) {
    pair_ = std::move(pair);
}

bool Viewer::begin() {
    readable_.emplace(loop_, from_.get(), loop::Ready::read, [this] { read(); });
    return held_ || readable_->on();
}

void Viewer::read() {
    std::array<char, kReadAtOnce> buffer{};
    const auto moved = sys::read_some(from_.get(), buffer);
    switch (moved.how) {
        case sys::Moved::How::blocked:
            return;
        case sys::Moved::How::some:
            if (!session_.begun() || write_fd_ < 0) begin_session(moved.bytes);
            react(session_.hear({buffer.data(), moved.bytes}));
            return;
        case sys::Moved::How::failed:
            // A viewer that left without reading all that it was shown.
            if (errno != ECONNRESET) host_.say(describe(sys::last_error("read from", "a viewer")));
            [[fallthrough]];
        case sys::Moved::How::end:
            end_session();
    }
}

void Viewer::begin_session(std::size_t size) {
    if (pair_ && !to_) {
        to_ = pair_->open_to();
        if (!to_ && !session_.begun())
            host_.say("Client expected on FIFO " + pair_->name +
                      ", but can't open (len=" + std::to_string(size) + ")");
    }
    const int fd = pair_ ? to_.get() : from_.get();
    if (fd < 0) return;
    if (!writable_ || write_fd_ != fd)
        writable_.emplace(loop_, fd, loop::Ready::write, [this] {
            writable_->off();
            show();
            host_.took();
        });
    write_fd_ = fd;
    sight_.begin();
}

void Viewer::react(const console::Said& said) {
    const auto patience = session_.patience();
    if (patience)
        patience_.start(*patience);
    else
        patience_.cancel();
    if (!said.complaint.empty()) host_.say(said.complaint);
    if (said.hello && write_fd_ >= 0) {
        sight_.say(console::version_line());
        sight_.say(host_.last_line());
        show();
    }
    if (said.window) host_.resized(*said.window);
    if (!said.text.empty()) host_.typed(*this, said.text);
}

void Viewer::show() {
    if (write_fd_ < 0 || writable_->is_on()) return;
    for (auto bytes = sight_.next(); !bytes.empty(); bytes = sight_.next()) {
        const auto moved = sys::write_some(write_fd_, bytes_of(bytes));
        if (moved.how == sys::Moved::How::some) {
            sight_.wrote(moved.bytes);
        } else if (moved.how == sys::Moved::How::blocked && writable_->on()) {
            return;
        } else {
            // Of a connection, its end is read too.
            stop_writing();
            return;
        }
    }
}

std::optional<std::uint64_t> Viewer::place() const {
    if (write_fd_ < 0) return std::nullopt;
    return sight_.place();
}

void Viewer::hold_reading(bool held) {
    held_ = held;
    if (!readable_ || over_ || renew_.running()) return;
    if (held)
        readable_->off();
    else if (!readable_->on())
        finish();
}

void Viewer::stop_writing() {
    if (writable_) writable_->off();
    write_fd_ = -1;
    to_ = sys::Fd{};
}

void Viewer::end_session() {
    react(session_.end());
    readable_->off();
    if (!pair_) {
        stop_writing();
        finish();
        return;
    }
    // Somebody may read the one without having the other open: cat(1), and the next to_erl.
    if (to_ && !sys::has_reader(to_.get())) stop_writing();
    if (retired_)
        finish();
    else
        renew_.start(std::chrono::microseconds(0));  // a watch must not go while it calls
}

void Viewer::renew() {
    // Opened before the old one is closed: whoever asks meanwhile finds that run_erl is there.
    auto next = pair_->open_from();
    if (!next) {
        finish();
        return;
    }
    readable_.reset();
    from_ = std::move(next);
    if (!begin()) finish();
}

void Viewer::finish() {
    over_ = true;
    host_.ended();
}

}  // namespace vakt::prog
