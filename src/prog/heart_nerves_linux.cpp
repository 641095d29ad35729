// SPDX-License-Identifier: Apache-2.0
// heart in nerves_heart's personality: the pure machine's wiring.
// People put their own open, write, ioctl, select, sync, kill and reboot in libc's place here
// (LD_PRELOAD), so these are called under just these names: large-file builds would make open64 of
// open.
#undef _FILE_OFFSET_BITS
#undef _TIME_BITS
#include <fcntl.h>
#include <linux/watchdog.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <limits>
#include <optional>
#include <string>

#include "heart/nerves.h"
#include "prog/heart_personality.h"
#include "prog/heart_port.h"
#include "sys/clock.h"
#include "sys/other_process.h"
#include "sys/side_output.h"
#include "sys/signal_inbox.h"

namespace {

using namespace std::chrono_literals;
using namespace vakt;

constexpr int kLongestSync = 2000;  // milliseconds: a disk that hangs must not hold the reset up

class NervesProgram {
 public:
    explicit NervesProgram(std::span<const char* const> arguments) {
        const auto read = heart::read_arguments(arguments);
        for (const auto& words : read.said)
            if (words.rfind("heart: ", 0) == 0) stderr_.say(words);
        choose_level();
        auto settings = heart::read_nerves_settings(read, &std::getenv);
        if (read.pid > 0 && read.pid <= std::numeric_limits<pid_t>::max()) {
            auto held = sys::OtherProcess::hold(static_cast<pid_t>(read.pid));
            if (held) vm_.emplace(std::move(*held));
        }
        settings.knows_vm = vm_.has_value();
        log({6, true, "nerves_heart 2.5.0 (Vakt " VAKT_VERSION ")"});
        out_.ack();
        heart_.emplace(settings, sys::now());
        if (std::getenv("HW_WD_DISABLE") != nullptr) device_wanted_ = false;
        carry_out(heart_->start(sys::now()));
    }

    void run() {
        while (!over_) {
            wait();
            const auto now = sys::now();
            in_.drain([&](const heart::Event& event) { step(sys::now(), event); },
                      [&] { return heart_->listens() && !over_; });
            while (const auto signal = signals_.next()) take(*signal);
            if (out_.waiting()) out_.flush();
            if (vm_ && !vm_gone_ && vm_->ended()) {
                vm_gone_ = true;
                step(now, heart::VmEnded{});
            }
            if (now >= heart_->wake_at()) step(now, heart::Tick{});
        }
        // The reset did not come, and closing could stop the countdown that stands behind it.
        for (auto left = 2 * heart_->device_timeout(); reboot_failed_ && device_ >= 0 && left > 0s;
             left -= 1s) {
            timeval second = {1, 0};
            ::select(0, nullptr, nullptr, nullptr, &second);
        }
    }

 private:
    void wait() {
        fd_set readable;
        fd_set writable;
        FD_ZERO(&readable);
        FD_ZERO(&writable);
        int highest = 1;
        const auto watch = [&](int fd) {
            FD_SET(fd, &readable);
            highest = std::max(highest, fd);
        };
        watch(signals_.descriptor());
        if (in_.open() && heart_->listens()) watch(0);
        if (vm_ && !vm_gone_ && vm_->descriptor() >= 0) watch(vm_->descriptor());
        if (out_.waiting()) FD_SET(1, &writable);
        Duration left = 24h;
        if (heart_->wake_at() != kNever)
            left = std::clamp<Duration>(heart_->wake_at() - sys::now() + 999ns, 0s, 24h);
        if (vm_ && !vm_gone_ && vm_->descriptor() < 0) left = std::min<Duration>(left, 50ms);
        timeval length = {};
        length.tv_sec = static_cast<time_t>(left / 1s);
        length.tv_usec = static_cast<suseconds_t>((left % 1s) / 1us);
        ::select(highest + 1, &readable, &writable, nullptr, &length);
    }

    void take(int signal) {
        if (signal == SIGUSR1) return step(sys::now(), heart::SnoozeAsked{});
        if (signal == SIGCHLD) {
            while (::waitpid(-1, nullptr, WNOHANG) > 0) {
            }
            return;
        }
        step(sys::now(), heart::AskedToEnd{signal == SIGTERM  ? "SIGTERM"
                                           : signal == SIGINT ? "SIGINT"
                                                              : "SIGHUP"});
    }

    void step(Instant now, const heart::Event& event) { carry_out(heart_->on(now, event)); }
    void carry_out(const heart::NervesActions& actions) {
        for (const auto& action : actions) std::visit([&](const auto& a) { carry_out(a); }, action);
    }

    void carry_out(const heart::NervesAck&) { out_.ack(); }
    void carry_out(const heart::TellStatus& status) { out_.command(status.text + device_status()); }
    void carry_out(const heart::Log& entry) { log(entry); }
    void carry_out(const heart::PetDevice&) { pet(); }
    void carry_out(const heart::StopPetting&) {}
    void carry_out(const heart::TellInit& tell) {
        const int number = tell.ending == heart::Ending::restart     ? SIGTERM
                           : tell.ending == heart::Ending::power_off ? SIGUSR2
                                                                     : SIGUSR1;
        if (::kill(1, number) != 0)
            log({3, true, std::string("PID 1 cannot be told: ") + std::strerror(errno)});
    }
    void carry_out(const heart::SyncDisks& disks) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::sync();
            ::_exit(0);
        }
        if (child < 0 || !disks.wait) return;
        const auto held = sys::OtherProcess::hold(child);
        pollfd ended = {held ? held->descriptor() : -1, POLLIN, 0};
        if (::poll(&ended, 1, kLongestSync) != 1 && held && !held->ended())
            log({3, true, "sync takes too long; going on without it"});
    }
    void carry_out(const heart::NervesKill& kill) {
        const auto sent = vm_->signal(kill.abort ? SIGABRT : SIGKILL, true);
        if (sent) return;
        const bool gone = sent.error().code == std::errc::no_such_process;
        if (!gone) log({3, true, describe(sent.error())});
        const auto event =
            gone ? heart::Event(heart::VmEnded{}) : heart::Event(heart::VmUnkillable{});
        step(sys::now(), event);
    }
    void carry_out(const heart::Reboot& request) {
        auto how = static_cast<int>(RB_AUTOBOOT);
        if (request.ending == heart::Ending::power_off) how = static_cast<int>(RB_POWER_OFF);
        if (request.ending == heart::Ending::halt) how = static_cast<int>(RB_HALT_SYSTEM);
        ::reboot(how);
        log({3, true, std::string("reboot: ") + std::strerror(errno)});
        reboot_failed_ = true;
    }
    void carry_out(const heart::NervesLeave&) { over_ = true; }

    // ---- the device
    void pet() {
        if (!device_wanted_ || heart_->device_given_up()) return heart_->not_petted(sys::now());
        if (device_ < 0) open_device();
        if (device_ < 0) return;
        if (::write(device_, "\0", 1) >= 0) return heart_->petted(sys::now());
        log({3, true, std::string("error petting watchdog: ") + std::strerror(errno)});
        ::close(device_);
        device_ = -1;
        heart_->not_petted(sys::now());
    }
    void open_device() {
        const char* path = std::getenv("HEART_WATCHDOG_PATH");
        if (path == nullptr) path = "/dev/watchdog0";
        device_ = ::open(path, O_WRONLY | O_CLOEXEC);
        if (device_ < 0) {
            const int code = errno;
            heart_->not_petted(sys::now());
            if (heart_->device_given_up())
                log({3, true,
                     std::string("can't open '") + path +
                         "'. Running without kernel watchdog: " + std::strerror(code)});
            return;
        }
        set_timeout();
        int granted = 0;
        const bool told = ::ioctl(device_, WDIOC_GETTIMEOUT, &granted) == 0;
        heart_->opened(told ? std::optional<Duration>(std::chrono::seconds(granted))
                            : std::nullopt);
        log({6, true,
             "kernel watchdog activated. WDT timeout " +
                 std::to_string(heart_->device_timeout() / 1s) + "s"});
    }
    void set_timeout() const {
        const char* text = std::getenv("HEART_KERNEL_TIMEOUT");
        if (text == nullptr) return;
        const auto wanted = heart::scan_number(text);
        watchdog_info info = {};
        std::string wrong;
        if (::ioctl(device_, WDIOC_GETSUPPORT, &info) != 0 ||
            (info.options & WDIOF_SETTIMEOUT) == 0) {
            wrong = "not supported";
        } else if (!wanted || *wanted < 2 || *wanted > 120) {
            wrong = "invalid range 2-120";
        } else {
            int seconds = static_cast<int>(*wanted);
            if (::ioctl(device_, WDIOC_SETTIMEOUT, &seconds) != 0) wrong = std::strerror(errno);
        }
        if (!wrong.empty())
            log({3, true,
                 std::string("Failed to set kernel WDT timeout to ") + text + "s (" + wrong + ")"});
    }
    [[nodiscard]] std::string device_status() const {
        std::string text;
        const auto line = [&](const char* key, const std::string& value) {
            text.append(key).append("=").append(value).append("\n");
        };
        watchdog_info info = {};
        const bool there = device_ >= 0 && ::ioctl(device_, WDIOC_GETSUPPORT, &info) == 0;
        const auto* const identity = reinterpret_cast<const char*>(info.identity);
        line("wdt_identity",
             there ? std::string(identity, ::strnlen(identity, sizeof info.identity)) : "none");
        line("wdt_firmware_version", std::to_string(info.firmware_version));
        line("wdt_options", options_of(info.options));
        line("wdt_time_left", std::to_string(ask(WDIOC_GETTIMELEFT)));
        line("wdt_pre_timeout", std::to_string(ask(WDIOC_GETPRETIMEOUT)));
        line("wdt_timeout", std::to_string(heart_->device_timeout() / 1s));
        line("wdt_last_boot", ask(WDIOC_GETBOOTSTATUS) != 0 ? "watchdog" : "power_on");
        return text;
    }
    [[nodiscard]] int ask(unsigned long request) const {
        int value = 0;
        return device_ >= 0 && ::ioctl(device_, request, &value) == 0 ? value : 0;
    }
    [[nodiscard]] static std::string options_of(unsigned options) {
        const std::pair<unsigned, const char*> names[] = {
            {WDIOF_OVERHEAT, "overheat,"},     {WDIOF_FANFAULT, "fanfault,"},
            {WDIOF_EXTERN1, "extern1,"},       {WDIOF_EXTERN2, "extern2,"},
            {WDIOF_POWERUNDER, "powerunder,"}, {WDIOF_CARDRESET, "cardreset,"},
            {WDIOF_POWEROVER, "powerover,"},   {WDIOF_SETTIMEOUT, "settimeout,"},
            {WDIOF_MAGICCLOSE, "magicclose,"}, {WDIOF_PRETIMEOUT, "pretimeout,"},
            {WDIOF_ALARMONLY, "alarmonly,"},   {WDIOF_KEEPALIVEPING, "keepaliveping,"}};
        std::string text;
        for (const auto& [bit, name] : names)
            if ((options & bit) != 0) text += name;
        return text;
    }

    // ---- words: the kernel's log where we may write it, else stderr; what matters also to pmsg,
    // which outlives a reset
    void choose_level() {
        const char* verbose = std::getenv("HEART_VERBOSE");
        const long wanted = verbose == nullptr ? 1 : heart::scan_number(verbose).value_or(0);
        level_ = wanted <= 0 ? 0 : wanted >= 2 ? 7 : ::access("/dev/kmsg", W_OK) == 0 ? 6 : 3;
    }
    void log(const heart::Log& entry) const {
        if (entry.crumb) append("/dev/pmsg0", stamp() + " nerves_heart " + entry.text + "\n");
        if (entry.severity > level_) return;
        const std::string line = "nerves_heart: " + entry.text + "\n";
        // facility daemon
        if (!append("/dev/kmsg", "<" + std::to_string(3 * 8 + entry.severity) + ">" + line))
            stderr_.say(line);
    }
    static bool append(const char* path, const std::string& line) {
        const int file = ::open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        if (file < 0) return false;
        const bool whole =
            ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
        ::close(file);
        return whole;
    }
    // As Erlang's logger writes it: 2026-01-31T12:00:00.123456+00:00
    static std::string stamp() {
        timespec time = {};
        ::clock_gettime(CLOCK_REALTIME, &time);
        tm parts = {};
        ::gmtime_r(&time.tv_sec, &parts);
        char date[32];
        char text[64];
        std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
        std::snprintf(text, sizeof text, "%s.%06ld+00:00", date, time.tv_nsec / 1000);
        return text;
    }

    sys::SignalInbox signals_{SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGUSR1};
    mutable sys::SideOutput stderr_{2};
    prog::Inbox in_;
    prog::Outbox out_;
    std::optional<sys::OtherProcess> vm_;
    bool vm_gone_ = false;
    std::optional<heart::NervesHeart> heart_;
    int device_ = -1;  // never closed on leaving: the hardware goes on
    bool device_wanted_ = true;
    bool reboot_failed_ = false;
    bool over_ = false;
    int level_ = 3;
};

}  // namespace

int prog::run_as_nerves(std::span<const char* const> arguments) {
    NervesProgram program(arguments);
    program.run();
    return 0;
}
