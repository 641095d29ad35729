// SPDX-License-Identifier: Apache-2.0
// The keeper's side of a heart's lease, by a script, for test/prog/heart_lease.sh.
//
//   lease_peer run DIR OURS ''     runs every case (test/support/heart_case.h)
//   lease_peer mark FILE           a heart command
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <deque>
#include <filesystem>
#include <optional>
#include <span>

#include "drivers/soft_board.h"
#include "test/support/heart_case.h"
#include "wire/lease_bytes.h"

namespace {

using namespace vakt::test;
namespace lease = vakt::wire::lease;
using vakt::Instant;
using vakt::kNever;
using vakt::keeper::Step;
using vakt::wire::LeaseMessage;

/// A keeper that says what the case wants it to say. One connection at a time is looked at: the
/// newest.
class Keeper {
 public:
    explicit Keeper(const Case& c, const char* name = "/k") : path_(c.dir + name) { listen(); }
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    ~Keeper() { die(); }

    [[nodiscard]] const std::string& path() const { return path_; }

    void listen(int backlog = 8) {
        const auto address = this->address();
        listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        expect(
            ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                ::listen(listener_, backlog) == 0,
            "the keeper cannot listen");
    }
    /// As a killed one: nothing is read any more, and the socket's name stays or is gone.
    void die(bool name_stays = false) {
        drop();
        if (listener_ >= 0) ::close(std::exchange(listener_, -1));
        if (!name_stays) ::unlink(path_.c_str());
    }
    void drop() {
        if (connection_ >= 0) ::close(std::exchange(connection_, -1));
        decoder_ = {};
        heard_.clear();
    }
    /// So many connections of nobody's, which wait to be accepted; fewer when no more fit.
    [[nodiscard]] std::vector<int> connections(int count) const {
        std::vector<int> all;
        const auto address = this->address();
        for (int i = 0; i < count; ++i) {
            all.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            static_cast<void>(
                ::connect(all.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
        }
        return all;
    }
    /// The next connection, in that time.
    bool accepted(Clock::duration limit) {
        pollfd ready = {listener_, POLLIN, 0};
        if (::poll(&ready, 1, static_cast<int>(limit / 1ms)) != 1) return false;
        drop();
        connection_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        return connection_ >= 0;
    }
    void accept() { expect(accepted(5s), "heart does not connect"); }

    void say(const LeaseMessage& message) const {
        std::array<std::uint8_t, vakt::wire::kMaxLeaseMessage> bytes;
        const auto all = vakt::wire::encode(message, bytes);
        say({reinterpret_cast<const char*>(all.data()), all.size()});
    }
    void say(std::string_view bytes) const {
        expect(::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                   static_cast<ssize_t>(bytes.size()),
               "the keeper cannot speak");
    }

    /// The next message, which must be of this kind.
    template <class Message>
    Message hears(Clock::duration limit = 5s) {
        const auto message = next(limit);
        expect(message.has_value(),
               std::string("heart says nothing; wanted is ") + kind<Message>());
        const auto* wanted = std::get_if<Message>(&*message);
        expect(wanted != nullptr, "heart says message number " + std::to_string(message->index()) +
                                      "; wanted is " + kind<Message>());
        return *wanted;
    }
    /// Open and Command, answered by Granted; returns Open. `command_` is what was said to be kept.
    lease::Open grants(const std::string& command = "") {
        accept();
        const auto open = hears<lease::Open>();
        const auto kept = hears<lease::Command>();
        if (!command.empty()) expect(kept.bytes == command, "another command");
        say(lease::Granted{});
        return open;
    }
    /// The next Beat; heart may take the lease once more before it, as it does a second after it
    /// has connected.
    void hears_a_beat() {
        for (int messages = 0; messages < 3; ++messages) {
            const auto message = next(5s);
            expect(message.has_value(), "heart says nothing; wanted is a beat");
            if (std::holds_alternative<lease::Beat>(*message)) return;
            expect(std::holds_alternative<lease::Open>(*message) ||
                       std::holds_alternative<lease::Command>(*message),
                   "heart says something else than that it takes the lease");
        }
        expect(false, "heart does not beat");
    }
    /// Only the end of the connection comes.
    void hears_the_end(Clock::duration limit = 5s) {
        const auto message = next(limit);
        expect(!message, "heart says more");
        expect(ended_, "the connection does not end");
    }
    bool hears_nothing(Clock::duration limit) { return !next(limit) && !ended_; }

 private:
    [[nodiscard]] sockaddr_un address() const {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        expect(path_.size() < sizeof address.sun_path, "the path is too long: " + path_);
        std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
        return address;
    }
    template <class Message>
    static std::string kind() {
        return std::to_string(LeaseMessage(Message{}).index());
    }
    std::optional<LeaseMessage> next(Clock::duration limit) {
        const auto until = Clock::now() + limit;
        for (;;) {
            if (auto message = decoder_.next()) return message;
            expect(decoder_.fault() == vakt::wire::LeaseFault::none, "these are no lease bytes");
            if (!heard_.empty()) {
                const auto* const bytes = reinterpret_cast<const std::uint8_t*>(heard_.data());
                heard_.erase(0, decoder_.feed({bytes, heard_.size()}));
                continue;
            }
            const auto left = std::max<Clock::duration>(until - Clock::now(), 0ms);
            pollfd ready = {connection_, POLLIN, 0};
            if (::poll(&ready, 1, static_cast<int>(left / 1ms)) != 1) return std::nullopt;
            std::array<char, 4096> buffer;
            const auto n = ::read(connection_, buffer.data(), buffer.size());
            if (n <= 0) {
                ended_ = true;
                return std::nullopt;
            }
            heard_.append(buffer.data(), static_cast<std::size_t>(n));
        }
    }

    std::string path_;
    int listener_ = -1;
    int connection_ = -1;
    bool ended_ = false;
    std::string heard_;
    vakt::wire::LeaseDecoder decoder_;
};

Start with(const Case& c, const Keeper& keeper, const std::vector<std::string>& more = {}) {
    auto start = c.start(more);
    start.environment["VAKT_KEEPER_SOCKET"] = keeper.path();
    start.environment["VAKT_LEASE"] = "node";
    return start;
}
std::uint64_t start_of(pid_t pid) {
    const auto text = slurp("/proc/" + std::to_string(pid) + "/stat");
    std::istringstream stat(text.substr(text.rfind(')') + 2));
    std::string field;
    for (int number = 3; number <= 22; ++number) stat >> field;
    return std::stoull(field);
}
// ---- the lease

void opens(const Case& c) {
    Keeper keeper(c);
    const pid_t vm = make_vm();
    auto start = with(c, keeper, {"-pid", std::to_string(vm), "-wt", "20"});
    start.environment["HEART_KILL_SIGNAL"] = "SIGABRT";
    start.environment["ERL_CRASH_DUMP_SECONDS"] = "-1";
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    const auto open = keeper.grants(c.marker());
    expect(open.lease.view() == "node", "lease");
    expect(open.timing.beat_timeout == 11s && open.timing.boot_delay == 20s, "timing");
    expect(open.vm.pid == static_cast<std::uint32_t>(vm) && open.vm.start == start_of(vm), "VM");
    expect(open.killing.abort && !open.killing.never && open.killing.dump_wait < 0s, "killing");
    const auto before = Clock::now();
    heart.send(kBeat);
    const auto beat = keeper.hears<lease::Beat>();
    expect(beat.at >= before && beat.at <= Clock::now(), "the time of the beat");
    heart.send(set_command("other"));
    expect(keeper.hears<lease::Command>().bytes == "other", "the new command");
    heart.send(std::string("\0\1\5", 3));
    expect(keeper.hears<lease::Command>().bytes == c.marker(), "the old command");
    expect(keeper.hears_nothing(200ms), "heart chatters");
    heart.send(kShutDown);
    static_cast<void>(keeper.hears<lease::ShutDown>());
    keeper.hears_the_end();
    keeper.drop();
    left_well(heart);
    expect(!c.marked(), "the command ran");
}
void names_itself(const Case& c) {
    Keeper keeper(c);
    auto start = with(c, keeper);
    start.environment.erase("VAKT_LEASE");
    start.environment["HEART_NO_KILL"] = "TRUE";
    HeartProcess heart(c.ours, c.dir, start);
    const auto open = keeper.grants();
    expect(open.lease.view() == "uid-" + std::to_string(::getuid()), "the default lease");
    expect(open.vm.pid == 0 && open.killing.never, "VM and killing");
}
void disabled(const Case& c) {
    Keeper keeper(c);
    auto start = with(c, keeper);
    start.environment["HW_WD_DISABLE"] = "";
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    heart.send(kBeat);
    expect(!keeper.accepted(500ms), "it connects");
    heart.close_port();
    static_cast<void>(c.acted(10s));
}
void absent(const Case& c) {
    Keeper keeper(c);
    keeper.die();
    auto start = with(c, keeper);
    start.environment.erase("HEART_COMMAND");
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    expect(eventually(5s, [&] { return heart.says("without a keeper"); }), "it is not said");
    heart.close_port();
    left_well(heart);
    expect(heart.says("Would reboot. Terminating."), "it does not act as OTP's");
}
void late_keeper(const Case& c) {
    Keeper keeper(c);
    keeper.die();
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    heart.started();
    keeper.listen();
    ::usleep(1'050'000);
    heart.send(kBeat);
    static_cast<void>(keeper.grants());
    keeper.hears_a_beat();
}
void refused(const Case& c, vakt::keeper::Refusal why, const std::string& words) {
    Keeper keeper(c);
    const pid_t vm = make_vm();
    auto start = with(c, keeper, pid_arguments(vm));
    start.environment.erase("HEART_COMMAND");
    HeartProcess heart(c.ours, c.dir, start);
    keeper.accept();
    static_cast<void>(keeper.hears<lease::Open>());
    keeper.say(lease::Answer{why, 120s});
    expect(eventually(5s, [&] { return heart.says(words); }), "it is not said: " + words);
    heart.send(kBeat);
    heart.close_port();
    left_well(heart);
    expect(heart.says("Would reboot. Terminating."), "it does not act as OTP's");
    expect(::waitpid(vm, nullptr, WNOHANG) == 0, "the VM was killed");
    expect(!keeper.accepted(0ms), "it asks again");
}

// ---- the verdict

void silence(const Case& c) {
    Keeper keeper(c);
    const pid_t vm = make_vm();
    HeartProcess heart(c.ours, c.dir, with(c, keeper, pid_arguments(vm)));
    static_cast<void>(keeper.grants());
    heart.send(kBeat);
    const auto beat = Clock::now();
    static_cast<void>(keeper.hears<lease::Beat>());
    const auto verdict = keeper.hears<lease::GivingUp>(16s);
    const double took = seconds(Clock::now() - beat);
    std::printf("gave up after %.3f s\n", took);
    expect(took >= 11.0, "too early");
    expect(took < 14.5, "too late");
    expect(verdict.cause == vakt::keeper::Cause::vm_silent, "cause");
    expect(verdict.words.view() == "heart-beat time-out, no activity for 11 seconds", "words");
    ::usleep(700'000);
    expect(::waitpid(vm, nullptr, WNOHANG) == 0 && !c.marked(), "it acted before the note");
    const auto noted = Clock::now();
    keeper.say(lease::Proceed{});
    expect(keeper.hears<lease::Progress>().step == Step::vm_ended, "the end of the VM");
    expect(keeper.hears<lease::Progress>().step == Step::command_started, "the command");
    expect(seconds(c.acted(10s) - noted) < 3.5, "it does not proceed at once");
    keeper.hears_the_end();
    left_well(heart);
    int status = 0;
    expect(::waitpid(vm, &status, 0) == vm && WTERMSIG(status) == SIGKILL, "not killed");
}
void never_noted(const Case& c) {
    Keeper keeper(c);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    static_cast<void>(keeper.grants());
    heart.close_port();
    const auto closed = Clock::now();
    expect(keeper.hears<lease::GivingUp>().cause == vakt::keeper::Cause::vm_closed, "cause");
    const double took = seconds(c.acted(10s) - closed);
    expect(took >= 2.0 && took < 5.5, "it waits " + std::to_string(took) + " s for the note");
    left_well(heart);
}
void no_command(const Case& c) {
    Keeper keeper(c);
    const pid_t vm = make_vm();
    auto start = with(c, keeper, pid_arguments(vm));
    start.environment.erase("HEART_COMMAND");
    HeartProcess heart(c.ours, c.dir, start);
    static_cast<void>(keeper.grants());
    heart.send(kCrash);
    expect(keeper.hears<lease::GivingUp>().cause == vakt::keeper::Cause::vm_crash, "cause");
    keeper.say(lease::Proceed{});
    expect(keeper.hears<lease::Progress>().step == Step::vm_ended, "the end of the VM");
    expect(keeper.hears<lease::Progress>().step == Step::no_command, "no command");
    left_well(heart);
    int status = 0;
    expect(::waitpid(vm, &status, 0) == vm && WIFSIGNALED(status), "not killed");
}
void failing_command(const Case& c) {
    Keeper keeper(c);
    auto start = with(c, keeper);
    start.environment["HEART_COMMAND"] = "exit 3";
    HeartProcess heart(c.ours, c.dir, start);
    static_cast<void>(keeper.grants());
    heart.close_port();
    static_cast<void>(keeper.hears<lease::GivingUp>());
    keeper.say(lease::Proceed{});
    expect(keeper.hears<lease::Progress>().step == Step::command_started, "its start");
    const auto failed = keeper.hears<lease::Progress>();
    expect(failed.step == Step::command_failed && failed.status == 768, "its failure");
    left_well(heart);
}
void hanging_command(const Case& c) {
    Keeper keeper(c);
    auto start = with(c, keeper);
    start.environment["HEART_COMMAND"] = "echo $$ >" + c.mark() + "; exec sleep 600";
    HeartProcess heart(c.ours, c.dir, start);
    static_cast<void>(keeper.grants());
    heart.close_port();
    static_cast<void>(keeper.hears<lease::GivingUp>());
    const auto until = Clock::now() + 3s;
    keeper.say(lease::Proceed{until, kNever});
    expect(keeper.hears<lease::Progress>().step == Step::command_started, "its start");
    expect(keeper.hears<lease::Progress>().step == Step::command_left, "that it is left");
    expect(Clock::now() >= until, "too early");
    left_well(heart);
    const pid_t command = std::stoi(slurp(c.mark()));
    expect(::kill(command, 0) == 0, "it was ended");
    ::kill(command, SIGKILL);
}
void dump(const Case& c) {
    Keeper keeper(c);
    auto start = with(c, keeper);
    start.environment["ERL_CRASH_DUMP_SECONDS"] = "3";
    HeartProcess heart(c.ours, c.dir, start);
    static_cast<void>(keeper.grants());
    heart.send(kCrash);
    const auto crashed = Clock::now();
    static_cast<void>(keeper.hears<lease::GivingUp>(1s));
    keeper.say(lease::Proceed{});
    const double took = seconds(c.acted(12s) - crashed);
    expect(took >= 3.0 && took < 6.5, "the dump is not waited for");
    left_well(heart);
}

// ---- keepers that come and go

void comes_back(const Case& c) {
    Keeper keeper(c);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    static_cast<void>(keeper.grants());
    heart.send(kBeat);
    const auto beat = keeper.hears<lease::Beat>();
    keeper.die();
    ::usleep(500'000);
    keeper.listen();
    static_cast<void>(keeper.grants(c.marker()));
    expect(keeper.hears<lease::Beat>().at == beat.at, "the last beat has another time");
    expect(eventually(5s, [&] { return heart.says("the keeper is back"); }), "it is not said");
    heart.send(kShutDown);
    static_cast<void>(keeper.hears<lease::ShutDown>());
    keeper.drop();
    left_well(heart);
}
void gives_up_alone(const Case& c) {
    Keeper keeper(c);
    const pid_t vm = make_vm();
    auto start = with(c, keeper, pid_arguments(vm));
    start.environment.erase("HEART_COMMAND");
    HeartProcess heart(c.ours, c.dir, start);
    static_cast<void>(keeper.grants());
    keeper.die();
    heart.close_port();
    expect(heart.ended(9s) == 0, "heart waits for a keeper that is gone");
    expect(heart.says("No heart command. Terminating."), "it is not guarded any more");
    int status = 0;
    expect(::waitpid(vm, &status, 0) == vm && WIFSIGNALED(status), "not killed");
}
void verdict_while_away(const Case& c) {
    Keeper keeper(c);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    static_cast<void>(keeper.grants());
    keeper.die();
    heart.close_port();
    ::usleep(300'000);
    keeper.listen();
    static_cast<void>(keeper.grants());
    static_cast<void>(keeper.hears<lease::GivingUp>());
    keeper.say(lease::Proceed{});
    expect(keeper.hears<lease::Progress>().step == Step::command_started, "the command");
    static_cast<void>(c.acted(10s));
}
void retires_while_away(const Case& c) {
    Keeper keeper(c);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    static_cast<void>(keeper.grants());
    keeper.die(true);
    heart.send(kShutDown);
    ::usleep(300'000);
    ::unlink(keeper.path().c_str());
    keeper.listen();
    static_cast<void>(keeper.grants());
    static_cast<void>(keeper.hears<lease::ShutDown>());
    keeper.hears_the_end();
    keeper.drop();
    left_well(heart);
    expect(!c.marked(), "the command ran");
}
void retires_unread(const Case& c) {
    Keeper keeper(c);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    static_cast<void>(keeper.grants());
    heart.send(kBeat);
    heart.send(kShutDown);
    ::usleep(200'000);  // it lies there unread when this keeper is killed
    keeper.drop();
    static_cast<void>(keeper.grants());
    static_cast<void>(keeper.hears<lease::Beat>());
    static_cast<void>(keeper.hears<lease::ShutDown>());
    keeper.drop();
    left_well(heart);
}
void retires_for_nobody(const Case& c) {
    Keeper keeper(c);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    static_cast<void>(keeper.grants());
    keeper.die();
    heart.send(kShutDown);
    const auto asked = Clock::now();
    expect(heart.ended(5s) == 0, "heart does not end");
    const double took = seconds(Clock::now() - asked);
    expect(took >= 1.0 && took < 4.5, "it took " + std::to_string(took) + " s");
    expect(heart.says("could not be told that the VM has stopped in order"), "it is not said");
}
void deaf(const Case& c) {
    Keeper keeper(c);
    const pid_t vm = make_vm();
    HeartProcess heart(c.ours, c.dir, with(c, keeper, pid_arguments(vm)));
    static_cast<void>(keeper.grants());
    // Far more than a socket and heart's own buffer hold, all of it unread.
    std::string beats;
    for (int i = 0; i < 1000; ++i) beats += kBeat;
    for (int i = 0; i < 40; ++i) heart.send(beats);
    heart.send(kGet);
    static_cast<void>(heart.rest(200));
    heart.send(kBeat);
    const auto beat = Clock::now();
    const double took = seconds(c.acted(16s) - beat);
    std::printf("acted after %.3f s\n", took);
    expect(took >= 13.0 && took < 16.5, "11 s of silence and 2 s for the note");
}
void accepts_nobody(const Case& c) {
    Keeper keeper(c);
    keeper.die();
    keeper.listen(0);
    const auto queued = keeper.connections(4);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    heart.started();
    heart.send(kBeat);
    heart.close_port();
    static_cast<void>(c.acted(10s));
}
void babbles(const Case& c) {
    Keeper keeper(c);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    static_cast<void>(keeper.grants());
    keeper.say(std::string_view("HTTP/1.1 200 OK\r\n\r\n"));
    static_cast<void>(keeper.grants());
    heart.send(kShutDown);
    static_cast<void>(keeper.hears<lease::ShutDown>());
    keeper.drop();
    left_well(heart);
}
void is_told(const Case& c) {
    Keeper keeper(c);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    static_cast<void>(keeper.grants());
    keeper.say(lease::Warn{75, Clock::now() + 20s});
    keeper.say(lease::Verdict{vakt::keeper::EndKind::reboot, Clock::now() + 9s});
    expect(eventually(5s, [&] { return heart.says("silent for 75 % of the beat timeout"); }),
           "the warning is not said");
    expect(eventually(5s, [&] { return heart.says("the keeper has decided: the board reboots"); }),
           "the verdict is not said");
}
void group_stop(const Case& c) {
    Keeper keeper(c);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    static_cast<void>(keeper.grants());
    ::kill(heart.pid(), SIGTERM);
    expect(eventually(5s, [&] { return heart.says("SIGTERM noted"); }), "it is not said");
    expect(keeper.hears_nothing(100ms), "the signal was taken for a verdict");
    heart.send(kShutDown);
    static_cast<void>(keeper.hears<lease::ShutDown>());
    keeper.drop();
    left_well(heart);
    expect(!c.marked(), "the command ran");
}
void two_hearts(const Case& c) {
    Keeper keeper(c);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    static_cast<void>(keeper.grants());
    Keeper second(c, "/l");
    auto start = with(c, second);
    start.environment["VAKT_LEASE"] = "other";
    HeartProcess other(c.ours, c.dir, start);
    expect(second.grants().lease.view() == "other", "its lease");
    heart.send(kBeat);
    static_cast<void>(keeper.hears<lease::Beat>());
    expect(second.hears_nothing(100ms), "one heart's beat came on another's lease");
}
void sleeps(const Case& c) {
    Keeper keeper(c);
    HeartProcess heart(c.ours, c.dir, with(c, keeper));
    static_cast<void>(keeper.grants());
    const auto woken = [&] {
        const auto text = slurp("/proc/" + std::to_string(heart.pid()) + "/status");
        const std::string key = "\nvoluntary_ctxt_switches:";
        return std::stol(text.substr(text.find(key) + key.size()));
    };
    heart.send(kBeat);
    static_cast<void>(keeper.hears<lease::Beat>());
    ::usleep(200'000);
    const auto before = woken();
    ::sleep(4);  // the first warning is due after 5.5 s
    expect(woken() - before <= 1, "it woke " + std::to_string(woken() - before) + " times");
}

// ---- a device of heart's own

/// The simulated board's watchdog, by the driver's own board: what is said to it, in order.
class Watchdog {
 public:
    explicit Watchdog(const Case& c, vakt::drivers::SoftBoard::Settings settings = {})
        : path_(c.dir + "/w"), board_(settings) {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        expect(path_.size() < sizeof address.sun_path, "the path is too long: " + path_);
        std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
        listener_ = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        expect(
            ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                ::listen(listener_, 4) == 0,
            "the board cannot listen");
    }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] bool counting() const { return board_.counting(); }
    [[nodiscard]] bool connected() const { return device_ >= 0; }
    /// How many came while another had it.
    [[nodiscard]] int sent_away() const { return sent_away_; }
    [[nodiscard]] std::optional<Clock::time_point> bites_at() const { return board_.bites_at(); }
    /// Answers for so long, or until what was said is `wanted`; whether it was.
    bool serve(Clock::duration limit, std::string_view wanted = {}) {
        const auto until = Clock::now() + limit;
        while (Clock::now() < until) {
            pollfd ready[] = {{listener_, POLLIN, 0}, {device_, POLLIN, 0}};
            const auto left = std::max<Clock::duration>(until - Clock::now(), 0ms);
            if (::poll(ready, 2, static_cast<int>(left / 1ms) + 1) < 1) continue;
            if (ready[0].revents != 0) {
                const int one = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
                if (device_ < 0)
                    device_ = one;
                else if (one >= 0 && ::close(one) == 0)
                    ++sent_away_;
            }
            if (ready[1].revents != 0 && heard(wanted)) return true;
        }
        return false;
    }

 private:
    bool heard(std::string_view wanted) {
        std::array<char, vakt::drivers::kSoftMost + 1> text;
        const auto n = ::recv(device_, text.data(), text.size(), 0);
        if (n <= 0) {
            ::close(std::exchange(device_, -1));
            return wanted == "closed";
        }
        const std::string_view said(text.data(), static_cast<std::size_t>(n));
        std::printf("%.*s\n", static_cast<int>(n), said.data());
        if (const auto answer = board_.on(Clock::now(), said)) {
            const vakt::drivers::SoftText words(*answer);
            ::send(device_, words.view().data(), words.view().size(), MSG_NOSIGNAL);
        }
        return !wanted.empty() && said.starts_with(wanted);
    }

    std::string path_;
    int listener_ = -1;
    int device_ = -1;
    int sent_away_ = 0;
    vakt::drivers::SoftBoard board_;
};

Start with(const Case& c, const Watchdog& watchdog, const std::vector<std::string>& more = {}) {
    auto start = c.start(more);
    start.environment["HEART_WATCHDOG_PATH"] = watchdog.path();
    return start;
}

void solo_pets(const Case& c) {
    // Its longest timeout is far below beat timeout + boot delay: it wants many pets.
    Watchdog watchdog(c, {.longest = 4000ms});
    HeartProcess heart(c.ours, c.dir, with(c, watchdog, {"-wt", "11"}));
    heart.started();
    expect(watchdog.serve(5s, "arm 12000"), "it is not armed with 11 + 11 - 10 s");
    heart.send(kBeat);
    const auto beat = Clock::now();
    for (int i = 0; i < 4; ++i) expect(watchdog.serve(3s, "pet"), "it is not petted");
    // From now on silence: heart gives up after 11 s, and pets until its expiry meets D at 22 s.
    const auto acted = [&] { return c.marked(); };
    while (!acted() && Clock::now() < beat + 16s) watchdog.serve(100ms);
    expect(acted(), "the heart command never ran");
    const double took = seconds(c.acted(1s) - beat);
    expect(took >= 11.0 && took < 14.5, "given up after " + std::to_string(took) + " s");
    expect(watchdog.serve(8s, "arm"), "the last countdown is not armed");
    expect(watchdog.serve(2s, "closed"), "the device is not free");
    left_well(heart);
    const double bites = seconds(*watchdog.bites_at() - beat);
    std::printf("bites %.3f s after the last beat\n", bites);
    expect(bites > 19.5 && bites <= 22.0, "not at the hard deadline");
}
void solo_shut_down(const Case& c) {
    Watchdog watchdog(c);
    HeartProcess heart(c.ours, c.dir, with(c, watchdog));
    heart.started();
    expect(watchdog.serve(5s, "arm 61000"), "it is not armed with 11 + 60 - 10 s");
    expect(watchdog.serve(5s, "pet"), "it is not taken over");
    heart.send(kBeat);
    heart.send(kShutDown);
    expect(watchdog.serve(5s, "disarm"), "it is not disarmed");
    left_well(heart);
    expect(!watchdog.counting(), "it still counts");
}
void solo_ends(const Case& c, bool by_signal) {
    Watchdog watchdog(c);
    HeartProcess heart(c.ours, c.dir, with(c, watchdog));
    heart.started();
    expect(watchdog.serve(5s, "pet"), "it is not taken over");
    heart.send(kBeat);
    const auto beat = Clock::now();
    if (by_signal)
        ::kill(heart.pid(), SIGKILL);
    else
        heart.close_port();
    // Petted as long as its own expiry would come before the hard deadline: 71 s - 61 s.
    expect(watchdog.serve(12s, "closed"), "the device is not free");
    expect(watchdog.counting(), "it was disarmed");
    if (by_signal) return;
    left_well(heart);
    expect(c.marked(), "the command did not run");
    const double bites = seconds(*watchdog.bites_at() - beat);
    expect(bites > 60 && bites <= 71.0, "it bites after " + std::to_string(bites) + " s");
}
void solo_without_a_command(const Case& c) {
    Watchdog watchdog(c);
    const pid_t vm = make_vm();
    auto start = with(c, watchdog, pid_arguments(vm));
    start.environment.erase("HEART_COMMAND");
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    expect(watchdog.serve(5s, "pet"), "it is not taken over");
    ::kill(vm, SIGSTOP);
    heart.send(kCrash);
    expect(watchdog.serve(12s, "closed"), "the device is not free");
    left_well(heart);
    int status = 0;
    expect(::waitpid(vm, &status, 0) == vm && WIFSIGNALED(status), "the VM was not killed");
    expect(watchdog.counting(), "it was disarmed");
}
void solo_handed_on(const Case& c) {
    Watchdog watchdog(c);
    HeartProcess first(c.ours, c.dir, with(c, watchdog));
    first.started();
    expect(watchdog.serve(5s, "pet"), "it is not taken over");
    HeartProcess second(c.ours, c.dir, with(c, watchdog));
    second.started();
    watchdog.serve(300ms);
    expect(second.says("heart acts alone"), "a busy device is not said");
    first.send(kShutDown);
    expect(watchdog.serve(5s, "closed"), "the first does not go");
    watchdog.serve(1s);
    second.send(kBeat);
    expect(watchdog.serve(5s, "arm 61000"), "the second does not get it");
    expect(watchdog.serve(5s, "pet"), "nor pets it");
}
/// Children of a process that have ended and that it has not collected.
int uncollected(pid_t parent) {
    int count = 0;
    for (const auto& one : std::filesystem::directory_iterator("/proc")) {
        const auto text = slurp(one.path().string() + "/stat");
        const auto behind_name = text.rfind(") ");
        if (behind_name == std::string::npos) continue;
        const auto facts = text.substr(behind_name + 2);
        if (facts.starts_with("Z " + std::to_string(parent) + " ")) ++count;
    }
    return count;
}
// Each second of beats has another child try.
void solo_busy(const Case& c) {
    Watchdog watchdog(c);
    HeartProcess first(c.ours, c.dir, with(c, watchdog));
    first.started();
    expect(watchdog.serve(5s, "pet"), "it is not taken over");
    HeartProcess second(c.ours, c.dir, with(c, watchdog));
    second.started();
    const auto until = Clock::now() + 25s;
    while (watchdog.sent_away() < 6 && Clock::now() < until) {
        second.send(kBeat);
        watchdog.serve(100ms);
    }
    expect(watchdog.sent_away() == 6, "it does not try again");
    const bool none = eventually(3s, [&] { return uncollected(second.pid()) == 0; });
    expect(none, std::to_string(uncollected(second.pid())) + " children are not collected");
}
void solo_refused(const Case& c) {
    Watchdog watchdog(c, {.shortest = 30000ms});
    auto start = with(c, watchdog, {"-wt", "11"});
    start.environment.erase("HEART_COMMAND");
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    watchdog.serve(500ms);
    expect(heart.says("heart acts alone"), "it is not said");
    expect(!watchdog.counting(), "it counts");
    heart.close_port();
    left_well(heart);
    expect(heart.says("Would reboot. Terminating."), "it does not act as OTP's");
}
// Linux' watchdogs count from their opening on: what will not be armed is closed with a 'V'.
void solo_too_short(const Case& c) {
    auto start = c.start({"-wt", "11"});
    // A character device that resets nothing: the board is a shim in libc's place.
    start.environment["HEART_WATCHDOG_PATH"] = "/dev/full";
    start.environment["SHIM_DEVICE"] = "/dev/full";
    start.environment["SHIM_SHORTEST"] = "30";
    start.environment["SHIM_LOG"] = c.dir + "/board";
    start.environment["LD_PRELOAD"] =
        vakt::test::self.substr(0, vakt::test::self.rfind("/prog/")) + "/preload/heart_shim.so";
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    expect(eventually(5s, [&] { return heart.says("heart acts alone"); }), "it is not said");
    expect(heart.says("shortest timeout is longer"), "why is not said");
    const auto board = slurp(c.dir + "/board");
    std::printf("%s", board.c_str());
    const auto opened = board.find(" open /dev/full");
    expect(opened != std::string::npos, "it is not opened");
    expect(board.find(" open /dev/full", opened + 1) == std::string::npos, "it is opened again");
    const auto magic = board.find(" pet 1 MAGIC\n", opened);
    expect(magic != std::string::npos && board.find(" close\n", magic) != std::string::npos,
           "it counts on");
}
void solo_hangs(const Case& c) {
    Watchdog watchdog(c);  // and nobody serves it
    HeartProcess heart(c.ours, c.dir, with(c, watchdog));
    heart.started();
    heart.send(kGet);
    heart.send(kBeat);
    heart.close_port();
    expect(seconds(c.acted(10s).time_since_epoch()) > 0, "the command");
    left_well(heart);
}
void solo_disabled(const Case& c) {
    Watchdog watchdog(c);
    auto start = with(c, watchdog);
    start.environment["HW_WD_DISABLE"] = "";
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    heart.send(kBeat);
    watchdog.serve(500ms);
    expect(!watchdog.connected(), "the device is opened");
}
void solo_no_device(const Case& c) {
    auto start = c.start();
    start.environment["HEART_WATCHDOG_PATH"] = c.dir + "/log";
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    expect(eventually(5s, [&] { return heart.says("neither a device nor a socket"); }), "a file");
}
void keeper_before_device(const Case& c) {
    Watchdog watchdog(c);
    Keeper keeper(c);
    auto start = with(c, watchdog);
    start.environment["VAKT_KEEPER_SOCKET"] = keeper.path();
    HeartProcess heart(c.ours, c.dir, start);
    static_cast<void>(keeper.grants());
    watchdog.serve(300ms);
    expect(!watchdog.connected(), "the device is opened behind the keeper's back");
}

const Cases kCases = {
    {"opens", opens},
    {"names", names_itself},
    {"disabled", disabled},
    {"absent", absent},
    {"late", late_keeper},
    {"unknown",
     [](const Case& c) { refused(c, vakt::keeper::Refusal::unknown_lease, "has no such lease"); }},
    {"timing", [](const Case& c) { refused(c, vakt::keeper::Refusal::timing, "takes 120 s"); }},
    {"silence", silence},
    {"never-noted", never_noted},
    {"no-command", no_command},
    {"failing", failing_command},
    {"hanging", hanging_command},
    {"dump", dump},
    {"comes-back", comes_back},
    {"alone", gives_up_alone},
    {"verdict-away", verdict_while_away},
    {"retires-away", retires_while_away},
    {"retires-unread", retires_unread},
    {"retires-nobody", retires_for_nobody},
    {"deaf", deaf},
    {"accepts-nobody", accepts_nobody},
    {"babbles", babbles},
    {"told", is_told},
    {"group", group_stop},
    {"two", two_hearts},
    {"sleeps", sleeps},
    {"solo-pets", solo_pets},
    {"solo-shut-down", solo_shut_down},
    {"solo-closed", [](const Case& c) { solo_ends(c, false); }},
    {"solo-killed", [](const Case& c) { solo_ends(c, true); }},
    {"solo-no-command", solo_without_a_command},
    {"solo-cycle", solo_handed_on},
    {"solo-busy", solo_busy},
    {"solo-refused", solo_refused},
    {"solo-too-short", solo_too_short},
    {"solo-hangs", solo_hangs},
    {"solo-disabled", solo_disabled},
    {"solo-no-device", solo_no_device},
    {"keeper-first", keeper_before_device},
};

}  // namespace

int main(int argc, char** argv) { return peer_main("lease_peer", kCases, argc, argv); }
