// SPDX-License-Identifier: Apache-2.0
// The writing end of a FIFO that needs no reader to be there.
#include "sys/fifo_writer.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <optional>
#include <utility>

#include "sys/error.h"
#include "sys/nonblock.h"

namespace vakt::sys {
namespace {

std::optional<FileIdentity> open_fifo(const Fd& fifo) {
    struct stat about = {};
    if (::fstat(fifo.get(), &about) != 0 || !S_ISFIFO(about.st_mode)) return std::nullopt;
    return FileIdentity{about.st_dev, about.st_ino};
}

}  // namespace

Result<FifoWriter> FifoWriter::open(const std::string& path) {
    struct stat about = {};
    if (::stat(path.c_str(), &about) != 0) return last_error("stat", path);
    // A device might do something when it is opened.
    if (!S_ISFIFO(about.st_mode)) return refusal(path + " is not a FIFO");
    Fd keeper(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!keeper) return last_error("open for reading", path);
    Fd writing(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!writing) return last_error("open for writing", path);
    const auto identity = open_fifo(writing);
    // The path may have named two files, one after the other.
    if (!identity || identity != open_fifo(keeper))
        return Error{"open " + path,
                     std::make_error_code(std::errc::resource_unavailable_try_again)};
    widen_pipe(writing.get());
    return FifoWriter(std::move(writing), std::move(keeper), *identity);
}

}  // namespace vakt::sys
