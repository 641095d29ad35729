// SPDX-License-Identifier: Apache-2.0
// Stands in for the keeper before its children:
//   scribe_peer serve STATE RUN PSTORE ARCHIVE BOOT_ID <COMMANDS   one answer a line
//   scribe_peer probe read|write|memory PATH LIMIT | probe syslog LOG BRIDGE
//   scribe_peer reload CONFIG        for each line: the reader's answer; "granted SECONDS" for
//   device 0 scribe_peer storm DIR ROUNDS     kills the scribe at random moments, then reads the
//   ledger back
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <set>
#include <sstream>
#include <string>

#include "prog/keeper_children.h"
#include "sys/clock.h"

using namespace vakt;
using namespace vakt::prog;

namespace {

constexpr int kPatience = 20'000;  // milliseconds; a machine that is busy answers late

[[noreturn]] void fail(const std::string& words) {
    std::cout << "failed: " << words << std::endl;
    std::exit(1);
}

template <class Answer>
Answer receive(int socket) {
    pollfd wait = {socket, POLLIN, 0};
    Answer answer;
    if (::poll(&wait, 1, kPatience) != 1) fail("no answer");
    if (::recv(socket, &answer, sizeof answer, 0) != sizeof answer) fail("the child has ended");
    return answer;
}

std::string in_words(const ScribeAnswer& answer) {
    std::ostringstream out;
    const auto* ok = answer.ok ? " ok" : " not-ok";
    switch (answer.what) {
        case ScribeAnswer::What::ready:
            out << "ready" << ok << " next " << answer.next_sequence << " boots " << answer.boots
                << " failed " << answer.failed_boots;
            break;
        case ScribeAnswer::What::written:
            out << "written " << answer.id << ok;
            break;
        case ScribeAnswer::What::report:
            out << "report" << ok << " taken";
            for (std::size_t i = 0; i < answer.taken_count; ++i)
                out << ' ' << answer.taken[i].view();
            break;
    }
    if (!answer.words.empty()) out << ": " << answer.words.view();
    return out.str();
}

report::Kind kind_named(const std::string& name) {
    const char* const names[] = {"boot",    "healthy", "note",     "recovered",
                                 "snoozed", "clean",   "reported", "info"};
    std::uint8_t kind = 0;
    for (const auto* one : names) {
        ++kind;
        if (name == one) return static_cast<report::Kind>(kind);
    }
    fail("no kind " + name);
}

/// note ID KIND CAUSE STEP LEASE TEXT...
ScribeTask note_of(std::istringstream& line) {
    ScribeTask task;
    std::string kind;
    std::string cause;
    std::string step;
    std::string lease;
    line >> task.id >> kind >> cause >> step >> lease >> std::ws;
    task.entry.kind = kind_named(kind);
    task.entry.cause = *report::cause_named(cause);
    task.entry.step = *report::step_named(step);
    if (lease != "-") task.entry.lease = std::string_view(lease);
    std::string text;
    std::getline(line, text);
    task.entry.text = std::string_view(text);
    task.entry.wall_ns = sys::wall_ns();
    task.entry.uptime_ms = sys::uptime_ms();
    return task;
}

void send(int socket, const ScribeTask& task) {
    if (::send(socket, &task, sizeof task, MSG_NOSIGNAL | MSG_DONTWAIT) != sizeof task)
        std::cout << "lost " << task.id << std::endl;
}

int serve(char** arguments) {
    ChildrenSetup setup;
    setup.state_dir = arguments[0];
    setup.run_dir = arguments[1];
    setup.pstore_dir = arguments[2];
    setup.pstore_archive = arguments[3];
    setup.boot = *report::parse_boot_id(arguments[4]);
    const settings::KeeperFile file{};
    setup.file = &file;
    const auto children = spawn_children(setup);
    if (!children) fail(describe(children.error()));
    const auto& scribe = children->scribe;
    for (std::string text; std::getline(std::cin, text);) {
        std::istringstream line(text);
        std::string verb;
        line >> verb;
        const int socket = scribe.socket.get();
        if (verb == "answer") std::cout << in_words(receive<ScribeAnswer>(socket)) << std::endl;
        if (verb == "note") send(socket, note_of(line));
        if (verb == "report") send(socket, {.what = ScribeTask::What::make_report});
        if (verb == "hardware") {
            ScribeTask task{.what = ScribeTask::What::hardware, .id = 0};
            std::string name;
            std::string flags;
            line >> name >> flags;
            task.name = std::string_view(name);
            task.told = flags != "-";
            if (task.told)
                task.flags = static_cast<std::uint32_t>(std::strtoul(flags.c_str(), nullptr, 10));
            send(socket, task);
        }
        if (verb == "stop") ::kill(scribe.pid, SIGSTOP);
        if (verb == "continue") ::kill(scribe.pid, SIGCONT);
        if (verb == "pid") std::cout << scribe.pid << std::endl;
        if (verb == "terminal")
            for (const int number : {SIGINT, SIGQUIT, SIGTSTP, SIGTERM, SIGHUP})
                ::kill(scribe.pid, number);
    }
    ::shutdown(scribe.socket.get(), SHUT_WR);
    int status = 0;
    ::waitpid(scribe.pid, &status, 0);
    std::cout << (status == 0 ? "ended" : "ended badly") << std::endl;
    return 0;
}

int probe(char** arguments) {
    const std::string kind = arguments[0];
    PlainProbe probe;
    probe.kind = kind == "read"     ? settings::ProbeKind::read
                 : kind == "write"  ? settings::ProbeKind::write
                 : kind == "syslog" ? settings::ProbeKind::syslog
                                    : settings::ProbeKind::memory;
    probe.path = std::string_view(arguments[1]);
    if (kind == "syslog") probe.bridge = std::string_view(arguments[2]);
    probe.limit_percent = static_cast<unsigned>(std::strtoul(arguments[2], nullptr, 10));
    const auto child = spawn_prober(probe);
    // Whoever is stopped while it is asked does not answer, and answers when it goes on.
    ::kill(child.pid, SIGSTOP);
    int status = 0;
    ::waitpid(child.pid, &status, WUNTRACED);
    ::send(child.socket.get(), "", 1, MSG_NOSIGNAL);
    pollfd wait = {child.socket.get(), POLLIN, 0};
    if (::poll(&wait, 1, 100) != 0) fail("a stopped prober answers");
    ::kill(child.pid, SIGCONT);
    for (int times = 0; times < 2; ++times) {
        const auto answer = receive<ProbeAnswer>(child.socket.get());
        std::cout << (answer.good ? "good" : "bad") << (answer.words.empty() ? "" : ": ")
                  << answer.words.view() << std::endl;
        if (times == 0) ::send(child.socket.get(), "", 1, MSG_NOSIGNAL);
    }
    return 0;
}

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> texts_of(const std::string& path) {
    const auto bytes = bytes_of(path);
    const auto* start = reinterpret_cast<const std::uint8_t*>(bytes.data());
    const auto content = report::read_ledger({start, bytes.size()});
    if (content.damaged > 1) fail(std::to_string(content.damaged) + " slots are damaged");
    std::set<std::string> texts;
    for (const auto& entry : content.entries) texts.emplace(entry.text.view());
    return texts;
}

/// Sleeps for anything up to `most`.
template <class Random>
void sleep_up_to(std::chrono::nanoseconds most, Random& random) {
    const auto length = static_cast<long>(random() % static_cast<unsigned long>(most.count()));
    const timespec pause{.tv_sec = length / 1'000'000'000, .tv_nsec = length % 1'000'000'000};
    ::nanosleep(&pause, nullptr);
}

void end(const Child& child) {
    ::kill(child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
}

/// Answers "read" with what the reader says of CONFIG, which was read at the start too.
int reload(char** arguments) {
    const auto file = settings::read_keeper_file(arguments[0]);
    if (!file) fail(describe(file.error()));
    ChildrenSetup setup;
    setup.config = arguments[0];
    setup.file = &*file;
    const auto children = spawn_children(setup);
    if (!children) fail(describe(children.error()));
    ReaderTask task;
    for (std::string line; std::getline(std::cin, line);) {
        if (line.starts_with("granted ")) {
            task.granted[0] = std::chrono::seconds(std::strtol(line.c_str() + 8, nullptr, 10));
            continue;
        }
        ::send(children->reader.socket.get(), &task, sizeof task, MSG_NOSIGNAL);
        const auto answer = receive<ReaderAnswer>(children->reader.socket.get());
        std::cout << (answer.ok ? "ok " : "not-ok ") << int{answer.settings.lease_count}
                  << " leases " << int{answer.settings.device_count} << " devices "
                  << int{answer.settings.evidence_count} << " evidence: " << answer.words.view()
                  << std::endl;
    }
    return 0;
}

int storm(char** arguments) {
    using std::chrono::nanoseconds;
    const std::string dir = arguments[0];
    const int rounds = std::atoi(arguments[1]);
    const auto seed = static_cast<unsigned>(::time(nullptr));
    std::minstd_rand random(seed);
    std::size_t answered_in_all = 0;
    std::size_t unanswered = 0;
    std::size_t reports = 0;
    nanoseconds usual = std::chrono::milliseconds(1);  // for a note
    for (int round = 1; round <= rounds; ++round) {
        ChildrenSetup setup;
        setup.state_dir = setup.run_dir = setup.pstore_dir = dir;
        setup.boot = {static_cast<std::uint8_t>(round), static_cast<std::uint8_t>(round >> 8)};
        const settings::KeeperFile file{};
        setup.file = &file;
        const auto children = spawn_children(setup);
        if (!children) fail(describe(children.error()));
        const auto& scribe = children->scribe;
        const int socket = scribe.socket.get();
        if (random() % 4 == 0) {
            // While it opens the ledger or makes the report; the same boot comes again.
            send(socket, {.what = ScribeTask::What::make_report});
            sleep_up_to(usual * 6, random);
            end(scribe);
            --round;
            texts_of(dir + "/ledger");
            const auto json = bytes_of(dir + "/reset_report.json");
            if (!json.empty()) ++reports;
            if (!json.empty() && (!json.starts_with("{\"version\":1,") || !json.ends_with("}\n")))
                fail("half a report: " + json);
            continue;
        }
        const auto ready = receive<ScribeAnswer>(socket);
        if (!ready.ok) fail(in_words(ready));
        if (ready.boots != static_cast<std::uint32_t>(round)) fail("a boot was miscounted");
        std::set<std::string> answered;
        const auto text_of = [&](std::uint32_t id) {
            return std::to_string(round) + "." + std::to_string(id);
        };
        const auto note = [&](std::uint32_t id) {
            ScribeTask task{.id = id};
            task.entry.text = std::string_view(text_of(id));
            send(socket, task);
        };
        // No more than the ledger holds beside what is being written.
        const auto last = static_cast<std::uint32_t>(2 + random() % 40);
        const auto began = sys::now();
        for (std::uint32_t id = 1; id < last; ++id) {
            note(id);
            if (receive<ScribeAnswer>(socket).ok) answered.insert(text_of(id));
        }
        usual = std::max<nanoseconds>((sys::now() - began) / (last - 1), nanoseconds(1000));
        note(last);
        sleep_up_to(usual * 2, random);
        end(scribe);
        ScribeAnswer answer;
        if (::recv(socket, &answer, sizeof answer, MSG_DONTWAIT) == sizeof answer && answer.ok)
            answered.insert(text_of(last));
        else
            ++unanswered;
        const auto there = texts_of(dir + "/ledger");
        for (const auto& text : answered)
            if (!there.contains(text))
                fail("note " + text + " was answered and is gone; seed " + std::to_string(seed));
        answered_in_all += answered.size();
    }
    std::cout << answered_in_all << " answered, " << unanswered << " killed before, " << reports
              << " reports seen, seed " << seed << std::endl;
    return answered_in_all == 0 ? 1 : 0;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): whatever is thrown here ends the test, as it should
int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "serve" && argc == 7) return serve(argv + 2);
    if (what == "probe" && argc == 5) return probe(argv + 2);
    if (what == "reload" && argc == 3) return reload(argv + 2);
    if (what == "storm" && argc == 4) return storm(argv + 2);
    std::cerr << "usage: see the head of scribe_peer.cpp\n";
    return 2;
}
