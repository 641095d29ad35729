// SPDX-License-Identifier: Apache-2.0
#include "sys/datagram_socket.h"

#include <CppUTest/TestHarness.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "test/support/scratch.h"

using namespace vakt;
using sys::DatagramSocket;

namespace {

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

sys::Fd bound(const std::string& path, int type) {
    const auto address = address_of(path);
    sys::Fd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    CHECK_EQUAL(0, ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    return fd;
}

bool answers(const std::string& path) {
    const auto address = address_of(path);
    const sys::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::error_code code_of(const Result<DatagramSocket>& made) {
    return made ? std::error_code() : made.error().code;
}

}  // namespace

TEST_GROUP(DatagramSocket) {
    Scratch scratch;
    mode_t mode_of(const char* name) const { return scratch.status(name).st_mode & 07777U; }
};

TEST(DatagramSocket, has_exactly_its_mode_whatever_the_umask_is) {
    ::umask(077);
    const auto open = DatagramSocket::at_path(scratch.at("open"), 0666);
    ::umask(0);
    const auto closed = DatagramSocket::at_path(scratch.at("closed"), 0600);
    ::umask(022);
    CHECK_TRUE(open && closed);
    CHECK_EQUAL(0666U, mode_of("open"));
    CHECK_EQUAL(0600U, mode_of("closed"));
    CHECK_TRUE(answers(scratch.at("open")));
    CHECK_TRUE((::fcntl(open->fd(), F_GETFL) & O_NONBLOCK) != 0);
}

TEST(DatagramSocket, destroyed_it_takes_its_file_away_and_nobody_elses) {
    { const auto made = DatagramSocket::at_path(scratch.at("s"), 0600); }
    CHECK_FALSE(scratch.has("s"));
    {
        const auto made = DatagramSocket::at_path(scratch.at("s"), 0600);
        CHECK_EQUAL(0, ::unlink(scratch.at("s").c_str()));
        scratch.put("s", "another's");
    }
    CHECK_EQUAL("another's", scratch.get("s"));
}

TEST(DatagramSocket, moved_from_it_takes_nothing_away) {
    auto made = DatagramSocket::at_path(scratch.at("s"), 0600);
    { const DatagramSocket taken(std::move(*made)); }
    CHECK_FALSE(scratch.has("s"));
    auto again = DatagramSocket::at_path(scratch.at("s"), 0600);
    DatagramSocket here(std::move(*again));
    again = refusal("gone");
    CHECK_TRUE(answers(scratch.at("s")));
}

TEST(DatagramSocket, a_file_that_nobody_answers_is_taken_over) {
    { const auto dead = bound(scratch.at("s"), SOCK_DGRAM); }
    CHECK_FALSE(answers(scratch.at("s")));
    const auto made = DatagramSocket::at_path(scratch.at("s"), 0600);
    CHECK_TRUE(static_cast<bool>(made));
    CHECK_TRUE(answers(scratch.at("s")));
}

TEST(DatagramSocket, a_file_that_is_answered_stays_whatever_answers) {
    const auto daemon = bound(scratch.at("d"), SOCK_DGRAM);
    const auto stream = bound(scratch.at("t"), SOCK_STREAM);
    CHECK_EQUAL(0, ::listen(stream.get(), 1));
    for (const char* name : {"d", "t"}) {
        const auto made = DatagramSocket::at_path(scratch.at(name), 0600);
        CHECK_TRUE(code_of(made) == std::errc::address_in_use);
        CHECK_EQUAL("bind " + scratch.at(name), made.error().doing);
        CHECK_TRUE(scratch.has(name));
    }
    CHECK_TRUE(answers(scratch.at("d")));
}

TEST(DatagramSocket, anything_but_a_socket_stays_and_no_link_is_followed) {
    scratch.put("file", "x");
    scratch.link("nowhere", "link");
    { const auto dead = bound(scratch.at("dead"), SOCK_DGRAM); }
    scratch.link(scratch.at("dead"), "to-dead");
    for (const char* name : {"file", "link", "to-dead"}) {
        CHECK_TRUE(code_of(DatagramSocket::at_path(scratch.at(name), 0600)) ==
                   std::errc::file_exists);
        CHECK_TRUE(scratch.has(name));
    }
    CHECK_TRUE(scratch.has("dead"));
}

TEST(DatagramSocket, a_path_of_107_bytes_is_tried_and_one_of_108_is_too_long) {
    CHECK_TRUE(code_of(DatagramSocket::at_path("/" + std::string(106, 'x') + "", 0600)) !=
               std::errc::filename_too_long);
    ::unlink(("/" + std::string(106, 'x')).c_str());
    CHECK_TRUE(code_of(DatagramSocket::at_path("/" + std::string(107, 'x'), 0600)) ==
               std::errc::filename_too_long);
    CHECK_TRUE(code_of(DatagramSocket::at_path("", 0600)) == std::errc::no_such_file_or_directory);
    CHECK_TRUE(code_of(DatagramSocket::at_path(scratch.at("no/dir"), 0600)) ==
               std::errc::no_such_file_or_directory);
}

TEST(DatagramSocket, udp_takes_numeric_addresses_of_both_families_and_nothing_else) {
    const auto four = DatagramSocket::udp("127.0.0.1", 0);
    CHECK_TRUE(static_cast<bool>(four));
    CHECK_TRUE(four->port() != 0);
    CHECK_TRUE(four->kind() == DatagramSocket::Kind::udp);
    CHECK_TRUE(code_of(DatagramSocket::udp("127.0.0.1", four->port())) ==
               std::errc::address_in_use);
    for (const char* wrong : {"localhost", "127.1", "127.0.0.1 ", "", "fe80::1%no-such-if", "::g"})
        CHECK_TEXT(!DatagramSocket::udp(wrong, 0), wrong);
    // 192.0.2.0/24 is nobody's (RFC 5737).
    CHECK_TRUE(code_of(DatagramSocket::udp("192.0.2.1", 0)) == std::errc::address_not_available);
}

TEST(DatagramSocket, udp_on_any_address_of_one_family_leaves_the_other_free) {
    const auto six = DatagramSocket::udp("::", 0);
    if (!six) return;  // a machine without IPv6
    CHECK_TRUE(static_cast<bool>(DatagramSocket::udp("0.0.0.0", six->port())));
}

TEST(DatagramSocket, udp_holds_at_least_what_it_is_told_to_hold) {
    const auto made = DatagramSocket::udp("127.0.0.1", 0);
    const auto granted = made->hold(65536);
    CHECK_TRUE(static_cast<bool>(granted));
    CHECK_TRUE(*granted >= 65536);
}

TEST(DatagramSocket, an_inherited_one_keeps_its_file) {
    {
        const auto made =
            DatagramSocket::inherited(bound(scratch.at("s"), SOCK_DGRAM), "syslog.socket");
        CHECK_TRUE(static_cast<bool>(made));
        CHECK_TRUE(made->kind() == DatagramSocket::Kind::local);
        CHECK_TRUE((::fcntl(made->fd(), F_GETFL) & O_NONBLOCK) != 0);
        CHECK_TRUE((::fcntl(made->fd(), F_GETFD) & FD_CLOEXEC) != 0);
    }
    CHECK_TRUE(scratch.has("s"));
}

TEST(DatagramSocket, one_that_left_its_file_to_another_leaves_it_there) {
    {
        auto made = DatagramSocket::at_path(scratch.at("s"), 0600);
        made->leave_path();
        CHECK_EQUAL(0, ::unlink(scratch.at("s").c_str()));
        CHECK_TRUE(made->has_its_path());
        scratch.put("s", "a successor's");
    }
    STRCMP_EQUAL("a successor's", scratch.get("s").c_str());
}

TEST(DatagramSocket, a_successor_that_takes_the_file_takes_it_away) {
    auto before = DatagramSocket::at_path(scratch.at("s"), 0600);
    sys::Fd same(::fcntl(before->fd(), F_DUPFD_CLOEXEC, 0));
    {
        auto after = DatagramSocket::inherited(std::move(same), "handed over");
        CHECK_TRUE(static_cast<bool>(after));
        before->leave_path();
        after->take_path(scratch.at("s"));
        STRCMP_EQUAL(scratch.at("s").c_str(), after->name().c_str());
        before = refusal("gone");
        CHECK_TRUE(answers(scratch.at("s")));
        CHECK_TRUE(after->has_its_path());
    }
    CHECK_FALSE(scratch.has("s"));
}

TEST(DatagramSocket, a_file_that_was_taken_and_is_another_by_now_stays) {
    {
        auto made = DatagramSocket::inherited(bound(scratch.at("s"), SOCK_DGRAM), "handed over");
        made->take_path(scratch.at("s"));
        CHECK_EQUAL(0, ::unlink(scratch.at("s").c_str()));
        CHECK_FALSE(made->has_its_path());
        scratch.put("s", "another's");
        CHECK_FALSE(made->has_its_path());
    }
    STRCMP_EQUAL("another's", scratch.get("s").c_str());
}

TEST(DatagramSocket, what_is_no_sockets_file_is_not_taken) {
    scratch.put("file", "x");
    const auto another = bound(scratch.at("another"), SOCK_DGRAM);
    scratch.link(scratch.at("another"), "link");
    for (const char* name : {"file", "link", "nothing"}) {
        auto made = DatagramSocket::inherited(bound(scratch.at("s"), SOCK_DGRAM), "handed over");
        made->take_path(scratch.at(name));
        STRCMP_EQUAL("handed over", made->name().c_str());
        made = refusal("gone");
        CHECK_EQUAL(0, ::unlink(scratch.at("s").c_str()));
    }
    CHECK_TRUE(scratch.has("file") && scratch.has("link") && scratch.has("another"));
}

TEST(DatagramSocket, an_inherited_udp_socket_is_known_as_one) {
    const auto made = DatagramSocket::inherited(
        sys::Fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), "syslog.socket");
    CHECK_TRUE(static_cast<bool>(made));
    CHECK_TRUE(made->kind() == DatagramSocket::Kind::udp);
    CHECK_TRUE(made->lost() == 0U);
}

TEST(DatagramSocket, what_is_no_datagram_socket_is_not_inherited) {
    CHECK_FALSE(static_cast<bool>(
        DatagramSocket::inherited(sys::Fd(::socket(AF_UNIX, SOCK_STREAM, 0)), "x")));
    CHECK_FALSE(static_cast<bool>(
        DatagramSocket::inherited(sys::Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)), "x")));
    CHECK_FALSE(static_cast<bool>(DatagramSocket::inherited(sys::Fd{}, "x")));
}
