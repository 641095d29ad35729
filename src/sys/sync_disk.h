// SPDX-License-Identifier: Apache-2.0
// What has been written to a disk, by whomever, gets there.
#pragma once

#include <string>

namespace vakt::sys {

/// The file system of the directory `path`. Linux: syncfs(2), which returns when it is done, and
/// waits as long as the disk does. Solaris: sync(2), which only begins it. Nothing is said of a
/// failure: it is done on the way to an end that waits for nobody.
void sync_disk_of(const std::string& path);

}  // namespace vakt::sys
