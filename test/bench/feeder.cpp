// SPDX-License-Identifier: Apache-2.0
// Writes lines into a FIFO as fast as they are taken, a few in each write, as syslog daemons and
// their queues do.
//
// usage: feeder FIFO LINES WIDTH PER_WRITE     WIDTH counts the newline
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
    const auto lines = number(2);
    const auto width = number(3);
    const auto batch = number(4);
    const int fifo = ::open(argv[1], O_WRONLY | O_CLOEXEC);
    if (fifo < 0 || width < 2 || batch == 0) return 1;
    const std::string line = std::string(width - 1, 'x') + "\n";
    std::string bytes;
    for (auto i = batch; i-- > 0;) bytes += line;
    for (unsigned long long written = 0; written < lines; written += batch) {
        const std::size_t size = (written + batch <= lines ? batch : lines - written) * width;
        for (std::size_t at = 0; at < size;) {
            const auto put = ::write(fifo, bytes.data() + at, size - at);
            if (put <= 0) return 1;
            at += static_cast<std::size_t>(put);
        }
    }
    return 0;
}
