// SPDX-License-Identifier: Apache-2.0
// The VM's side of heart's port in nerves_heart's personality, for test/prog/heart_nerves.sh; the
// board is test/preload/heart_shim.cpp.
//
//   nerves_peer DIR HEART SHIM   runs every case at once: DIR/CASE/log and DIR/CASE/code
#include <sys/prctl.h>
#include <sys/stat.h>

#include <functional>

#include "test/support/heart_process.h"

namespace {

using namespace vakt::test;

struct Case {
    std::string dir;
    std::string heart;
    std::string shim;

    [[nodiscard]] Start start(const std::map<std::string, std::string>& more = {}) const {
        Start start;
        start.arguments = {"-ht", "11"};
        start.environment = {{"VAKT_HEART_PERSONALITY", "nerves"},
                             {"LD_PRELOAD", shim},
                             {"SHIM_LOG", dir + "/board"},
                             {"HEART_COMMAND", "touch " + dir + "/command-ran"},
                             {"HEART_VERBOSE", "2"}};
        for (const auto& [name, value] : more) start.environment[name] = value;
        return start;
    }
    /// What the board saw, without the times.
    [[nodiscard]] std::string board() const {
        std::istringstream lines(slurp(dir + "/board"));
        std::string all;
        for (std::string line; std::getline(lines, line);)
            all += line.substr(line.find(' ') + 1) + ";";
        return all;
    }
    void saw(const std::string& wanted, Clock::duration limit = 5s) const {
        const bool did = eventually(limit, [&] { return board() == wanted; });
        expect(did, "the board saw [" + board() + "], not [" + wanted + "]");
    }
};

const std::string kOpened = "open /dev/watchdog0;pet 1 plain;";
const std::string kRestart = "reboot 0x01234567;";

void verb(HeartProcess& heart, const std::string& text) {
    heart.send(set_command(text));
    heart.answers(kAck, text);
}
std::string status(const HeartProcess& heart) {
    heart.send(kGet);
    const auto text = heart.rest(300);
    expect(text.size() > 3 && text[2] == '\7', "no status");
    return text.substr(3);
}
void has(const std::string& text, const std::string& line) {
    expect(("\n" + text).find("\n" + line + "\n") != std::string::npos,
           line + " is not in\n" + text);
}
void leaves(const Case& c, HeartProcess& heart, const std::string& board) {
    heart.send(kShutDown);
    expect(heart.ended(5s) == 0, "it did not end with 0");
    c.saw(board);
}

void pets(const Case& c) {
    HeartProcess heart(c.heart, c.dir, c.start());
    heart.started();
    c.saw(kOpened);
    heart.send(kBeat);
    c.saw(kOpened + "pet 1 plain;");
    leaves(c, heart, kOpened + "pet 1 plain;pet 1 plain;");
}
void silence(const Case& c) {
    HeartProcess heart(c.heart, c.dir, c.start());
    heart.started();
    const auto beat = Clock::now();
    heart.send(kBeat);
    c.saw(kOpened + "pet 1 plain;sync;" + kRestart, 14s);
    const double took = seconds(Clock::now() - beat);
    std::printf("acted after %.3f s\n", took);
    expect(took >= 11.0 && took < 14.5, "not in time");
    expect(heart.ended(5s) == 0, "it did not end with 0");
    expect(slurp(c.dir + "/command-ran").empty() &&
               ::access((c.dir + "/command-ran").c_str(), F_OK) != 0,
           "HEART_COMMAND ran");
}
void chatter(const Case& c) {
    HeartProcess heart(c.heart, c.dir, c.start());
    heart.started();
    heart.send(kBeat);
    const auto beat = Clock::now();
    while (c.board().find("reboot") == std::string::npos && Clock::now() - beat < 13s) {
        if (heart.runs()) heart.send(std::string("\0\1\143", 3));
        ::usleep(200000);
    }
    const auto text = slurp(c.dir + "/board");
    const double at = std::stod(text.substr(text.rfind('\n', text.size() - 2) + 1));
    const double took = at - seconds(beat.time_since_epoch());
    std::printf("acted after %.3f s\n", took);
    expect(took >= 10.999 && took < 14.5, "not in time");
}
void status_text(const Case& c) {
    auto start = c.start();
    start.arguments.clear();
    HeartProcess heart(c.heart, c.dir, start);
    heart.started();
    const auto text = status(heart);
    for (const char* line :
         {"program_name=nerves_heart", "program_version=2.5.0", "heartbeat_timeout=60",
          "heartbeat_time_left=60", "init_grace_time_left=0", "snooze_time_left=0",
          "wdt_pet_time_left=110", "init_handshake_happened=1", "init_handshake_timeout=0",
          "init_handshake_time_left=0", "wdt_identity=Shim Watchdog", "wdt_firmware_version=0",
          "wdt_options=settimeout,magicclose,keepaliveping,", "wdt_time_left=60",
          "wdt_pre_timeout=0", "wdt_timeout=120", "wdt_last_boot=power_on"})
        has(text, line);
    leaves(c, heart, kOpened + "pet 1 plain;");
}
void guarded(const Case& c, const std::string& text, const std::string& told) {
    HeartProcess heart(c.heart, c.dir, c.start());
    heart.started();
    c.saw(kOpened);
    verb(heart, text);
    c.saw(kOpened + "pet 1 plain;kill 1 " + told + ";sync;");
    heart.send(kBeat);
    leaves(c, heart, kOpened + "pet 1 plain;kill 1 " + told + ";sync;");
}
void guarded_then_closed(const Case& c) {
    HeartProcess heart(c.heart, c.dir, c.start());
    heart.started();
    verb(heart, "guarded_poweroff");
    heart.close_port();
    c.saw(kOpened + "pet 1 plain;kill 1 USR2;sync;sync;reboot 0x4321fedc;", 14s);
}
void immediate(const Case& c, const std::string& text, const std::string& how) {
    HeartProcess heart(c.heart, c.dir, c.start());
    heart.started();
    heart.send(set_command(text));
    c.saw(kOpened + "reboot " + how + ";");
    expect(heart.ended(5s) == 0, "it did not end");
    expect(heart.rest(100).empty(), "it was acknowledged");
}
void disable_hw(const Case& c, const std::string& text) {
    HeartProcess heart(c.heart, c.dir, c.start());
    heart.started();
    verb(heart, text);
    heart.send(kBeat);
    leaves(c, heart, kOpened);
}
void disable_vm(const Case& c) {
    HeartProcess heart(c.heart, c.dir, c.start());
    heart.started();
    verb(heart, "disable_vm");
    c.saw(kOpened + "sync;" + kRestart);
}
void handshake(const Case& c, bool comes) {
    auto start = c.start({{"HEART_INIT_TIMEOUT", "3"}});
    HeartProcess heart(c.heart, c.dir, start);
    heart.started();
    const auto began = Clock::now();
    has(status(heart), "init_handshake_time_left=3");
    if (comes) verb(heart, "init_handshake");
    has(status(heart), comes ? "init_handshake_happened=1" : "init_handshake_happened=0");
    if (comes) {
        ::sleep(4);
        return leaves(c, heart, kOpened + "pet 1 plain;");
    }
    c.saw(kOpened + "sync;" + kRestart, 6s);
    const double took = seconds(Clock::now() - began);
    expect(took > 2.5 && took < 6.5, "not in time");
}
void grace(const Case& c) {
    HeartProcess heart(c.heart, c.dir, c.start({{"HEART_INIT_GRACE_TIME", "4"}}));
    heart.started();
    const auto began = Clock::now();
    has(status(heart), "init_grace_time_left=4");
    c.saw(kOpened + "pet 1 plain;sync;" + kRestart, 18s);  // a message in the grace time pets
    const double took = seconds(Clock::now() - began);
    expect(took > 14.5 && took < 18.6, "not in time");
}
void snooze(const Case& c, bool by_signal) {
    HeartProcess heart(c.heart, c.dir, c.start({{"SHIM_TIMEOUT", "4"}}));
    heart.started();
    if (by_signal)
        ::kill(heart.pid(), SIGUSR1);
    else
        verb(heart, "snooze");
    ::sleep(13);
    expect(heart.runs(), "it did not snooze");
    const auto seen = c.board();
    expect(seen.find("reboot") == std::string::npos, seen);
    expect(seen.size() >= kOpened.size() + 5 * std::string("pet 1 plain;").size(),
           "it was not petted: " + seen);
    const auto text = status(heart);
    expect(text.find("snooze_time_left=88") != std::string::npos, text);
}
void opens_late(const Case& c) {
    HeartProcess heart(
        c.heart, c.dir,
        c.start({{"SHIM_OPEN_FAILURES", "1"}, {"HEART_WATCHDOG_PATH", "/dev/watchdog1"}}));
    heart.started();
    c.saw("open /dev/watchdog1 failed;open /dev/watchdog1;pet 1 plain;", 7s);
}
void pets_by_itself(const Case& c) {
    HeartProcess heart(c.heart, c.dir,
                       c.start({{"SHIM_TIMEOUT", "6"}, {"HEART_KERNEL_TIMEOUT", "30"}}));
    heart.started();
    const std::string opened = "open /dev/watchdog0;settimeout 30;pet 1 plain;";
    c.saw(opened);
    c.saw(opened + "pet 1 plain;", 4s);
}
void crash(const Case& c) {
    HeartProcess heart(c.heart, c.dir, c.start({{"ERL_CRASH_DUMP_SECONDS", "2"}}));
    heart.started();
    heart.send(kCrash);
    c.saw(kOpened + "pet 1 plain;");
    ::sleep(1);
    c.saw(kOpened + "pet 1 plain;");
    c.saw(kOpened + "pet 1 plain;sync;" + kRestart, 3s);
}
void kills(const Case& c) {
    const pid_t vm = ::fork();
    if (vm == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) ::pause();
    }
    auto start = c.start({{"HEART_KILL_SIGNAL", "SIGABRT"}});
    start.arguments = {"-pid", std::to_string(vm)};
    HeartProcess heart(c.heart, c.dir, start);
    heart.started();
    verb(heart, "disable_vm");
    const std::string killed = "kill " + std::to_string(vm) + " ABRT;";
    c.saw(kOpened + "sync;" + killed);
    ::kill(vm, SIGKILL);
    eventually(5s, [&] { return c.board().find("reboot") != std::string::npos; });
    const auto seen = c.board();
    expect(seen.substr(seen.size() - kRestart.size()) == kRestart, seen);
}
void sync_hangs(const Case& c) {
    HeartProcess heart(c.heart, c.dir, c.start({{"SHIM_SYNC_HANGS", "1"}}));
    heart.started();
    heart.close_port();
    c.saw(kOpened + "sync;" + kRestart, 4s);
}
void reboot_fails(const Case& c) {
    HeartProcess heart(c.heart, c.dir,
                       c.start({{"SHIM_REBOOT_FAILS", "1"}, {"SHIM_TIMEOUT", "4"}}));
    heart.started();
    heart.close_port();
    c.saw(kOpened + "sync;" + kRestart);
    expect(eventually(5s, [&] { return heart.says("reboot: Operation not permitted"); }),
           "it is not said");
    ::sleep(4);
    expect(heart.runs(), "the device was let go");
    expect(heart.ended(10s) == 0, "it does not end");
    c.saw(kOpened + "sync;" + kRestart);
}
void disabled(const Case& c) {
    HeartProcess heart(c.heart, c.dir, c.start({{"HW_WD_DISABLE", ""}}));
    heart.started();
    heart.send(kBeat);
    leaves(c, heart, "");
}

const std::map<std::string, std::function<void(const Case&)>> kCases = {
    {"pets", pets},
    {"silence", silence},
    {"chatter", chatter},
    {"status", status_text},
    {"guarded-reboot", [](const Case& c) { guarded(c, "guarded_reboot", "TERM"); }},
    {"guarded-poweroff", [](const Case& c) { guarded(c, "guarded_poweroff", "USR2"); }},
    {"guarded-halt", [](const Case& c) { guarded(c, "guarded_halt", "USR1"); }},
    {"guarded-closed", guarded_then_closed},
    {"immediate-reboot",
     [](const Case& c) { immediate(c, "guarded_immediate_reboot", "0x01234567"); }},
    {"immediate-poweroff",
     [](const Case& c) { immediate(c, "guarded_immediate_poweroff", "0x4321fedc"); }},
    {"disable", [](const Case& c) { disable_hw(c, "disable"); }},
    {"disable-hw", [](const Case& c) { disable_hw(c, "disable_hw"); }},
    {"disable-vm", disable_vm},
    {"handshake", [](const Case& c) { handshake(c, true); }},
    {"no-handshake", [](const Case& c) { handshake(c, false); }},
    {"grace", grace},
    {"snooze", [](const Case& c) { snooze(c, false); }},
    {"snooze-signal", [](const Case& c) { snooze(c, true); }},
    {"opens-late", opens_late},
    {"pets-by-itself", pets_by_itself},
    {"crash", crash},
    {"kills", kills},
    {"sync-hangs", sync_hangs},
    {"reboot-fails", reboot_fails},
    {"hw-disabled", disabled},
};

/// Nothing here may be able to reboot the machine it runs on, shim or no shim.
bool could_reboot() {
    const auto text = slurp("/proc/self/status");
    const auto at = text.find("CapBnd:\t");
    const auto bounding =
        at == std::string::npos ? ~0ULL : std::stoull(text.substr(at + 8, 16), nullptr, 16);
    return (bounding >> 22 & 1) != 0 && ::geteuid() == 0;  // CAP_SYS_BOOT
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: nerves_peer DIR HEART SHIM\n");
        return 2;
    }
    if (could_reboot()) {
        std::fprintf(stderr,
                     "nerves_peer: CAP_SYS_BOOT is not dropped; run under scripts/confine.sh\n");
        return 2;
    }
    ::signal(SIGPIPE, SIG_IGN);
    std::map<pid_t, std::string> running;
    for (const auto& [name, function] : kCases) {
        Case c{argv[1], argv[2], argv[3]};
        c.dir.append("/").append(name);
        ::mkdir(c.dir.c_str(), 0755);
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGTERM);
            const int log =
                ::open((c.dir + "/log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
            ::dup2(log, 1);
            ::dup2(log, 2);
            function(c);
            std::fflush(stdout);
            std::_Exit(0);
        }
        running[pid] = c.dir;
    }
    while (!running.empty()) {
        int status = 0;
        const auto found = running.find(::wait(&status));
        if (found == running.end()) continue;
        std::ofstream(found->second + "/code.new")
            << (WIFEXITED(status) ? WEXITSTATUS(status) : 1) << '\n';
        static_cast<void>(
            std::rename((found->second + "/code.new").c_str(), (found->second + "/code").c_str()));
        running.erase(found);
    }
    return 0;
}
