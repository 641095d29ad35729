// SPDX-License-Identifier: Apache-2.0
// A wd_keeper, the boards it guards and those who talk to it, for test programs.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "sys/fd.h"
#include "test/support/heart_process.h"
#include "wire/lease_bytes.h"
#include "wire/whole_status.h"

namespace vakt::test {

namespace lease = wire::lease;

inline Instant now() { return Clock::now(); }

/// A program of ours; ended with SIGKILL when it goes out of scope.
class Program {
 public:
    using Environment = std::map<std::string, std::string>;
    Program(std::vector<std::string> arguments, const std::string& words,
            const Environment& environment = {}, uid_t uid = 0,
            const std::vector<int>& passed = {}) {
        pid_ = ::fork();
        if (pid_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int out = ::open(words.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
        ::dup2(out, 1);
        ::dup2(out, 2);
        std::vector<int> safe;
        safe.reserve(passed.size());
        for (const int fd : passed) safe.push_back(::fcntl(fd, F_DUPFD, 200));
        for (std::size_t at = 0; at < safe.size(); ++at) ::dup2(safe[at], 3 + static_cast<int>(at));
        ::close_range(3 + static_cast<unsigned>(passed.size()), ~0U, 0);
        for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
        if (!passed.empty()) ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        if (uid != 0 && (::setgid(uid) != 0 || ::setuid(uid) != 0)) ::_exit(126);
        std::vector<char*> words_of;
        words_of.reserve(arguments.size() + 1);
        for (auto& argument : arguments) words_of.push_back(argument.data());
        words_of.push_back(nullptr);
        ::execv(words_of[0], words_of.data());
        ::_exit(127);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() {
        if (ended_) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    [[nodiscard]] pid_t pid() const { return pid_; }
    void signal(int number) const { ::kill(pid_, number); }
    /// The status of wait(2), once it has ended.
    std::optional<int> ended(Clock::duration limit) {
        int status = 0;
        if (!ended_ && eventually(limit, [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; }))
            ended_ = status;
        return ended_;
    }

 private:
    pid_t pid_ = 0;
    std::optional<int> ended_;
};

/// A connection to the keeper.
class Peer {
 public:
    explicit Peer(const std::string& path)
        : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        connected_ = eventually(25s, [&] {
            return ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address),
                             sizeof address) == 0;
        });
        expect(connected_, "nobody listens at " + path);
    }
    void say(const wire::LeaseMessage& message) {
        std::array<std::uint8_t, wire::kMaxLeaseMessage> bytes;
        const auto whole = wire::encode(message, bytes);
        raw({reinterpret_cast<const char*>(whole.data()), whole.size()});
    }
    void raw(std::string_view bytes) {
        static_cast<void>(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
    }
    /// The next message, whatever it is; none: silence, or closed().
    std::optional<wire::LeaseMessage> hear(Clock::duration limit) {
        const auto until = Clock::now() + limit;
        for (;;) {
            if (auto message = in_.next()) return message;
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
            pollfd ready = {socket_.get(), POLLIN, 0};
            if (left.count() < 0 || ::poll(&ready, 1, static_cast<int>(left.count()) + 1) != 1)
                return std::nullopt;
            std::array<std::uint8_t, 1024> bytes;
            const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
            if (got <= 0) {
                closed_ = true;
                return std::nullopt;
            }
            in_.feed(std::span<const std::uint8_t>(bytes).first(static_cast<std::size_t>(got)));
        }
    }
    /// The next one of this kind; others are passed over.
    template <class Kind>
    Kind wait_for(Clock::duration limit = 10s) {
        const auto until = Clock::now() + limit;
        while (Clock::now() < until) {
            const auto message = hear(until - Clock::now());
            if (message && std::holds_alternative<Kind>(*message)) return std::get<Kind>(*message);
            if (closed_) break;
        }
        fail(std::string("this never came: ") + typeid(Kind).name() + (closed_ ? " (closed)" : ""));
    }
    bool closes(Clock::duration limit) {
        const auto until = Clock::now() + limit;
        while (!closed_ && Clock::now() < until) static_cast<void>(hear(until - Clock::now()));
        return closed_;
    }
    wire::WholeStatus status() {
        say(lease::StatusAsked{});
        wire::StatusReader reader;
        for (;;) {
            const auto message = hear(10s);
            expect(message.has_value(), "no status");
            if (reader.take(*message) == wire::StatusReader::Took::whole) return reader.status();
        }
    }
    keeper::Refusal answer() { return wait_for<lease::Answer>().refusal; }
    [[nodiscard]] int fd() const { return socket_.get(); }

 private:
    sys::Fd socket_;
    bool connected_ = false;
    bool closed_ = false;
    wire::LeaseDecoder in_;
};

/// soft_board with nothing on it but a sleeper.
class Board {
 public:
    Board(const std::string& bin, const std::string& dir, const std::string& name = "board",
          const std::vector<std::string>& more = {})
        : path(dir + "/" + name), log_(dir + "/" + name + ".log") {
        std::vector<std::string> arguments{bin + "/soft_board", "--socket", path, "--log", log_,
                                           "--boots",           "1"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        for (const char* word : {"--", "/bin/sleep", "1000"}) arguments.emplace_back(word);
        program_.emplace(arguments, dir + "/" + name + ".words");
        expect(eventually(25s, [&] { return count("on ") == 1; }), "no board");
    }
    struct Entry {
        Clock::time_point at;
        std::string words;
    };
    [[nodiscard]] std::vector<Entry> entries() const {
        std::vector<Entry> all;
        std::istringstream lines(slurp(log_));
        long long time = 0;
        int boot = 0;
        std::string words;
        while (lines >> time >> boot && std::getline(lines, words))
            all.push_back({Clock::time_point(std::chrono::nanoseconds(time)), words.substr(1)});
        return all;
    }
    [[nodiscard]] int count(const std::string& prefix) const {
        int found = 0;
        for (const auto& entry : entries()) found += entry.words.starts_with(prefix) ? 1 : 0;
        return found;
    }
    [[nodiscard]] std::optional<Clock::time_point> last(const std::string& prefix) const {
        std::optional<Clock::time_point> at;
        for (const auto& entry : entries())
            if (entry.words.starts_with(prefix)) at = entry.at;
        return at;
    }
    const std::string path;

 private:
    std::string log_;
    std::optional<Program> program_;
};

/// wd_keeper with files of its own in `dir`.
class KeeperBench {
 public:
    KeeperBench(std::string bin, std::string dir, const std::string& conf)
        : bin_(std::move(bin)), dir_(std::move(dir)), socket(dir_ + "/s") {
        configure(conf);
        std::ofstream(dir_ + "/end") << "#!/bin/sh\necho \"$1\" >>" << dir_ << "/ended\n";
        ::chmod((dir_ + "/end").c_str(), 0755);
    }
    void configure(const std::string& conf) const {
        std::ofstream(dir_ + "/conf.new") << conf;
        expect(std::rename((dir_ + "/conf.new").c_str(), config().c_str()) == 0, "rename");
    }
    [[nodiscard]] std::string config() const { return dir_ + "/conf"; }
    [[nodiscard]] std::vector<std::string> arguments(
        const std::vector<std::string>& more = {}) const {
        std::vector<std::string> all{program,    "--foreground", "--config",      config(),
                                     "--socket", socket,         "--state",       dir_ + "/st",
                                     "--run",    dir_ + "/run",  "--pstore",      dir_ + "/ps",
                                     "--pmsg",   dir_ + "/pmsg", "--end-command", dir_ + "/end"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    void start(const std::vector<std::string>& more = {},
               const Program::Environment& environment = {}, uid_t uid = 0,
               const std::vector<int>& passed = {}) {
        running.emplace(arguments(more), words_path(), environment, uid, passed);
    }
    [[nodiscard]] std::string words_path() const { return dir_ + "/words"; }
    [[nodiscard]] bool said(const std::string& words) const {
        return slurp(words_path()).find(words) != std::string::npos;
    }
    [[nodiscard]] int times_said(const std::string& words) const {
        const auto all = slurp(words_path());
        int times = 0;
        for (std::size_t at = 0; (at = all.find(words, at)) != std::string::npos; ++at) ++times;
        return times;
    }
    /// What the end command was called with, a line each.
    [[nodiscard]] std::string ended() const { return slurp(dir_ + "/ended"); }
    Clock::time_point ends(Clock::duration limit) const {
        expect(eventually(limit, [&] { return !ended().empty(); }), "the board was never ended");
        return Clock::now();
    }
    /// Children of the keeper whose number is `at`, in the order they were started.
    [[nodiscard]] pid_t child(std::size_t at) const {
        std::istringstream pids(slurp("/proc/" + std::to_string(running->pid()) + "/task/" +
                                      std::to_string(running->pid()) + "/children"));
        pid_t pid = 0;
        for (std::size_t i = 0; i <= at; ++i) pids >> pid;
        return pid;
    }
    [[nodiscard]] const std::string& dir() const { return dir_; }

 private:
    std::string bin_;
    std::string dir_;

 public:
    const std::string socket;
    std::string program = bin_ + "/wd_keeper";
    std::optional<Program> running;
};

/// A process that stands for a VM.
class FakeVm {
 public:
    FakeVm() {
        pid_ = ::fork();
        if (pid_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) ::pause();
    }
    FakeVm(const FakeVm&) = delete;
    FakeVm& operator=(const FakeVm&) = delete;
    ~FakeVm() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    [[nodiscard]] keeper::Vm vm() const {
        const auto stat = slurp("/proc/" + std::to_string(pid_) + "/stat");
        std::istringstream fields(stat.substr(stat.rfind(')') + 2));
        std::string field;
        for (int number = 3; number <= 22; ++number) fields >> field;
        return {static_cast<std::uint32_t>(pid_), std::stoull(field)};
    }
    [[nodiscard]] bool killed() const {
        int status = 0;
        return ::waitpid(pid_, &status, WNOHANG | WNOWAIT) == pid_ ||
               slurp("/proc/" + std::to_string(pid_) + "/stat").find(") Z ") != std::string::npos;
    }

 private:
    pid_t pid_;
};

/// A heart in a process of its own, for the keeper may kill it: takes the lease, leaves its command
/// and beats five times a second until SIGUSR1.
class FakeHeart {
 public:
    FakeHeart(const std::string& socket, const lease::Open& open, const std::string& command = "") {
        pid_ = ::fork();
        if (pid_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        static volatile std::sig_atomic_t silent = 0;
        ::signal(SIGUSR1, [](int) { silent = 1; });
        Peer peer(socket);
        peer.say(open);
        if (!command.empty()) peer.say(lease::Command{command});
        for (;;) {
            if (silent == 0) peer.say(lease::Beat{now()});
            ::usleep(200'000);
        }
    }
    FakeHeart(const FakeHeart&) = delete;
    FakeHeart& operator=(const FakeHeart&) = delete;
    ~FakeHeart() {
        if (ended_) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    /// From when on there is no beat.
    Clock::time_point fall_silent() const {
        ::kill(pid_, SIGUSR1);
        return Clock::now();
    }
    [[nodiscard]] bool killed(Clock::duration limit) {
        int status = 0;
        ended_ =
            ended_ || eventually(limit, [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; });
        return ended_;
    }
    [[nodiscard]] pid_t pid() const { return pid_; }

 private:
    pid_t pid_;
    bool ended_ = false;
};

}  // namespace vakt::test
