// SPDX-License-Identifier: Apache-2.0
#include "sys/rights.h"

namespace vakt::sys {

ssize_t receive(int socket, msghdr& message, int flags) {
    return ::recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
}

}  // namespace vakt::sys
