// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <cerrno>
#include <cstring>

#include "sys/rights.h"

namespace vakt::sys {

ssize_t receive(int socket, msghdr& message, int flags) {
    const auto got = ::recvmsg(socket, &message, flags);
    if (got < 0) return got;
    for (auto* said = CMSG_FIRSTHDR(&message); said != nullptr;
         said = CMSG_NXTHDR(&message, said)) {
        if (said->cmsg_level != SOL_SOCKET || said->cmsg_type != SCM_RIGHTS) continue;
        const auto count = (said->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t at = 0; at < count; ++at) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(said) + at * sizeof fd, sizeof fd);
            ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        }
    }
    return got;
}

}  // namespace vakt::sys
