// SPDX-License-Identifier: Apache-2.0
// The reader: reads keeper.conf again when asked.
#include <sys/socket.h>

#include "prog/keeper_children.h"

namespace vakt::prog {

void run_reader(const ChildrenSetup& setup, int socket) {
    ReaderTask task;
    while (::recv(socket, &task, sizeof task, 0) == sizeof task) {
        ReaderAnswer answer;
        const auto read = settings::read_keeper_file(setup.config);
        answer.ok = static_cast<bool>(read);
        if (read)
            answer.settings = plain(*read);
        else
            answer.words = Words(read.error().doing);
        if (::send(socket, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer) return;
    }
}

}  // namespace vakt::prog
