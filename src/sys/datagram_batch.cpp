// SPDX-License-Identifier: Apache-2.0
// Many datagrams by one system call, into memory that is there already.
#include "sys/datagram_batch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <exception>
#include <span>

#include "sys/fd.h"

namespace vakt::sys {
namespace {

#ifdef __linux__
using Head = mmsghdr;
#else
struct Head {
    msghdr msg_hdr;
    unsigned msg_len;
};
#endif

constexpr std::size_t kStride = DatagramBatch::kLongest + 1;
constexpr std::size_t kAll = DatagramBatch::kMost * kStride;
// What relax() leaves of each: a page of any system holds most messages.
constexpr std::size_t kKept = 4096;
static_assert(kStride % kKept == 0);

// Room for credentials, a time and a number; what does not fit is not told.
constexpr std::size_t kControl = 128;
struct alignas(cmsghdr) Control {
    unsigned char bytes[kControl];
};

/// False when it is not of the value's size.
template <class T>
bool value_of(const cmsghdr& said, T& value) {
    if (said.cmsg_len != CMSG_LEN(sizeof value)) return false;
    std::memcpy(&value, CMSG_DATA(&said), sizeof value);
    return true;
}

void close_all(const cmsghdr& rights) {
    const std::size_t bytes = rights.cmsg_len - CMSG_LEN(0);
    for (std::size_t at = 0; at + sizeof(int) <= bytes; at += sizeof(int)) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(&rights) + at, sizeof fd);
        const Fd closed(fd);
    }
}

}  // namespace

struct DatagramBatch::Parts {
    How how;
    char* bytes = nullptr;
    std::size_t got = 0;
    bool long_ones = false;
    std::array<iovec, kMost> pieces = {};
    std::array<Control, kMost> controls = {};
    std::array<sockaddr_in6, kMost> addresses = {};
    std::array<Head, kMost> heads = {};
    std::array<Datagram, kMost> datagrams = {};

    void renew(std::size_t count);
    int receive(int fd, std::size_t most);
    void look_at(std::size_t index);
};

// What the kernel overwrites in each head.
void DatagramBatch::Parts::renew(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        auto& head = heads[i].msg_hdr;
        head.msg_namelen = sizeof addresses[i];
        head.msg_controllen = kControl;
        head.msg_flags = 0;
    }
}

// How many came; -1 and errno.
int DatagramBatch::Parts::receive(int fd, std::size_t most) {
#ifdef __linux__
    if (how == How::many)
        return ::recvmmsg(fd, heads.data(), static_cast<unsigned>(most),
                          MSG_DONTWAIT | MSG_CMSG_CLOEXEC, nullptr);
#endif
    int count = 0;
    for (auto& head : std::span(heads).first(most)) {
        const auto n = ::recvmsg(fd, &head.msg_hdr, MSG_DONTWAIT);
        if (n < 0) break;
        head.msg_len = static_cast<unsigned>(n);
        ++count;
    }
    return count == 0 ? -1 : count;
}

void DatagramBatch::Parts::look_at(std::size_t index) {
    auto& head = heads[index].msg_hdr;
    const std::size_t size = std::min<std::size_t>(heads[index].msg_len, kLongest);
    long_ones = long_ones || size > kKept;
    Datagram made;
    made.bytes = {static_cast<const char*>(pieces[index].iov_base), size};
    made.cut = (head.msg_flags & MSG_TRUNC) != 0;
    made.from = {reinterpret_cast<const char*>(&addresses[index]),
                 std::min<std::size_t>(head.msg_namelen, sizeof addresses[index])};
    for (auto* said = CMSG_FIRSTHDR(&head); said != nullptr; said = CMSG_NXTHDR(&head, said)) {
        if (said->cmsg_level != SOL_SOCKET) continue;
#ifdef SCM_CREDENTIALS
        if (ucred by{}; said->cmsg_type == SCM_CREDENTIALS && value_of(*said, by))
            made.sender = {static_cast<std::uint32_t>(by.pid), by.uid};
#endif
#ifdef SCM_TIMESTAMPNS
        if (timespec at{}; said->cmsg_type == SCM_TIMESTAMPNS && value_of(*said, at))
            made.taken_ns = std::int64_t{at.tv_sec} * 1'000'000'000 + at.tv_nsec;
#endif
#ifdef SO_RXQ_OVFL
        if (std::uint32_t count = 0; said->cmsg_type == SO_RXQ_OVFL && value_of(*said, count))
            made.lost = count;
#endif
        if (said->cmsg_type == SCM_RIGHTS) close_all(*said);
    }
    datagrams[index] = made;
}

DatagramBatch::DatagramBatch(How how) : parts_(std::make_unique<Parts>()) {
    auto& p = *parts_;
    p.how = how;
    // Not operator new: what is touched once can be given back, and nothing is touched before.
    void* memory =
        ::mmap(nullptr, kAll, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::terminate();  // as out of memory does everywhere
    p.bytes = static_cast<char*>(memory);
    for (std::size_t i = 0; i < kMost; ++i) {
        p.pieces[i] = {p.bytes + i * kStride, kLongest};
        auto& head = p.heads[i].msg_hdr;
        head.msg_name = &p.addresses[i];
        head.msg_iov = &p.pieces[i];
        head.msg_iovlen = 1;
        head.msg_control = p.controls[i].bytes;
    }
    p.renew(kMost);
}

DatagramBatch::~DatagramBatch() { ::munmap(parts_->bytes, kAll); }

Moved DatagramBatch::read(int fd, std::size_t most) {
    auto& p = *parts_;
    p.renew(p.got);
    p.got = 0;
    for (;;) {
        const int got = p.receive(fd, most);
        if (got > 0) {
            p.got = static_cast<std::size_t>(got);
            for (std::size_t i = 0; i < p.got; ++i) p.look_at(i);
            return {Moved::How::some, p.got};
        }
        if (got == 0 || errno == EAGAIN || errno == EWOULDBLOCK) return {Moved::How::blocked};
        if (errno != EINTR) return {Moved::How::failed};
    }
}

const Datagram& DatagramBatch::operator[](std::size_t index) const {
    return parts_->datagrams[index];
}

void DatagramBatch::relax() {
    auto& p = *parts_;
    if (!p.long_ones) return;
    p.long_ones = false;
#ifdef __linux__  // elsewhere the words do not mean that the memory is given back
    for (std::size_t i = 0; i < kMost; ++i)
        ::madvise(p.bytes + i * kStride + kKept, kStride - kKept, MADV_DONTNEED);
#endif
}

std::string_view address_text(std::string_view from, std::span<char> room) {
    sockaddr_in6 six = {};
    if (from.size() < sizeof(sockaddr_in) || from.size() > sizeof six) return "";
    std::memcpy(&six, from.data(), from.size());
    const auto write = [&room](int family, const void* address) -> std::string_view {
        const char* text =
            ::inet_ntop(family, address, room.data(), static_cast<socklen_t>(room.size()));
        return text == nullptr ? "" : text;
    };
    if (six.sin6_family == AF_INET) {
        sockaddr_in four = {};
        std::memcpy(&four, from.data(), sizeof four);
        return write(AF_INET, &four.sin_addr);
    }
    if (six.sin6_family != AF_INET6 || from.size() != sizeof six) return "";
    constexpr std::size_t kBefore = 12;
    if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr))
        return write(AF_INET, &six.sin6_addr.s6_addr[kBefore]);
    return write(AF_INET6, &six.sin6_addr);
}

}  // namespace vakt::sys
