// SPDX-License-Identifier: Apache-2.0
// A bridge that is killed again and again while it is written to and read from:
//
//   bridge_storm BRIDGE DIR KILLS [SEED]
//
// DIR gets a configuration, a FIFO and a socket. Three writers number what they write; a client
// resumes behind what it has; the bridge, or the client's connection, is ended at random moments.
// At the end each message was got exactly once (by its number of the bridge's), or stands where a
// gap says that some of that source are missing. The account adds up whenever it is asked for.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "test/support/bridge_client.h"

namespace {

using namespace vakt;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using test::BridgeClient;

[[noreturn]] void fail(const std::string& words) { BridgeClient::fault(words); }

/// Numbers what it writes: "NAME N". Never so far ahead of the client that the ring overruns: that
/// would excuse everything.
class Writer {
 public:
    static constexpr std::uint64_t kMostAhead = 6000;
    using Put = std::function<bool(const std::string& line)>;
    Writer(std::string name, syslog::Source source, Put put)
        : name_(std::move(name)), source_(source), put_(std::move(put)) {}

    void start() {
        thread_ = std::thread([this] {
            for (std::uint64_t turn = 0; !over_; ++turn) {
                if (written_ > seen_ + kMostAhead) {
                    std::this_thread::sleep_for(1ms);
                    continue;
                }
                if (put_(name_ + " " + std::to_string(written_ + 1))) ++written_;
                if (turn % 4 == 0) std::this_thread::sleep_for(100us);
            }
        });
    }
    void end() {
        over_ = true;
        thread_.join();
    }
    /// The client has this one, or one behind it.
    void seen(std::uint64_t number) { seen_ = std::max<std::uint64_t>(seen_, number); }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] syslog::Source source() const { return source_; }
    [[nodiscard]] std::uint64_t written() const { return written_; }

 private:
    std::string name_;
    syslog::Source source_;
    Put put_;
    std::thread thread_;
    std::atomic<bool> over_ = false;
    std::atomic<std::uint64_t> written_ = 0;
    std::atomic<std::uint64_t> seen_ = 0;
};

/// What the client has got.
struct Got {
    struct Line {
        std::uint64_t seq;  // the bridge's number
        std::uint64_t number;
        const Writer* writer;
    };
    std::vector<Line> lines;  // by the bridge's number
    std::map<std::uint64_t, syslog::Source>
        missing;  // gaps with a number: here, nobody knows how many
    std::vector<std::pair<std::uint64_t, std::uint64_t>> overrun;  // from, to
    std::set<std::uint64_t> torn;                                  // ends of lines
    std::map<std::string, std::uint64_t> newest;                   // by writer
    std::uint64_t last = 0;
    std::uint64_t repeated = 0;
};

class Storm {
 public:
    Storm(std::string bridge, std::string dir, unsigned seed)
        : bridge_(std::move(bridge)), dir_(std::move(dir)), random_(seed) {
        std::ofstream(dir_ + "/conf")
            << "ring = 4194304; metrics_interval = 0; black_box = { size "
               "= 65536; };\nsources = (\n"
            << "{ type = \"fifo\"; path = \"" << dir_ << "/f\"; },\n"
            << "{ type = \"socket\"; path = \"" << dir_ << "/s\"; mode = \"0666\"; } );\n";
        if (::mkfifo((dir_ + "/f").c_str(), 0600) != 0) fail("mkfifo");
        fifo_ = sys::Fd(::open((dir_ + "/f").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
        for (const char* name : {"f1", "f2"})
            writers_.push_back(std::make_unique<Writer>(
                name, syslog::Source::fifo, [this](const std::string& line) {
                    const auto text = "<13>storm: " + line + "\n";
                    return ::write(fifo_.get(), text.data(), text.size()) > 0;
                }));
        writers_.push_back(std::make_unique<Writer>(
            "s1", syslog::Source::socket, [this](const std::string& line) { return send(line); }));
    }

    int run(int kills) {
        start();
        for (auto& writer : writers_) writer->start();
        for (int round = 0; round < kills; ++round) {
            // One in four may die while it begins.
            if (random_() % 4 != 0) live_until_welcome();
            live(std::chrono::microseconds(random_() % 60'000));
            if (random_() % 4 == 0) {
                client_.close();
                live(std::chrono::microseconds(random_() % 10'000));
            }
            kill();
            start();
        }
        live(200ms);
        for (auto& writer : writers_) writer->end();
        const auto until = Clock::now() + 60s;
        while (!has_all() && Clock::now() < until) live(20ms);
        if (!has_all()) fail("the last ones do not come");
        end();
        return judge(kills);
    }

 private:
    bool send(const std::string& line) {
        const sys::Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const auto path = dir_ + "/s";
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        const auto text = "<14>storm: " + line;
        return ::sendto(socket.get(), text.data(), text.size(), MSG_NOSIGNAL,
                        reinterpret_cast<const sockaddr*>(&address), sizeof address) > 0;
    }

    void start() {
        pid_ = ::fork();
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            const int log =
                ::open((dir_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
            ::dup2(log, 2);
            const auto conf = dir_ + "/conf";
            const auto state = dir_ + "/state";
            const auto run = dir_ + "/run";
            ::execl(bridge_.c_str(), "syslog_bridge", "--foreground", "--config", conf.c_str(),
                    "--state", state.c_str(), "--run", run.c_str(), "--pmsg", "", nullptr);
            ::_exit(127);
        }
    }
    void kill() {
        ::kill(pid_, SIGKILL);
        int status = 0;
        if (::waitpid(pid_, &status, 0) != pid_ || !WIFSIGNALED(status))
            fail("the bridge had ended by itself: see " + dir_ + "/log");
    }
    void end() {
        client_.close();
        ::kill(pid_, SIGTERM);
        int status = 0;
        if (::waitpid(pid_, &status, 0) != pid_ || status != 0) fail("SIGTERM: no orderly end");
    }

    /// For so long the client does what a client does.
    void live(Clock::duration length) {
        const auto until = Clock::now() + length;
        while (Clock::now() < until) {
            if (!client_.is_connected() && !connect()) {
                std::this_thread::sleep_for(1ms);
                continue;
            }
            const auto message = client_.hear(2ms);
            if (message)
                take(*message);
            else if (client_.closed())
                client_.close();
        }
    }
    void live_until_welcome() {
        const auto until = Clock::now() + 20s;
        const auto before = welcomes_;
        while (welcomes_ == before && Clock::now() < until) live(1ms);
        if (welcomes_ == before) fail("the bridge does not begin: see " + dir_ + "/log");
    }
    bool connect() {
        if (!client_.connect(dir_ + "/run/bridge.sock")) return false;
        client_.say(wire::Hello{});
        return true;
    }
    void take(const wire::FromBridge& message) {
        if (const auto* welcome = std::get_if<wire::Welcome>(&message)) {
            ++welcomes_;
            wire::Open open;
            open.from = got_.last == 0 ? wire::From::oldest : wire::From::after;
            open.boot_id = welcome->boot_id;
            open.seq = got_.last;
            if (welcome->next <= got_.last) fail("a number will be used twice");
            client_.say(open);
            client_.say(wire::Credit{4096});
            return;
        }
        if (const auto* account = std::get_if<wire::AccountText>(&message))
            return check(account->text);
        const auto* batch = std::get_if<wire::Batch>(&message);
        if (batch == nullptr) fail("the bridge refuses its client");
        for (const auto& record : BridgeClient::records(*batch)) keep(record);
        if (client_.credit() < 2048) client_.say(wire::Credit{4096});
        if (random_() % 64 == 0) client_.say(wire::AccountAsked{});
    }
    void keep(const BridgeClient::Record& record) {
        if (const auto* gap = std::get_if<wire::StampedGap>(&record)) {
            if (gap->stamp.seq != 0) {
                got_.missing[gap->stamp.seq] = gap->gap.source;
                got_.last = std::max(got_.last, gap->stamp.seq);
            } else {
                got_.overrun.emplace_back(gap->gap.from, gap->gap.to);
            }
            return;
        }
        const auto& entry = std::get<wire::StampedEntry>(record);
        const auto seq = entry.stamp.seq;
        got_.last = std::max(got_.last, seq);
        std::istringstream words{std::string(entry.entry.record.text)};
        std::string name;
        std::uint64_t number = 0;
        words >> name >> number;
        Writer* const writer = words ? writer_of(name) : nullptr;
        if (writer == nullptr) {
            // A bridge died between two reads of this line.
            if (entry.entry.source != syslog::Source::fifo) fail("torn: " + words.str());
            got_.torn.insert(seq);
            return;
        }
        const auto at = std::lower_bound(
            got_.lines.begin(), got_.lines.end(), seq,
            [](const Got::Line& line, std::uint64_t one) { return line.seq < one; });
        if (at == got_.lines.end()) {
            got_.lines.push_back({seq, number, writer});
        } else {
            ++got_.repeated;
            if (at->seq != seq || at->writer != writer || at->number != number)
                fail("number " + std::to_string(seq) + " was used twice");
        }
        auto& newest = got_.newest[name];
        newest = std::max(newest, number);
        writer->seen(number);
    }

    [[nodiscard]] Writer* writer_of(const std::string& name) const {
        for (const auto& writer : writers_)
            if (writer->name() == name) return writer.get();
        return nullptr;
    }
    /// The first of its source behind a gap, and nowhere else.
    void check_torn() const {
        for (const auto seq : got_.torn) {
            std::uint64_t before = 0;
            for (const auto& line : got_.lines)
                if (line.seq < seq && line.writer->source() == syslog::Source::fifo)
                    before = line.seq;
            if (!named(syslog::Source::fifo, before, seq))
                fail("torn without a gap: number " + std::to_string(seq));
        }
    }

    static std::uint64_t value(const std::string& line, const std::string& key) {
        const auto at = line.find(" " + key + "=");
        if (at == std::string::npos) fail("the account lacks " + key + ": " + line);
        return std::stoull(line.substr(at + key.size() + 2));
    }
    void check(const std::string& account) {
        ++accounts_;
        std::istringstream lines(account);
        for (std::string line; std::getline(lines, line);) {
            const auto of = [&](const char* key) { return value(line, key); };
            if (line.starts_with("source ") &&
                of("received") != of("accepted") + of("folded") + of("held_back") + of("withheld"))
                fail("a source's account does not add up: " + line);
            if (line.starts_with("client ") &&
                of("offered") != of("delivered") + of("filtered") + of("dropped") + of("queued"))
                fail("a client's account does not add up: " + line);
        }
    }

    [[nodiscard]] bool has_all() const {
        return std::all_of(writers_.begin(), writers_.end(), [&](const auto& writer) {
            const auto found = got_.newest.find(writer->name());
            return found != got_.newest.end() && found->second == writer->written();
        });
    }

    [[nodiscard]] bool named(syslog::Source source, std::uint64_t after,
                             std::uint64_t before) const {
        for (auto at = got_.missing.upper_bound(after);
             at != got_.missing.end() && at->first < before; ++at)
            if (at->second == source) return true;
        return std::any_of(got_.overrun.begin(), got_.overrun.end(), [&](const auto& range) {
            return range.first < before && range.second > after;
        });
    }
    int judge(int kills) {
        std::uint64_t written = 0;
        std::uint64_t lost = 0;
        check_torn();
        for (const auto& writer : writers_) {
            written += writer->written();
            std::uint64_t number = 0;
            std::uint64_t at = 0;
            for (const auto& line : got_.lines) {
                if (line.writer != writer.get()) continue;
                if (line.number <= number)
                    fail(writer->name() + " " + std::to_string(line.number) +
                         " came a second time, as " + std::to_string(line.seq));
                if (line.number > number + 1) {
                    lost += line.number - number - 1;
                    if (!named(writer->source(), at, line.seq))
                        fail("lost in silence: " + writer->name() + " " +
                             std::to_string(number + 1) + " to " + std::to_string(line.number - 1));
                }
                number = line.number;
                at = line.seq;
            }
        }
        std::printf(
            "%d kills, %llu welcomes: %llu written, %zu got once, %llu in gaps (%zu gaps, %zu "
            "overruns, %zu "
            "torn), "
            "%llu given again and known by number, %llu accounts\n",
            kills, static_cast<unsigned long long>(welcomes_),
            static_cast<unsigned long long>(written), got_.lines.size(),
            static_cast<unsigned long long>(lost), got_.missing.size(), got_.overrun.size(),
            got_.torn.size(), static_cast<unsigned long long>(got_.repeated),
            static_cast<unsigned long long>(accounts_));
        if (got_.lines.size() + lost != written) fail("the sum is wrong");
        return 0;
    }

    std::string bridge_;
    std::string dir_;
    std::mt19937 random_;
    sys::Fd fifo_;
    std::vector<std::unique_ptr<Writer>> writers_;
    pid_t pid_ = 0;
    BridgeClient client_;
    std::uint64_t welcomes_ = 0;
    Got got_;
    std::uint64_t accounts_ = 0;
};

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): words that are no numbers end it
int main(int argc, char** argv) {
    if (argc < 4) return 2;
    ::signal(SIGPIPE, SIG_IGN);
    const unsigned seed = argc > 4 ? static_cast<unsigned>(std::stoul(argv[4]))
                                   : static_cast<unsigned>(std::random_device()());
    std::printf("seed %u\n", seed);
    return Storm(argv[1], argv[2], seed).run(std::stoi(argv[3]));
}
