// SPDX-License-Identifier: Apache-2.0
// usage: bus_mock ADDRESS LOGIN1 SYSTEMD1 [STATE]
// Stands for login1 and systemd1 on a private bus; LOGIN1 and SYSTEMD1 are what each does with a
// call that would end the system: answer, refuse, hang or die. STATE is systemd's SystemState
// (running). Says on standard output what it is called with, and every signal of org.vakt.Keeper1.
// SIGUSR1: emits PrepareForShutdown(true).
#include <sys/signalfd.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

std::string login1_does;
std::string systemd1_does;
std::string state = "running";

void say(const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

int deal(sd_bus_message* message, const std::string& does, const char* path) {
    if (does == "die") ::_exit(0);
    if (does == "hang") return 1;
    if (does == "refuse")
        return sd_bus_reply_method_errorf(message, SD_BUS_ERROR_ACCESS_DENIED, "not today");
    return path != nullptr ? sd_bus_reply_method_return(message, "o", path)
                           : sd_bus_reply_method_return(message, "");
}

int on_login1(sd_bus_message* message, void* /*unused*/, sd_bus_error* /*unused*/) {
    int interactive = 1;
    sd_bus_message_read(message, "b", &interactive);
    say(std::string("login1 ") + sd_bus_message_get_member(message) +
        (interactive != 0 ? " interactive" : " not-interactive"));
    return deal(message, login1_does, nullptr);
}

int on_systemd1(sd_bus_message* message, void* /*unused*/, sd_bus_error* /*unused*/) {
    const char* unit = "";
    const char* mode = "";
    sd_bus_message_read(message, "ss", &unit, &mode);
    say(std::string("systemd1 StartUnit ") + unit + " " + mode);
    return deal(message, systemd1_does, "/org/freedesktop/systemd1/job/7");
}

int get_state(sd_bus* /*unused*/, const char* /*unused*/, const char* /*unused*/,
              const char* /*unused*/, sd_bus_message* reply, void* /*unused*/,
              sd_bus_error* /*unused*/) {
    return sd_bus_message_append(reply, "s", state.c_str());
}

int on_signal(sd_bus_message* message, void* /*unused*/, sd_bus_error* /*unused*/) {
    std::string line = std::string("signal ") + sd_bus_message_get_member(message);
    char type = 0;
    while (sd_bus_message_peek_type(message, &type, nullptr) > 0) {
        std::uint64_t number = 0;
        const char* text = nullptr;
        if (type == 's' && sd_bus_message_read_basic(message, type, &text) > 0)
            line += std::string(" ") + text;
        else if (type != 's' && sd_bus_message_read_basic(message, type, &number) > 0)
            line += " " + std::to_string(number);
        else
            break;
    }
    say(line);
    return 0;
}

int on_changed(sd_bus_message* message, void* /*unused*/, sd_bus_error* /*unused*/) {
    std::string line = "changed";
    const char* name = nullptr;
    sd_bus_message_skip(message, "s");
    sd_bus_message_enter_container(message, 'a', "{sv}");
    while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
        if (sd_bus_message_read_basic(message, 's', &name) > 0) line += std::string(" ") + name;
        sd_bus_message_skip(message, "v");
        sd_bus_message_exit_container(message);
    }
    say(line);
    return 0;
}

const sd_bus_vtable kLogin1[] = {
    SD_BUS_VTABLE_START(0), SD_BUS_METHOD("Reboot", "b", "", on_login1, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("PowerOff", "b", "", on_login1, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Halt", "b", "", on_login1, SD_BUS_VTABLE_UNPRIVILEGED), SD_BUS_VTABLE_END};
const sd_bus_vtable kSystemd1[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("StartUnit", "ss", "o", on_systemd1, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_PROPERTY("SystemState", "s", get_state, 0, 0), SD_BUS_VTABLE_END};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return 64;
    login1_does = argv[2];
    systemd1_does = argv[3];
    if (argc > 4) state = argv[4];
    sd_bus* bus = nullptr;
    const char* const kPath = "/org/freedesktop/login1";
    const char* const kManager = "org.freedesktop.login1.Manager";
    const bool up =
        sd_bus_new(&bus) >= 0 && sd_bus_set_address(bus, argv[1]) >= 0 &&
        sd_bus_set_bus_client(bus, 1) >= 0 && sd_bus_start(bus) >= 0 &&
        sd_bus_add_object_vtable(bus, nullptr, kPath, kManager, kLogin1, nullptr) >= 0 &&
        sd_bus_add_object_vtable(bus, nullptr, "/org/freedesktop/systemd1",
                                 "org.freedesktop.systemd1.Manager", kSystemd1, nullptr) >= 0 &&
        sd_bus_add_match(bus, nullptr, "type='signal',interface='org.vakt.Keeper1'", on_signal,
                         nullptr) >= 0 &&
        sd_bus_add_match(bus, nullptr,
                         "type='signal',member='PropertiesChanged',path='/org/vakt/Keeper1'",
                         on_changed, nullptr) >= 0 &&
        sd_bus_request_name(bus, "org.freedesktop.login1", 0) >= 0 &&
        sd_bus_request_name(bus, "org.freedesktop.systemd1", 0) >= 0;
    if (!up) {
        std::fprintf(stderr, "bus_mock: cannot stand on that bus\n");
        return 1;
    }
    static volatile std::sig_atomic_t shutdown = 0;
    struct sigaction action = {};
    action.sa_handler = [](int) { shutdown = 1; };
    ::sigaction(SIGUSR1, &action, nullptr);
    say("ready");
    for (;;) {
        int did = 1;
        while (did > 0) did = sd_bus_process(bus, nullptr);
        if (did < 0) return 1;
        if (shutdown != 0) {
            shutdown = 0;
            sd_bus_emit_signal(bus, kPath, kManager, "PrepareForShutdown", "b", 1);
        }
        constexpr std::uint64_t kTurn = 100000;  // so that a signal in between is not missed
        sd_bus_wait(bus, kTurn);
    }
}
