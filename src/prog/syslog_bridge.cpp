// SPDX-License-Identifier: Apache-2.0
// syslog_bridge: every event of the operating system, numbered, kept, and given to who wants it.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "notes/boot_id_file.h"
#include "prog/syslog_bridge_program.h"
#include "prog/syslog_bridge_words.h"
#include "sys/error.h"
#include "sys/file_system.h"
#include "sys/local_listener.h"
#include "sys/nonblock.h"

namespace {

using namespace vakt;
using sys::Severity;

constexpr int kFailed = 1;
constexpr int kUsage = 64;             // EX_USAGE of sysexits.h
constexpr int kBadConfiguration = 78;  // EX_CONFIG
/// One that was killed has the ring a moment longer.
constexpr std::chrono::milliseconds kRingPatience(5000);

void make_directory(const std::string& path, prog::Log& log) {
    constexpr mode_t kMode = 0755;
    if (::mkdir(path.c_str(), kMode) != 0 && errno != EEXIST)
        log.say(Severity::err, describe(sys::last_error("make", path)));
}

bool is_listener(int fd) {
    int listening = 0;
    socklen_t size = sizeof listening;
    return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

/// What the service manager listens on for us (sd_listen_fds(3)).
struct Given {
    sys::Fd listener;
    std::vector<prog::NamedFd> sources;
};

Given take_given(prog::Log& log) {
    Given given;
    // NOLINTBEGIN(concurrency-mt-unsafe): one thread
    for (const auto& one : sys::take_inherited(std::getenv("LISTEN_PID"), std::getenv("LISTEN_FDS"),
                                               std::getenv("LISTEN_FDNAMES"), ::getpid())) {
        // NOLINTEND(concurrency-mt-unsafe)
        sys::Fd fd(one.fd);
        ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
        if (!is_listener(fd.get()))
            given.sources.push_back({std::move(fd), std::string(one.name.view())});
        else if (!given.listener)
            given.listener = std::move(fd);
        else
            log.say(Severity::warning, "a second socket for clients, ", one.name.view(),
                    ", is not wanted");
    }
    return given;
}

Status check(const prog::BridgeOptions& options) {
    const auto file = settings::read_bridge_file(options.config, options.socket);
    if (!file) return file.error();
    // The file may be another board's, with another directory than the one we would have had.
    if (!options.run_is_given && ::access(options.run.c_str(), F_OK) != 0) return Done{};
    const auto room = sys::size_of_file_system(options.run);
    if (!room || file->ring <= *room) return Done{};
    return refusal(options.config + ": ring = " + std::to_string(file->ring) + ": " + options.run +
                   " has room for " + std::to_string(*room) + " bytes in all");
}

int run(const prog::BridgeOptions& options, prog::Log& log) {
    const auto fail = [&](const Error& error, int status = kFailed) {
        prog::say_lines(log, Severity::err, describe(error));
        return status;
    };
    auto file = settings::read_bridge_file(options.config, options.socket);
    if (!file) return fail(file.error(), kBadConfiguration);
    const auto boot = notes::read_boot_id(options.boot_id);
    if (!boot) return fail(boot.error());
    make_directory(options.run, log);
    make_directory(options.state, log);
    auto ring =
        sys::MappedFile::open_alone(options.run + "/bridge.ring", file->ring, kRingPatience);
    if (!ring) return fail(ring.error());
    prog::ReservedNumbers numbers(options.state, *boot, log);

    auto given = take_given(log);
    const bool ours = !given.listener;
    if (ours) {
        constexpr mode_t kGroup = 0660;
        constexpr mode_t kAll = 0666;  // who it is, decides (SO_PEERCRED)
        auto listener = sys::listen_local(
            options.socket, {.mode = file->users.empty() ? kGroup : kAll, .group = file->group});
        if (!listener) return fail(listener.error());
        given.listener = std::move(*listener);
    }
    auto loop = loop::Loop::make(loop::Loop::Timers::exact);
    if (!loop) return fail(loop.error());
    // NOLINTBEGIN(concurrency-mt-unsafe): one thread
    prog::BridgeProgram program(
        *loop,
        {options, std::move(*file), *boot, std::move(*ring), std::move(numbers),
         std::move(given.listener), ours, std::move(given.sources),
         sys::ServiceManager(std::getenv("NOTIFY_SOCKET")),
         sys::service_watchdog(std::getenv("WATCHDOG_USEC"), std::getenv("WATCHDOG_PID"),
                               ::getpid())},
        log);
    // NOLINTEND(concurrency-mt-unsafe)
    return program.run();
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): nothing of ours throws; no memory is the end
int main(int argc, char** argv) {
    sys::ignore_broken_pipes();
    const auto options = prog::read_bridge_options(
        std::span<const char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (!options) {
        sys::say(2, "syslog_bridge: " + describe(options.error()));
        return kUsage;
    }
    if (options->version) {
        std::printf("syslog_bridge %s\n", VAKT_VERSION);
        return 0;
    }
    if (options->check) {
        const auto good = check(*options);
        if (!good) sys::say(2, describe(good.error()));
        return good ? 0 : kBadConfiguration;
    }
    prog::Log log("syslog_bridge", false);
    return run(*options, log);
}
