// SPDX-License-Identifier: Apache-2.0
// wd_keeper with every request for memory counted, in the first eight bytes of the file named by
// KEEPER_ALLOCATIONS. Its children's are not.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#ifndef __SANITIZE_ADDRESS__

// glibc's own, by the names it gives them.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}
// NOLINTEND(bugprone-reserved-identifier)

namespace {

std::uint64_t before;  // until there is a file
std::uint64_t* counter = &before;
pid_t owner;

[[gnu::constructor]] void open_counter() {
    owner = ::getpid();
    const char* const path = std::getenv("KEEPER_ALLOCATIONS");
    if (path == nullptr) return;
    const int fd = ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ::ftruncate(fd, sizeof *counter) != 0) std::abort();
    void* const memory =
        ::mmap(nullptr, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) std::abort();
    counter = static_cast<std::uint64_t*>(memory);
    ::close(fd);
}

void count() {
    if (::getpid() == owner) ++*counter;
}

}  // namespace

extern "C" {
void* malloc(std::size_t size) {
    count();
    return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) {
    count();
    return __libc_calloc(number, size);
}
void* realloc(void* memory, std::size_t size) {
    count();
    return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
    count();
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    count();
    return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
    count();
    *memory = __libc_memalign(alignment, size);
    return 0;
}
}

#endif
