// SPDX-License-Identifier: Apache-2.0
#include "sys/datagram_batch.h"

#include <CppUTest/TestHarness.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "sys/clock.h"
#include "sys/datagram_socket.h"
#include "test/support/allocations.h"

using namespace vakt;
using sys::DatagramBatch;
using sys::Moved;

TEST_GROUP(DatagramBatch) {
    sys::Fd ours;
    sys::Fd theirs;
    DatagramBatch many;
    DatagramBatch each{DatagramBatch::How::each};

    void setup() override {
        int ends[2] = {-1, -1};
        CHECK_EQUAL(0, ::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends));
        ours = sys::Fd(ends[0]);
        theirs = sys::Fd(ends[1]);
        const int large = 1 << 20;
        ::setsockopt(theirs.get(), SOL_SOCKET, SO_SNDBUF, &large, sizeof large);
    }
    bool send(const std::string& bytes) const {
        return ::send(theirs.get(), bytes.data(), bytes.size(), 0) ==
               static_cast<ssize_t>(bytes.size());
    }
    void is_blocked(DatagramBatch & batch) const {
        CHECK_TRUE(batch.read(ours.get()).how == Moved::How::blocked);
    }
};

TEST(DatagramBatch, gives_all_that_wait_in_their_order_both_ways) {
    for (auto* batch : {&many, &each}) {
        is_blocked(*batch);
        CHECK_TRUE(send("one") && send("") && send("three\n"));
        const auto got = batch->read(ours.get());
        CHECK_TRUE(got.how == Moved::How::some);
        CHECK_EQUAL(3U, got.bytes);
        CHECK_EQUAL("one", std::string((*batch)[0].bytes));
        CHECK_EQUAL("", std::string((*batch)[1].bytes));
        CHECK_EQUAL("three\n", std::string((*batch)[2].bytes));
        is_blocked(*batch);
    }
}

TEST(DatagramBatch, the_longest_is_whole_and_a_longer_one_is_cut) {
    for (auto* batch : {&many, &each}) {
        const std::string longest(DatagramBatch::kLongest, 'x');
        CHECK_TRUE(send(longest) && send(longest + "y") && send("short"));
        CHECK_EQUAL(3U, batch->read(ours.get()).bytes);
        CHECK_TRUE((*batch)[0].bytes == longest);
        CHECK_FALSE((*batch)[0].cut);
        CHECK_TRUE((*batch)[1].bytes == longest);
        CHECK_TRUE((*batch)[1].cut);
        CHECK_FALSE((*batch)[2].cut);
        CHECK_EQUAL("short", std::string((*batch)[2].bytes));
        batch->relax();
        CHECK_TRUE(send(longest));
        CHECK_EQUAL(1U, batch->read(ours.get()).bytes);
        CHECK_TRUE((*batch)[0].bytes == longest);
    }
}

TEST(DatagramBatch, who_sent_it_and_when_is_the_kernels_word) {
    const auto taken = sys::DatagramSocket::inherited(std::move(ours), "pair");
    const auto before = sys::wall_ns();
    CHECK_TRUE(send("x"));
    CHECK_EQUAL(1U, many.read(taken->fd()).bytes);
    CHECK_EQUAL(static_cast<std::uint32_t>(::getpid()), many[0].sender->pid);
    CHECK_EQUAL(static_cast<std::uint32_t>(::getuid()), many[0].sender->uid);
    CHECK_TRUE(many[0].taken_ns >= before);
    CHECK_TRUE(many[0].taken_ns <= sys::wall_ns());
    CHECK_FALSE(many[0].lost.has_value());
}

TEST(DatagramBatch, without_being_asked_for_they_are_not_told) {
    CHECK_TRUE(send("x"));
    CHECK_EQUAL(1U, many.read(ours.get()).bytes);
    CHECK_FALSE(many[0].sender.has_value());
    CHECK_EQUAL(0, many[0].taken_ns);
}

TEST(DatagramBatch, descriptors_that_a_sender_puts_in_are_closed) {
    const auto lowest_free = [] {
        const sys::Fd probe(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        return probe.get();
    };
    std::array<int, 3> gift = {theirs.get(), theirs.get(), theirs.get()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof gift)> control = {};
    char byte = 'x';
    iovec piece = {&byte, 1};
    msghdr head = {};
    head.msg_iov = &piece;
    head.msg_iovlen = 1;
    head.msg_control = control.data();
    head.msg_controllen = control.size();
    auto* said = CMSG_FIRSTHDR(&head);
    said->cmsg_level = SOL_SOCKET;
    said->cmsg_type = SCM_RIGHTS;
    said->cmsg_len = CMSG_LEN(sizeof gift);
    std::memcpy(CMSG_DATA(said), gift.data(), sizeof gift);
    const int before = lowest_free();
    for (auto* batch : {&many, &each}) {
        CHECK_EQUAL(1, ::sendmsg(theirs.get(), &head, 0));
        CHECK_EQUAL(1U, batch->read(ours.get()).bytes);
        CHECK_EQUAL("x", std::string((*batch)[0].bytes));
        CHECK_EQUAL(before, lowest_free());
    }
}

TEST(DatagramBatch, reading_allocates_nothing) {
    CHECK_TRUE(send("one") && send(std::string(30000, 'x')));
    const fake::Allocations counted;
    CHECK_EQUAL(2U, many.read(ours.get()).bytes);
    many.relax();
    CHECK_EQUAL(0, counted.count());
}

TEST(DatagramBatch, a_bad_descriptor_is_a_failure_with_its_reason) {
    const sys::Fd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    for (auto* batch : {&many, &each}) {
        CHECK_TRUE(batch->read(file.get()).how == Moved::How::failed);
        CHECK_EQUAL(ENOTSOCK, errno);
    }
}

TEST(DatagramBatch, an_address_is_told_in_its_shortest_form_and_four_in_six_as_four) {
    std::array<char, 64> room = {};
    const auto six = [&room](const char* text) {
        sockaddr_in6 address = {};
        address.sin6_family = AF_INET6;
        ::inet_pton(AF_INET6, text, &address.sin6_addr);
        return std::string(
            sys::address_text({reinterpret_cast<const char*>(&address), sizeof address}, room));
    };
    CHECK_EQUAL("2001:db8::1", six("2001:db8:0:0::1"));
    CHECK_EQUAL("192.0.2.7", six("::ffff:192.0.2.7"));
    sockaddr_in four = {};
    four.sin_family = AF_INET;
    ::inet_pton(AF_INET, "192.0.2.8", &four.sin_addr);
    CHECK_EQUAL("192.0.2.8", std::string(sys::address_text(
                                 {reinterpret_cast<const char*>(&four), sizeof four}, room)));
    CHECK_EQUAL("", std::string(sys::address_text("", room)));
    CHECK_EQUAL("", std::string(sys::address_text("0123456789abcdef", room)));
}
