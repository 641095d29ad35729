// SPDX-License-Identifier: Apache-2.0
// Sockets that datagrams are received on: local ones under a path, UDP, and those we were given.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Non-blocking, and set up to tell as much of each datagram as the system can: who sent it
/// (SO_PASSCRED, unix(7)), when it came (SO_TIMESTAMPNS) and how many were lost (SO_RXQ_OVFL,
/// socket(7)). Where one of these is not there, that is not told.
class DatagramSocket {
 public:
    enum class Kind { local, udp };
    static constexpr std::size_t kLongestPath = 107;  ///< unix(7), sun_path

    /// A local socket at `path`. A socket file that nobody answers is taken over; one that is
    /// answered (EADDRINUSE), anything else under that name and a symbolic link are refused, and
    /// stay. The file has exactly `mode`, and never for a moment more. Destroyed, it unlinks the
    /// file if it is still its own.
    [[nodiscard]] static Result<DatagramSocket> at_path(const std::string& path, mode_t mode);

    /// UDP at a numeric address, IPv4 or IPv6 ("fe80::1%eth0" too; never both in one: "::" takes no
    /// IPv4), and a port; 0: one that the system chooses.
    [[nodiscard]] static Result<DatagramSocket> udp(const std::string& address, std::uint16_t port);

    /// One that somebody else made and bound (systemd's syslog.socket). Its path is never unlinked.
    /// Refused when it is no datagram socket of these kinds. `name` is for messages.
    [[nodiscard]] static Result<DatagramSocket> inherited(Fd fd, std::string name);

    DatagramSocket(DatagramSocket&&) noexcept = default;
    DatagramSocket& operator=(DatagramSocket other) noexcept;
    ~DatagramSocket();

    /// Room for datagrams that wait, bytes (SO_RCVBUF; beyond net.core.rmem_max where we may,
    /// SO_RCVBUFFORCE). Returns what was granted, which Linux doubles for its own use. For UDP
    /// alone: how much waits for a local socket is its senders' buffer and net.unix.max_dgram_qlen.
    [[nodiscard]] Result<int> hold(int bytes) const;

    /// Its file is no longer its own: a successor has the socket, and may take the file over.
    void leave_path() { own_.reset(); }
    /// The other side of that: for an inherited one whose file this process made.
    void take_path(const std::string& path);

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] Kind kind() const { return kind_; }
    /// "/dev/log", "127.0.0.1 port 514": for messages.
    [[nodiscard]] const std::string& name() const { return name_; }
    /// Whether its file is still there, without which nobody finds it; true for one without a file
    /// of its own.
    [[nodiscard]] bool has_its_path() const;
    /// UDP: the port it has.
    [[nodiscard]] std::uint16_t port() const;
    /// How many it has lost since it was made, modulo 2^32; none where the system does not say, and
    /// for local ones, which lose nothing: their senders wait, or are refused.
    [[nodiscard]] std::optional<std::uint32_t> lost() const;
    /// Of these, how many before it was ours; 0 unless inherited.
    [[nodiscard]] std::uint32_t lost_before() const { return lost_before_; }

 private:
    DatagramSocket(Fd fd, Kind kind, std::string name)
        : fd_(std::move(fd)), kind_(kind), name_(std::move(name)) {}
    void ask_for_all() const;

    Fd fd_;
    Kind kind_ = Kind::local;
    std::string name_;
    std::uint32_t lost_before_ = 0;
    struct Own {
        dev_t device;
        ino_t inode;
    };
    std::optional<Own> own_;  // the file at name_
};

}  // namespace vakt::sys
