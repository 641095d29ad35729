// SPDX-License-Identifier: Apache-2.0
// A keeper that is not one, for test/prog/vaktctl.sh.
//
//   ctl_peer SOCKET hang            accepts and never answers
//   ctl_peer SOCKET close           accepts and closes
//   ctl_peer SOCKET garbage         says what no keeper says
//   ctl_peer SOCKET rows            gives rows of a status without a board
//   ctl_peer SOCKET half            gives half a status, and no more
//   ctl_peer SOCKET answer N        has one lease, "otp", and one armed device; answers everything
//                                   that is asked with refusal N
//   ctl_peer SOCKET verdict         the same, but takes a drill, says a verdict and is gone
//   ctl_peer SOCKET overdue         the same, but takes a drill whose deadline passes in a second
//   ctl_peer SOCKET names           the same, with names that would command a terminal
//
// Serves one connection after the other until it is ended.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "wire/lease_bytes.h"

namespace {

using namespace vakt;
using namespace std::chrono_literals;
namespace lease = wire::lease;

std::string_view mode;
int refusal = 0;

Instant now() { return std::chrono::steady_clock::now(); }

void say(int fd, const wire::LeaseMessage& message) {
    std::array<std::uint8_t, wire::kMaxLeaseMessage> buffer;
    const auto bytes = wire::encode(message, buffer);
    (void)!::write(fd, bytes.data(), bytes.size());
}

void say_status(int fd, Instant deadline) {
    if (mode == "rows") return say(fd, lease::StatusLease{});
    say(fd, lease::StatusBoard{.now = now(), .deadline = deadline, .version = "0.0\x1b[31m"});
    if (mode == "half") return;
    const keeper::Name name = mode == "names" ? "\x1b]0;owned\x07\r\n\"" : "otp";
    say(fd, lease::StatusLease{.name = name,
                               .presence = keeper::Presence::held,
                               .held = true,
                               .timing = {11s, 11s},
                               .last_good_beat = deadline - 60s,
                               .deadline = deadline,
                               .vm_pid = 1});
    say(fd, lease::StatusDevice{.number = 0,
                                .name = "/dev/fake",
                                .driver = "soft",
                                .state = keeper::DeviceState::armed,
                                .granted = 8s,
                                .petted = now()});
    say(fd, lease::StatusEnd{});
}

/// False: the connection is to be closed.
bool answer(int fd, const wire::LeaseMessage& question, Instant deadline) {
    if (std::holds_alternative<lease::StatusAsked>(question)) {
        say_status(fd, deadline);
        return true;
    }
    if (std::holds_alternative<lease::Watch>(question)) {
        say(fd, lease::Watching{});
        if (mode == "names")
            say(fd, lease::News{.kind = keeper::NoteKind::recovered, .subject = "\x1b[2J"});
        return true;
    }
    // What comes before an answer must not be taken for it.
    say(fd, lease::News{.kind = keeper::NoteKind::drill, .subject = "otp", .deadline = deadline});
    say(fd, lease::Answer{static_cast<keeper::Refusal>(refusal), {}});
    if (mode != "verdict") return true;
    say(fd, lease::News{.kind = keeper::NoteKind::verdict,
                        .cause = keeper::Cause::vm_silent,
                        .subject = "otp",
                        .deadline = deadline});
    return false;
}

void serve(int fd) {
    const auto deadline = now() + (mode == "overdue" ? 1s : 60s);
    if (mode == "close") return;
    if (mode == "garbage") {
        (void)!::write(fd, "HTTP/1.1 400 Bad Request\r\n", 26);
    }
    wire::LeaseDecoder decoder;
    std::array<std::uint8_t, 512> bytes;
    for (;;) {
        const auto count = ::read(fd, bytes.data(), bytes.size());
        if (count <= 0) return;
        if (mode == "hang" || mode == "garbage") continue;
        decoder.feed(std::span(bytes).first(static_cast<std::size_t>(count)));
        while (const auto question = decoder.next())
            if (!answer(fd, *question, deadline)) return;
    }
}

}  // namespace

int main(int count, char** words) {
    if (count < 3) return 2;
    mode = words[2];
    if (count > 3) refusal = std::atoi(words[3]);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    // Its name is there only once it listens: whoever sees it may connect.
    const auto early = std::string(words[1]) + "~";
    std::strncpy(address.sun_path, early.c_str(), sizeof address.sun_path - 1);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, 8) != 0 || std::rename(early.c_str(), words[1]) != 0)
        return 1;
    for (;;) {
        const int fd = ::accept(listener, nullptr, nullptr);
        if (fd < 0) return 1;
        serve(fd);
        ::close(fd);
    }
}
