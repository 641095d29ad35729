// SPDX-License-Identifier: Apache-2.0
// The keeper's children: how they are made, and what is said to them.
#include "prog/keeper_children.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sys/error.h"
#include "sys/process_handle.h"

namespace vakt::prog {
namespace {

void childs_signals() {
    struct sigaction action = {};
    action.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) ::sigaction(number, &action, nullptr);
    action.sa_handler = SIG_IGN;
    for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGTSTP, SIGPIPE, SIGHUP, SIGPWR})
        ::sigaction(number, &action, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Everything but the standard descriptors and `kept`, which becomes 3.
void childs_descriptors(int kept) {
    if (kept != 3) ::dup2(kept, 3);
    if (::close_range(4, ~0U, 0) == 0) return;
    for (long fd = ::sysconf(_SC_OPEN_MAX); fd > 4; --fd) ::close(static_cast<int>(fd) - 1);
}

// Allocates nothing: a prober is also made when memory is locked and the tables are full.
template <class Run>
Child spawn(Run run) {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return {};
    sys::Fd ours(ends[0]);
    const sys::Fd theirs(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0) return {};
    if (pid == 0) {
        childs_signals();
        childs_descriptors(theirs.get());
        // A prober made later has what the keeper has become; its scheduling is reset by the fork.
        sys::set_oom_score(0, 0);
        run(3);
        ::_exit(0);
    }
    return {std::move(ours), pid};
}

}  // namespace

PlainSettings plain(const settings::KeeperFile& file) {
    PlainSettings plain;
    const auto copy = [](const auto& rows, auto& to, std::uint8_t& count) {
        for (const auto& row : rows) to[count++] = row;
    };
    copy(file.settings.leases, plain.leases, plain.lease_count);
    copy(file.settings.devices, plain.devices, plain.device_count);
    copy(file.settings.evidence, plain.evidence, plain.evidence_count);
    copy(file.settings.rights, plain.rights, plain.right_count);
    for (std::size_t row = 0; row < plain.evidence_count; ++row) {
        const auto& probe = file.probes[row];
        plain.probes[row] = {probe.kind, std::string_view(probe.path), probe.limit_percent};
    }
    return plain;
}

keeper::Settings settings_of(const PlainSettings& plain) {
    keeper::Settings settings;
    for (std::size_t row = 0; row < plain.lease_count; ++row)
        settings.leases.push_back(plain.leases[row]);
    for (std::size_t row = 0; row < plain.device_count; ++row)
        settings.devices.push_back(plain.devices[row]);
    for (std::size_t row = 0; row < plain.evidence_count; ++row)
        settings.evidence.push_back(plain.evidence[row]);
    for (std::size_t row = 0; row < plain.right_count; ++row)
        settings.rights.push_back(plain.rights[row]);
    return settings;
}

Child spawn_prober(const PlainProbe& probe) {
    return spawn([&](int socket) { run_prober(probe, socket); });
}

Result<Children> spawn_children(const ChildrenSetup& setup) {
    Children children;
    children.scribe = spawn([&](int socket) { run_scribe(setup, socket); });
    children.reader = spawn([&](int socket) { run_reader(setup, socket); });
    if (children.scribe.pid == 0 || children.reader.pid == 0)
        return sys::last_error("start", "the children");
    const auto probes = plain(*setup.file).probes;
    for (std::size_t row = 0; row < setup.file->probes.size(); ++row) {
        children.probers[row] = spawn_prober(probes[row]);
        if (children.probers[row].pid == 0) return sys::last_error("start", "a prober");
    }
    return Result<Children>(std::move(children));
}

}  // namespace vakt::prog
