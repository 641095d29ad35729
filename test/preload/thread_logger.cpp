// SPDX-License-Identifier: Apache-2.0
// Stands for the other programs of an image that is one process: a thread in it logs
// THREAD_LOG_COUNT messages "thread N" by the library THREAD_LOG_LIBRARY once the file
// THREAD_LOG_GO is there, and then writes "SENT LOST" into it. THREAD_LOG_PAUSE: it sleeps for a
// millisecond after each so many.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

namespace {

using Log = int (*)(int, const char*, const char*, unsigned long);

long number(const char* name) {
    const char* text = std::getenv(name);
    return text == nullptr ? 0 : std::atol(text);
}

void log_all(const char* go) {
    constexpr int kInfo = 30;  // daemon.info
    while (::access(go, F_OK) != 0) ::usleep(1000);
    void* library = ::dlopen(std::getenv("THREAD_LOG_LIBRARY"), RTLD_NOW);
    const auto log =
        library == nullptr ? nullptr : reinterpret_cast<Log>(::dlsym(library, "vakt_syslog"));
    if (log == nullptr) std::abort();
    const long count = number("THREAD_LOG_COUNT");
    const long pause = number("THREAD_LOG_PAUSE");
    long sent = 0;
    for (long n = 1; n <= count; ++n) {
        char text[64];
        const int size = std::snprintf(text, sizeof text, "thread %ld", n);
        if (log(kInfo, "image", text, static_cast<unsigned long>(size)) == 0) ++sent;
        if (pause != 0 && n % pause == 0) ::usleep(1000);
    }
    char said[64];
    const int size = std::snprintf(said, sizeof said, "%ld %ld\n", sent, count - sent);
    const int file = ::open(go, O_WRONLY | O_CLOEXEC);
    if (::write(file, said, static_cast<size_t>(size)) != size) std::abort();
    ::close(file);
}

struct Begin {
    Begin() {
        if (const char* go = std::getenv("THREAD_LOG_GO"); go != nullptr)
            std::thread(log_all, go).detach();
    }
} begin;

}  // namespace
