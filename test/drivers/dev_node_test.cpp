// SPDX-License-Identifier: Apache-2.0
// The real half of the seam, on scratch files and private sockets only.
#include "drivers/dev_node.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::drivers;

namespace {
std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}
}  // namespace

TEST_GROUP(DevNode) { Scratch scratch; };

TEST(DevNode, is_closed_until_it_is_opened_and_after_it_is_closed) {
    const auto node = device_node(scratch.put("node", ""), Access::read_write);
    CHECK_EQUAL(-1, node->descriptor());
    CHECK_TRUE(static_cast<bool>(node->open()));
    CHECK(node->descriptor() >= 0);
    CHECK(::fcntl(node->descriptor(), F_GETFD) & FD_CLOEXEC);
    node->close();
    CHECK_EQUAL(-1, node->descriptor());
    node->close();
}

TEST(DevNode, makes_no_node_that_is_not_there) {
    const auto node = device_node(scratch.at("none"), Access::write_only);
    const auto opened = node->open();
    STRCMP_EQUAL(("open " + scratch.at("none") + ": No such file or directory").c_str(),
                 describe(opened.error()).c_str());
    CHECK_TRUE(scratch.get("none").empty());
}

TEST(DevNode, writes_and_reads_in_order_and_at_places) {
    const auto node = device_node(scratch.put("node", "0123456789"), Access::read_write);
    CHECK_TRUE(static_cast<bool>(node->open()));
    CHECK_EQUAL(2, node->write(bytes_of("AB")));
    std::array<std::byte, 2> into{};
    CHECK_EQUAL(2, node->read(into));
    CHECK(into == (std::array{std::byte{'2'}, std::byte{'3'}}));
    CHECK_EQUAL(1, node->write_at(bytes_of("Z"), 9));
    CHECK_EQUAL(2, node->read_at(into, 8));
    CHECK(into == (std::array{std::byte{'8'}, std::byte{'Z'}}));
    STRCMP_EQUAL("AB2345678Z", scratch.get("node").c_str());
}

TEST(DevNode, a_request_a_plain_file_does_not_know_is_errno) {
    const auto node = device_node(scratch.put("node", ""), Access::read_write);
    CHECK_TRUE(static_cast<bool>(node->open()));
    int value = 0;
    CHECK_EQUAL(-1, node->control(_IOR('W', 0, int), &value));
    CHECK_EQUAL(ENOTTY, errno);
}

TEST(DevNode, write_only_cannot_be_read) {
    const auto node = device_node(scratch.put("node", "x"), Access::write_only);
    CHECK_TRUE(static_cast<bool>(node->open()));
    std::array<std::byte, 1> into{};
    CHECK_EQUAL(-1, node->read(into));
    CHECK_EQUAL(EBADF, errno);
}

TEST(DevNode, an_adopted_descriptor_is_open_and_is_closed_with_it) {
    const auto path = scratch.put("node", "x");
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    {
        const auto node = adopted_node(path, Access::read_write, sys::Fd(fd));
        CHECK_EQUAL(fd, node->descriptor());
    }
    CHECK_EQUAL(-1, ::fcntl(fd, F_GETFD));
}

TEST_GROUP(SocketNode) {
    Scratch scratch;
    std::array<int, 2> ends{-1, -1};
    void teardown() override {
        for (const int end : ends)
            if (end >= 0) ::close(end);
    }
    std::unique_ptr<DevNode> connected() {
        LONGS_EQUAL(0, ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()));
        return adopted_socket("/run/board.sock", sys::Fd(std::exchange(ends[0], -1)));
    }
};

TEST(SocketNode, a_message_keeps_its_bounds) {
    const auto node = connected();
    CHECK_EQUAL(3, node->write(bytes_of("pet")));
    CHECK_EQUAL(5, node->write(bytes_of("boot?")));
    std::array<char, 64> got{};
    CHECK_EQUAL(3, ::recv(ends[1], got.data(), got.size(), 0));
    CHECK_EQUAL(5, ::recv(ends[1], got.data(), got.size(), 0));
}

TEST(SocketNode, a_peer_that_is_gone_is_an_error_and_no_signal) {
    const auto node = connected();
    ::close(std::exchange(ends[1], -1));
    CHECK_EQUAL(-1, node->write(bytes_of("pet")));
    CHECK_EQUAL(EPIPE, errno);
    std::array<std::byte, 1> into{};
    CHECK_EQUAL(0, node->read(into));
}

TEST(SocketNode, has_no_requests_and_no_places) {
    const auto node = connected();
    std::array<std::byte, 1> into{};
    CHECK_EQUAL(-1, node->control(0, nullptr));
    CHECK_EQUAL(-1, node->read_at(into, 0));
    CHECK_EQUAL(-1, node->write_at(into, 0));
    CHECK_EQUAL(ENOTTY, errno);
}

TEST(SocketNode, a_path_of_107_bytes_fits_and_one_of_108_is_refused) {
    const std::string most = "/" + std::string(106, 'x');
    CHECK(socket_node(most)->open().error().code == std::errc::no_such_file_or_directory);
    CHECK(socket_node(most + "x")->open().error().code == std::errc::filename_too_long);
}
