// SPDX-License-Identifier: Apache-2.0
// A watchdog of heart's own: guard/solo.h on the device that HEART_WATCHDOG_PATH names.
#include "prog/heart_solo.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <utility>

#include "drivers/dev_node.h"
#include "drivers/soft_wdt.h"
#include "drivers/system_wdt.h"
#include "sys/error.h"
#include "sys/kin.h"
#include "sys/rights.h"
#include "wdt/timing.h"

namespace vakt::prog {
namespace {

using namespace std::chrono_literals;
using drivers::DeviceResult;

constexpr Duration kBetweenTries = 1s;
// How long a VM that stops in order is held up by a child that is still opening the device.
constexpr Duration kEndWithin = 1s;

/// What the child has come to.
struct Opened {
    std::int64_t granted = 0;  ///< milliseconds; 0: refused, `words` say why
    bool busy = false;
    std::array<char, 240> words{};
};

wdt::Millis millis(Duration time) { return std::chrono::floor<wdt::Millis>(time); }

// The registry would bring every driver with it, and heart is small. `fd` is a device handed over.
DeviceResult make_device(const std::string& path, bool is_socket, sys::Fd fd) {
    const bool is_open = static_cast<bool>(fd);
    if (is_socket)
        return drivers::as_device(drivers::SoftWdt::make(
            is_open ? drivers::adopted_socket(path, std::move(fd)) : drivers::socket_node(path)));
    return drivers::system_watchdog(path, std::move(fd));
}

Opened refused(const Error& error) {
    Opened opened;
    // A simulated board closes on a second device, with or without having read what it said.
    opened.busy = error.code == std::errc::device_or_resource_busy ||
                  error.code == std::errc::connection_reset || error.code == std::errc::broken_pipe;
    describe(error).copy(opened.words.data(), opened.words.size() - 1);
    return opened;
}

// Linux' watchdogs count from their opening on, whatever arm() says, and nobody would pet it.
Opened refused_and_stopped(wdt::WatchdogDevice& device, const Error& error) {
    auto opened = refused(error);
    if (const auto stopped = device.disarm(); !stopped) {
        const auto words = describe(stopped.error()) +
                           "; it counts on and will reset the board: " + opened.words.data();
        opened.words = {};
        words.copy(opened.words.data(), opened.words.size() - 1);
    }
    return opened;
}

Opened arm(wdt::WatchdogDevice& device, wdt::Millis beat_timeout, wdt::Millis boot_delay) {
    const auto granted = device.arm(wdt::longest_allowed(beat_timeout, boot_delay));
    if (!granted) return refused_and_stopped(device, granted.error());
    const auto fits = wdt::check_granted(device.name(), *granted, beat_timeout, boot_delay);
    if (!fits) return refused_and_stopped(device, fits.error());
    return {granted->count(), false, {}};
}

void send(int channel, const Opened& opened, int device) {
    Opened message = opened;
    iovec part = {&message, sizeof message};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
    msghdr header = {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (opened.granted > 0) {
        header.msg_control = room.data();
        header.msg_controllen = static_cast<sys::ControlSize>(room.size());
        auto* rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = static_cast<sys::ControlItemSize>(CMSG_LEN(sizeof(int)));
        std::memcpy(CMSG_DATA(rights), &device, sizeof device);
    }
    [[maybe_unused]] const auto n = ::sendmsg(channel, &header, MSG_NOSIGNAL);
}

sys::Fd take(int channel, Opened& opened) {
    iovec part = {&opened, sizeof opened};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
    msghdr header = {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = room.data();
    header.msg_controllen = static_cast<sys::ControlSize>(room.size());
    if (sys::receive(channel, header, MSG_DONTWAIT) != static_cast<ssize_t>(sizeof opened)) {
        opened = {};
        return {};
    }
    opened.words.back() = '\0';
    const auto* rights = CMSG_FIRSTHDR(&header);
    if (rights == nullptr || rights->cmsg_type != SCM_RIGHTS) return {};
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(rights), sizeof fd);
    return sys::Fd(fd);
}

}  // namespace

SoloBoard::SoloBoard(std::string path, Duration beat_timeout, Duration boot_delay, SayWords say,
                     Instant now)
    : path_(std::move(path)),
      beat_timeout_(beat_timeout),
      boot_delay_(boot_delay),
      say_(std::move(say)),
      deadline_(now + beat_timeout + boot_delay) {
    struct stat about = {};
    const bool there = ::stat(path_.c_str(), &about) == 0;
    is_socket_ = there && S_ISSOCK(about.st_mode);
    if (!there)
        this->say(describe(sys::last_error("look at", path_)) + "; heart acts alone");
    else if (!is_socket_ && !S_ISCHR(about.st_mode))
        this->say("neither a device nor a socket; heart acts alone");
    else
        open(now);
}

SoloBoard::~SoloBoard() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, WNOHANG);
}

void SoloBoard::open(Instant now) {
    tried_ = now;
    may_try_again_ = false;
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return say(describe(sys::last_error("socketpair for", path_)));
    channel_ = sys::Fd(ends[0]);
    const sys::Fd childs(ends[1]);
    // A heart that ends must not leave behind one who starts a countdown for nobody.
    const pid_t child = sys::fork_kin();
    if (child < 0) {
        const auto why = describe(sys::last_error("fork for", path_));
        channel_ = sys::Fd();
        return say(why + "; heart acts alone");
    }
    if (child > 0) {
        child_ = child;
        return;
    }
    // The VM's port is not ours to hold open.
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int fd : {0, 1}) ::dup2(nothing, fd);
    auto device = make_device(path_, is_socket_, {});
    if (!device) {
        send(childs.get(), refused(device.error()), -1);
        ::_exit(0);
    }
    const auto opened = arm(**device, millis(beat_timeout_), millis(boot_delay_));
    send(childs.get(), opened, (*device)->descriptor());
    ::_exit(0);
}

void SoloBoard::receive(Instant now) {
    pollfd answered = {channel_.get(), POLLIN, 0};
    if (::poll(&answered, 1, 0) != 1) return;
    Opened opened;
    auto fd = take(channel_.get(), opened);
    channel_ = sys::Fd();
    collect();
    if (!fd) {
        may_try_again_ = opened.busy;
        const std::string why(opened.words.data());
        if (!std::exchange(said_busy_, opened.busy) || !opened.busy)
            say((why.empty() ? "it could not be opened" : why) + "; heart acts alone");
        return;
    }
    auto device = make_device(path_, is_socket_, std::move(fd));
    if (!device) return say(describe(device.error()));
    device_ = std::move(*device);
    for (const auto& remark : device_->remarks()) say_(remark);
    const auto& abilities = device_->capabilities();
    if (!abilities.sets_timeout || abilities.closing_disarms) solo_.cannot_let_go();
    // It was armed a little earlier; a pet makes the times agree, and is due to nobody else.
    solo_.beat(deadline_);
    solo_.armed(now, std::chrono::milliseconds(opened.granted));
    if (const auto petted = device_->pet(); !petted) say(describe(petted.error()));
    for_heart_.emplace_back(heart::Guarded{heart::Guard::device});
    if (retired_) disarm();
}

void SoloBoard::renew(Instant now, Instant hard_deadline) {
    deadline_ = hard_deadline;
    solo_.beat(hard_deadline);
    looked_ = now;
    if (may_try_again_ && child_ == 0 && now >= tried_ + kBetweenTries) open(now);
    act(now);
}

// One that has said all it had to may still be ending.
void SoloBoard::collect() {
    if (child_ > 0 && ::waitpid(child_, nullptr, WNOHANG) != 0) child_ = 0;
}

void SoloBoard::give_up(Instant now, heart::Cause, const std::string&) {
    may_try_again_ = false;
    looked_ = now;
    solo_.give_up();
    act(now);
}

void SoloBoard::retire(Instant now) {
    retired_ = true;
    end_by_ = now + kEndWithin;
    if (device_) disarm();
}

void SoloBoard::disarm() {
    if (const auto done = device_->disarm(); !done)
        say(describe(done.error()) + "; it counts on and will reset the board");
    device_.reset();
}

bool SoloBoard::may_end(Instant now) {
    if (retired_) return !channel_ || now >= end_by_;
    return !device_ || solo_.over(now);
}

std::optional<heart::Event> SoloBoard::next() {
    if (for_heart_.empty()) return std::nullopt;
    auto event = for_heart_.front();
    for_heart_.erase(for_heart_.begin());
    return event;
}

Instant SoloBoard::wake_at() const {
    return device_ ? std::min(solo_.wake_at(looked_), end_by_) : end_by_;
}

void SoloBoard::stir(Instant now) {
    looked_ = now;
    if (channel_) receive(now);
    act(now);
}

void SoloBoard::act(Instant now) {
    if (!device_) return;
    switch (solo_.due(now)) {
        case guard::SoloAct::nothing:
            return;
        case guard::SoloAct::pet:
            if (const auto petted = device_->pet(); !petted) {
                say(describe(petted.error()));
                solo_.pet_failed(now);
            }
            return;
        case guard::SoloAct::arm_the_rest:
            break;
    }
    const auto granted = device_->arm(millis(solo_.last_countdown(now)));
    if (!granted) {
        say(describe(granted.error()));
        solo_.cannot_let_go();
        return;
    }
    solo_.armed(now, *granted);
    if (solo_.let_go()) device_.reset();
}

}  // namespace vakt::prog
