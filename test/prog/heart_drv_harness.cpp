// SPDX-License-Identifier: Apache-2.0
// usage: heart_drv_harness cycles N | beats N | silence | crash
// Plays the emulator to the driver "heart", without one: so that ThreadSanitizer and valgrind see
// the driver alone. As erts does, it calls a port's functions one at a time, but for a crash, which
// comes from any thread. The board is a simulated one (test/support/simulated_board.h), in the
// folder where this is run. Ends with 0, and says what it saw.
#include <erl_driver.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <limits>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "test/support/heart_measures.h"
#include "test/support/simulated_board.h"

extern "C" ErlDrvEntry* driver_init();

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& words) {
    std::fprintf(stderr, "heart_drv_harness: %s\n", words.c_str());
    std::_Exit(1);
}

// ---- the emulator ----

struct HarnessPort {
    ErlDrvData data = nullptr;
    std::vector<std::string> said;
    int selected = -1;
    bool ended = false;
};

ErlDrvPort handle_of(HarnessPort& port) { return reinterpret_cast<ErlDrvPort>(&port); }
HarnessPort& port_of(ErlDrvPort handle) { return *reinterpret_cast<HarnessPort*>(handle); }
int fd_of(ErlDrvEvent event) { return static_cast<int>(reinterpret_cast<std::intptr_t>(event)); }

ErlDrvEntry* entry = nullptr;

void open_port(HarnessPort& port) {
    char command[] = "heart -pid 1 -ht 11";
    port.data = entry->start(handle_of(port), command);
    if (reinterpret_cast<std::intptr_t>(port.data) < 0) fail("the port was refused");
    if (port.said != std::vector<std::string>{std::string(1, '\1')}) fail("no ack at the start");
    port.said.clear();
}

void send(HarnessPort& port, std::string message) {
    entry->output(port.data, message.data(), message.size());
}

// One turn of a scheduler: what the driver has for the port.
bool turn(HarnessPort& port) {
    pollfd ready = {port.selected, POLLIN, 0};
    if (::poll(&ready, 1, 20000) != 1) return false;
    entry->ready_input(port.data,
                       reinterpret_cast<ErlDrvEvent>(static_cast<std::intptr_t>(port.selected)));
    return true;
}

std::string answer(HarnessPort& port) {
    while (port.said.empty())
        if (!turn(port)) fail("no answer");
    auto first = port.said.front();
    port.said.erase(port.said.begin());
    return first;
}

void close_port(HarnessPort& port) { entry->stop(port.data); }

void shut_down(HarnessPort& port) {
    send(port, "\3");
    while (!port.ended)
        if (!turn(port)) fail("SHUT_DOWN does not end the port");
    close_port(port);
}

// ---- the board ----

vakt::test::SimulatedBoard& board() {
    static auto& only = *new vakt::test::SimulatedBoard;
    return only;
}

void wait_for(const char* what, const std::atomic<bool>& came) {
    for (int i = 0; i < 20000 && !came; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (!came) fail(what);
}

// ---- what is tried ----

// Descriptors and threads.
std::ptrdiff_t held() {
    using Each = std::filesystem::directory_iterator;
    return std::distance(Each("/proc/self/fd"), Each()) +
           std::distance(Each("/proc/self/task"), Each());
}

int cycles(int count) {
    auto most = std::numeric_limits<std::ptrdiff_t>::max();
    auto* port = new HarnessPort;
    open_port(*port);
    for (int i = 0; i < count; ++i) {
        send(*port, "\2");
        send(*port, "\4reboot " + std::to_string(i));
        if (answer(*port) != "\1") fail("SET_CMD is not acknowledged");
        send(*port, "\6");
        if (answer(*port) != "\7reboot " + std::to_string(i)) fail("GET_CMD answers otherwise");
        // The new heart beats before the old one leaves.
        auto* next = new HarnessPort;
        open_port(*next);
        send(*next, "\2");
        send(*next, "\5");
        if (answer(*next) != "\1") fail("CLEAR_CMD is not acknowledged");
        shut_down(*port);
        delete port;
        port = next;
        if (i % 8 != 7) continue;
        // A stop, and a start anew: the watchdog is armed again.
        shut_down(*port);
        delete port;
        port = new HarnessPort;
        open_port(*port);
        if (i == 7) most = held();
    }
    shut_down(*port);
    delete port;
    // The watchdog is let go of a little later, by threads of the driver's and the board's.
    for (int i = 0; i < 20000 && held() > most; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (held() > most)
        fail(std::to_string(held()) + " descriptors and threads, after the first stop " +
             std::to_string(most));
    std::printf("%d cycles\n", count);
    return 0;
}

// What the emulator's thread waits in output(), and how long a question takes through the heart's
// thread and back.
int beats(int count) {
    HarnessPort port;
    open_port(port);
    vakt::test::measure_answers(
        count, [&] { send(port, "\2"); },
        [&] {
            send(port, "\6");
            if (answer(port) != "\7") fail("GET_CMD answers otherwise");
        });
    shut_down(port);
    return 0;
}

int silence() {
    vakt::test::HeartsWords words;
    ::dup2(words.descriptor(), STDERR_FILENO);
    HarnessPort port;
    open_port(port);
    vakt::test::measure_silence(words, [&] { send(port, "\2"); });
    return 0;
}

int crash() {
    auto& port = *new HarnessPort;
    open_port(port);
    send(port, "\2");
    std::thread crashing([&] { send(port, "\10"); });
    for (int i = 0; i < 100; ++i) send(port, "\2");
    crashing.join();
    wait_for("no reboot after a crash", board().rebooted);
    if (board().disarmed) fail("a crash has disarmed the watchdog");
    close_port(port);
    std::printf("crash: rebooted\n");
    return 0;
}

}  // namespace

// ---- erts' functions, as far as the driver knows them ----

extern "C" {
int driver_lock_driver(ErlDrvPort /*port*/) { return 0; }
int driver_output(ErlDrvPort port, char* bytes, ErlDrvSizeT size) {
    port_of(port).said.emplace_back(bytes, size);
    return 0;
}
int driver_failure_eof(ErlDrvPort port) {
    port_of(port).ended = true;
    return 0;
}
int driver_select(ErlDrvPort port, ErlDrvEvent event, int /*mode*/, int on) {
    port_of(port).selected = on != 0 ? fd_of(event) : -1;
    if (on == 0) entry->stop_select(event, nullptr);
    return 0;
}
ErlDrvMutex* erl_drv_mutex_create(char* /*name*/) {
    return reinterpret_cast<ErlDrvMutex*>(new std::mutex);
}
void erl_drv_mutex_destroy(ErlDrvMutex* mutex) { delete reinterpret_cast<std::mutex*>(mutex); }
void erl_drv_mutex_lock(ErlDrvMutex* mutex) { reinterpret_cast<std::mutex*>(mutex)->lock(); }
void erl_drv_mutex_unlock(ErlDrvMutex* mutex) { reinterpret_cast<std::mutex*>(mutex)->unlock(); }
int erl_drv_thread_create(char* /*name*/, ErlDrvTid* thread, void* (*body)(void*), void* argument,
                          ErlDrvThreadOpts* /*options*/) {
    pthread_t its = {};
    const int error = ::pthread_create(&its, nullptr, body, argument);
    *thread = reinterpret_cast<ErlDrvTid>(its);
    return error;
}
}

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    const int count = argc > 2 ? std::atoi(argv[2]) : 0;
    board().start("harness.wdt");
    ::setenv("HEART_WATCHDOG_PATH",
             (std::string(::get_current_dir_name()) + "/harness.wdt").c_str(), 1);
    ::setenv("VAKT_STATE_DIR", "state", 1);
    ::setenv("VAKT_KEEPER_SOCKET", "run/keeper.sock", 1);
    ::setenv("VAKT_PSTORE_DIR", "pstore", 1);
    ::setenv("VAKT_PMSG", "pmsg", 1);
    ::setenv("HEART_BEAT_BOOT_DELAY", "20", 1);
    ::unsetenv("ERL_CRASH_DUMP_SECONDS");
    entry = driver_init();
    int code = 2;
    if (what == "cycles" && count > 0)
        code = cycles(count);
    else if (what == "beats" && count > 0)
        code = beats(count);
    else if (what == "silence")
        code = silence();
    else if (what == "crash")
        code = crash();
    else
        std::fputs("usage: heart_drv_harness cycles N | beats N | silence | crash\n", stderr);
    std::fflush(stdout);
    // As the emulator ends: with its threads still running.
    std::exit(code);
}
