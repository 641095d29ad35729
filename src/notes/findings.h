// SPDX-License-Identifier: Apache-2.0
// What the last boot left behind, gathered for the reset report; all of it may block on a disk.
#pragma once

#include <cstdint>
#include <string>

#include "report/reset_report.h"

namespace vakt::notes {

struct Places {
    std::string pstore;   ///< where the kernel shows it: /sys/fs/pstore
    std::string archive;  ///< where systemd-pstore(8) moves it: /var/lib/systemd/pstore; "" none
    std::string state;    ///< the black box's directory
};

/// Adds pstore and black box to `findings`, and to its troubles what is there and cannot be read;
/// what is not there at all is no trouble. `began_ns`: when this boot began, by today's wall clock.
/// Of the archive, which keeps files of many boots, only what was moved there since then counts.
/// Of the black box all boots but findings.this_boot count; a link to one, one that has two names
/// or that others than its owner may write is not read. Bounded: 64 files, of each the last MiB,
/// folders in folders three deep; 64 MiB of black box.
void gather(const Places& places, std::int64_t began_ns, report::Findings& findings);

}  // namespace vakt::notes
