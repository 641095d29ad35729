// SPDX-License-Identifier: Apache-2.0
// wd_keeper: owns the hardware watchdogs, grants leases to hearts, resets the board.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "notes/boot_id_file.h"
#include "prog/daemon_log.h"
#include "prog/wd_keeper_options.h"
#include "prog/wd_keeper_program.h"
#include "report/boot_id.h"
#include "sys/error.h"
#include "sys/importance.h"
#include "sys/memory.h"
#include "sys/nonblock.h"
#include "sys/process_handle.h"

namespace {

using namespace vakt;
using sys::Severity;

constexpr int kFailed = 1;
constexpr int kUsage = 64;             // EX_USAGE of sysexits.h
constexpr int kBadConfiguration = 78;  // EX_CONFIG
constexpr int kBacklog = 64;
constexpr std::size_t kStack = 128UL * 1024;
/// For the words of devices that fail, and for opening one again.
constexpr std::size_t kAside = 64UL * 1024;

Status make_directory(const std::string& path) {
    constexpr mode_t kMode = 0755;
    if (::mkdir(path.c_str(), kMode) != 0 && errno != EEXIST) return sys::last_error("make", path);
    return Done{};
}

/// REQUIRES: we own the state file, so whoever has left a socket there is gone.
Result<sys::Fd> listen_at(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return refusal("the socket's path is longer than 107 bytes: " + path);
    std::memcpy(address.sun_path, path.data(), path.size());
    sys::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::unlink(path.c_str());
    // Anybody may connect; who it is (SO_PEERCRED) decides.
    const auto before = ::umask(0111);
    const bool bound = socket && ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                                        sizeof address) == 0;
    ::umask(before);
    if (!bound || ::listen(socket.get(), kBacklog) != 0) return sys::last_error("listen at", path);
    return Result<sys::Fd>(std::move(socket));
}

/// Before anything is judged the ledger's numbers are wanted, but not for ever.
void wait_for_scribe(const prog::Children& children) {
    pollfd ready = {children.scribe.socket.get(), POLLIN, 0};
    ::poll(&ready, 1, 2000);
}

/// Goes on in a child without a terminal. The process that was started waits for a byte in what is
/// returned, and ends with 0 when it comes: whoever started us knows that the board is guarded.
Result<sys::Fd> leave_foreground() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return sys::last_error("make", "a pipe");
    const sys::Fd from(ends[0]);
    sys::Fd ready(ends[1]);
    const pid_t child = ::fork();
    if (child < 0) return sys::last_error("fork", "to the background");
    if (child > 0) {
        ready = {};
        char byte = 0;
        ::_exit(::read(from.get(), &byte, 1) == 1 ? 0 : kFailed);
    }
    ::setsid();
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(nothing, 0);
    ::dup2(nothing, 1);
    return Result<sys::Fd>(std::move(ready));
}

/// What we may not have is said once, and we go on without it.
std::uint16_t become_important(const settings::KeeperFile& file, prog::Log& log) {
    namespace lease = wire::lease;
    unsigned flags = 0;
    const auto want = [&](bool wanted, bool got, unsigned flag, const char* what) {
        if (got)
            flags |= flag;
        else if (wanted)
            log.say(Severity::warning, what, ": ", std::strerror(errno), "; we go on without");
    };
    want(file.oom_exempt, file.oom_exempt && sys::set_oom_score(0, -1000), lease::kOomExempt,
         "exemption from the OOM killer");
    if (!sys::set_memory_aside(kAside)) log.say(Severity::warning, "memory is short");
    want(file.lock_memory, file.lock_memory && sys::lock_memory(kStack), lease::kMemoryLocked,
         "locked memory");
    want(file.real_time_priority > 0,
         file.real_time_priority > 0 && sys::run_in_real_time(file.real_time_priority),
         lease::kRealTime, "real-time scheduling");
    return static_cast<std::uint16_t>(flags);
}

int run(const prog::KeeperOptions& options, prog::Log& log, sys::Fd ready) {
    const auto fail = [&](const Error& error, int status = kFailed) {
        const auto words = describe(error);
        for (std::string_view rest = words; !rest.empty();) {
            const auto end = rest.find('\n');
            const std::string_view line(rest.data(), std::min(end, rest.size()));
            log.say(Severity::err, line);
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        }
        return status;
    };
    auto file = settings::read_keeper_file(options.config);
    if (!file) return fail(file.error(), kBadConfiguration);
    const auto boot = notes::read_boot_id(options.boot_id);
    if (!boot) return fail(boot.error());
    if (const auto made = make_directory(options.run); !made) return fail(made.error());
    // The state's directory is the scribe's to make: the disk may be dead, and stand still.
    auto state = prog::StateFile::open(options.run + "/keeper.state", options.take_over);
    if (!state) return fail(state.error());
    auto commands =
        sys::MappedFile::open(options.run + "/keeper.commands", prog::HeartCommands::kFile);
    if (!commands) return fail(commands.error());
    auto pmsg = sys::Pmsg::open(options.pmsg);
    if (!pmsg && pmsg.error().code != std::errc::no_such_file_or_directory) fail(pmsg.error());

    // What systemd-pstore(8) has moved from the kernel's own place, and from no other.
    const auto* archive =
        options.pstore == prog::KeeperOptions{}.pstore ? "/var/lib/systemd/pstore" : "";
    prog::ChildrenSetup setup{options.config, options.state, options.run, options.pstore,
                              archive,        *boot,         &*file};
    auto children = prog::spawn_children(setup);
    if (!children) return fail(children.error());
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    sys::ServiceManager manager(std::getenv("NOTIFY_SOCKET"));
    auto flags = become_important(*file, log);
    for (const auto& device : file->devices)
        if (device.driver == "systemd") flags |= wire::lease::kSystemdOwns;

    // From here on it has to be quick: whoever is taken over pets no more.
    prog::Inherited inherited;
    bool taken = false;
    if (options.take_over) {
        auto from = prog::take_over_from(options.socket, *file, *state, log);
        if (!from) return fail(from.error());
        taken = from->has_value();
        if (taken) inherited = std::move(**from);
    }
    if (!taken) {
        if (options.take_over && !state->own())
            return fail(refusal("another keeper runs, and does not listen at " + options.socket));
        wait_for_scribe(*children);
        inherited = prog::inherit_from_manager(*file, *state, log);
    }
    auto listener = inherited.listener ? Result<sys::Fd>(std::move(inherited.listener))
                                       : listen_at(options.socket);
    if (!listener) return fail(listener.error());

    prog::KeeperParts parts{options,
                            std::move(*file),
                            setup,
                            std::move(*children),
                            std::move(*listener),
                            std::move(*state),
                            std::move(*commands),
                            pmsg ? std::optional(std::move(*pmsg)) : std::nullopt,
                            std::move(manager),
                            flags};
    static std::optional<prog::KeeperProgram> program;
    program.emplace(parts, log);
    program->begin(std::move(inherited));
    if (ready && !program->has_left()) {
        [[maybe_unused]] const auto n = ::write(ready.get(), "r", 1);
    }
    ready = {};
    return program->run();
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): nothing of ours throws; no memory is the end
int main(int argc, char** argv) {
    sys::keep_freed_memory();
    sys::ignore_broken_pipes();
    const auto options = prog::read_keeper_options(
        std::span<const char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (!options) {
        sys::say(2, "wd_keeper: " + describe(options.error()));
        return kUsage;
    }
    if (options->version) {
        std::printf("wd_keeper %s\n", VAKT_VERSION);
        return 0;
    }
    if (options->check) {
        const auto file = settings::read_keeper_file(options->config);
        if (!file) sys::say(2, describe(file.error()));
        return file ? 0 : kBadConfiguration;
    }
    sys::Fd ready;
    if (!options->foreground) {
        auto left = leave_foreground();
        if (!left) {
            sys::say(2, "wd_keeper: " + describe(left.error()));
            return kFailed;
        }
        ready = std::move(*left);
    }
    prog::Log log("wd_keeper", !options->foreground);
    return run(*options, log, std::move(ready));
}
