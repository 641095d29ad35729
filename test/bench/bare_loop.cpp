// SPDX-License-Identifier: Apache-2.0
// The least a FIFO to {packet,2} can be: read 64 KiB, find the newlines, copy, write, and wait in
// both. No ring, no commands, no account, no limit that holds. The yardstick of the bench, not a
// program to use.
//
// usage: bare_loop DIRECTORY
#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string>

namespace {

constexpr std::size_t kRead = 65536;
unsigned char in[2 * kRead];
unsigned char out[4 * kRead];

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::string path = std::string(argv[1]) + "/syslog.otp";
    const int fifo = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fifo < 0) return 1;
    std::size_t held = 0;
    for (;;) {
        const auto got = ::read(fifo, in + held, kRead);
        if (got <= 0) return 1;
        const std::size_t have = held + static_cast<std::size_t>(got);
        std::size_t at = 0;
        std::size_t made = 0;
        while (at < have) {
            const void* found = std::memchr(in + at, '\n', have - at);
            if (found == nullptr) break;
            const auto size =
                static_cast<std::size_t>(static_cast<const unsigned char*>(found) - (in + at));
            out[made] = static_cast<unsigned char>(size >> 8);
            out[made + 1] = static_cast<unsigned char>(size & 0xff);
            std::memcpy(out + made + 2, in + at, size);
            made += 2 + size;
            at += size + 1;
        }
        held = have - at;
        if (held > kRead) return 1;
        std::memmove(in, in + at, held);
        for (std::size_t sent = 0; sent < made;) {
            const auto put = ::write(STDOUT_FILENO, out + sent, made - sent);
            if (put <= 0) return 1;
            sent += static_cast<std::size_t>(put);
        }
    }
}
