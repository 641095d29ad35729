// SPDX-License-Identifier: Apache-2.0
// Starts a program the way a hostile caller could: with descriptors, timers, signals, limits and
// surroundings no shell makes.
//
// usage: hostile_exec [THING ...] -- PROGRAM [ARGUMENT ...]
// Things happen in the order given:
//   nobody[=GID]       become uid and gid 65534, with GID as the only other group
//   argv0=TEXT noargs  another argv[0]; an empty argv
//   arg=BYTES          one more argument at the end, '/' and BYTES - 1 times 'a'
//   args=N             N more arguments "x"
//   close=N fdat=N     close N; open /dev/null as N
//   fdflood            open files until no more can be
//   alarm=S            and itimer=real:US, itimer=virtual:US, itimer=prof:US
//   ignore=N block=N   a signal, or all
//   pending=N          sent to itself while blocked, so that it comes when it is unblocked
//   limit=NAME:VALUE   soft and hard: as core cpu data fsize locks memlock nofile nproc rttime
//                      sigpending stack
//   env=TEXT           an entry, '=' or not; envflood=N: N entries; clearenv: none
//   deletedcwd=DIR     make DIR, enter it, remove it
//   personality=HEX nice=N idle nnp     idle: SCHED_IDLE; nnp: no new privileges
//   prctl=OP:VALUE     prctl(2) with one argument, for what lasts over exec
//   refuse=NR          seccomp (needs nnp): system call NR fails with EPERM
//   stdout=KIND        closedpipe, fullpipe, fullnonblock or readonly
//   userns             a user and mount namespace of its own, in which the caller is root
// and one of these for how the program is run; the exit status is then the program's, 98 when it
// was stopped, 99 when a signal ended it:
//   keys=MS            on a terminal, opened when this is met, where after MS interrupt, quit and
//                      suspend are typed again and again
//   hangup=MS          on a terminal that goes away after MS
//   traced             under ptrace
//   sharedfs           sharing its working directory and umask with a process that keeps
//                      changing both

#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr uid_t kNobody = 65534;

struct Plan {
    std::vector<std::string> arguments;
    bool no_arguments = false;
    std::string program;
    std::string run;  // keys, hangup, traced, sharedfs or nothing
    int delay = 0;    // ms, for keys and hangup
    int master = -1;  // the terminal, for the same two
    int slave = -1;
};

[[noreturn]] void give_up(const std::string& thing) {
    std::perror(thing.c_str());
    std::_Exit(97);
}

void must(bool done, const std::string& thing) {
    if (!done) give_up(thing);
}

int number(const std::string& text) {
    return static_cast<int>(std::strtol(text.c_str(), nullptr, 0));
}

void each_signal(const std::string& which, const std::function<void(int)>& act) {
    if (which != "all") return act(number(which));
    for (int n = 1; n < NSIG; ++n) act(n);
}

void limit(const std::string& text) {
    static const std::map<std::string, int> kNames{
        {"as", RLIMIT_AS},         {"core", RLIMIT_CORE},       {"cpu", RLIMIT_CPU},
        {"data", RLIMIT_DATA},     {"fsize", RLIMIT_FSIZE},     {"locks", RLIMIT_LOCKS},
        {"nofile", RLIMIT_NOFILE}, {"nproc", RLIMIT_NPROC},     {"sigpending", RLIMIT_SIGPENDING},
        {"stack", RLIMIT_STACK},   {"memlock", RLIMIT_MEMLOCK}, {"rttime", RLIMIT_RTTIME}};
    const auto colon = text.find(':');
    const auto name = kNames.find(text.substr(0, colon));
    must(name != kNames.end() && colon != std::string::npos, "limit=" + text);
    const rlim_t value = std::strtoull(text.c_str() + colon + 1, nullptr, 0);
    const rlimit both{value, value};
    must(::setrlimit(static_cast<__rlimit_resource>(name->second), &both) == 0, "limit=" + text);
}

void timer(const std::string& text) {
    const auto colon = text.find(':');
    const int which = text[0] == 'r' ? ITIMER_REAL : text[0] == 'v' ? ITIMER_VIRTUAL : ITIMER_PROF;
    const long us = std::strtol(text.c_str() + colon + 1, nullptr, 0);
    const timeval span{us / 1000000, us % 1000000};
    const itimerval every{span, span};
    must(::setitimer(static_cast<__itimer_which>(which), &every, nullptr) == 0, "itimer=" + text);
}

void output(const std::string& kind) {
    std::array<int, 2> ends{};
    if (kind == "readonly") {
        ends[1] = ::open("/dev/null", O_RDONLY);
    } else {
        must(::pipe(ends.data()) == 0, "pipe");
        if (kind == "closedpipe") {
            ::close(ends[0]);
        } else {
            const int flags = ::fcntl(ends[1], F_GETFL);
            ::fcntl(ends[1], F_SETFL, flags | O_NONBLOCK);
            const std::array<char, 4096> filling{};
            while (::write(ends[1], filling.data(), filling.size()) > 0) {
            }
            if (kind == "fullpipe") ::fcntl(ends[1], F_SETFL, flags);
            ::dup2(ends[0], 900);  // stays open in the program unless it closes it
        }
    }
    must(::dup2(ends[1], STDOUT_FILENO) == STDOUT_FILENO, "stdout=" + kind);
}

void write_file(const char* path, const std::string& text) {
    const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
    must(fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
         path);
    ::close(fd);
}

void user_namespace() {
    const std::string uid = std::to_string(::geteuid());
    const std::string gid = std::to_string(::getegid());
    must(::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0, "unshare");
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 " + uid + " 1");
    write_file("/proc/self/gid_map", "0 " + gid + " 1");
}

void become_nobody(const std::string& group) {
    const gid_t gid = group.empty() ? 0 : static_cast<gid_t>(number(group));
    must(::setgroups(group.empty() ? 0 : 1, &gid) == 0, "setgroups");
    must(::setresgid(kNobody, kNobody, kNobody) == 0, "setresgid");
    must(::setresuid(kNobody, kNobody, kNobody) == 0, "setresuid");
}

void refuse(int call) {
    std::array<sock_filter, 4> code{
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<__u32>(call), 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const sock_fprog program{code.size(), code.data()};
    must(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0, "seccomp");
}

void flood_descriptors() {
    while (::open("/dev/null", O_RDONLY) >= 0) {
    }
}

void deleted_directory(const std::string& path) {
    must(::mkdir(path.c_str(), 0755) == 0 && ::chdir(path.c_str()) == 0 &&
             ::rmdir(path.c_str()) == 0,
         path);
}

/// As they are: setenv takes no entry without '=', and is slow with many.
void add_to_environment(const std::vector<std::string>& texts) {
    static std::vector<char*> entries;
    std::vector<char*> all;
    for (char** entry = environ; *entry != nullptr; ++entry) all.push_back(*entry);
    for (const auto& text : texts) all.push_back(::strdup(text.c_str()));
    all.push_back(nullptr);
    entries = std::move(all);
    environ = entries.data();
}

void open_terminal(Plan& plan) {
    termios mode{};
    ::cfmakeraw(&mode);
    mode.c_lflag |= ISIG;
    mode.c_cc[VINTR] = 3;
    mode.c_cc[VQUIT] = 28;
    mode.c_cc[VSUSP] = 26;
    must(::openpty(&plan.master, &plan.slave, nullptr, &mode, nullptr) == 0, "openpty");
}

void use(Plan& plan, const std::string& thing, const std::string& value) {
    const std::map<std::string, std::function<void()>> things{
        {"nobody", [&] { become_nobody(value); }},
        {"argv0", [&] { plan.arguments.at(0) = value; }},
        {"noargs", [&] { plan.no_arguments = true; }},
        {"arg",
         [&] {
             plan.arguments.push_back("/" +
                                      std::string(static_cast<size_t>(number(value) - 1), 'a'));
         }},
        {"close", [&] { ::close(number(value)); }},
        {"fdat",
         [&] { must(::dup2(::open("/dev/null", O_RDONLY), number(value)) >= 0, "fdat=" + value); }},
        {"fdflood", flood_descriptors},
        {"alarm", [&] { ::alarm(static_cast<unsigned>(number(value))); }},
        {"itimer", [&] { timer(value); }},
        {"ignore", [&] { each_signal(value, [](int n) { std::signal(n, SIG_IGN); }); }},
        {"block",
         [&] {
             sigset_t set{};
             sigemptyset(&set);
             each_signal(value, [&](int n) { sigaddset(&set, n); });
             sigprocmask(SIG_BLOCK, &set, nullptr);
         }},
        {"pending",
         [&] {
             each_signal(value, [](int n) {
                 sigset_t set{};
                 sigemptyset(&set);
                 sigaddset(&set, n);
                 sigprocmask(SIG_BLOCK, &set, nullptr);
                 if (n != SIGKILL && n != SIGSTOP) std::raise(n);
             });
         }},
        {"limit", [&] { limit(value); }},
        {"env", [&] { add_to_environment({value}); }},
        {"envflood",
         [&] {
             add_to_environment(
                 std::vector<std::string>(static_cast<size_t>(number(value)), "V=x"));
         }},
        {"clearenv", [] { ::clearenv(); }},
        {"deletedcwd", [&] { deleted_directory(value); }},
        {"personality",
         [&] {
             must(::personality(std::strtoul(value.c_str(), nullptr, 16)) != -1, "personality");
         }},
        {"nice", [&] { must(::setpriority(PRIO_PROCESS, 0, number(value)) == 0, "nice"); }},
        {"idle",
         [] {
             const sched_param none{};
             must(::sched_setscheduler(0, SCHED_IDLE, &none) == 0, "idle");
         }},
        {"args",
         [&] {
             plan.arguments.insert(plan.arguments.end(), static_cast<size_t>(number(value)), "x");
         }},
        {"prctl",
         [&] {
             const auto what = std::strtol(value.c_str(), nullptr, 0);
             const auto to = std::strtoul(value.substr(value.find(':') + 1).c_str(), nullptr, 0);
             must(::prctl(static_cast<int>(what), to, 0, 0, 0) == 0, "prctl=" + value);
         }},
        {"nnp", [] { must(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "nnp"); }},
        {"refuse", [&] { refuse(number(value)); }},
        {"stdout", [&] { output(value); }},
        {"userns", user_namespace},
    };
    if (thing == "keys" || thing == "hangup" || thing == "traced" || thing == "sharedfs") {
        plan.run = thing;
        plan.delay = number(value);
        if (thing == "keys" || thing == "hangup") open_terminal(plan);
        return;
    }
    const auto found = things.find(thing);
    if (found == things.end()) {
        std::fprintf(stderr, "hostile_exec: what is %s?\n", thing.c_str());
        std::_Exit(97);
    }
    found->second();
}

[[noreturn]] void start(const Plan& plan) {
    std::vector<char*> argv;
    if (!plan.no_arguments) {
        for (const auto& argument : plan.arguments)
            argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    ::execve(plan.program.c_str(), argv.data(), environ);
    give_up(plan.program);
}

int status_of(int status) {
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    std::fprintf(stderr, "hostile_exec: ended by signal %d\n", WTERMSIG(status));
    return 99;
}

int on_terminal(const Plan& plan) {
    const int terminal = plan.master;
    const pid_t child = ::fork();
    must(child >= 0, "fork");
    if (child == 0) {
        ::close(terminal);
        must(::login_tty(plan.slave) == 0, "login_tty");
        start(plan);
    }
    ::close(plan.slave);
    std::this_thread::sleep_for(std::chrono::milliseconds(plan.delay));
    if (plan.run == "hangup") ::close(terminal);
    int status = 0;
    while (::waitpid(child, &status, WNOHANG | WUNTRACED) == 0) {
        if (plan.run == "hangup") continue;
        (void)!::write(terminal, "\003\032\034", 3);
        pollfd readable{terminal, POLLIN, 0};
        std::array<char, 512> bytes{};
        if (::poll(&readable, 1, 1) > 0) {
            const ssize_t n = ::read(terminal, bytes.data(), bytes.size());
            if (n > 0) (void)!::write(STDOUT_FILENO, bytes.data(), static_cast<size_t>(n));
        }
    }
    if (WIFSTOPPED(status)) {
        ::kill(child, SIGKILL);
        return 98;
    }
    // The other end is closed: what is left is read, then an error.
    std::array<char, 512> bytes{};
    ssize_t n = 0;
    while (plan.run == "keys" && (n = ::read(terminal, bytes.data(), bytes.size())) > 0)
        (void)!::write(STDOUT_FILENO, bytes.data(), static_cast<size_t>(n));
    return status_of(status);
}

int traced(const Plan& plan) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        start(plan);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        const int stop = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
        ::ptrace(PTRACE_CONT, child, nullptr, stop);
    }
    return status_of(status);
}

int sharing(const Plan& plan) {
    // With no stack of its own the child goes on like after fork, but with our fs_struct.
    const long child = ::syscall(SYS_clone, CLONE_FS | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (child == 0) start(plan);
    int status = 0;
    while (::waitpid(static_cast<pid_t>(child), &status, WNOHANG) == 0) {
        ::umask(0);
        (void)!::chdir("/tmp");
        ::umask(0777);
        (void)!::chdir("/");
    }
    return status_of(status);
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const auto dashes = std::find(words.begin(), words.end(), "--");
    if (dashes == words.end() || dashes + 1 == words.end()) return 97;
    Plan plan;
    plan.arguments.assign(dashes + 1, words.end());
    plan.program = plan.arguments.front();
    for (auto word = words.begin(); word != dashes; ++word) {
        const auto equals = word->find('=');
        use(plan, word->substr(0, equals),
            equals == std::string::npos ? "" : word->substr(equals + 1));
    }
    if (plan.run == "keys" || plan.run == "hangup") return on_terminal(plan);
    if (plan.run == "traced") return traced(plan);
    if (plan.run == "sharedfs") return sharing(plan);
    start(plan);
}
