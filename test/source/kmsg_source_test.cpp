// SPDX-License-Identifier: Apache-2.0
#include "source/kmsg_source.h"

#include <CppUTest/TestHarness.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <string>

#include "sys/fd.h"
#include "test/source/record_spy.h"
#include "test/support/allocations.h"

using namespace vakt;
using source::KmsgInput;
using source::KmsgRead;
using How = source::KmsgRead::How;
using syslog::Loss;

namespace {

// What a kernel would answer, read by read; then there is nothing.
struct Script {
    struct Answer {
        How how;
        std::string bytes;
    };
    std::deque<Answer> answers;
    How afterwards = How::nothing;
    int reads = 0;
};

// Always readable, as a device in error is.
class ScriptedKmsg final : public KmsgInput {
 public:
    explicit ScriptedKmsg(Script& script) : script_(script) {
        int ends[2] = {-1, -1};
        CHECK_EQUAL(0, ::pipe(ends));
        reading_ = sys::Fd(ends[0]);
        writing_ = sys::Fd(ends[1]);
        CHECK_EQUAL(1, ::write(writing_.get(), "x", 1));
    }
    [[nodiscard]] int fd() const override { return reading_.get(); }
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] KmsgRead read(std::span<char> into) override {
        ++script_.reads;
        errno = EIO;
        if (script_.answers.empty()) return {script_.afterwards};
        const auto answer = script_.answers.front();
        script_.answers.pop_front();
        CHECK_TRUE(answer.bytes.size() <= into.size());
        std::memcpy(into.data(), answer.bytes.data(), answer.bytes.size());
        return {answer.how, answer.bytes.size()};
    }

 private:
    Script& script_;
    sys::Fd reading_, writing_;
    std::string name_ = "/dev/kmsg";
};

constexpr std::int64_t kWall = 1'795'000'000'000'000'000;
constexpr std::uint64_t kMono = 1'000'000'000'000;

}  // namespace

TEST_GROUP(KmsgSource) {
    Result<loop::Loop> made = loop::Loop::make();
    fake::RecordSpy spy{*made};
    Script script;
    std::unique_ptr<source::KmsgSource> source;

    void begin(std::optional<std::uint64_t> next = std::nullopt) {
        source = std::make_unique<source::KmsgSource>(
            *made, std::make_unique<ScriptedKmsg>(script), next, spy, [] {
                return source::Time{{.now_ns = kWall, .utc_offset = 0}, kMono};
            });
        CHECK_TRUE(static_cast<bool>(source->start()));
    }
    void says(const std::string& bytes) { script.answers.push_back({How::some, bytes}); }
    // "6,SEQ,1000,FLAGS;TEXT"
    void says(std::uint64_t seq, const std::string& text, const std::string& flags = "-") {
        says("6," + std::to_string(seq) + ",1000," + flags + ";" + text + "\n");
    }
    void errs(How how) { script.answers.push_back({how, ""}); }
    // Until all was read and `nothing` was answered at least once.
    void read_all() {
        const int wanted = static_cast<int>(script.answers.size()) + 1;
        const int before = script.reads;
        spy.run_until([this, wanted, before] { return script.reads - before >= wanted; });
    }
    void run_for(std::chrono::milliseconds time) {
        loop::Timer limit(*made, [this] { made->stop(); });
        limit.start(time);
        made->run();
    }
    std::string texts() const {
        std::string all;
        for (const auto& kept : spy.entries) all += kept.text + "|";
        return all;
    }
};

TEST(KmsgSource, a_record_has_number_times_and_structured_data) {
    const std::string bytes =
        "3,0,2500000,-,caller=T1;usb 1-1: reset\n SUBSYSTEM=usb\n DEVICE=c189:\\x22]\n";
    says(bytes);
    begin();
    read_all();
    CHECK_EQUAL("e", spy.order);
    const auto& kept = spy.entries[0];
    CHECK(kept.entry.source == syslog::Source::kmsg);
    CHECK(kept.entry.record.form == syslog::Form::kmsg);
    CHECK(kept.entry.record.pri == syslog::Pri(3));
    CHECK_EQUAL("kernel", kept.app);
    CHECK_EQUAL("usb 1-1: reset", kept.text);
    CHECK_EQUAL("", kept.raw);
    CHECK_EQUAL(R"([kmsg@0 SUBSYSTEM="usb" DEVICE="c189:\"\]"])", kept.structured);
    CHECK_EQUAL(0U, kept.entry.source_seq);
    CHECK_EQUAL(2'500'000'000U, kept.entry.mono_ns);
    CHECK(kept.entry.record.time_ns == kWall - static_cast<std::int64_t>(kMono) + 2'500'000'000);
    CHECK(source->counts() ==
          (source::SourceCounts{.bytes = bytes.size(), .reads = 1, .empty = 0}));
}

TEST(KmsgSource, escapes_are_bytes_again) {
    says(0, R"(a\x0ab\x5cx41 \xc3\xa5)");
    begin();
    read_all();
    CHECK_EQUAL("a\nb\\x41 \xc3\xa5", spy.entries[0].text);
}

TEST(KmsgSource, what_a_program_wrote_has_its_app_and_pid) {
    says("30,0,1,-;systemd[1]: Started a\\x20thing.\n");
    says("12,1,1,-;no tag here\n");
    says("12,2,1,-;1 2026-11-18T10:00:00Z h a p m - not a syslog message\n");
    begin();
    read_all();
    CHECK_EQUAL("systemd", spy.entries[0].app);
    CHECK_EQUAL("1", spy.entries[0].pid);
    CHECK_EQUAL("Started a thing.", spy.entries[0].text);
    CHECK(spy.entries[0].entry.record.form == syslog::Form::kmsg);
    CHECK_EQUAL("", spy.entries[1].app);
    CHECK_EQUAL("no tag here", spy.entries[1].text);
    CHECK_EQUAL("1 2026-11-18T10:00:00Z h a p m - not a syslog message", spy.entries[2].text);
    CHECK_FALSE(spy.entries[2].entry.record.malformed);
}

TEST(KmsgSource, a_step_in_the_numbers_is_a_gap_of_exactly_so_many) {
    says(0, "a");
    says(1, "b");
    errs(How::overrun);
    says(12, "c");
    says(13, "d");
    begin();
    read_all();
    CHECK_EQUAL("eegee", spy.order);
    CHECK(spy.gaps[0].gap.count == 10U);
    CHECK(spy.gaps[0].gap.reason == Loss::source);
    CHECK(spy.gaps[0].gap.source == syslog::Source::kmsg);
    CHECK_EQUAL("", spy.gaps[0].words);
    CHECK_EQUAL(0u, spy.troubles.size());
}

TEST(KmsgSource, what_was_overwritten_before_it_came_is_a_gap_too) {
    says(500, "a");
    begin();
    read_all();
    CHECK_EQUAL("ge", spy.order);
    CHECK(spy.gaps[0].gap.count == 500U);
    CHECK_EQUAL("overwritten before we came", spy.gaps[0].words);
}

TEST(KmsgSource, behind_a_number_what_is_older_is_passed_over) {
    for (std::uint64_t seq = 3; seq < 8; ++seq) says(seq, std::to_string(seq));
    begin(6);
    read_all();
    CHECK_EQUAL("ee", spy.order);
    CHECK_EQUAL("6|7|", texts());
}

TEST(KmsgSource, behind_a_number_what_is_missing_up_to_the_oldest_is_a_gap) {
    says(9, "9");
    begin(6);
    read_all();
    CHECK_EQUAL("ge", spy.order);
    CHECK(spy.gaps[0].gap.count == 3U);
    CHECK_EQUAL("", spy.gaps[0].words);
}

TEST(KmsgSource, behind_the_newest_number_it_is_silent_until_the_next) {
    says(4, "4");
    says(5, "5");
    begin(6);
    read_all();
    CHECK_EQUAL("", spy.order);
    says(6, "6");
    read_all();
    CHECK_EQUAL("e", spy.order);
}

TEST(KmsgSource, a_number_of_another_boot_does_not_silence_it) {
    says(0, "0");
    says(1, "1");
    begin(1000);
    read_all();
    CHECK_EQUAL("g", spy.order);
    CHECK_FALSE(spy.gaps[0].gap.count.has_value());
    says(2, "2");
    read_all();
    CHECK_EQUAL("2|", texts());
}

TEST(KmsgSource, one_that_had_no_room_is_one_lost_and_the_next_is_read) {
    says(0, "a");
    errs(How::too_long);
    says(2, "c");
    begin();
    read_all();
    CHECK_EQUAL("ege", spy.order);
    CHECK(spy.gaps[0].gap.count == 1U);
    CHECK(spy.gaps[0].gap.reason == Loss::too_long);
}

TEST(KmsgSource, no_room_and_overwritten_are_told_apart) {
    says(0, "a");
    errs(How::too_long);
    errs(How::overrun);
    says(10, "b");
    begin();
    read_all();
    CHECK_EQUAL("egge", spy.order);
    CHECK(spy.gaps[0].gap.reason == Loss::too_long);
    CHECK(spy.gaps[0].gap.count == 1U);
    CHECK(spy.gaps[1].gap.reason == Loss::source);
    CHECK(spy.gaps[1].gap.count == 8U);
}

TEST(KmsgSource, one_that_had_no_room_is_told_when_nothing_follows_it_and_only_once) {
    says(0, "a");
    errs(How::too_long);
    begin();
    read_all();
    CHECK_EQUAL("eg", spy.order);
    says(2, "c");
    read_all();
    CHECK_EQUAL("ege", spy.order);
}

TEST(KmsgSource, an_error_that_took_nothing_away_is_no_loss) {
    says(0, "a");
    errs(How::too_long);
    says(1, "b");
    begin();
    read_all();
    CHECK_EQUAL("ee", spy.order);
}

TEST(KmsgSource, parts_of_a_line_are_joined_and_have_the_last_ones_number) {
    says(0, "one ", "c");
    says(1, "two ", "+");
    says(2, "three", "+");
    says(3, "next");
    begin();
    read_all();
    CHECK_EQUAL("one two three|next|", texts());
    CHECK_EQUAL(2U, spy.entries[0].entry.source_seq);
    CHECK_EQUAL(0u, spy.gaps.size());
}

TEST(KmsgSource, parts_with_something_missing_between_them_are_not_joined) {
    says(0, "one ", "c");
    says(2, "three", "+");
    begin();
    read_all();
    CHECK_EQUAL("one |three|", texts());
    CHECK_EQUAL("ege", spy.order);
}

TEST(KmsgSource, a_modern_kernels_part_is_joined_with_nothing_before_it) {
    says(0, "one", "-");
    says(1, "two", "c");
    says(2, "three", "c");
    says(3, "four", "-");
    begin();
    read_all();
    CHECK_EQUAL("one|two|three|four|", texts());
}

TEST(KmsgSource, a_first_part_is_given_when_nothing_more_is_there) {
    says(0, "one", "c");
    begin();
    read_all();
    CHECK_EQUAL("one|", texts());
    says(1, "two", "+");
    read_all();
    CHECK_EQUAL("one|two|", texts());
}

TEST(KmsgSource, a_joined_line_that_has_no_room_is_cut) {
    const std::string part(4000, 'x');
    says(0, part, "c");
    for (std::uint64_t seq = 1; seq < 6; ++seq) says(seq, part, "+");
    begin();
    read_all();
    CHECK_EQUAL("e", spy.order);
    CHECK_TRUE(spy.entries[0].entry.cut);
    CHECK_EQUAL(16000U, spy.entries[0].text.size());
    CHECK_EQUAL(5U, spy.entries[0].entry.source_seq);
}

TEST(KmsgSource, a_dictionary_without_room_is_left_out_and_said) {
    says("6,0,1,-;x\n A=" + std::string(2000, 'y') + "\n B=z\n");
    says("6,1,1,-;x\n =y\n nothing\n B C=z\n D=d\n");
    begin();
    read_all();
    CHECK_EQUAL("[kmsg@0 B=\"z\"]", spy.entries[0].structured);
    CHECK_TRUE(spy.entries[0].entry.cut);
    CHECK_EQUAL("[kmsg@0 D=\"d\"]", spy.entries[1].structured);
    CHECK_TRUE(spy.entries[1].entry.record.malformed);
}

TEST(KmsgSource, what_no_kernel_writes_is_a_malformed_record) {
    says(7, "a");
    says("rubbish\n");
    says("\n");
    says(8, "b");
    begin(7);
    read_all();
    CHECK_EQUAL("a|rubbish|b|", texts());
    CHECK_TRUE(spy.entries[1].entry.record.malformed);
    CHECK_EQUAL(7U, spy.entries[1].entry.source_seq);
    CHECK_EQUAL(1U, source->counts().empty);
}

TEST(KmsgSource, several_records_in_one_read_are_taken_apart) {
    says("6,0,1,-;a\n K=v\n6,1,1,-;b\n6,2,1,-;c");
    begin();
    read_all();
    CHECK_EQUAL("a|b|c|", texts());
    CHECK_EQUAL("[kmsg@0 K=\"v\"]", spy.entries[0].structured);
}

TEST(KmsgSource, a_turn_has_an_end_however_much_there_is) {
    for (std::uint64_t seq = 0; seq < source::KmsgSource::kAtOnce + 1; ++seq) says(seq, "x");
    begin();
    spy.run_until([this] { return spy.turns == 1; });
    CHECK_EQUAL(static_cast<std::size_t>(source::KmsgSource::kAtOnce), spy.entries.size());
    read_all();
    CHECK_EQUAL(static_cast<std::size_t>(source::KmsgSource::kAtOnce) + 1, spy.entries.size());
}

TEST(KmsgSource, a_failure_is_said_once_and_does_not_keep_the_loop_busy) {
    script.afterwards = How::failed;
    begin();
    run_for(std::chrono::milliseconds(1500));  // beyond kTryAgain
    CHECK_EQUAL(2, script.reads);
    CHECK_EQUAL(1u, spy.troubles.size());
    CHECK_EQUAL("read /dev/kmsg: Input/output error", spy.troubles[0]);
}

TEST(KmsgSource, errors_without_end_do_not_keep_the_loop_busy) {
    for (const auto how : {How::overrun, How::too_long}) {
        spy.troubles.clear();
        script = {};
        script.afterwards = how;
        begin();
        run_for(std::chrono::milliseconds(100));
        CHECK_EQUAL(source::KmsgSource::kAtOnce, script.reads);
        CHECK_EQUAL(1u, spy.troubles.size());
    }
}

TEST(KmsgSource, the_end_of_a_fifo_does_not_keep_the_loop_busy_nor_end_it) {
    script.afterwards = How::end;
    begin();
    run_for(std::chrono::milliseconds(100));
    CHECK_EQUAL(1, script.reads);
    CHECK_EQUAL(0u, spy.troubles.size());
    says(0, "a");
    script.afterwards = How::nothing;
    spy.run_until([this] { return !spy.entries.empty(); });
}

TEST(KmsgSource, from_a_socket_with_a_record_a_packet_it_is_woken_for_each) {
    // Readable exactly when there is a record, as the device is.
    struct Packets final : KmsgInput {
        explicit Packets(int at) : fd_(at) {}
        [[nodiscard]] int fd() const override { return fd_.get(); }
        [[nodiscard]] const std::string& name() const override { return name_; }
        [[nodiscard]] KmsgRead read(std::span<char> into) override {
            const auto got = ::recv(fd_.get(), into.data(), into.size(), MSG_DONTWAIT);
            return got < 0 ? KmsgRead{How::nothing}
                           : KmsgRead{How::some, static_cast<std::size_t>(got)};
        }
        sys::Fd fd_;
        std::string name_ = "packets";
    };
    int ends[2] = {-1, -1};
    CHECK_EQUAL(0, ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
    const sys::Fd kernel(ends[1]);
    source::KmsgSource read(*made, std::make_unique<Packets>(ends[0]), std::nullopt, spy,
                            [] { return source::Time{}; });
    CHECK_TRUE(static_cast<bool>(read.start()));
    for (std::size_t seq = 0; seq < 3; ++seq) {
        const auto bytes = "6," + std::to_string(seq) + ",5,-;x\n";
        CHECK_TRUE(::send(kernel.get(), bytes.data(), bytes.size(), 0) > 0);
        spy.run_until_entries(seq + 1);
        CHECK_EQUAL(static_cast<int>(seq) + 1, spy.turns);
    }
    // Without the monotonic clock there is no telling the time.
    CHECK_FALSE(spy.entries[0].entry.record.time_ns.has_value());
}
