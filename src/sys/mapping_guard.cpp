// SPDX-License-Identifier: Apache-2.0
// SIGBUS, answered with a page of zeros.
#include "sys/mapping_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>

namespace vakt::sys {
namespace {

volatile std::sig_atomic_t guarded = 0;
volatile std::sig_atomic_t missing = 0;
std::uintptr_t page_size = 0;

void on_sigbus(int number, siginfo_t* info, void* /*context*/) {
    if (guarded != 0 && info->si_code == BUS_ADRERR) {
        const auto behind = reinterpret_cast<std::uintptr_t>(info->si_addr) & (page_size - 1);
        void* page = static_cast<char*>(info->si_addr) - behind;
        // A system call like any other here; in a handler's list of POSIX or not, systemd's
        // journald has lived by it for years.
        if (::mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
            page) {
            missing = 1;
            return;
        }
    }
    // The access is tried again behind the handler, and now it ends the process.
    static_cast<void>(std::signal(number, SIG_DFL));
}

void install_once() {
    if (page_size != 0) return;
    page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action {};
    action.sa_sigaction = on_sigbus;
    action.sa_flags = SA_SIGINFO;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace

MappingGuard::MappingGuard() {
    install_once();
    missing = 0;
    guarded = 1;
}

MappingGuard::~MappingGuard() { guarded = 0; }

bool MappingGuard::hit() const { return missing != 0; }

}  // namespace vakt::sys
