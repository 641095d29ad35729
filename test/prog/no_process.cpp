// SPDX-License-Identifier: Apache-2.0
// usage: no_process [--strict] [--host NAME] PROGRAM [ARGUMENT ...]
// Runs PROGRAM where no process can be made ("no-process Linux"), as on a system with one process:
// fork, vfork and a clone that is no thread are ENOSYS. --strict: and what such systems lack
// besides, FIFOs, Unix datagrams, memfd and signalfd. As root the host is NAME (vakt.local), with a
// dot in it, and nobody else's.
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kCloneFlags = 0;
#elif defined(__aarch64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kCloneFlags = 0;
#elif defined(__s390x__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_S390X;
constexpr std::uint32_t kCloneFlags = 1;  // the stack comes first there (clone(2))
#else
#error "no_process knows no such machine"
#endif

constexpr std::uint16_t kLoad = BPF_LD | BPF_W | BPF_ABS;
constexpr std::uint16_t kMask = BPF_ALU | BPF_AND | BPF_K;
constexpr std::uint16_t kEqual = BPF_JMP | BPF_JEQ | BPF_K;
constexpr std::uint16_t kReturn = BPF_RET | BPF_K;

/// A filter that lets everything through but what it is told to refuse.
class Filter {
 public:
    Filter() {
        add(kLoad, offsetof(seccomp_data, arch));
        program_.push_back({kEqual, 1, 0, kMachine});
        refuse_with(ENOSYS);
    }
    void refuse(long call, int error) {
        load_number();
        program_.push_back({kEqual, 0, 1, static_cast<std::uint32_t>(call)});
        refuse_with(error);
    }
    /// Where (argument & mask) is `value`, or, with `unless`, where it is not.
    void refuse_if(long call, std::uint32_t argument, std::uint32_t mask, std::uint32_t value,
                   int error, bool unless = false) {
        load_number();
        program_.push_back({kEqual, 0, 4, static_cast<std::uint32_t>(call)});
        load_argument(argument);
        add(kMask, mask);
        const std::uint8_t skip = unless ? 1 : 0;
        program_.push_back({kEqual, skip, static_cast<std::uint8_t>(1 - skip), value});
        refuse_with(error);
    }
    void refuse_socket(std::uint32_t family, std::uint32_t type, int error) {
        load_number();
        program_.push_back({kEqual, 0, 6, SYS_socket});
        load_argument(0);
        program_.push_back({kEqual, 0, 4, family});
        load_argument(1);
        add(kMask, 0xf);  // SOCK_CLOEXEC and SOCK_NONBLOCK lie above
        program_.push_back({kEqual, 0, 1, type});
        refuse_with(error);
    }
    [[nodiscard]] bool install() {
        add(kReturn, SECCOMP_RET_ALLOW);
        // Root needs no such vow, and keeps what a setuid program would give it.
        if (::geteuid() != 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
        sock_fprog all = {static_cast<unsigned short>(program_.size()), program_.data()};
        return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all) == 0;
    }

 private:
    void add(std::uint16_t code, std::uint32_t value) { program_.push_back({code, 0, 0, value}); }
    /// Its lower half.
    void load_argument(std::uint32_t n) {
        const std::uint32_t low = std::endian::native == std::endian::big ? 4 : 0;
        add(kLoad, static_cast<std::uint32_t>(offsetof(seccomp_data, args)) + 8 * n + low);
    }
    void load_number() { add(kLoad, offsetof(seccomp_data, nr)); }
    void refuse_with(int error) {
        add(kReturn, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error));
    }

    std::vector<sock_filter> program_;
};

void forbid_processes(Filter& filter) {
#ifdef SYS_fork
    filter.refuse(SYS_fork, ENOSYS);
#endif
#ifdef SYS_vfork
    filter.refuse(SYS_vfork, ENOSYS);
#endif
    // Its flags are in memory, where a filter cannot look; glibc falls back to clone.
    filter.refuse(SYS_clone3, ENOSYS);
    filter.refuse_if(SYS_clone, kCloneFlags, CLONE_THREAD, CLONE_THREAD, ENOSYS, true);
}

void forbid_what_osv_lacks(Filter& filter) {
#ifdef SYS_mknod
    filter.refuse_if(SYS_mknod, 1, S_IFMT, S_IFIFO, ENOSYS);
#endif
    filter.refuse_if(SYS_mknodat, 2, S_IFMT, S_IFIFO, ENOSYS);
    filter.refuse_socket(AF_UNIX, SOCK_DGRAM, EAFNOSUPPORT);
    filter.refuse(SYS_memfd_create, ENOSYS);
#ifdef SYS_signalfd
    filter.refuse(SYS_signalfd, ENOSYS);
#endif
    filter.refuse(SYS_signalfd4, ENOSYS);
}

bool is_host_apart(const std::string& name) {
    if (::geteuid() == 0) {
        if (::unshare(CLONE_NEWUTS) != 0) return false;
        return ::sethostname(name.c_str(), name.size()) == 0;
    }
    char here[256] = "";
    ::gethostname(here, sizeof here - 1);
    if (std::strchr(here, '.') == nullptr)
        std::fprintf(stderr, "no_process: the host's name %s has no dot in it\n", here);
    return true;
}

int failed(const char* what) {
    std::fprintf(stderr, "no_process: %s: %s\n", what, std::strerror(errno));
    return 126;
}

}  // namespace

int main(int argc, char** argv) {
    bool strict = false;
    std::string host = "vakt.local";
    int next = 1;
    for (; next < argc; ++next) {
        const std::string word = argv[next];
        if (word == "--strict")
            strict = true;
        else if (word == "--host" && next + 1 < argc)
            host = argv[++next];
        else
            break;
    }
    if (next >= argc || argv[next][0] == '-') {
        std::fputs("usage: no_process [--strict] [--host NAME] PROGRAM [ARGUMENT ...]\n", stderr);
        return 2;
    }
    if (!is_host_apart(host)) return failed("host name");
    Filter filter;
    forbid_processes(filter);
    if (strict) forbid_what_osv_lacks(filter);
    if (!filter.install()) return failed("seccomp");
    ::execvp(argv[next], argv + next);
    return failed(argv[next]);
}
