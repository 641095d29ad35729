// SPDX-License-Identifier: Apache-2.0
// The scribe: brings notes to the disk, and makes the reset report.
#include <sys/socket.h>

#include "prog/keeper_children.h"

namespace vakt::prog {

void run_scribe(const ChildrenSetup&, int socket) {
    ScribeAnswer answer{.what = ScribeAnswer::What::ready, .ok = true};
    ScribeTask task;
    do {
        if (::send(socket, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) return;
        if (::recv(socket, &task, sizeof task, 0) != sizeof task) return;
        answer = {.what = ScribeAnswer::What::written, .id = task.id, .ok = false};
    } while (true);
}

}  // namespace vakt::prog
