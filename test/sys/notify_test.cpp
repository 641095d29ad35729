// SPDX-License-Identifier: Apache-2.0
// The harness makes a macro of new, so it comes last.
// clang-format off
#include "sys/notify.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "test/support/scratch.h"

#include <CppUTest/TestHarness.h>
#include "test/support/allocations.h"
// clang-format on

using namespace vakt;
using namespace vakt::sys;
using namespace std::chrono_literals;

namespace {

std::string text(const Notice& notice) { return std::string(notice.text()); }

/// What came in one datagram.
struct Came {
    std::string text;
    std::vector<Fd> descriptors;
};

/// The other end: a datagram socket, as PID 1 has one.
class Manager {
 public:
    explicit Manager(const std::string& address)
        : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::memcpy(at.sun_path, address.data(), address.size());
        if (address.front() == '@') at.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
        bound_ = ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&at), size) == 0;
    }
    [[nodiscard]] bool bound() const { return bound_; }
    [[nodiscard]] Came next() const {
        Came came;
        std::array<char, 4096> bytes{};
        alignas(cmsghdr) std::array<unsigned char, CMSG_SPACE(253 * sizeof(int))> control{};
        iovec into{bytes.data(), bytes.size()};
        msghdr message{};
        message.msg_iov = &into;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const auto got = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
        if (got < 0) return came;
        came.text.assign(bytes.data(), static_cast<std::size_t>(got));
        for (auto* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
            const auto count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (std::size_t at = 0; at < count; ++at) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(c) + at * sizeof(int), sizeof fd);
                came.descriptors.emplace_back(fd);
            }
        }
        return came;
    }

 private:
    Fd socket_;
    bool bound_ = false;
};

}  // namespace

TEST_GROUP(Notice){};

TEST(Notice, says_each_variable_as_the_manual_has_it) {
    STRCMP_EQUAL("READY=1\n", text(Notice().ready()).c_str());
    STRCMP_EQUAL("STOPPING=1\n", text(Notice().stopping()).c_str());
    STRCMP_EQUAL("WATCHDOG=1\n", text(Notice().watchdog()).c_str());
    STRCMP_EQUAL("WATCHDOG_USEC=1500000\n", text(Notice().watchdog_timeout(1500ms)).c_str());
    STRCMP_EQUAL("WATCHDOG_USEC=0\n", text(Notice().watchdog_timeout(-1s)).c_str());
    STRCMP_EQUAL("MAINPID=77\n", text(Notice().main_pid(77)).c_str());
    STRCMP_EQUAL("RELOADING=1\nMONOTONIC_USEC=2000003\n",
                 text(Notice().reloading(Instant(2000003999ns))).c_str());
    STRCMP_EQUAL("FDSTORE=1\nFDNAME=device-0\nFDPOLL=0\n",
                 text(Notice().store("device-0", true)).c_str());
    STRCMP_EQUAL("FDSTORE=1\nFDNAME=device-0\n", text(Notice().store("device-0", false)).c_str());
    STRCMP_EQUAL("FDSTOREREMOVE=1\nFDNAME=device-0\n", text(Notice().forget("device-0")).c_str());
    STRCMP_EQUAL("BARRIER=1\n", text(Notice().barrier()).c_str());
}

TEST(Notice, a_status_cannot_begin_a_line_of_its_own) {
    STRCMP_EQUAL("READY=1\nSTATUS=two lines WATCHDOG_USEC=0\n",
                 text(Notice().ready().status("two lines\nWATCHDOG_USEC=0")).c_str());
}

TEST(Notice, what_does_not_fit_is_known) {
    CHECK_TRUE(Notice().status(std::string(1024 - 8, 'x')).fits());
    CHECK_FALSE(Notice().status(std::string(1024 - 7, 'x')).fits());
    CHECK_FALSE(Notice().status(std::string(2000, 'x')).ready().fits());
}

TEST_GROUP(ServiceManager) { Scratch scratch; };

TEST(ServiceManager, a_path_and_an_abstract_name_are_both_told) {
    for (const auto& address : {scratch.at("notify"), "@vakt-test-" + std::to_string(::getpid())}) {
        const Manager manager(address);
        CHECK_TRUE(manager.bound());
        const ServiceManager told(address.c_str());
        CHECK_TRUE(told.there());
        CHECK_TRUE(told.listens());
        CHECK_TRUE(told.tell(Notice().ready().status("up")));
        STRCMP_EQUAL("READY=1\nSTATUS=up\n", manager.next().text.c_str());
    }
}

TEST(ServiceManager, no_address_or_a_wrong_one_is_none) {
    const auto longest = "/" + std::string(106, 'x');
    CHECK_TRUE(ServiceManager(longest.c_str()).there());
    for (const auto& wrong : {std::string(), std::string("/"), std::string("@"),
                              std::string("run/notify"), longest + "x"}) {
        const ServiceManager none(wrong.c_str());
        CHECK_FALSE(none.there());
        LONGS_EQUAL(-1, none.descriptor());
        CHECK_FALSE(none.tell(Notice().ready()));
        LONGS_EQUAL(ENOTCONN, errno);
        CHECK_FALSE(none.listens());
    }
    CHECK_FALSE(ServiceManager(nullptr).there());
}

TEST(ServiceManager, one_that_is_gone_is_an_error_and_one_that_comes_back_is_told) {
    const auto address = scratch.at("notify");
    const ServiceManager told(address.c_str());
    CHECK_FALSE(told.tell(Notice().ready()));
    LONGS_EQUAL(ENOENT, errno);
    {
        const Manager first(address);
        CHECK_TRUE(told.tell(Notice().ready()));
    }
    CHECK_FALSE(told.tell(Notice().ready()));
    LONGS_EQUAL(ECONNREFUSED, errno);
    CHECK_FALSE(told.listens());
    ::unlink(address.c_str());
    const Manager second(address);
    CHECK_TRUE(told.tell(Notice().watchdog()));
    STRCMP_EQUAL("WATCHDOG=1\n", second.next().text.c_str());
}

TEST(ServiceManager, one_that_does_not_read_is_not_waited_for) {
    const auto address = scratch.at("notify");
    const Manager manager(address);
    const ServiceManager told(address.c_str());
    int sent = 0;
    while (sent < 100000 && told.tell(Notice().watchdog())) ++sent;
    CHECK_TRUE(sent > 0 && sent < 100000);
    LONGS_EQUAL(EAGAIN, errno);
}

TEST(ServiceManager, descriptors_go_with_the_notice_and_stay_ours) {
    const auto address = scratch.at("notify");
    const Manager manager(address);
    const ServiceManager told(address.c_str());
    int ends[2];
    LONGS_EQUAL(0, ::pipe2(ends, O_CLOEXEC));
    const Fd reader(ends[0]);
    const Fd writer(ends[1]);
    CHECK_TRUE(told.tell(Notice().store("pipe", true), std::span<const int>(ends)));
    const auto came = manager.next();
    STRCMP_EQUAL("FDSTORE=1\nFDNAME=pipe\nFDPOLL=0\n", came.text.c_str());
    LONGS_EQUAL(2, came.descriptors.size());
    LONGS_EQUAL(1, ::write(came.descriptors[1].get(), "x", 1));
    char got = 0;
    LONGS_EQUAL(1, ::read(reader.get(), &got, 1));
    LONGS_EQUAL('x', got);
    CHECK_TRUE(::fcntl(writer.get(), F_GETFD) >= 0);
}

TEST(ServiceManager, more_descriptors_than_the_kernel_takes_are_refused) {
    const auto address = scratch.at("notify");
    const Manager manager(address);
    const ServiceManager told(address.c_str());
    std::vector<int> many(253, 0);
    CHECK_TRUE(told.tell(Notice().store("x", false), many));
    LONGS_EQUAL(253, manager.next().descriptors.size());
    many.push_back(0);
    CHECK_FALSE(told.tell(Notice().store("x", false), many));
    LONGS_EQUAL(EMSGSIZE, errno);
}

TEST(ServiceManager, a_notice_that_does_not_fit_is_not_sent_in_part) {
    const auto address = scratch.at("notify");
    const Manager manager(address);
    const ServiceManager told(address.c_str());
    CHECK_FALSE(told.tell(Notice().ready().status(std::string(2000, 'x'))));
    LONGS_EQUAL(EMSGSIZE, errno);
    STRCMP_EQUAL("", manager.next().text.c_str());
}

TEST(ServiceManager, telling_allocates_nothing) {
    const auto address = scratch.at("notify");
    const Manager manager(address);
    const ServiceManager told(address.c_str());
    const int fd = 0;
    int allocated = -1;
    bool ok = true;
    {
        const fake::Allocations allocations;
        ok &= told.tell(Notice().ready().status("up"));
        ok &= told.tell(Notice().store("x", true), std::span(&fd, 1));
        allocated = allocations.count();
    }
    CHECK_TRUE(ok);
    LONGS_EQUAL(0, allocated);
}

TEST_GROUP(Inherited){
    /// Runs `judge` in a child that was handed `count` pipes from descriptor 3 on; its answer.
    template <class Judge> static int child(int count, Judge judge){const pid_t pid = ::fork();
if (pid == 0) {
    ::closefrom(3);
    for (int at = 0; at < count; ++at) {
        if (::open("/dev/null", O_RDONLY) != 3 + at) ::_exit(99);  // NOLINT(android-cloexec-open)
    }
    ::_exit(judge(std::to_string(::getpid()).c_str()));
}
int status = 0;
::waitpid(pid, &status, 0);
return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
}
;

TEST(Inherited, descriptors_come_with_their_names_and_are_closed_on_exec) {
    LONGS_EQUAL(0, child(3, [](const char* pid) {
                    const auto list = take_inherited(pid, "3", "device-0::lease-7", ::getpid());
                    if (list.size() != 3) return 1;
                    if (list[0].fd != 3 || list[0].name.view() != "device-0") return 2;
                    if (list[1].fd != 4 || !list[1].name.empty()) return 3;
                    if (list[2].fd != 5 || list[2].name.view() != "lease-7") return 4;
                    return (::fcntl(4, F_GETFD) & FD_CLOEXEC) != 0 ? 0 : 5;
                }));
}

TEST(Inherited, without_names_they_have_none) {
    LONGS_EQUAL(0, child(2, [](const char* pid) {
                    const auto list = take_inherited(pid, "2", nullptr, ::getpid());
                    return list.size() == 2 && list[1].name.empty() ? 0 : 1;
                }));
}

TEST(Inherited, what_is_meant_for_another_process_is_left_alone) {
    LONGS_EQUAL(0, child(1, [](const char*) {
                    if (!take_inherited("1", "1", "x", ::getpid()).empty()) return 1;
                    return ::fcntl(3, F_GETFD) == 0 ? 0 : 2;
                }));
}

TEST(Inherited, fewer_than_announced_are_as_many_as_there_are) {
    LONGS_EQUAL(0, child(2, [](const char* pid) {
                    const auto list = take_inherited(pid, "4000000000", "a:b:c", ::getpid());
                    return list.size() == 2 ? 0 : 1;
                }));
}

TEST(Inherited, what_the_table_cannot_hold_is_closed) {
    LONGS_EQUAL(0, child(193, [](const char* pid) {
                    const auto list = take_inherited(pid, "193", nullptr, ::getpid());
                    if (list.size() != 192) return 1;
                    return ::fcntl(3 + 191, F_GETFD) >= 0 && ::fcntl(3 + 192, F_GETFD) < 0 ? 0 : 2;
                }));
}

TEST(Inherited, an_environment_that_is_not_set_or_not_a_number_is_nothing) {
    const auto self = ::getpid();
    const auto pid = std::to_string(self);
    CHECK_TRUE(take_inherited(nullptr, nullptr, nullptr, self).empty());
    CHECK_TRUE(take_inherited(pid.c_str(), nullptr, nullptr, self).empty());
    CHECK_TRUE(take_inherited(pid.c_str(), "-1", nullptr, self).empty());
    CHECK_TRUE(take_inherited(pid.c_str(), "0", nullptr, self).empty());
    CHECK_TRUE(take_inherited("x", "1", nullptr, self).empty());
}

TEST_GROUP(ServiceWatchdog){};

TEST(ServiceWatchdog, its_timeout_is_for_the_process_that_is_named_or_for_any) {
    CHECK(service_watchdog("30000000", nullptr, 5) == 30s);
    CHECK(service_watchdog("30000000", "5", 5) == 30s);
    CHECK_FALSE(service_watchdog("30000000", "6", 5).has_value());
    CHECK_FALSE(service_watchdog("30000000", "", 5).has_value());
}

TEST(ServiceWatchdog, none_is_none) {
    CHECK_FALSE(service_watchdog(nullptr, nullptr, 5).has_value());
    CHECK_FALSE(service_watchdog("0", nullptr, 5).has_value());
    CHECK_FALSE(service_watchdog("30s", nullptr, 5).has_value());
    CHECK_FALSE(service_watchdog("18446744073709551615", nullptr, 5).has_value());
    CHECK(service_watchdog("1", nullptr, 5) == 1us);
}
