// SPDX-License-Identifier: Apache-2.0
// A board without a board: put in libc's place, it answers for the watchdog, PID 1, sync and
// reboot, and writes one line for each call to SHIM_LOG. Nothing that could end this machine is
// ever passed on.
//   SHIM_DEVICE (/dev/watchdog)  what its names begin with
//   SHIM_TIMEOUT (120)      what the watchdog says its timeout is
//   SHIM_SHORTEST (0)       the shortest timeout it takes
//   SHIM_OPEN_FAILURES (0)  how often it cannot be opened
//   SHIM_REBOOT_FAILS       reboot(2) returns EPERM instead of ending the process
//   SHIM_SYNC_HANGS         sync(2) takes a minute
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace {

constexpr int kDevice = 9999;
int failures = -1;

int number(const char* name, int otherwise) {
    const char* text = getenv(name);
    return text == nullptr ? otherwise : static_cast<int>(strtol(text, nullptr, 10));
}

bool is_device(const char* path) {
    const char* name = getenv("SHIM_DEVICE");
    if (name == nullptr) name = "/dev/watchdog";
    return strncmp(path, name, strlen(name)) == 0;
}

__attribute__((format(printf, 1, 2))) void note(const char* format, ...) {
    char line[256];
    timespec now = {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    int size = snprintf(line, sizeof line, "%ld.%03ld ", now.tv_sec, now.tv_nsec / 1000000);
    va_list more;
    va_start(more, format);
    size += vsnprintf(line + size, sizeof line - static_cast<size_t>(size), format, more);
    va_end(more);
    line[size++] = '\n';
    const char* path = getenv("SHIM_LOG");
    const long file =
        syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) return;
    syscall(SYS_write, file, line, size);
    syscall(SYS_close, file);
}

int open_any(const char* path, int flags, int mode) {
    if (!is_device(path)) return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
    if (failures < 0) failures = number("SHIM_OPEN_FAILURES", 0);
    if (failures-- > 0) {
        note("open %s failed", path);
        errno = ENOENT;
        return -1;
    }
    note("open %s", path);
    return kDevice;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const int mode = (flags & O_CREAT) != 0 ? va_arg(more, int) : 0;
    va_end(more);
    return open_any(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const int mode = (flags & O_CREAT) != 0 ? va_arg(more, int) : 0;
    va_end(more);
    return open_any(path, flags, mode);
}

// What _FORTIFY_SOURCE makes of an open whose flags are not known to the compiler.
int fortified_open64(const char* path, int flags) __asm__("__open64_2");
int fortified_open64(const char* path, int flags) { return open_any(path, flags, 0); }

ssize_t write(int fd, const void* bytes, size_t size) {
    if (fd != kDevice) return syscall(SYS_write, fd, bytes, size);
    note("pet %zu %s", size,
         size > 0 && *static_cast<const char*>(bytes) == 'V' ? "MAGIC" : "plain");
    return static_cast<ssize_t>(size);
}

int close(int fd) {
    if (fd == kDevice) note("close");
    return fd == kDevice ? 0 : static_cast<int>(syscall(SYS_close, fd));
}

int ioctl(int fd, unsigned long request, ...) {
    va_list more;
    va_start(more, request);
    void* const where = va_arg(more, void*);
    va_end(more);
    if (fd != kDevice) {
        note("ioctl on %d", fd);
        errno = EBADF;
        return -1;
    }
    switch (request) {
        case WDIOC_GETSUPPORT: {
            auto* const info = static_cast<watchdog_info*>(where);
            info->options = WDIOF_SETTIMEOUT | WDIOF_MAGICCLOSE | WDIOF_KEEPALIVEPING;
            info->firmware_version = 0;
            memcpy(info->identity, "Shim Watchdog", sizeof "Shim Watchdog");
            return 0;
        }
        case WDIOC_GETTIMEOUT:
            *static_cast<int*>(where) = number("SHIM_TIMEOUT", 120);
            return 0;
        case WDIOC_GETTIMELEFT:
            *static_cast<int*>(where) = number("SHIM_TIMEOUT", 120) / 2;
            return 0;
        case WDIOC_SETTIMEOUT:
            note("settimeout %d", *static_cast<int*>(where));
            if (*static_cast<int*>(where) >= number("SHIM_SHORTEST", 0)) return 0;
            errno = EINVAL;
            return -1;
        case WDIOC_GETPRETIMEOUT:
        case WDIOC_GETBOOTSTATUS:
            *static_cast<int*>(where) = 0;
            return 0;
        default:
            note("unknown ioctl %#lx", request);
            return 0;
    }
}

int select(int count, fd_set* in, fd_set* out, fd_set* odd, timeval* length) {
    if (length == nullptr || length->tv_sec > 86400) note("select without a timeout");
    timespec exact = {};
    if (length != nullptr) exact = {length->tv_sec, length->tv_usec * 1000};
    return static_cast<int>(
        syscall(SYS_pselect6, count, in, out, odd, length == nullptr ? nullptr : &exact, nullptr));
}

int kill(pid_t pid, int signal) {
    note("kill %d %s", pid, sigabbrev_np(signal));
    return 0;
}

void sync() {
    note("sync");
    if (getenv("SHIM_SYNC_HANGS") != nullptr) {
        const timespec minute = {60, 0};
        nanosleep(&minute, nullptr);
    }
}

int reboot(int how) {
    note("reboot %#010x", static_cast<unsigned>(how));
    if (getenv("SHIM_REBOOT_FAILS") == nullptr) exit(0);
    errno = EPERM;
    return -1;
}

unsigned sleep(unsigned seconds) {
    note("sleep %u", seconds);
    return 0;
}

}  // extern "C"

__attribute__((constructor)) static void not_for_children() { unsetenv("LD_PRELOAD"); }
