// SPDX-License-Identifier: Apache-2.0
// A FIFO made, repaired and removed, never following a link and never unlinking anything else.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace vakt::sys {

/// Whose a FIFO is to be.
struct FifoOwner {
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t mode = 0640;
};

/// Made under `temp` with no rights for anybody else, given owner and mode, then renamed over
/// `name`: there is never a moment with wrong rights, nor, when one was there, without a FIFO.
Status make_fifo(const Fd& dir, const std::string& name, const std::string& temp,
                 const FifoOwner& owner);

/// Gives the FIFO that is there owner and mode; those who have it open keep it. Refused when `name`
/// is anything but a FIFO at the moment it is changed.
Status repair_fifo(const Fd& dir, const std::string& name, const FifoOwner& owner);

/// Absent is good; anything but a FIFO is refused and stays.
Status remove_fifo(const Fd& dir, const std::string& name);

/// Removes a temporary file or FIFO of an earlier run that was killed. Absent is good.
Status remove_stale(const Fd& dir, const std::string& temp);

}  // namespace vakt::sys
