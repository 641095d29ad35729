// SPDX-License-Identifier: Apache-2.0
#include "sys/mapping_guard.h"

#include <CppUTest/TestHarness.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "test/support/scratch.h"

using namespace vakt;

TEST_GROUP(MappingGuard) {
    Scratch scratch;
    const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const volatile char* bytes = nullptr;

    void setup() override {
        const auto path = scratch.put("mapped", std::string(2 * page, 'x'));
        const sys::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        bytes = static_cast<const volatile char*>(
            ::mmap(nullptr, 2 * page, PROT_READ, MAP_SHARED, file.get(), 0));
        CHECK_TRUE(bytes != MAP_FAILED);
    }
    void teardown() override { ::munmap(const_cast<char*>(bytes), 2 * page); }
    void cut_short() const {
        CHECK_EQUAL(0, ::truncate(scratch.at("mapped").c_str(), static_cast<off_t>(page)));
    }
};

TEST(MappingGuard, a_whole_file_is_read_and_nothing_is_said) {
    const sys::MappingGuard guard;
    BYTES_EQUAL('x', bytes[page]);
    CHECK_FALSE(guard.hit());
}

TEST(MappingGuard, a_page_that_is_gone_reads_as_zeros_and_the_one_before_it_as_ever) {
    cut_short();
    {
        const sys::MappingGuard guard;
        BYTES_EQUAL(0, bytes[2 * page - 1]);
        CHECK_TRUE(guard.hit());
        BYTES_EQUAL('x', bytes[page - 1]);
    }
    const sys::MappingGuard next;
    BYTES_EQUAL(0, bytes[page]);  // zeros until it is unmapped, and said once
    CHECK_FALSE(next.hit());
}
