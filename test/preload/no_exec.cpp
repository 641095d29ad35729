// SPDX-License-Identifier: Apache-2.0
// A system without execve(2): execv of an emulator is ENOEXEC. It is such an emulator itself, too,
// as one that is loaded and entered: it says its words and ends with 7.
#include <dlfcn.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" int execv(const char* path, char* const* arguments) {
    const char* const name = std::strrchr(path, '/');
    if (name != nullptr && std::strcmp(name, "/beam.smp") == 0) {
        errno = ENOEXEC;
        return -1;
    }
    return execve(path, arguments, environ);
}

int main(int count, char** words) {
    for (int at = 0; at < count; ++at) std::printf("<%s> ", words[at]);
    const char* const bin = std::getenv("BINDIR");
    std::printf("\nBINDIR=%s\n", bin != nullptr ? bin : "");
    std::fflush(stdout);
    return 7;
}
