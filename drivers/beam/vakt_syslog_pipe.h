// SPDX-License-Identifier: Apache-2.0
// The other side of vakt_syslog.h, for the NIF that reads.
#pragma once

#include <cstdint>

#include "inside/thread_frames.h"

extern "C" {

struct VaktSyslogPipe {
    int fd;  ///< -1: there is none, errno says why
    vakt::inside::FrameReader* frames;
};

/// The pipe's end that is read, made if there is none yet; one reader at a time.
VaktSyslogPipe vakt_syslog_pipe();
/// Takes the number of those lost that no frame will tell of.
std::uint32_t vakt_syslog_take_lost();
}
