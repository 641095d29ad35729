// SPDX-License-Identifier: Apache-2.0
// What a port of the emulator and the guarding thread share.
#include "drivers/beam/heart_link.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "wire/heart_op.h"

namespace vakt::beam {

Bell::Bell() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Bell Bell::copy() const { return Bell(sys::Fd(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 3))); }

void Bell::ring() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(fd_.get(), &one, sizeof one);
}

void Bell::hush() const {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto n = ::read(fd_.get(), &count, sizeof count);
}

heart::Event message_of(std::string_view body) {
    return wire::decode_heart({body.substr(0, wire::kLongestHeartBody), body.size()});
}

}  // namespace vakt::beam
