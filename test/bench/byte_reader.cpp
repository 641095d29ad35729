// SPDX-License-Identifier: Apache-2.0
// A FIFO to {packet,2} one byte at a time: what a port program costs that is written as OTP's is,
// 123 system calls for a line of 120 bytes. The yardstick of the bench, not a program to use.
//
// usage: byte_reader DIRECTORY
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cstddef>
#include <string>

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::string path = std::string(argv[1]) + "/syslog.otp";
    const int fifo = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fifo < 0) return 1;
    unsigned char line[2 + 65535];
    for (;;) {
        pollfd ready[2] = {{fifo, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
        if (::poll(ready, 2, -1) < 0) return 1;
        if (ready[1].revents != 0) return 0;
        std::size_t size = 0;
        for (;;) {
            unsigned char byte = 0;
            if (::read(fifo, &byte, 1) != 1) {  // mid-line, so it will come
                pollfd more = {fifo, POLLIN, 0};
                if (::poll(&more, 1, -1) < 0) return 1;
                continue;
            }
            if (byte == '\n' || size == 65535) break;
            line[2 + size++] = byte;
        }
        line[0] = static_cast<unsigned char>(size >> 8);
        line[1] = static_cast<unsigned char>(size & 0xff);
        if (::write(STDOUT_FILENO, line, 2) != 2) return 1;
        if (::write(STDOUT_FILENO, line + 2, size) != static_cast<ssize_t>(size)) return 1;
    }
}
