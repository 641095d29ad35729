// SPDX-License-Identifier: Apache-2.0
// The VM's side of heart's port, for test/prog/heart.sh.
//
//   heart_peer run DIR OURS OTPS   runs every case (test/support/heart_case.h)
//   heart_peer mark FILE           a heart command
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>

#include "test/support/golden.h"
#include "test/support/heart_case.h"

namespace {

using namespace vakt::test;

void golden_bytes(const Case& c, const std::string& program) {
    int number = 0;
    for (const auto& row : golden("test/data/heart/golden.txt")) {
        Start start;
        if (row.command) start.environment["HEART_COMMAND"] = *row.command;
        HeartProcess heart(program, c.dir, start);
        heart.started();
        heart.send(row.to_heart);
        heart.answers(row.from_heart, row.name);
        heart.send(kShutDown);
        expect(heart.rest(5000).empty(), row.name + ": more came");
        expect(heart.ended(5s) == 0, row.name + ": exit status");
        ++number;
    }
    expect(number >= 16, "golden rows are missing");
}

// ---- deadlines
// -----------------------------------------------------------------------------------------------------

void silence(const Case& c) {
    HeartProcess heart(c.ours, c.dir, c.start());
    heart.started();
    heart.send(kBeat);
    in_time(c, Clock::now());
    left_well(heart);
    expect(heart.says("heart_beat_timeout = 11\n"), "what was accepted is not said");
    expect(heart.says(": heart-beat time-out, no activity for 11 seconds\r\n"),
           "the verdict is not said");
    expect(heart.says(": Executed \"" + c.marker() + "\" -> 0. Terminating.\r\n"),
           "the end is not said");
    expect(heart.words().find(c.ours + ": ") != std::string::npos,
           "the program's name is not said");
}
void chatter(const Case& c) {
    HeartProcess heart(c.ours, c.dir, c.start());
    heart.started();
    heart.send(kBeat);
    const auto beat = Clock::now();
    while (!c.marked() && Clock::now() - beat < 14s) {
        heart.send(kGet);
        static_cast<void>(heart.rest(0));
        ::usleep(250000);
        ::kill(heart.pid(), SIGCONT);
    }
    in_time(c, beat);
}
void starved(const Case& c, const std::string& program, bool survives) {
    HeartProcess heart(program, c.dir, c.start());
    heart.started();
    heart.send(kBeat);
    ::usleep(500000);
    ::kill(heart.pid(), SIGSTOP);
    for (int i = 0; i < 14; ++i) {
        ::sleep(1);
        heart.send(kBeat);
    }
    ::kill(heart.pid(), SIGCONT);
    const bool acted = eventually(3s, [&] { return c.marked(); });
    expect(acted != survives,
           survives ? "a healthy VM was given up" : "the reference is better than it was");
    if (!survives) return;
    heart.send(kShutDown);
    left_well(heart);
    expect(!c.marked(), "the heart command ran");
}
void half_a_message(const Case& c, const std::string& bytes) {
    HeartProcess heart(c.ours, c.dir, c.start());
    heart.started();
    heart.send(kBeat);
    const auto beat = Clock::now();
    heart.send(bytes);
    in_time(c, beat);
}
void half_a_message_otp(const Case& c) {
    HeartProcess heart(c.reference(), c.dir, c.start());
    heart.started();
    heart.send(std::string("\0\5\2", 3));
    ::sleep(17);
    expect(!c.marked(), "the reference is better than it was");
}
void half_a_message_then_close(const Case& c) {
    HeartProcess heart(c.ours, c.dir, c.start());
    heart.started();
    heart.send(std::string("\0\5\2", 3));
    heart.close_port();
    static_cast<void>(c.acted(10s));
}
void unread_answers(const Case& c) {
    HeartProcess heart(c.ours, c.dir, c.start());
    heart.started();
    heart.send(kBeat);
    const auto beat = Clock::now();
    for (int i = 0; i < 200; ++i) {  // with a command of some hundred bytes, far beyond a pipe
        std::string flood;
        for (int k = 0; k < 20; ++k) flood += kGet;
        heart.send(flood);
        ::usleep(1000);
    }
    in_time(c, beat);
}
void blocked_stderr_pipe(const Case& c) {
    int words[2];
    expect(::pipe(words) == 0, "pipe");
    ::fcntl(words[1], F_SETFL, O_NONBLOCK);
    while (::write(words[1], "x", 1) == 1) {
    }
    ::fcntl(words[1], F_SETFL, 0);
    auto start = c.start();
    start.stderr_fd = words[1];
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    heart.close_port();
    static_cast<void>(c.acted(10s));
    left_well(heart);
    expect((::fcntl(words[1], F_GETFL) & O_NONBLOCK) == 0,
           "the flags of a shared stderr were changed");
}
void blocked_stderr_terminal(const Case& c) {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
    expect(master >= 0 && ::grantpt(master) == 0 && ::unlockpt(master) == 0, "pty");
    const int terminal = ::open(::ptsname(master), O_RDWR | O_NOCTTY);
    expect(terminal >= 0, "pts");
    expect(::tcflow(terminal, TCOOFF) == 0, "stop output");  // Ctrl-S
    auto start = c.start();
    start.stderr_fd = terminal;
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    heart.close_port();
    static_cast<void>(c.acted(10s));
    left_well(heart);
}
void blocked_stderr_socket(const Case& c) {
    int words[2];
    expect(::socketpair(AF_UNIX, SOCK_STREAM, 0, words) == 0, "socketpair");
    while (::send(words[1], "xxxxxxxxxxxxxxxx", 16, MSG_DONTWAIT) > 0) {
    }
    auto start = c.start();
    start.stderr_fd = words[1];
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    heart.close_port();
    static_cast<void>(c.acted(10s));
    left_well(heart);
}

// ---- ends of the VM
// -----------------------------------------------------------------------------------------------

void closed_at_once(const Case& c) {
    HeartProcess heart(c.ours, c.dir, c.start());
    heart.started();
    const auto closed = Clock::now();
    heart.close_port();
    const double took = seconds(c.acted(10s) - closed);
    std::printf("acted after %.6f s\n", took);
    expect(took < 3.5, "too late");
    left_well(heart);
    expect(heart.says(": Erlang has closed.\r\n"), "the closed port is not said");
}
void a_zombie_is_dead(const Case& c, const std::string& program, bool at_once) {
    const pid_t vm = make_vm();
    HeartProcess heart(program, c.dir, c.start(pid_arguments(vm)));
    heart.started();
    ::kill(vm, SIGKILL);  // and nobody collects it
    heart.close_port();
    const auto closed = Clock::now();
    const double took = seconds(c.acted(13s) - closed);
    std::printf("acted after %.3f s\n", took);
    if (at_once)
        expect(took < 3.5, "too late");
    else
        expect(took > 4, "the reference is better than it was");
}
void five_seconds_then_kill(const Case& c) {
    const pid_t vm = make_vm();
    HeartProcess heart(c.ours, c.dir, c.start(pid_arguments(vm)));
    heart.started();
    const auto closed = Clock::now();
    heart.close_port();
    const double took = seconds(c.acted(8s) - closed);
    expect(took >= 5.0, "too early");
    expect(took < 8.5, "too late");
    int status = 0;
    expect(::waitpid(vm, &status, 0) == vm && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
           "not killed");
    left_well(heart);
    expect(heart.says("Wait 5 seconds for Erlang to terminate nicely"), "the wait is not said");
    expect(heart.says("Erlang still alive, kill it"), "the kill is not said");
}
void killed_by_abort(const Case& c) {
    const pid_t vm = make_vm();
    auto start = c.start(pid_arguments(vm));
    start.environment["HEART_KILL_SIGNAL"] = "SIGABRT";
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    heart.send(kCrash);
    static_cast<void>(c.acted(10s));
    int status = 0;
    expect(::waitpid(vm, &status, 0) == vm && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
           "not aborted");
    left_well(heart);
    expect(heart.says("kill signal SIGABRT requested"), "the signal is not said");
}
void a_stopped_vm_is_killed(const Case& c) {
    const pid_t vm = make_vm();
    ::kill(vm, SIGSTOP);
    HeartProcess heart(c.ours, c.dir, c.start(pid_arguments(vm)));
    heart.started();
    heart.send(kBeat);
    in_time(c, Clock::now());
    int status = 0;
    expect(::waitpid(vm, &status, 0) == vm && WTERMSIG(status) == SIGKILL, "not killed");
}
void spared(const Case& c) {
    const pid_t vm = make_vm();
    auto start = c.start(pid_arguments(vm));
    start.environment["HEART_NO_KILL"] = "TRUE";
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    const auto closed = Clock::now();
    heart.close_port();
    expect(seconds(c.acted(10s) - closed) < 3.5, "too late");
    left_well(heart);
    expect(::waitpid(vm, nullptr, WNOHANG) == 0, "it was killed");
}
void nobody_without_a_command(const Case& c, const std::string& program) {
    const pid_t vm = make_vm();
    auto start = c.start(pid_arguments(vm));
    start.environment.clear();
    HeartProcess heart(program, c.dir, start);
    heart.started();
    heart.close_port();
    left_well(heart);
    expect(heart.says("Would reboot. Terminating.\r\n"), "it is not said");
    expect(::waitpid(vm, nullptr, WNOHANG) == 0, "it was killed");
}
void a_stranger_with_its_number(const Case& c) {
    const pid_t vm = make_vm();
    HeartProcess heart(c.ours, c.dir, c.start(pid_arguments(vm)));
    heart.started();
    ::kill(vm, SIGKILL);
    expect(::waitpid(vm, nullptr, 0) == vm, "waitpid");
    clone_args arguments = {};
    arguments.exit_signal = SIGCHLD;
    arguments.set_tid = reinterpret_cast<std::uint64_t>(&vm);
    arguments.set_tid_size = 1;
    const auto stranger = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
    if (stranger == 0) {
        ::close_range(3, ~0U, 0);  // the port is not its
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) ::pause();
    }
    if (stranger < 0) skip("this user may not choose a process number");
    expect(stranger == vm, "another number");
    heart.close_port();
    static_cast<void>(c.acted(8s));
    left_well(heart);
    expect(::waitpid(stranger, nullptr, WNOHANG) == 0, "a stranger was killed");
}
void shut_down(const Case& c) {
    HeartProcess heart(c.ours, c.dir, c.start());
    heart.started();
    heart.send(kBeat + kShutDown);
    left_well(heart);
    heart.close_port();
    ::usleep(100000);
    expect(!c.marked(), "the heart command ran");
}

// ---- crash dumps
// ----------------------------------------------------------------------------------------------------

void crash(const Case& c, const char* dump_seconds, double least, double most,
           const std::string& then) {
    auto start = c.start();
    if (dump_seconds != nullptr) start.environment["ERL_CRASH_DUMP_SECONDS"] = dump_seconds;
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    const auto began = Clock::now();
    heart.send(kCrash);
    if (!then.empty()) {
        ::sleep(1);
        heart.send(then);
    }
    const double took = seconds(c.acted(25s) - began);
    std::printf("acted after %.3f s\n", took);
    expect(took >= least, "too early");
    expect(took < most, "too late");
    left_well(heart);
    expect(heart.says("Erlang is crashing .. (waiting for crash dump file)"),
           "the crash is not said");
    if (dump_seconds != nullptr)
        expect(heart.says("Waiting for dump - timeout set to " + std::string(dump_seconds) +
                          " seconds."),
               "the wait is not said");
}
void crash_for_ever(const Case& c) {
    auto start = c.start();
    start.environment["ERL_CRASH_DUMP_SECONDS"] = "-1";
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    heart.send(kCrash);
    ::sleep(14);
    expect(heart.runs() && !c.marked(), "it did not wait");
    heart.close_port();
    static_cast<void>(c.acted(10s));
}

// ---- the heart command
// --------------------------------------------------------------------------------------------

void command_ends_with(const Case& c, const std::string& program, const std::string& command,
                       const std::string& status) {
    auto start = c.start();
    start.environment["HEART_COMMAND"] = command;
    HeartProcess heart(program, c.dir, start);
    heart.started();
    heart.close_port();
    left_well(heart);
    expect(heart.says("Executed \"" + command + "\" -> " + status + ". Terminating.\r\n"),
           heart.words());
}
void command_hangs(const Case& c) {
    auto start = c.start({"-wt", "11"});
    start.environment["HEART_COMMAND"] = "echo $$ >" + c.mark() + "; exec sleep 600";
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    heart.close_port();
    expect(eventually(5s, [&] { return c.marked(); }), "the command never ran");
    const auto began = Clock::now();
    expect(heart.ended(14s) == 0, "heart still waits, or did not end with 0");
    const double took = seconds(Clock::now() - began);
    const pid_t command = std::stoi(slurp(c.mark()));
    const bool alive = ::kill(command, 0) == 0;
    if (alive) ::kill(command, SIGKILL);
    expect(alive, "the command was ended");
    expect(took > 10 && took < 14, "its limit was not its own");
    expect(heart.says("heart_beat_boot_delay = 11\n"), "-wt is not said");
    expect(heart.says("has not ended in its time and is left alone"), "that it hangs is not said");
}
void command_is_clean(const Case& c) {
    auto start = c.start();
    start.environment["HEART_COMMAND"] =
        "cat /proc/self/status >" + c.dir + "/status; cat /proc/self/stat >" + c.dir +
        "/stat; cat /proc/self/oom_score_adj >" + c.dir + "/oom; ls /proc/$$/fd >" + c.dir +
        "/fds; readlink /proc/$$/fd/0 >" + c.dir + "/in; printf '\\0\\3hey'; echo done >" +
        c.mark();
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGUSR2, &ignore, nullptr);
    ::sigaction(SIGHUP, &ignore, nullptr);
    sigset_t blocked;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
    std::ofstream("/proc/self/oom_score_adj") << 300;
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    heart.close_port();
    heart.answers(std::string("\0\3hey", 5), "what the command writes to the port");
    left_well(heart);
    const auto status = slurp(c.dir + "/status");
    expect(status.find("SigBlk:\t0000000000000000\n") != std::string::npos, "signals are blocked");
    // Signals 32 and 33 are the C library's own (nptl(7)); as whoever started us left them, so they
    // stay.
    constexpr std::string_view kIgnored = "SigIgn:\t";
    const auto ignored = status.find(kIgnored);
    expect(ignored != std::string::npos, "no SigIgn in:\n" + status);
    const auto mask = std::stoull(status.substr(ignored + kIgnored.size()), nullptr, 16);
    expect((mask & ~0x180000000ULL) == 0, "signals are ignored:\n" + status);
    expect(slurp(c.dir + "/oom") == "0\n", "oom_score_adj is " + slurp(c.dir + "/oom"));
    expect(slurp(c.dir + "/fds") == "0\n1\n2\n" || slurp(c.dir + "/fds") == "0\n1\n10\n2\n",
           "descriptors:\n" + slurp(c.dir + "/fds"));
    expect(slurp(c.dir + "/in") == "/dev/null\n", "standard input is " + slurp(c.dir + "/in"));
    const auto text = slurp(c.dir + "/stat");
    std::istringstream stat(text.substr(text.rfind(')') + 2));
    std::vector<std::string> fields(3);  // proc(5) counts from 1, and the state is field 3
    for (std::string field; stat >> field;) fields.push_back(field);
    expect(fields.size() > 41, "/proc/self/stat");
    expect(fields[6] != std::to_string(::getsid(0)), "not in a session of its own");
    expect(fields[19] == "0", "its nice value is not 0");
    expect(fields[41] == "0", "its scheduling is not normal");
}

// ---- signals, arguments, the rest
// -----------------------------------------------------------------------------------

void asked_to_end(const Case& c, bool in_order) {
    HeartProcess heart(c.ours, c.dir, c.start());
    heart.started();
    ::kill(heart.pid(), SIGTERM);
    expect(eventually(5s, [&] { return heart.says("SIGTERM noted"); }), "it is not said");
    expect(heart.runs() && !c.marked(), "it did not stay");
    if (in_order)
        heart.send(kShutDown);
    else
        heart.close_port();
    if (!in_order) static_cast<void>(c.acted(10s));
    left_well(heart);
    if (in_order) expect(!c.marked(), "the heart command ran");
}
void asked_to_end_otp(const Case& c) {
    HeartProcess heart(c.reference(), c.dir, c.start());
    heart.started();
    ::kill(heart.pid(), SIGTERM);
    const int status = heart.ended(5s);
    expect(WIFSIGNALED(status) && !c.marked(), "the reference is better than it was");
}
void broken_pipe(const Case& c) {
    ::signal(SIGPIPE, SIG_DFL);
    HeartProcess heart(c.ours, c.dir, c.start());
    heart.started();
    ::kill(heart.pid(), SIGSTOP);
    heart.send(set_command(c.marker()));
    heart.close_answers();
    heart.close_port();
    ::kill(heart.pid(), SIGCONT);
    static_cast<void>(c.acted(10s));
    left_well(heart);
}
void stops_and_continues(const Case& c) {
    HeartProcess heart(c.ours, c.dir, c.start());
    heart.started();
    for (int i = 0; i < 5; ++i) {
        ::kill(heart.pid(), SIGSTOP);
        ::usleep(20000);
        ::kill(heart.pid(), SIGCONT);
        ::usleep(20000);
    }
    heart.send(kGet);
    heart.answers(std::string{'\0', static_cast<char>(c.marker().size() + 1), '\7'} + c.marker(),
                  "GET_CMD");
    heart.send(kShutDown);
    left_well(heart);
    expect(!c.marked(), "the heart command ran");
}
void says(const Case& c, const std::string& program, const std::vector<std::string>& arguments,
          const std::string& words, bool exactly) {
    Start start;
    start.arguments = arguments;
    ::unlink((c.dir + "/stderr").c_str());
    HeartProcess heart(program, c.dir, start);
    heart.started();
    heart.send(kShutDown);
    left_well(heart);
    std::string all;
    for (const auto& argument : arguments) all += argument + " ";
    expect(exactly ? heart.words() == words : heart.says(words),
           all + "says [" + heart.words() + "]");
}
void arguments(const Case& c, const std::string& program) {
    says(c, program, {}, "", true);
    says(c, program, {"-ht", "11"}, "heart_beat_timeout = 11\n", true);
    says(c, program, {"-ht", "10"}, "", true);
    says(c, program, {"-ht", "65535"}, "heart_beat_timeout = 65535\n", true);
    says(c, program, {"-ht", "65536"}, "", true);
    says(c, program, {"-ht", "0x20"}, "heart_beat_timeout = 32\n", true);
    says(c, program, {"-ht", "020"}, "heart_beat_timeout = 16\n", true);
    says(c, program, {"-ht", "11junk"}, "heart_beat_timeout = 11\n", true);
    says(c, program, {"-ht", "junk"}, "", true);
    says(c, program, {"-ht", "-pid", "0"}, "heart_beat_kill_pid = 0\n", true);
    says(c, program, {"-junk", "x", "-ht", "12", "more"}, "heart_beat_timeout = 12\n", true);
}
void our_arguments(const Case& c) {
    says(c, c.ours, {"-wt", "65535"}, "heart_beat_boot_delay = 65535\n", true);
    says(c, c.ours, {"-wt", "10"}, "", true);
    for (const char* last : {"-ht", "-wt", "-pid"})
        says(c, c.ours, {last}, std::string(last) + " wants a number", false);
    says(c, c.ours, {"-pid", "99999999999"}, "is no process", false);
}
void last_argument_otp(const Case& c) {
    Start start;
    start.arguments = {"-ht"};
    HeartProcess heart(c.reference(), c.dir, start);
    const int status = heart.ended(5s);
    expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV,
           "the reference is better than it was");
}
void debug_words(const Case& c, const std::string& program) {
    auto start = c.start();
    start.environment["HEART_DEBUG"] = "1";
    HeartProcess heart(program, c.dir, start);
    heart.started();
    heart.send(kShutDown);
    left_well(heart);
    expect(heart.words().rfind(
               "heart: debug is ON!\r\nheart_beat_timeout = 11\nHeart: arguments -ht 11 ", 0) == 0,
           heart.words());
}
void big_message_in_few_reads(const Case& c) {
    auto start = c.start();
    const std::string trace = c.dir + "/trace";
    start.before = {"strace", "-qq", "-e", "trace=read", "-o", trace};
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    heart.send("\xff\xff\4" + std::string(65534, 'x') + kShutDown);
    expect(heart.ended(10s) == 0, "strace or heart failed");
    int reads = 0;
    std::istringstream lines(slurp(trace));
    for (std::string line; std::getline(lines, line);)
        if (line.rfind("read(0,", 0) == 0) ++reads;
    std::printf("%d reads\n", reads);
    expect(reads >= 2 && reads <= 40, "more than a handful of reads: " + std::to_string(reads));
}
void broken_stdin(const Case& c) {
    auto start = c.start();
    start.close_stdin = true;
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    static_cast<void>(c.acted(10s));
    left_well(heart);
    expect(heart.says("error in read_message."), "it is not said");
}
void sleeps_between_beats(const Case& c) {
    auto start = c.start();
    start.arguments = {"-ht", "60"};
    HeartProcess heart(c.ours, c.dir, start);
    heart.started();
    const std::string path = "/proc/" + std::to_string(heart.pid()) + "/status";
    const auto switches = [&] {
        const auto text = slurp(path);
        return std::stol(text.substr(text.find("\nvoluntary_ctxt_switches:") + 25));
    };
    ::sleep(1);
    const long before = switches();
    for (int i = 0; i < 3; ++i) {
        heart.send(kBeat);
        ::sleep(2);
    }
    const long woken = switches() - before;
    std::printf("woken %ld times by 3 beats in 6 s\n", woken);
    expect(woken >= 3 && woken <= 5, "it woke " + std::to_string(woken) + " times");
    heart.send(kShutDown);
    left_well(heart);
}

const Cases kCases = {
    {"golden", [](const Case& c) { golden_bytes(c, c.ours); }},
    {"golden-otp", [](const Case& c) { golden_bytes(c, c.reference()); }},
    {"silence", silence},
    {"chatter", chatter},
    {"starved", [](const Case& c) { starved(c, c.ours, true); }},
    {"starved-otp", [](const Case& c) { starved(c, c.reference(), false); }},
    {"half", [](const Case& c) { half_a_message(c, std::string("\0\5\2", 3)); }},
    {"half-otp", half_a_message_otp},
    {"header", [](const Case& c) { half_a_message(c, std::string("\0", 1)); }},
    {"half-close", half_a_message_then_close},
    {"unread", unread_answers},
    {"stderr-pipe", blocked_stderr_pipe},
    {"stderr-tty", blocked_stderr_terminal},
    {"stderr-socket", blocked_stderr_socket},
    {"closed", closed_at_once},
    {"zombie", [](const Case& c) { a_zombie_is_dead(c, c.ours, true); }},
    {"zombie-otp", [](const Case& c) { a_zombie_is_dead(c, c.reference(), false); }},
    {"grace", five_seconds_then_kill},
    {"abort", killed_by_abort},
    {"stopped-vm", a_stopped_vm_is_killed},
    {"spared", spared},
    {"no-command", [](const Case& c) { nobody_without_a_command(c, c.ours); }},
    {"no-command-otp", [](const Case& c) { nobody_without_a_command(c, c.reference()); }},
    {"stranger", a_stranger_with_its_number},
    {"shut-down", shut_down},
    {"crash-3", [](const Case& c) { crash(c, "3", 3.0, 6.0, ""); }},
    {"crash-unset", [](const Case& c) { crash(c, nullptr, 0.0, 3.0, ""); }},
    {"crash-byte", [](const Case& c) { crash(c, "20", 1.0, 15.0, "x"); }},
    {"crash-for-ever", crash_for_ever},
    {"command-missing",
     [](const Case& c) { command_ends_with(c, c.ours, "/nowhere/to/be/found", "32512"); }},
    {"command-fails", [](const Case& c) { command_ends_with(c, c.ours, "exit 3", "768"); }},
    {"command-empty", [](const Case& c) { command_ends_with(c, c.ours, "", "0"); }},
    {"command-fails-otp",
     [](const Case& c) { command_ends_with(c, c.reference(), "exit 3", "768"); }},
    {"command-hangs", command_hangs},
    {"command-clean", command_is_clean},
    {"asked", [](const Case& c) { asked_to_end(c, true); }},
    {"asked-closed", [](const Case& c) { asked_to_end(c, false); }},
    {"asked-otp", asked_to_end_otp},
    {"broken-pipe", broken_pipe},
    {"stop-continue", stops_and_continues},
    {"arguments", [](const Case& c) { arguments(c, c.ours); }},
    {"arguments-otp", [](const Case& c) { arguments(c, c.reference()); }},
    {"our-arguments", our_arguments},
    {"last-argument-otp", last_argument_otp},
    {"debug", [](const Case& c) { debug_words(c, c.ours); }},
    {"debug-otp", [](const Case& c) { debug_words(c, c.reference()); }},
    {"big", big_message_in_few_reads},
    {"broken-stdin", broken_stdin},
    {"wake-ups", sleeps_between_beats},
};

}  // namespace

int main(int argc, char** argv) { return peer_main("heart_peer", kCases, argc, argv); }
