// SPDX-License-Identifier: Apache-2.0
#include "sys/local_socket.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "test/support/scratch.h"

using namespace vakt;

namespace {

std::error_code code_of(const std::string& path) {
    const auto connected = sys::connect_local(path);
    return connected ? std::error_code() : connected.error().code;
}

sys::Fd listening(const std::string& path, int backlog) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    sys::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    CHECK_EQUAL(0, ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    CHECK_EQUAL(0, ::listen(fd.get(), backlog));
    return fd;
}

}  // namespace

TEST_GROUP(LocalSocket) { Scratch scratch; };

TEST(LocalSocket, who_listens_is_connected_to_without_blocking) {
    const auto server = listening(scratch.at("s"), 1);
    const auto client = sys::connect_local(scratch.at("s"));
    CHECK_TRUE(static_cast<bool>(client));
    CHECK_TRUE((::fcntl(client->get(), F_GETFL) & O_NONBLOCK) != 0);
}

TEST(LocalSocket, nobody_there_is_an_error_that_names_the_path) {
    const auto client = sys::connect_local(scratch.at("absent"));
    CHECK_FALSE(static_cast<bool>(client));
    CHECK_TRUE(describe(client.error()).find("connect " + scratch.at("absent")) == 0);
    CHECK_TRUE(client.error().code == std::errc::no_such_file_or_directory);
}

TEST(LocalSocket, a_server_that_does_not_accept_is_not_waited_for) {
    const auto server = listening(scratch.at("s"), 0);
    const auto first = sys::connect_local(scratch.at("s"));
    CHECK_TRUE(code_of(scratch.at("s")) == std::errc::resource_unavailable_try_again);
}

TEST(LocalSocket, a_path_of_107_bytes_is_tried_and_one_of_108_is_too_long) {
    CHECK_TRUE(code_of("/" + std::string(106, 'x')) == std::errc::no_such_file_or_directory);
    CHECK_TRUE(code_of("/" + std::string(107, 'x')) == std::errc::filename_too_long);
    CHECK_TRUE(code_of("") == std::errc::no_such_file_or_directory);
}
TEST(LocalSocket, who_has_a_path_is_told_by_an_answer) {
    using sys::PathHolder;
    const auto holder = [this](const char* name, int type) {
        const auto found = sys::path_holder(scratch.at(name), type);
        CHECK_TRUE(static_cast<bool>(found));
        return *found;
    };
    const auto server = listening(scratch.at("s"), 0);
    const auto first = sys::connect_local(scratch.at("s"));
    CHECK_TRUE(holder("s", SOCK_STREAM) == PathHolder::living);  // though it does not accept
    CHECK_TRUE(holder("s", SOCK_DGRAM) == PathHolder::living);
    { const auto gone = listening(scratch.at("gone"), 1); }
    CHECK_TRUE(holder("gone", SOCK_STREAM) == PathHolder::dead);
    CHECK_TRUE(holder("gone", SOCK_DGRAM) == PathHolder::dead);
    CHECK_TRUE(holder("absent", SOCK_STREAM) == PathHolder::nobody);
    scratch.put("file", "x");
    scratch.link(scratch.at("s"), "link");
    CHECK_TRUE(holder("file", SOCK_STREAM) == PathHolder::no_socket);
    CHECK_TRUE(holder("link", SOCK_STREAM) == PathHolder::no_socket);
    scratch.put("file", "x");
    CHECK_FALSE(static_cast<bool>(sys::path_holder(scratch.at("file/s"), SOCK_STREAM)));
}
