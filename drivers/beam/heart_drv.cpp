// SPDX-License-Identifier: Apache-2.0
// The linked-in driver "heart": what erts calls when OTP's heart opens its port.
#include <erl_driver.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/beam/heart_threads.h"
#include "wire/heart_op.h"

namespace {

using namespace vakt;

// How long an emulator that is about to end lets the heart note why; the rest is the hardware's.
constexpr int kPatience = 2000;  // ms

class ErtsLock final : public beam::Lock {
 public:
    explicit ErtsLock(const char* name) : mutex_(::erl_drv_mutex_create(const_cast<char*>(name))) {}
    ~ErtsLock() override { ::erl_drv_mutex_destroy(mutex_); }
    void lock() override { ::erl_drv_mutex_lock(mutex_); }
    void unlock() override { ::erl_drv_mutex_unlock(mutex_); }

 private:
    ErlDrvMutex* mutex_;
};

bool start_thread(const char* name, std::function<void()> body) {
    // Its thread goes on until the process ends, so nobody takes this back.
    auto* const its = new std::function<void()>(std::move(body));
    ErlDrvTid thread = nullptr;
    const auto run = [](void* argument) -> void* {
        (*static_cast<std::function<void()>*>(argument))();
        return nullptr;
    };
    return ::erl_drv_thread_create(const_cast<char*>(name), &thread, run, its, nullptr) == 0;
}

bool is_socket(const std::string& path) {
    struct stat about = {};
    return ::stat(path.c_str(), &about) == 0 && S_ISSOCK(about.st_mode);
}

/// One for the process, from the first port on, and never destroyed: an emulator that ends by
/// exit(3) runs destructors while its threads go on.
beam::Guardian* guardian() {
    static beam::Guardian* const only = [] {
        auto settings = beam::read_inner_settings(&std::getenv, &is_socket);
        if (!settings) {
            beam::say_on_stderr(describe(settings.error()) + "; heart acts alone");
            settings = beam::InnerSettings{};
        }
        const beam::Emulator emulator{
            [](const char* name) { return std::make_unique<ErtsLock>(name); }, &start_thread};
        auto* const made = new beam::Guardian(*settings, emulator);
        if (!made->start()) return static_cast<beam::Guardian*>(nullptr);
        // halt/0 closes no port.
        std::atexit([] { guardian()->last_words(std::chrono::milliseconds(kPatience)); });
        return made;
    }();
    return only;
}

/// A port as erts holds it.
struct Port {
    ErlDrvPort handle = nullptr;
    std::shared_ptr<beam::HeartLink> link;
    int bell = -1;  ///< erts' own descriptor of link->for_vm; closed by stop_select
};

Port* port_of(ErlDrvData data) { return reinterpret_cast<Port*>(data); }
// An int in a pointer's place is how erts has it (driver_select(3)).
ErlDrvEvent event_of(int fd) { return std::bit_cast<ErlDrvEvent>(static_cast<std::intptr_t>(fd)); }

void wait_until_settled(const beam::HeartLink& link) {
    const timespec pause{.tv_sec = 0, .tv_nsec = 1'000'000};
    for (int waited = 0; waited < kPatience && !link.settled.load(); ++waited)
        ::nanosleep(&pause, nullptr);
}

ErlDrvData start(ErlDrvPort handle, char* command) {
    auto* const heart = guardian();
    if (heart == nullptr) return ERL_DRV_ERROR_GENERAL;
    // What has a thread of its own must not be unloaded.
    ::driver_lock_driver(handle);
    static std::atomic<beam::PortId> last{0};
    auto link = std::make_shared<beam::HeartLink>();
    link->id = ++last;
    std::vector<std::string> said;
    link->settings = beam::read_port_command(command, &std::getenv, said);
    const int bell = ::dup(link->for_vm.descriptor());
    if (bell < 0 || ::driver_select(handle, event_of(bell), ERL_DRV_READ | ERL_DRV_USE, 1) != 0)
        return ERL_DRV_ERROR_ERRNO;
    char ack = static_cast<char>(wire::HeartOp::ack);
    ::driver_output(handle, &ack, 1);
    heart->open(link, std::move(said));
    return reinterpret_cast<ErlDrvData>(new Port{handle, std::move(link), bell});
}

void stop(ErlDrvData data) {
    const std::unique_ptr<Port> port(port_of(data));
    port->link->closed = true;
    guardian()->wake();
    // A VM that closes it without SHUT_DOWN is ending, and takes its threads along.
    wait_until_settled(*port->link);
    ::driver_select(port->handle, event_of(port->bell), ERL_DRV_READ | ERL_DRV_USE, 0);
}

// PREPARING_CRASH comes from any thread of an emulator that stands still, past all its locks: no
// lock and no memory is asked for here, and what is waited for has an end.
void output(ErlDrvData data, char* bytes, ErlDrvSizeT size) {
    auto& link = *port_of(data)->link;
    const std::string_view message(bytes, size);
    const bool crashes =
        size == 1 && message.front() == static_cast<char>(wire::HeartOp::preparing_crash);
    if (crashes)
        link.crashes = true;
    else if (!link.to_heart.put(message.substr(0, wire::kLongestHeartBody + 1)))
        return;  // the heart stands still: its own machine takes that for no silence of the VM
    guardian()->wake();
    // Without a dump the emulator ends at once.
    if (crashes && !link.settings.crash_dump_seconds) wait_until_settled(link);
}

void ready_input(ErlDrvData data, ErlDrvEvent /*event*/) {
    auto* const port = port_of(data);
    auto& link = *port->link;
    link.for_vm.hush();
    while (auto taken = link.to_vm.take()) {
        auto& body = *taken;
        ::driver_output(port->handle, body.data(), body.size());
    }
    // Not driver_exit: that would end the port without telling its owner, who waits to be told.
    if (link.ends.load()) ::driver_failure_eof(port->handle);
}

void stop_select(ErlDrvEvent event, void* /*reserved*/) {
    ::close(static_cast<int>(reinterpret_cast<std::intptr_t>(event)));
}

// The launcher had to put standard output away for the emulator's beginning, in the one process
// there is: from erts 14 on it hands a terminal's mode to another one (src/prog/start_erl_alone.h).
int bring_terminal_back() {
    constexpr const char* kName = "VAKT_TERMINAL";
    const char* const words = std::getenv(kName);
    if (words == nullptr) return 0;
    const int kept = std::atoi(words);
    if (kept > STDERR_FILENO && ::isatty(kept) == 1 && ::dup2(kept, STDOUT_FILENO) >= 0)
        ::close(kept);
    ::unsetenv(kName);
    return 0;
}

ErlDrvEntry make_entry() {
    static char name[] = "heart";
    ErlDrvEntry entry = {};
    entry.init = &bring_terminal_back;
    entry.start = &start;
    entry.stop = &stop;
    entry.output = &output;
    entry.ready_input = &ready_input;
    entry.stop_select = &stop_select;
    entry.driver_name = name;
    entry.extended_marker = static_cast<int>(ERL_DRV_EXTENDED_MARKER);
    entry.major_version = ERL_DRV_EXTENDED_MAJOR_VERSION;
    entry.minor_version = ERL_DRV_EXTENDED_MINOR_VERSION;
    entry.driver_flags = static_cast<int>(ERL_DRV_FLAG_USE_PORT_LOCKING);
    return entry;
}

}  // namespace

extern "C" DRIVER_INIT(heart) {
    static ErlDrvEntry entry = make_entry();
    return &entry;
}
