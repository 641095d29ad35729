// SPDX-License-Identifier: Apache-2.0
#include "sys/helper_child.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <csignal>

using namespace vakt::sys;

TEST_GROUP(HelperChild) {
    Child child;
    void teardown() override {
        if (child.pid == 0) return;
        ::kill(child.pid, SIGKILL);
        ::waitpid(child.pid, nullptr, 0);
    }
    int answer() const {
        int number = -1;
        ::recv(child.socket.get(), &number, sizeof number, 0);
        return number;
    }
};

TEST(HelperChild, serves_its_socket_and_ends_when_it_is_closed) {
    child = spawn_helper([](int socket) {
        int number = 0;
        while (::recv(socket, &number, sizeof number, 0) == sizeof number) {
            ++number;
            ::send(socket, &number, sizeof number, 0);
        }
    });
    const int asked = 41;
    ::send(child.socket.get(), &asked, sizeof asked, 0);
    LONGS_EQUAL(42, answer());
    child.socket = {};
    int status = -1;
    ::waitpid(child.pid, &status, 0);
    child.pid = 0;
    LONGS_EQUAL(0, status);
}

TEST(HelperChild, has_the_standard_descriptors_and_its_socket_alone) {
    const Fd open_file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    child = spawn_helper([](int socket) {
        int others = 0;
        for (int fd = 3; fd < 1024; ++fd)
            if (fd != socket && ::fcntl(fd, F_GETFD) != -1) ++others;
        ::send(socket, &others, sizeof others, 0);
    });
    LONGS_EQUAL(0, answer());
}

TEST(HelperChild, is_not_ended_by_what_a_terminal_sends_to_all) {
    child = spawn_helper([](int socket) {
        for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) ::raise(number);
        const int well = 1;
        ::send(socket, &well, sizeof well, 0);
    });
    LONGS_EQUAL(1, answer());
}

TEST(HelperChild, gets_its_last_task_though_its_last_answer_was_not_read) {
    int ends[2] = {-1, -1};
    ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
    const Fd childs(ends[1]);
    {
        const Fd ours(ends[0]);
        ::send(ours.get(), "task", 4, 0);
        ::send(childs.get(), "answer", 6, 0);
    }
    std::byte room[16];
    LONGS_EQUAL(4, next_task(childs.get(), room));
    LONGS_EQUAL(0, next_task(childs.get(), room));
}
