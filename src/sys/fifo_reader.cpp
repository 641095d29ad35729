// SPDX-License-Identifier: Apache-2.0
// The reading end of a FIFO, which a restarted writer does not end.
#include "sys/fifo_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

#include "sys/error.h"
#include "sys/nonblock.h"

namespace vakt::sys {

namespace {

FileIdentity identity_of(const struct stat& about) { return {about.st_dev, about.st_ino}; }

}  // namespace

std::optional<FileIdentity> fifo_at(const std::string& path) {
    struct stat about = {};
    if (::stat(path.c_str(), &about) != 0 || !S_ISFIFO(about.st_mode)) return std::nullopt;
    return identity_of(about);
}

Result<FifoReader> FifoReader::open(const std::string& path) {
    Fd reading(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!reading) return last_error("open", path);
    struct stat about = {};
    if (::fstat(reading.get(), &about) != 0) return last_error("fstat", path);
    if (!S_ISFIFO(about.st_mode)) return refusal(path + " is not a FIFO");
    const auto identity = identity_of(about);

    Fd keeper(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    // The path may name another file by now; a keeper of that one would keep nothing.
    if (keeper && (::fstat(keeper.get(), &about) != 0 || !(identity_of(about) == identity)))
        keeper = Fd{};
    widen_pipe(reading.get());  // 16 times the room for a burst
    return FifoReader(std::move(reading), std::move(keeper), identity);
}

}  // namespace vakt::sys
