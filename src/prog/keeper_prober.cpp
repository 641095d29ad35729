// SPDX-License-Identifier: Apache-2.0
// A prober: asks for one piece of evidence, and may hang on it.
#include <sys/socket.h>

#include "prog/keeper_children.h"
#include "prog/keeper_syslog_probe.h"
#include "sys/evidence.h"
#include "sys/helper_child.h"

namespace vakt::prog {
namespace {

/// A daemon that is busy takes its time; what takes longer is a bad answer with words instead of
/// none.
constexpr auto kSyslogPatience = std::chrono::seconds(10);

Status ask(const PlainProbe& probe) {
    const std::string path(probe.path.view());
    switch (probe.kind) {
        case settings::ProbeKind::read:
            return sys::read_from_disk(path);
        case settings::ProbeKind::write:
            return sys::write_to_disk(path);
        case settings::ProbeKind::memory:
            return sys::memory_is_at_ease(probe.limit_percent * 100, path);
        case settings::ProbeKind::syslog:
            return syslog_round_trip(path, std::string(probe.bridge.view()), kSyslogPatience);
    }
    return refusal("no such probe");
}

}  // namespace

void run_prober(const PlainProbe& probe, int socket) {
    char go = 0;
    while (sys::next_task(socket, std::as_writable_bytes(std::span(&go, 1))) == sizeof go) {
        ProbeAnswer answer;
        const auto found = ask(probe);
        answer.good = static_cast<bool>(found);
        if (!found) answer.words = std::string_view(describe(found.error()));
        if (::send(socket, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) return;
    }
}

}  // namespace vakt::prog
