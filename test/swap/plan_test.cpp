// SPDX-License-Identifier: Apache-2.0
#include "swap/plan.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt::swap;

namespace {

constexpr FileFacts kFile{
    .type = FileType::regular, .uid = 0, .gid = 0, .mode = 0644, .nlink = 1, .size = 10};
constexpr FileFacts kFifo{
    .type = FileType::fifo, .uid = 0, .gid = 7, .mode = 0640, .nlink = 1, .size = 0};

}  // namespace

TEST_GROUP(Plan) {
    Situation s;
    void setup() override {
        s.flavour = *find_flavour(compiled_flavours(), "inetutils");
        s.fifo_gid = 7;
        s.fifo_path = "/etc/syslog.otp";
        s.orig = {.facts = kFile, .bytes = "kern.*\t/a\n"};
        s.otp = {.facts = kFile, .bytes = "kern.*\t/a\nkern.*\t|/etc/syslog.otp\n"};
        s.conf = s.orig;
        s.daemon = DaemonState::alive;
        s.daemon_refusal = {Code::daemon, "the daemon is not running"};
    }
    void steps(const Steps& expected) const {
        const auto plan = swap_plan();
        const auto* steps = std::get_if<Steps>(&plan);
        CHECK_TEXT(steps != nullptr, refusal().words.c_str());
        CHECK(*steps == expected);
    }
    void refused(Code code, const char* words) const {
        CHECK(refusal().code == code);
        STRCMP_CONTAINS(words, refusal().words.c_str());
    }
    std::variant<Steps, Verdict> swap_plan() const { return plan(s); }
    Verdict refusal() const {
        const auto plan = swap_plan();
        const auto* verdict = std::get_if<Verdict>(&plan);
        return verdict != nullptr ? *verdict : Verdict{Code::ok, "there is a plan"};
    }
    void flavour(const char* name) { s.flavour = *find_flavour(compiled_flavours(), name); }
    void nootp() {
        s.wanted = Wanted::nootp;
        s.conf = s.otp;
        s.fifo = kFifo;
    }
};

TEST(Plan, otp_makes_the_fifo_before_the_rule_and_tells_last) {
    steps({Step::make_fifo, Step::install_otp, Step::tell_daemon});
}

TEST(Plan, nootp_removes_the_fifo_after_the_daemon_was_told) {
    nootp();
    steps({Step::install_orig, Step::tell_daemon, Step::remove_fifo});
}

TEST(Plan, a_second_run_does_nothing) {
    s.conf = s.otp;
    s.fifo = kFifo;
    steps({});
    s.wanted = Wanted::nootp;
    s.conf = s.orig;
    s.fifo = {};
    steps({});
}

TEST(Plan, after_a_run_that_was_ended_early_the_daemon_is_told) {
    s.conf = s.otp;
    s.fifo = kFifo;
    s.untold = true;
    steps({Step::tell_daemon});
    s.wanted = Wanted::nootp;
    s.conf = s.orig;
    steps({Step::tell_daemon, Step::remove_fifo});
}

TEST(Plan, a_fifo_that_nobody_else_could_open_stays) {
    s.conf = s.otp;
    s.fifo = kFifo;
    steps({});
    for (const std::uint32_t mode : {0600U, 0400U, 04640U}) {
        s.fifo.mode = mode;
        steps({Step::repair_fifo});
    }
    s.fifo.gid = 8;
    s.fifo.mode = 0600;
    steps({Step::repair_fifo});
}

TEST(Plan, a_fifo_that_somebody_else_may_hold_is_replaced) {
    s.conf = s.otp;
    s.fifo = kFifo;
    for (const std::uint32_t mode : {0666U, 0644U, 0660U, 0642U, 0641U}) {
        s.fifo.mode = mode;
        steps({Step::replace_fifo, Step::tell_daemon});
    }
    s.fifo = kFifo;
    s.fifo.gid = 8;
    steps({Step::replace_fifo, Step::tell_daemon});
    s.fifo = kFifo;
    s.fifo.uid = 5;
    steps({Step::replace_fifo, Step::tell_daemon});
    s.fifo = kFifo;
    s.fifo.nlink = 2;
    steps({Step::replace_fifo, Step::tell_daemon});
}

TEST(Plan, what_is_no_fifo_is_refused_by_both) {
    for (const auto wanted : {Wanted::otp, Wanted::nootp}) {
        s.wanted = wanted;
        for (const auto type :
             {FileType::regular, FileType::directory, FileType::symlink, FileType::other}) {
            s.fifo = kFifo;
            s.fifo.type = type;
            refused(Code::file, "not a FIFO");
        }
    }
}

TEST(Plan, each_file_is_refused_for_each_fault) {
    for (auto* file : {&s.orig, &s.otp, &s.conf}) {
        const auto good = *file;
        file->facts.type = FileType::absent;
        refused(Code::file, "does not exist");
        file->facts.type = FileType::symlink;
        refused(Code::file, "is a symbolic link");
        *file = good;
        file->facts.uid = 5;
        refused(Code::file, "belongs to uid 5");
        *file = good;
        file->facts.mode = 0664;
        refused(Code::file, "may be written by others");
        file->facts.mode = 0646;
        refused(Code::file, "may be written by others");
        *file = good;
        file->facts.nlink = 2;
        refused(Code::file, "has 2 names");
        *file = good;
        file->facts.size = 0;
        refused(Code::file, "is empty");
        file->facts.size = kConfMax + 1;
        refused(Code::file, "is larger than 1048576 bytes");
        file->facts.size = kConfMax;
        steps({Step::make_fifo, Step::install_otp, Step::tell_daemon});
        *file = good;
    }
}

TEST(Plan, a_callers_own_files_count_where_it_is_trusted) {
    s.otp.facts.uid = 5;
    s.trusted_uid = 5;
    steps({Step::make_fifo, Step::install_otp, Step::tell_daemon});
}

TEST(Plan, a_plain_path_is_refused_where_it_harms) {
    s.otp.bytes = "kern.*\t/etc/syslog.otp\n";
    refused(Code::file, "syslog.conf.OTP line 1 names /etc/syslog.otp as a plain file");
    flavour("sysklogd");
    refused(Code::file, "plain file");
    flavour("solaris");
    steps({Step::make_fifo, Step::install_otp, Step::hold_fifo, Step::tell_daemon});
}

TEST(Plan, nootp_takes_a_plain_path_out_again) {
    nootp();
    s.otp.bytes = "kern.*\t/etc/syslog.otp\n";
    s.conf = s.otp;
    steps({Step::install_orig, Step::tell_daemon, Step::remove_fifo});
}

TEST(Plan, an_edited_configuration_is_refused_by_both) {
    s.conf.bytes += "mail.*\t/m\n";
    refused(Code::file, "it was edited since");
    s.wanted = Wanted::nootp;
    s.fifo = kFifo;
    refused(Code::file, "it was edited since");
}

TEST(Plan, without_its_daemon_nothing_is_swapped) {
    for (const auto state : {DaemonState::absent, DaemonState::wrong}) {
        s.daemon = state;
        refused(Code::daemon, "the daemon is not running");
    }
    s.daemon_refusal = {Code::file, "pid file x holds no pid"};
    refused(Code::file, "holds no pid");
}

TEST(Plan, rsyslogs_files_are_not_looked_at_and_only_its_fifo_comes_and_goes) {
    flavour("rsyslog");
    s.orig = s.otp = s.conf = {};
    steps({Step::make_fifo, Step::tell_daemon});
    s.fifo = kFifo;
    steps({});
    s.untold = true;
    steps({Step::tell_daemon});
    s.wanted = Wanted::nootp;
    steps({Step::remove_fifo});
}

TEST(Plan, rsyslog_may_be_down_but_not_be_another_program) {
    flavour("rsyslog");
    s.daemon = DaemonState::absent;
    steps({Step::make_fifo});
    s.daemon = DaemonState::wrong;
    refused(Code::daemon, "the daemon is not running");
}

TEST(Plan, busybox_is_refused_with_what_cannot_work) {
    flavour("busybox");
    refused(Code::daemon, "reads no configuration");
}

TEST(Plan, a_bridge_is_told_nothing) {
    flavour("bridge");
    s.daemon = DaemonState::absent;
    steps({Step::make_fifo});
}

TEST(Plan, on_solaris_every_otp_tells_since_a_reader_that_left_switched_the_rule_off) {
    flavour("solaris");
    s.conf = s.otp;
    s.fifo = kFifo;
    steps({Step::hold_fifo, Step::tell_daemon});
}

TEST(Plan, the_fifo_is_held_for_the_daemon_that_wants_a_reader_and_only_when_it_is_told_of_otp) {
    s.flavour.reader_first = true;
    steps({Step::make_fifo, Step::install_otp, Step::hold_fifo, Step::tell_daemon});
    s.conf = s.otp;
    s.fifo = kFifo;
    steps({});  // it has its rule, and is not told again
    nootp();
    steps({Step::install_orig, Step::tell_daemon, Step::remove_fifo});
}

TEST_GROUP(Codes){};

TEST(Codes, are_printed_as_os_sup_compares_them) {
    CHECK(printed(Code::ok) == "0");
    CHECK(printed(Code::refused) == "-1");
    CHECK(printed(Code::file) == "-2");
    CHECK(printed(Code::daemon) == "-3");
}
