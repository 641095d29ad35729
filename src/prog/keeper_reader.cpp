// SPDX-License-Identifier: Apache-2.0
// The reader: reads keeper.conf again when asked.
#include <sys/socket.h>

#include "prog/keeper_children.h"

namespace vakt::prog {

void run_reader(const ChildrenSetup&, int socket) {
    char go = 0;
    while (::recv(socket, &go, sizeof go, 0) == sizeof go) {
        const ReaderAnswer answer{.ok = false, .settings = {}, .words = "not yet"};
        if (::send(socket, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) return;
    }
}

}  // namespace vakt::prog
