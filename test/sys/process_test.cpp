// SPDX-License-Identifier: Apache-2.0
#include "sys/process.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cstring>

#include "sys/landlock.h"
#include "sys/log.h"
#include "sys/privilege.h"
#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::sys;

namespace {

/// What `work` returns, in a child: it may give up rights that the runner needs.
template <class Work>
int in_child(const Work& work) {
    const auto pid = ::fork();
    if (pid == 0) ::_exit(work());
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

}  // namespace

TEST_GROUP(ProcessSeen){};

TEST(ProcessSeen, we_see_ourselves) {
    const auto facts = facts_of(::getpid());
    CHECK_TRUE(facts.has_value());
    CHECK_EQUAL(::getppid(), facts->parent);
    CHECK_EQUAL(::getsid(0), facts->session);
    CHECK_FALSE(facts->is_dead());
    CHECK_TRUE(executable_of(::getpid())->ends_with("/unit"));
    CHECK_EQUAL(::geteuid(), uids_of(::getpid())->effective);
}

TEST(ProcessSeen, who_asks_is_the_nearest_ancestor_of_the_name_else_the_session) {
    CHECK_EQUAL(0, in_child([] { return asking_process("unit") == ::getppid() ? 0 : 1; }));
    CHECK_EQUAL(0, in_child([] {
                    const auto leader = ::setsid();
                    return in_child([&] { return asking_process("no such") == leader ? 0 : 1; });
                }));
    // the leader itself asks: its parent then
    CHECK_EQUAL(0, in_child([] {
                    ::setsid();
                    return asking_process("no such") == ::getppid() ? 0 : 1;
                }));
}

TEST(ProcessSeen, a_control_groups_list_is_read_without_init_and_strangers) {
    CHECK(parse_procs("1\n0\n20\n3\n") == (std::vector<pid_t>{20, 3}));
    CHECK(parse_procs("x\n-5\n\n7") == (std::vector<pid_t>{7}));
    CHECK(parse_procs("").empty());
}

TEST_GROUP(CallersWorld){};

TEST(CallersWorld, nothing_of_it_is_left) {
    CHECK_EQUAL(0, in_child([] {
                    ::close(0);
                    ::close(2);
                    ::dup2(1, 77);
                    ::setenv("LD_PRELOAD", "/x", 1);
                    ::umask(0);
                    ::alarm(100);
                    ::prctl(PR_SET_TIMERSLACK, 3600000000000UL, 0, 0, 0);
                    ::signal(SIGTERM, SIG_DFL);
                    ::signal(SIGCHLD, SIG_IGN);
                    sigset_t all;
                    sigfillset(&all);
                    ::sigprocmask(SIG_SETMASK, &all, nullptr);
                    const auto caller = leave_callers_world();
                    if (caller.uid != ::getuid() || caller.extra_rights) return 1;
                    if (::fcntl(0, F_GETFD) < 0 || ::fcntl(2, F_GETFD) < 0) return 2;
                    if (::fcntl(77, F_GETFD) >= 0 || ::fcntl(3, F_GETFD) >= 0) return 3;
                    if (environ[0] != nullptr) return 4;
                    if (::umask(0) != 077) return 5;
                    if (::alarm(0) != 0) return 6;
                    sigset_t mask;
                    ::sigprocmask(SIG_SETMASK, nullptr, &mask);
                    for (int signal = 1; signal < 32; ++signal)
                        if (sigismember(&mask, signal) == 1) return 7;
                    // would end us
                    for (const int signal : {SIGTERM, SIGHUP, SIGINT, SIGALRM, SIGXFSZ, SIGUSR1,
                                             SIGIO, SIGRTMIN, SIGTSTP, SIGPIPE})
                        ::raise(signal);
                    char here[8] = {};
                    if (::getcwd(here, sizeof here) == nullptr || std::string(here) != "/")
                        return 8;
                    if (::prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0) != 1) return 10;
                    rlimit core{};
                    ::getrlimit(RLIMIT_CORE, &core);
                    return core.rlim_max == 0 ? 0 : 9;
                }));
}

TEST(CallersWorld, rights_that_are_given_up_do_not_come_back) {
    if (::getuid() != 0) return;
    CHECK_EQUAL(0, in_child([] {
                    const Caller nobody{
                        .uid = 65534, .gid = 65534, .groups = {7}, .extra_rights = true};
                    if (!give_up_rights(nobody)) return 1;
                    if (::getuid() != 65534 || ::geteuid() != 65534 || ::getegid() != 65534)
                        return 2;
                    gid_t group = 0;
                    if (::getgroups(1, &group) != 1 || group != 7) return 3;
                    return ::setuid(0) == 0 || ::open("/etc/shadow", O_RDONLY) >= 0 ? 4 : 0;
                }));
}

TEST_GROUP(Landlock) { Scratch scratch; };

TEST(Landlock, leaves_the_named_directories_alone_reachable) {
    scratch.put("outside", "x");
    ::mkdir(scratch.at("inside").c_str(), 0755);
    const auto code = in_child([&] {
        const Fd inside(::open(scratch.at("inside").c_str(), O_RDONLY | O_DIRECTORY));
        const Fd none;
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (!confine_to({&inside, &none})) return 77;
        if (::open(scratch.at("outside").c_str(), O_RDONLY) >= 0) return 1;
        if (::openat(inside.get(), "new", O_WRONLY | O_CREAT, 0600) < 0) return 2;
        if (::mkfifoat(inside.get(), "fifo", 0600) != 0) return 3;
        if (::renameat(inside.get(), "new", inside.get(), "name") != 0) return 4;
        if (::unlinkat(inside.get(), "name", 0) != 0) return 5;
        if (::mkdirat(inside.get(), "dir", 0700) == 0) return 6;
        return ::open(scratch.at("other").c_str(), O_WRONLY | O_CREAT, 0600) >= 0 ? 7 : 0;
    });
    if (code != 77) CHECK_EQUAL(0, code);
}

TEST_GROUP(LogLine) {
    Scratch scratch;
    // a socket's path has 107 bytes, and a clone may lie deep
    std::string path = "/tmp/vakt-log-" + std::to_string(::getpid());
    Fd listen(int kind) const {
        ::unlink(path.c_str());
        Fd fd(::socket(AF_UNIX, kind, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        CHECK_EQUAL(0, ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
        return fd;
    }
    static std::string receive(const Fd& fd) {
        char line[4096];
        const auto size = ::recv(fd.get(), line, sizeof line, MSG_DONTWAIT);
        return {line, size < 0 ? 0 : static_cast<std::size_t>(size)};
    }
    std::string head(int priority) const {
        return "<" + std::to_string(priority) + ">tag[" + std::to_string(::getpid()) + "]: ";
    }
    void teardown() override { ::unlink(path.c_str()); }
};

TEST(LogLine, goes_out_as_syslog_would_send_it_with_authpriv) {
    const auto socket = listen(SOCK_DGRAM);
    log_authpriv(Severity::warning, "tag", "words", path.c_str());
    STRCMP_EQUAL((head(84) + "words").c_str(), receive(socket).c_str());
}

TEST(LogLine, what_could_forge_a_line_becomes_a_question_mark_and_the_rest_is_cut) {
    const auto socket = listen(SOCK_DGRAM);
    log_authpriv(Severity::info, "tag", "a\nb\x1b[2J\xff" + std::string(2000, 'x'), path.c_str());
    const auto line = receive(socket);
    STRCMP_EQUAL((head(86) + "a?b?[2J?" + std::string(1000 - 8, 'x')).c_str(), line.c_str());
}

TEST(LogLine, a_stream_gets_it_with_a_nul) {
    const auto socket = listen(SOCK_STREAM);
    ::listen(socket.get(), 1);
    log_authpriv(Severity::info, "tag", "words", path.c_str());
    const Fd peer(::accept(socket.get(), nullptr, nullptr));
    CHECK(receive(peer) == head(86) + "words" + std::string(1, '\0'));
}

TEST(LogLine, without_a_daemon_or_with_one_that_does_not_read_it_is_lost_and_nothing_waits) {
    log_authpriv(Severity::info, "tag", "words", scratch.at("none").c_str());
    const auto socket = listen(SOCK_DGRAM);
    for (int i = 0; i < 1000; ++i) log_authpriv(Severity::info, "tag", "words", path.c_str());
    CHECK_FALSE(receive(socket).empty());
}
