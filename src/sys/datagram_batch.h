// SPDX-License-Identifier: Apache-2.0
// Many datagrams by one system call, into memory that is there already.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "sys/nonblock.h"

namespace vakt::sys {

/// One datagram with all that the kernel says of it. Views live until the next read.
struct Datagram {
    struct Sender {
        std::uint32_t pid;  ///< 0: of a process that has no number here (another pid namespace)
        std::uint32_t uid;
    };
    std::string_view bytes;
    bool cut = false;  ///< it was longer than kLongest: its beginning
    std::optional<Sender> sender;
    std::int64_t taken_ns = 0;  ///< when it came, nanoseconds since 1970; 0: not told
    /// How many its socket had lost when it came, modulo 2^32; none as long as there were none.
    std::optional<std::uint32_t> lost;
    std::string_view from;  ///< its sender's address, as recvmsg(2) gives it (address_text)
};

/// Allocates when it is made and never again. Of its memory only that is touched which datagrams
/// came into, and relax() gives back what long ones took.
class DatagramBatch {
 public:
    static constexpr std::size_t kMost = 64;
    static constexpr std::size_t kLongest = 65535;

    /// each: one system call a datagram, as where recvmmsg(2) is not.
    enum class How { many, each };
    explicit DatagramBatch(How how = How::many);
    ~DatagramBatch();
    DatagramBatch(const DatagramBatch&) = delete;
    DatagramBatch& operator=(const DatagramBatch&) = delete;

    /// Up to `most` of those that wait, which is 1 to kMost; `bytes` is then how many datagrams
    /// there are, and an empty one is one. Never `end`; for `failed` errno says why. REQUIRES: fd
    /// does not block. Descriptors that a sender put in (SCM_RIGHTS) are closed: nobody fills our
    /// table.
    [[nodiscard]] Moved read(int fd, std::size_t most = kMost);
    /// REQUIRES: index below what read() gave.
    [[nodiscard]] const Datagram& operator[](std::size_t index) const;

    /// To be called when nothing waits any more.
    void relax();

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// "192.0.2.7", "2001:db8::1", written into `room` (46 bytes at least); an IPv4 address in an IPv6
/// one (RFC 4291, section 2.5.5.2) as IPv4. "" for anything else.
[[nodiscard]] std::string_view address_text(std::string_view from, std::span<char> room);

}  // namespace vakt::sys
