// SPDX-License-Identifier: Apache-2.0
// Where a seed lies: a directory, a disk image, or one of the machine's disks.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "seed/plan.h"

namespace vakt::prog {

struct DiskPlaces {
    std::string dev = "/dev";
    std::string block = "/sys/class/block";
};

struct Seed {
    std::string source;  ///< for people: "/dev/vdb (iso9660)"
    seed::Documents documents;
};

/// A directory with the documents, or a disk of any label: an image, or a block device.
[[nodiscard]] Result<std::optional<Seed>> open_seed(const std::string& path);

/// The disk that is labelled cidata; nullopt when there is none, an error when there are two. Disks
/// are only read, and nothing else in `dev` is opened: a watchdog's node would start it.
[[nodiscard]] Result<std::optional<Seed>> find_seed(const DiskPlaces& places);

}  // namespace vakt::prog
