// SPDX-License-Identifier: Apache-2.0
#include "sys/process_tree.h"

#include <CppUTest/TestHarness.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

using namespace std::chrono_literals;
using vakt::sys::adopt_orphans;
using vakt::sys::descendants_of;
using vakt::sys::end_descendants;

namespace {

// A child that runs `body` and then waits to be killed; its last pid comes through the pipe.
struct Pipe {
    std::array<int, 2> ends{};
    Pipe() { CHECK_EQUAL(0, ::pipe(ends.data())); }
    ~Pipe() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    void tell(pid_t pid) const { (void)!::write(ends[1], &pid, sizeof pid); }
    [[nodiscard]] pid_t hear() const {
        pid_t pid = 0;
        (void)!::read(ends[0], &pid, sizeof pid);
        return pid;
    }
};

[[noreturn]] void stay() {
    for (;;) ::pause();
}

// Our child ends at once; what it started lives on in a session of its own, deaf to SIGTERM.
pid_t runaway(const Pipe& pipe) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (::fork() == 0) {
            ::setsid();
            ::signal(SIGTERM, SIG_IGN);
            if (::fork() == 0) {
                ::setsid();
                pipe.tell(::getpid());
            }
            stay();
        }
        ::_exit(0);
    }
    return child;
}

bool holds(const std::vector<pid_t>& pids, pid_t pid) {
    return std::find(pids.begin(), pids.end(), pid) != pids.end();
}

// In a process of its own, since the unit tests' children are not ours to collect.
template <class Body>
int status_in_a_child(Body body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(adopt_orphans() ? body() : 99);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_GROUP(ProcessTree){};

TEST(ProcessTree, a_grandchild_with_a_session_of_its_own_is_a_descendant) {
    CHECK_EQUAL(0, status_in_a_child([] {
                    const Pipe pipe;
                    runaway(pipe);
                    const pid_t deepest = pipe.hear();
                    const bool seen = holds(descendants_of(::getpid()), deepest);
                    (void)end_descendants(5s);
                    return seen ? 0 : 1;
                }));
}

TEST(ProcessTree, a_stranger_is_no_descendant) {
    CHECK_FALSE(holds(descendants_of(::getpid()), ::getppid()));
    CHECK_FALSE(holds(descendants_of(::getpid()), ::getpid()));
}

TEST(ProcessTree, nothing_below_us_is_left_when_it_has_ended) {
    CHECK_EQUAL(0, status_in_a_child([] {
                    const Pipe pipe;
                    runaway(pipe);
                    const pid_t deepest = pipe.hear();
                    const auto end = end_descendants(10s);
                    if (end.left != 0 || end.killed < 2) return 1;
                    return ::kill(deepest, 0) != 0 && errno == ESRCH ? 0 : 2;
                }));
}

TEST(ProcessTree, a_stopped_process_ends_too) {
    CHECK_EQUAL(0, status_in_a_child([] {
                    const Pipe pipe;
                    runaway(pipe);
                    ::kill(pipe.hear(), SIGSTOP);
                    return end_descendants(10s).left == 0 ? 0 : 1;
                }));
}

TEST(ProcessTree, the_last_one_is_killed_when_it_is_alone) {
    CHECK_EQUAL(0, status_in_a_child([] {
                    const Pipe pipe;
                    const pid_t guard = ::fork();
                    if (guard == 0) {
                        (void)adopt_orphans();
                        runaway(pipe);
                        stay();
                    }
                    (void)pipe.hear();
                    return end_descendants(10s, guard).left == 0 && ::kill(guard, 0) != 0 ? 0 : 1;
                }));
}

TEST(ProcessTree, without_descendants_there_is_nothing_to_do) {
    CHECK_EQUAL(0, status_in_a_child([] {
                    const auto end = end_descendants(0ms);
                    return end.killed == 0 && end.left == 0 ? 0 : 1;
                }));
}
