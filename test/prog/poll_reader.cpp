// SPDX-License-Identifier: Apache-2.0
// Reads a file over and over and accepts nothing but two contents, whole: what a daemon that
// re-reads at any moment may meet.
//
// usage: poll_reader FILE CONTENT1 CONTENT2
// Ends on SIGTERM with "reads N first A second B bad C"; exit 0 only when C is 0. A read that finds
// no file is bad. The first bad content is described on stderr.

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

#include "sys/fd.h"

namespace {

using vakt::sys::Fd;

std::atomic<bool> over{false};
static_assert(std::atomic<bool>::is_always_lock_free);

std::optional<std::string> slurp(const char* path) {
    const Fd file(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return std::nullopt;
    std::string content;
    std::array<char, 65536> piece{};
    ssize_t n = 0;
    while ((n = ::read(file.get(), piece.data(), piece.size())) > 0)
        content.append(piece.data(), static_cast<size_t>(n));
    return content;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const auto first = slurp(argv[2]);
    const auto second = slurp(argv[3]);
    if (!first || !second) return 2;

    struct sigaction action {};
    action.sa_handler = [](int) { over = true; };
    sigaction(SIGTERM, &action, nullptr);

    unsigned long long firsts = 0;
    unsigned long long seconds = 0;
    unsigned long long bad = 0;
    while (!over) {
        const auto found = slurp(argv[1]);
        if (found == first) {
            ++firsts;
        } else if (found == second) {
            ++seconds;
        } else if (bad++ == 0) {
            if (found)
                std::fprintf(stderr, "bad content, %zu bytes\n", found->size());
            else
                std::fprintf(stderr, "no file: %s\n", std::strerror(errno));
        }
    }
    std::printf("reads %llu first %llu second %llu bad %llu\n", firsts + seconds + bad, firsts,
                seconds, bad);
    return bad == 0 ? 0 : 1;
}
