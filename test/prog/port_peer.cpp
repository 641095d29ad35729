// SPDX-License-Identifier: Apache-2.0
// Plays the VM and the syslog daemon around a port program, step by step as its standard input
// says.
//
// usage: port_peer STDERR_FILE COMMAND [ARGUMENT ...] <SCRIPT
//
// Starts COMMAND with pipes for standard input and output and its standard error in STDERR_FILE,
// then obeys one step a line. TEXT may hold \n \r \0 \xHH \\ and \_ for a blank. Each wait lasts at
// most 20 s.
//   open NAME PATH rw|w          a writer on a FIFO (rw: as Linux daemons do; w: as Solaris' does)
//   close NAME
//   write NAME TEXT              one write, blocking
//   fill NAME TEXT COUNT         TEXT COUNT times over, in writes of at most 4096 bytes
//   lines NAME FIRST LAST WIDTH [BATCH]   numbered lines of WIDTH bytes, BATCH of them a write (1)
//   lines-behind NAME FIRST LAST WIDTH [BATCH]   the same, while the next steps are done
//   join                         until those are written
//   expect TEXT                  the next packet
//   expect-size N TEXT           the next packet has N bytes and ends with TEXT
//   expect-lines FIRST LAST      the next packets are these numbered lines
//   expect-rest FIRST LAST       the next packets are numbered lines, rising, up to LAST, where
//   each gap is exactly a
//                                loss line's number; FIRST is the first one due
//   expect-gaps FIRST LAST       the same without loss lines
//   packet TEXT / bytes TEXT     to the program's standard input, as {packet,2} or as it stands
//   close-stdin / close-stdout
//   signal NUMBER
//   stderr TEXT                  until STDERR_FILE holds TEXT
//   shell COMMAND                must succeed
//   settle                       until the program sleeps and has taken all there is to read from
//   the FIFO writers exit STATUS                  until the program has left with it alive the
//   program has not left
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kWait = std::chrono::seconds(20);

std::string step_text;
pid_t child = -1;

[[noreturn]] void fail(const std::string& why) {
    std::cout << "port_peer: at [" << step_text << "]: " << why << std::endl;
    if (child > 0) ::kill(child, SIGKILL);
    std::_Exit(1);
}

std::string unescape(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        switch (text[++i]) {
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case '0':
                out += '\0';
                break;
            case '_':
                out += ' ';
                break;
            case 'x':
                out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
                i += 2;
                break;
            default:
                out += text[i];
        }
    }
    return out;
}

std::string show(const std::string& text) {
    std::string out;
    for (const char c : text.substr(0, 200)) {
        char hex[8];
        std::snprintf(hex, sizeof hex, "\\x%02x",
                      static_cast<unsigned>(static_cast<unsigned char>(c)));
        out += c >= ' ' && c < 127 ? std::string(1, c) : std::string(hex);
    }
    return out + (text.size() > 200 ? "..." : "") + " (" + std::to_string(text.size()) + " bytes)";
}

std::string numbered(unsigned long n, std::size_t width) {
    std::string line = "line " + std::to_string(n) + " ";
    if (line.size() < width) line.resize(width, '.');
    return line;
}

// The program, and the packets it sends.
class Port {
 public:
    Port(const std::string& errors, char** argv) : errors_(errors) {
        int in[2];
        int out[2];
        if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) fail("pipe2");
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
        ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        ::posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(),
                                           O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
        if (::posix_spawnp(&child, argv[0], &actions, nullptr, argv, environ) != 0) fail("spawn");
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(in[0]);
        ::close(out[1]);
        to_ = in[1];
        from_ = out[0];
    }

    std::string packet() {
        const auto limit = Clock::now() + kWait;
        for (;;) {
            const auto have = held_.size() - used_;
            if (have >= 2) {
                const auto size =
                    static_cast<std::size_t>(static_cast<unsigned char>(held_[used_]) << 8 |
                                             static_cast<unsigned char>(held_[used_ + 1]));
                if (have >= 2 + size) {
                    auto body = held_.substr(used_ + 2, size);
                    used_ += 2 + size;
                    return body;
                }
            }
            held_.erase(0, used_);
            used_ = 0;
            pollfd ready = {from_, POLLIN, 0};
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(limit - Clock::now());
            if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0)
                fail("no packet came; half of one: " + show(held_) + "; stderr: " + errors());
            char bytes[65536];
            const auto n = ::read(from_, bytes, sizeof bytes);
            if (n <= 0) fail("the program closed its output; stderr: " + errors());
            held_.append(bytes, static_cast<std::size_t>(n));
        }
    }

    void send(const std::string& bytes) {
        if (::write(to_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
            fail("write");
    }
    void close_stdin() { ::close(to_); }
    void close_stdout() { ::close(from_); }

    std::string errors() const {
        struct stat about = {};
        if (::stat(errors_.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return "(no file)";
        std::ifstream file(errors_);
        return {std::istreambuf_iterator<char>(file), {}};
    }

 private:
    std::string errors_;
    int to_ = -1;
    int from_ = -1;
    std::string held_;
    std::size_t used_ = 0;
};

// Until `true_now` holds.
template <class Condition>
void eventually(const std::string& what, Condition true_now) {
    for (const auto limit = Clock::now() + kWait; !true_now();) {
        if (Clock::now() > limit) fail("never came true: " + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

// S (sleeping), R, Z ... of /proc/PID/stat.
char state_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    const auto end = text.rfind(')');
    return end == std::string::npos || end + 2 >= text.size() ? '?' : text[end + 2];
}

// The lines of a /proc file that count what a process does.
std::string activity_of(pid_t pid) {
    std::string all;
    for (const char* name : {"io", "status"}) {
        std::ifstream file("/proc/" + std::to_string(pid) + "/" + name);
        for (std::string line; std::getline(file, line);)
            if (line.starts_with("sysc") || line.starts_with("voluntary")) all += line + "\n";
    }
    return all;
}

unsigned long number_in(const std::string& line) {
    if (line.rfind("line ", 0) != 0) fail("expected a numbered line, got " + show(line));
    return std::strtoul(line.c_str() + 5, nullptr, 10);
}

void write_all(int fd, const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const auto n = ::write(fd, bytes.data() + at, bytes.size() - at);
        if (n > 0) {
            at += static_cast<std::size_t>(n);
        } else if (errno == EAGAIN) {
            pollfd ready = {fd, POLLOUT, 0};
            if (::poll(&ready, 1, 20000) <= 0) fail("the FIFO was not read");
        } else {
            fail("write to the FIFO");
        }
    }
}

// Numbered lines up to `last` in order. `said` gets what a loss line claims; without loss lines
// gaps are only counted.
void expect_rest(Port& port, unsigned long first, unsigned long last, bool loss_lines) {
    unsigned long due = first;
    unsigned long lost = 0;
    unsigned long gaps = 0;
    while (due <= last) {
        const auto body = port.packet();
        unsigned long claimed = 0;
        if (std::sscanf(body.c_str(), "vakt[ferrule]: %lu lines lost", &claimed) == 1) {
            if (!loss_lines) fail("a loss line though there should be none");
            if (claimed == 0) fail("a loss line for nothing");
            due += claimed;
            lost += claimed;
            ++gaps;
            continue;
        }
        const auto n = number_in(body);
        if (!loss_lines && n > due) {
            lost += n - due;
            ++gaps;
            due = n;
        }
        if (n != due) fail("line " + std::to_string(due) + " was due, got " + show(body));
        ++due;
    }
    if (lost == 0) fail("nothing was lost, so this proves nothing");
    std::cout << "lost " << lost << " in " << gaps << " places" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: port_peer STDERR_FILE COMMAND [ARGUMENT ...] <SCRIPT\n";
        return 2;
    }
    ::signal(SIGPIPE, SIG_IGN);
    Port port(argv[1], argv + 2);
    std::map<std::string, int> writers;
    std::jthread behind;
    bool left = false;
    while (std::getline(std::cin, step_text)) {
        std::istringstream words(step_text);
        std::string step;
        words >> step;
        if (step.empty() || step[0] == '#') continue;
        std::string name;
        std::string text;
        const auto rest = [&words] {
            std::string line;
            std::getline(words >> std::ws, line);
            return line;
        };
        if (step == "open") {
            std::string path;
            std::string how;
            words >> name >> path >> how;
            const int flags = how == "rw" ? O_RDWR : O_WRONLY;
            eventually("a reader", [&] {
                writers[name] = ::open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC);
                return writers[name] >= 0;
            });
        } else if (step == "close") {
            words >> name;
            ::close(writers.at(name));
        } else if (step == "write") {
            words >> name;
            write_all(writers.at(name), unescape(rest()));
        } else if (step == "fill") {
            std::size_t count = 0;
            words >> name >> text >> count;
            std::string bytes;
            for (const auto piece = unescape(text); count-- > 0;) bytes += piece;
            write_all(writers.at(name), bytes);
        } else if (step == "lines" || step == "lines-behind") {
            unsigned long first = 0;
            unsigned long last = 0;
            std::size_t width = 0;
            unsigned long batch = 1;
            words >> name >> first >> last >> width >> batch;
            if (batch == 0) batch = 1;
            const int fd = writers.at(name);
            const auto write_lines = [=] {
                std::string bytes;
                for (auto n = first; n <= last; ++n) {
                    bytes += numbered(n, width) + "\n";
                    if ((n - first + 1) % batch != 0 && n != last) continue;
                    write_all(fd, bytes);
                    bytes.clear();
                }
            };
            if (step == "lines")
                write_lines();
            else
                behind = std::jthread(write_lines);
        } else if (step == "join") {
            behind.join();
        } else if (step == "expect") {
            const auto want = unescape(rest());
            const auto got = port.packet();
            if (got != want) fail("got " + show(got));
        } else if (step == "expect-size") {
            std::size_t size = 0;
            words >> size;
            const auto end = unescape(rest());
            const auto got = port.packet();
            if (got.size() != size || !got.ends_with(end))
                fail("got " + show(got) + " ... " +
                     show(got.substr(got.size() - std::min<std::size_t>(got.size(), 20))));
        } else if (step == "expect-lines") {
            unsigned long first = 0;
            unsigned long last = 0;
            words >> first >> last;
            for (; first <= last; ++first) {
                const auto got = port.packet();
                if (number_in(got) != first)
                    fail("line " + std::to_string(first) + " was due, got " + show(got));
            }
        } else if (step == "expect-rest" || step == "expect-gaps") {
            unsigned long first = 0;
            unsigned long last = 0;
            words >> first >> last;
            expect_rest(port, first, last, step == "expect-rest");
        } else if (step == "packet") {
            const auto body = unescape(rest());
            std::string bytes = {static_cast<char>(body.size() >> 8),
                                 static_cast<char>(body.size() & 0xff)};
            port.send(bytes + body);
        } else if (step == "bytes") {
            port.send(unescape(rest()));
        } else if (step == "close-stdin") {
            port.close_stdin();
        } else if (step == "close-stdout") {
            port.close_stdout();
        } else if (step == "signal") {
            int number = 0;
            words >> number;
            ::kill(child, number);
        } else if (step == "stderr") {
            text = rest();
            eventually(text + " on stderr, which says: " + port.errors(),
                       [&] { return port.errors().find(text) != std::string::npos; });
        } else if (step == "shell") {
            if (std::system(rest().c_str()) != 0) fail("the shell command failed");
        } else if (step == "settle") {
            eventually("rest", [&] {
                for (const auto& [_, fd] : writers) {
                    int queued = 0;
                    if (::ioctl(fd, FIONREAD, &queued) == 0 && queued != 0) return false;
                }
                return state_of(child) == 'S';
            });
        } else if (step == "quiet") {
            int ms = 0;
            words >> ms;
            eventually("quiet", [&] {
                const auto before = activity_of(child);
                std::this_thread::sleep_for(std::chrono::milliseconds(ms));
                return activity_of(child) == before;
            });
        } else if (step == "alive") {
            if (::waitpid(child, nullptr, WNOHANG) != 0)
                fail("it has left; stderr: " + port.errors());
        } else if (step == "exit") {
            int want = 0;
            int status = 0;
            words >> want;
            eventually("its leaving", [&] { return ::waitpid(child, &status, WNOHANG) == child; });
            const int got = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            if (got != want)
                fail("left with " + std::to_string(got) + "; stderr: " + port.errors());
            left = true;
        } else {
            fail("no such step");
        }
    }
    if (!left) {
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
    return 0;
}
