// SPDX-License-Identifier: Apache-2.0
// ferrule: the lines of OWN/syslog.otp become {packet,2} packets for an Erlang port, or, parsed and
// numbered, {packet,4} batches of records.
#include <getopt.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>

#include "base/text.h"
#include "loop/loop.h"
#include "notes/boot_id_file.h"
#include "prog/ferrule_records.h"
#include "relay/account.h"
#include "relay/patience.h"
#include "relay/ring.h"
#include "source/fifo_source.h"
#include "sys/clock.h"
#include "sys/nonblock.h"
#include "wire/command.h"
#include "wire/packet.h"

namespace vakt {
namespace {

using namespace std::chrono_literals;
using sys::Moved;

constexpr int kLeftOrderly = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr auto kFifoWait = 10s;
constexpr std::size_t kLeastRing = std::size_t{256} << 10;
constexpr std::size_t kMostRing = std::size_t{1} << 30;
constexpr std::size_t kLongestPatience = 60'000;  // ms
constexpr const char* kFifo = "syslog.otp";
// What one read can become at most: lines of one byte grow by half, and one long line was waiting.
constexpr std::size_t kReadRoom =
    source::FifoSource::kReadSize * 3 / 2 + syslog::Lines::kLongest + 4;
static_assert(kReadRoom < kLeastRing);
// Less than a pipe's worth taken in the time of our patience is not a reader worth waiting for.
constexpr std::size_t kLeastTaken = 65536;

struct Options {
    std::string own;
    std::size_t ring = std::size_t{1} << 20;
    bool records = false;
    std::chrono::milliseconds patience = 500ms;
    bool loss_line = true;
};

std::string loss_text(std::uint64_t lost) {
    return "vakt[ferrule]: " + std::to_string(lost) + " lines lost";
}

void say(std::string_view words) { sys::say(STDERR_FILENO, "ferrule: " + std::string(words)); }

class Ferrule : source::LineSink {
 public:
    Ferrule(loop::Loop& loop, const Options& options)
        : loop_(loop),
          ring_({.capacity = options.ring, .loss_text = options.loss_line ? loss_text : nullptr}),
          patience_(options.patience, kLeastTaken),
          commands_(options.records ? wire::Prefix::four : wire::Prefix::two,
                    wire::kLongestCommand),
          source_(loop, options.own, kFifo, *this),
          stdin_watch_(loop, STDIN_FILENO, loop::Ready::read, [this] { serve_stdin(); }),
          stdout_watch_(loop, STDOUT_FILENO, loop::Ready::write, [this] { stdout_ready(); }),
          no_fifo_(loop, [this] { give_up("; waited 10 s for mod_syslog to make it"); }),
          out_of_patience_(loop, [this] { judge_room(); }),
          on_usr1_(loop, SIGUSR1, [this] { say_account(); }),
          on_hup_(loop, SIGHUP, [this] { source_.look(); }),
          on_term_(loop, SIGTERM, [this] { leave(kLeftOrderly); }),
          on_int_(loop, SIGINT, [this] { leave(kLeftOrderly); }) {
        if (!options.records) return;
        // Elsewhere than on Linux boots have no names: all are the same one then.
        const auto boot = notes::read_boot_id("");
        records_.emplace(options.ring, boot ? *boot : report::BootId{});
    }

    int run() {
        no_fifo_.start(kFifoWait);
        if (!stdin_watch_.on()) {
            say("standard input is neither pipe nor socket nor terminal, so no port of a VM");
            leave(kFailed);
        }
        // A VM that was killed meanwhile takes no line: it stays in the FIFO, for the next one.
        if (!leaving_) serve_stdin();
        if (!leaving_) source_.start();
        // Waiting cures what may still come, not this.
        const auto& why = source_.why_not();
        if (why && why->code == std::errc::filename_too_long) give_up("");
        if (!leaving_) loop_.run();
        source_.stop();  // gives what is left of a line
        write_out();
        say_account();
        return status_;
    }

 private:
    void line(const syslog::Line& line) override {
        if (records_)
            records_->line(line);
        else
            ring_.push(line.text);
    }

    bool read_over() override {
        if (records_) records_->read_over();
        if (!blocked_) write_out();
        return has_room();
    }

    void trouble(const Error& error) override { say(describe(error)); }

    void opened() override { no_fifo_.cancel(); }

    void give_up(std::string_view besides) {
        const auto& why = source_.why_not();
        say((why ? describe(*why) : std::string("no FIFO")).append(besides));
        leave(kFailed);
    }

    void serve_stdin() {
        std::array<char, 4096> bytes;
        const Moved got = sys::read_some(STDIN_FILENO, bytes);
        if (got.how == Moved::How::blocked) return;
        if (got.how != Moved::How::some) return leave(kFailed);  // the port was closed
        commands_.feed({bytes.data(), got.bytes}, [this](const wire::Packet& packet) {
            switch (wire::command_of(packet)) {
                case wire::Command::die:
                    leave(kLeftOrderly);
                    break;
                case wire::Command::only_stdin:
                    no_fifo_.cancel();
                    source_.stop();
                    break;
                case wire::Command::unknown:
                    break;
            }
        });
    }

    void stdout_ready() {
        blocked_ = false;
        write_out();
        if (ring_.room() >= ring_.capacity() / 2) patience_.eased();
        if (has_room()) source_.resume();
    }

    void write_out() {
        for (auto bytes = front(); !bytes.empty(); bytes = front()) {
            const Moved put = sys::write_some(STDOUT_FILENO, bytes);
            if (put.how == Moved::How::end || put.how == Moved::How::failed) return leave(kFailed);
            if (put.how == Moved::How::some) {
                written(put.bytes);
                patience_.taken(put.bytes);
            }
            if (put.bytes < bytes.size()) {  // a pipe takes all it has room for
                blocked_ = true;
                break;
            }
        }
        if (!blocked_)
            stdout_watch_.off();
        else if (!stdout_watch_.on())
            leave(kFailed);
    }

    std::span<const unsigned char> front() { return records_ ? records_->front() : ring_.front(); }
    void written(std::size_t bytes) {
        if (records_)
            records_->written(bytes);
        else
            ring_.written(bytes);
    }

    // Whether to read on: there is room, or it is time to make room by dropping the oldest. Records
    // are read on always: what is dropped of them is told to the last one, and a FIFO that is full
    // loses without a word.
    bool has_room() {
        if (records_ || ring_.room() >= kReadRoom) {
            out_of_patience_.cancel();
            return true;
        }
        const auto now = sys::now();
        if (patience_.may_drop(now)) return true;
        if (!out_of_patience_.running())
            out_of_patience_.start(
                std::chrono::ceil<std::chrono::milliseconds>(patience_.ask_again() - now));
        return false;
    }

    void judge_room() {
        if (has_room()) source_.resume();
    }

    void say_account() {
        if (!records_)
            return say(relay::describe(relay::account_of(source_.counts(), ring_.counts())));
        const auto account = records_->account();
        for (std::string_view rest = account; !rest.empty();) say(take_line(rest));
    }

    void leave(int status) {
        if (!leaving_) status_ = status;
        leaving_ = true;
        loop_.stop();
    }

    loop::Loop& loop_;
    relay::Ring ring_;  // its memory is untouched in record mode
    std::optional<prog::FerruleRecords> records_;
    relay::Patience patience_;
    wire::PacketReader commands_;
    source::FifoSource source_;
    loop::Watch stdin_watch_;
    loop::Watch stdout_watch_;
    loop::Timer no_fifo_;
    loop::Timer out_of_patience_;
    loop::Signal on_usr1_;
    loop::Signal on_hup_;
    loop::Signal on_term_;
    loop::Signal on_int_;
    bool blocked_ = false;  // stdout took less than it was given
    bool leaving_ = false;
    int status_ = kFailed;
};

constexpr const char* kUsageText =
    "usage: ferrule [--ring BYTES] [--patience MS] [--no-loss-line] OWN\n"
    "       ferrule --records [--ring BYTES] OWN\n"
    "Sends each line of the FIFO OWN/syslog.otp to standard output as a {packet,2}.\n"
    "  --records        send parsed and numbered records instead, in batches, each a {packet,4}\n"
    "  --ring BYTES     room for lines the VM has not taken yet, 262144 (records: 1048576) to\n"
    "                   1073741824 (1048576)\n"
    "  --patience MS    how long a VM that takes nothing holds up the FIFO before the oldest "
    "lines\n"
    "                   are dropped, 0 to 60000 (500)\n"
    "  --no-loss-line   put no \"vakt[ferrule]: N lines lost\" where lines were dropped\n"
    "  --version        print the version\n";

// The number of an option, within its limits; nothing, and the reason said, otherwise.
std::optional<std::size_t> number(const char* option, const char* text, std::size_t least,
                                  std::size_t most) {
    const auto value = parse_decimal<std::size_t>(text);
    if (value && *value >= least && *value <= most) return value;
    say(std::string(option) + " " + text + ": not a number from " + std::to_string(least) + " to " +
        std::to_string(most));
    return std::nullopt;
}

// The options, or the status to leave with.
std::optional<Options> parse(int argc, char** argv, int& status) {
    Options options;
    status = kUsage;
    enum { ring = 1, patience, no_loss_line, records, version, help };
    static const option longs[] = {{"ring", required_argument, nullptr, ring},
                                   {"patience", required_argument, nullptr, patience},
                                   {"no-loss-line", no_argument, nullptr, no_loss_line},
                                   {"records", no_argument, nullptr, records},
                                   {"version", no_argument, nullptr, version},
                                   {"help", no_argument, nullptr, help},
                                   {nullptr, 0, nullptr, 0}};
    for (int got = 0; (got = ::getopt_long(argc, argv, "", longs, nullptr)) != -1;) {
        if (got == ring) {
            const auto value = number("--ring", optarg, kLeastRing, kMostRing);
            if (!value) return std::nullopt;
            options.ring = *value;
        } else if (got == patience) {
            const auto value = number("--patience", optarg, 0, kLongestPatience);
            if (!value) return std::nullopt;
            options.patience = std::chrono::milliseconds(*value);
        } else if (got == no_loss_line) {
            options.loss_line = false;
        } else if (got == records) {
            options.records = true;
        } else if (got == version || got == help) {
            status =
                std::fputs(got == help ? kUsageText : "ferrule " VAKT_VERSION "\n", stdout) < 0;
            return std::nullopt;
        } else {
            std::fputs(kUsageText, stderr);
            return std::nullopt;
        }
    }
    if (argc - optind != 1 || argv[optind][0] == '\0') {
        std::fputs(kUsageText, stderr);
        return std::nullopt;
    }
    options.own = argv[optind];
    if (options.records && options.ring < prog::FerruleRecords::kLeastRing) {
        say("--ring " + std::to_string(options.ring) + ": too small for --records, at least " +
            std::to_string(prog::FerruleRecords::kLeastRing));
        return std::nullopt;
    }
    return options;
}

}  // namespace
}  // namespace vakt

int main(int argc, char** argv) {
    int status = 0;
    const auto options = vakt::parse(argc, argv, status);
    if (!options) return status;
    vakt::sys::ignore_broken_pipes();
    const vakt::sys::NonBlocking in(STDIN_FILENO);
    const vakt::sys::NonBlocking out(STDOUT_FILENO);
    vakt::sys::widen_pipe(STDOUT_FILENO);
    auto loop = vakt::loop::Loop::make(vakt::loop::Loop::Timers::exact);
    if (!loop) {
        vakt::say(vakt::describe(loop.error()));
        return vakt::kFailed;
    }
    return vakt::Ferrule(*loop, *options).run();
}
