// SPDX-License-Identifier: Apache-2.0
#include "sys/local_peer.h"

#include <CppUTest/TestHarness.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "sys/local_listener.h"
#include "sys/local_socket.h"
#include "test/support/scratch.h"

using namespace vakt;

TEST_GROUP(LocalPeer) { Scratch scratch; };

TEST(LocalPeer, tells_who_came_and_what_groups_it_has) {
    const auto listener = sys::listen_local(scratch.at("sock"), {});
    const auto client = sys::connect_local(scratch.at("sock"));
    const sys::Fd connection(::accept4(listener->get(), nullptr, nullptr, SOCK_CLOEXEC));
    const auto peer = sys::peer_of(connection);
    CHECK_TRUE(peer.has_value());
    CHECK_EQUAL(::getpid(), peer->pid);
    CHECK_EQUAL(::geteuid(), peer->uid);
    CHECK_TRUE(sys::peer_has_group(connection, ::getegid()));
    CHECK_FALSE(sys::peer_has_group(connection, 4'000'000));
}

TEST(LocalPeer, groups_that_do_not_fit_are_not_told) {
    int ends[2] = {-1, -1};
    CHECK_EQUAL(0, ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    const sys::Fd ours(ends[0]);
    const sys::Fd theirs(ends[1]);
    const auto mine = static_cast<std::size_t>(::getgroups(0, nullptr));
    std::array<gid_t, 256> room{};
    CHECK_EQUAL(mine, sys::groups_of_peer(ours.get(), room));
    if (mine > 0) CHECK_EQUAL(0U, sys::groups_of_peer(ours.get(), std::span(room).first(mine - 1)));
}
