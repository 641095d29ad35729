// SPDX-License-Identifier: Apache-2.0
// A prober: asks for one piece of evidence, and may hang on it.
#include <sys/socket.h>

#include "prog/keeper_children.h"
#include "sys/evidence.h"

namespace vakt::prog {
namespace {

Status ask(const PlainProbe& probe) {
    const std::string path(probe.path.view());
    switch (probe.kind) {
        case settings::ProbeKind::read:
            return sys::read_from_disk(path);
        case settings::ProbeKind::write:
            return sys::write_to_disk(path);
        case settings::ProbeKind::memory:
            return sys::memory_is_at_ease(probe.limit_percent * 100, path);
    }
    return refusal("no such probe");
}

}  // namespace

void run_prober(const PlainProbe& probe, int socket) {
    char go = 0;
    while (::recv(socket, &go, sizeof go, 0) == sizeof go) {
        ProbeAnswer answer;
        const auto found = ask(probe);
        answer.good = static_cast<bool>(found);
        if (!found) answer.words = std::string_view(describe(found.error()));
        if (::send(socket, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) return;
    }
}

}  // namespace vakt::prog
