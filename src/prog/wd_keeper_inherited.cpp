// SPDX-License-Identifier: Apache-2.0
// What a keeper takes over from the one before it.
#include "prog/wd_keeper_inherited.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/text.h"
#include "sys/error.h"
#include "sys/notify.h"
#include "sys/rights.h"
#include "wire/lease_bytes.h"

namespace vakt::prog {
namespace {

namespace lease = wire::lease;
using sys::Severity;

constexpr int kPatience = 5000;  // milliseconds
constexpr std::size_t kMostDescriptors = 128;

std::string_view socket_path(const sockaddr_un& address, socklen_t size) {
    const auto most = static_cast<std::size_t>(size) - offsetof(sockaddr_un, sun_path);
    return {address.sun_path, ::strnlen(address.sun_path, most)};
}

/// Whether `fd` is what the settings name: numbers mean nothing once the file has changed.
bool is_open_on(int fd, const wdt::DeviceSettings& settings) {
    struct stat held {};
    struct stat named {};
    if (::fstat(fd, &held) != 0) return false;
    if (S_ISSOCK(held.st_mode)) {
        sockaddr_un peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0)
            return socket_path(peer, size) == settings.path;
        return settings.driver == "systemd";
    }
    if (::stat(settings.path.c_str(), &named) != 0) return false;
    if (S_ISCHR(held.st_mode)) return S_ISCHR(named.st_mode) && held.st_rdev == named.st_rdev;
    return held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

struct Handed {
    std::uint32_t before = 0;  ///< the device's row in the keeper before
    sys::Fd fd;
};

/// Puts devices where the settings have them, and what the state says of them with them.
void place(Inherited& inherited, std::span<Handed> handed, const settings::KeeperFile& file,
           Log& log) {
    const auto before =
        inherited.state ? inherited.state->devices : decltype(keeper::KeeperState::devices){};
    if (inherited.state) {
        inherited.state->devices.clear();
        for (std::size_t row = 0; row < file.devices.size(); ++row)
            inherited.state->devices.push_back(
                row < before.size() && before[row].state == keeper::DeviceState::disarmed
                    ? before[row]
                    : keeper::KeeperState::DeviceRow{});
    }
    for (auto& device : handed) {
        std::size_t row = 0;
        while (row < file.devices.size() &&
               (inherited.devices[row] || !is_open_on(device.fd.get(), file.devices[row])))
            ++row;
        if (row == file.devices.size()) {
            log.say(Severity::err,
                    "a watchdog that the keeper before us held is not in the settings any more: it "
                    "is let go, and still counting");
            continue;
        }
        inherited.devices[row] = std::move(device.fd);
        if (inherited.state && device.before < before.size())
            inherited.state->devices[row] = before[device.before];
    }
}

std::optional<std::uint32_t> number_behind(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return std::nullopt;
    return parse_decimal<std::uint32_t>(name.substr(prefix.size()));
}

bool is_listening(int fd) {
    int listening = 0;
    socklen_t size = sizeof listening;
    return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

// ---- the successor's side of the wire ----

/// Descriptors that came with a message.
struct Cargo {
    std::array<sys::Fd, kMostDescriptors> fds;
    std::size_t count = 0;
};

bool await(int fd) {
    pollfd ready = {fd, POLLIN, 0};
    return ::poll(&ready, 1, kPatience) == 1;
}

Status say_take_over(const sys::Fd& socket) {
    std::array<std::uint8_t, wire::kMaxLeaseMessage> bytes;
    const auto message = wire::encode(lease::TakeOver{}, bytes);
    if (::send(socket.get(), message.data(), message.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(message.size()))
        return sys::last_error("ask", "the keeper to be taken over");
    return Done{};
}

/// The next message, with what came beside it; none: the other side has ended.
Result<std::optional<wire::LeaseMessage>> hear(const sys::Fd& socket, wire::LeaseDecoder& in,
                                               Cargo& cargo) {
    for (;;) {
        if (auto message = in.next()) return std::optional(std::move(*message));
        if (in.fault() != wire::LeaseFault::none)
            return refusal("the keeper to be taken over speaks another language");
        if (!await(socket.get())) return refusal("the keeper to be taken over does not answer");
        std::array<std::uint8_t, wire::kMaxLeaseMessage> bytes;
        alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostDescriptors * sizeof(int))> control;
        iovec part = {bytes.data(), bytes.size()};
        msghdr header{};
        header.msg_iov = &part;
        header.msg_iovlen = 1;
        header.msg_control = control.data();
        header.msg_controllen = static_cast<sys::ControlSize>(control.size());
        const auto got = sys::receive(socket.get(), header, 0);
        if (got < 0) return sys::last_error("hear", "the keeper to be taken over");
        if (got == 0) return std::optional<wire::LeaseMessage>{};
        for (auto* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
            if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
            const auto count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (std::size_t at = 0; at < count; ++at) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(c) + at * sizeof(int), sizeof fd);
                sys::Fd owned(fd);
                if (cargo.count < cargo.fds.size()) cargo.fds[cargo.count++] = std::move(owned);
            }
        }
        in.feed(std::span<const std::uint8_t>(bytes).first(static_cast<std::size_t>(got)));
    }
}

Error refused(const lease::Answer& answer) {
    return refusal("the keeper that runs does not hand over: " +
                   std::string(answer.refusal == keeper::Refusal::not_allowed
                                   ? "only root may ask for it"
                                   : "it is ending"));
}

/// Timeouts that were granted to the keeper before must suit our settings too, before we ask.
Status suits(const std::optional<keeper::KeeperState>& state, const settings::KeeperFile& file) {
    for (std::size_t row = 0; state && row < state->devices.size(); ++row) {
        const auto& device = state->devices[row];
        if (device.state != keeper::DeviceState::armed || row >= file.devices.size()) continue;
        if (const auto fault = keeper::check_granted(file.settings, row, device.granted))
            return refusal(settings::in_words(*fault, file, device.granted));
    }
    return Done{};
}

}  // namespace

Inherited inherit_from_manager(const settings::KeeperFile& file, StateFile& state, Log& log) {
    Inherited inherited;
    inherited.state = state.read();
    const bool in_order = inherited.state && inherited.state->ended == keeper::Ended::handed_over;
    // NOLINTBEGIN(concurrency-mt-unsafe): one thread
    const auto passed = sys::take_inherited(std::getenv("LISTEN_PID"), std::getenv("LISTEN_FDS"),
                                            std::getenv("LISTEN_FDNAMES"), ::getpid());
    // NOLINTEND(concurrency-mt-unsafe)
    std::array<Handed, keeper::kMaxDevices> handed;
    std::size_t count = 0;
    for (const auto& one : passed) {
        sys::Fd fd(one.fd);
        const auto device = number_behind(one.name.view(), "device-");
        const auto number = number_behind(one.name.view(), "lease-");
        if (number) inherited.stored.push_back(*number);
        if (device && count < handed.size())
            handed[count++] = {*device, std::move(fd)};
        else if (number && *number != 0 && in_order &&
                 inherited.line_count < inherited.lines.size())
            inherited.lines[inherited.line_count++] = {*number, std::move(fd)};
        else if (is_listening(fd.get()))
            inherited.listener = std::move(fd);
    }
    place(inherited, std::span(handed).first(count), file, log);
    return inherited;
}

Result<std::optional<Inherited>> take_over_from(const std::string& path,
                                                const settings::KeeperFile& file, StateFile& state,
                                                Log& log) {
    using Taken = std::optional<Inherited>;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return refusal("path too long: " + path);
    path.copy(address.sun_path, path.size());
    const sys::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket ||
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED) return Taken{};
        return sys::last_error("connect to", path);
    }
    if (const auto well = suits(state.read(), file); !well) return well.error();
    if (const auto asked = say_take_over(socket); !asked) return asked.error();
    wire::LeaseDecoder in;
    Cargo cargo;
    const auto answer = hear(socket, in, cargo);
    if (!answer) return answer.error();
    if (!*answer) return refusal("the keeper to be taken over has hung up");
    if (const auto* no = std::get_if<lease::Answer>(&**answer)) return refused(*no);
    const auto* list = std::get_if<lease::HandOver>(&**answer);
    if (list == nullptr || list->descriptors.size() != cargo.count)
        return refusal("the keeper to be taken over hands over what it does not name");

    Inherited inherited;
    inherited.state = state.read();
    std::array<Handed, keeper::kMaxDevices> handed;
    std::size_t count = 0;
    for (std::size_t at = 0; at < cargo.count; ++at) {
        const auto& what = list->descriptors[at];
        if (!what.is_connection && count < handed.size())
            handed[count++] = {what.number, std::move(cargo.fds[at])};
        else if (what.is_connection && what.number == 0)
            inherited.listener = std::move(cargo.fds[at]);
        else if (what.is_connection && inherited.line_count < inherited.lines.size())
            inherited.lines[inherited.line_count++] = {what.number, std::move(cargo.fds[at])};
    }
    place(inherited, std::span(handed).first(count), file, log);

    // From its leaving on they are ours; should it say anything instead, it goes on.
    if (const auto confirmed = say_take_over(socket); !confirmed) return confirmed.error();
    const auto last = hear(socket, in, cargo);
    if (!last) return last.error();
    if (*last) return refusal("the keeper to be taken over has changed its mind");
    if (!state.own()) log.say(Severity::warning, "the keeper before us is slow to go");
    return Taken(std::move(inherited));
}

}  // namespace vakt::prog
