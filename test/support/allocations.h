// SPDX-License-Identifier: Apache-2.0
// Counts what operator new hands out while it lives.
#pragma once

#include <CppUTest/TestHarness.h>
#include <CppUTest/TestMemoryAllocator.h>

namespace vakt::fake {

class Allocations {
 public:
    Allocations() : before_(getCurrentNewAllocator()), counter_(*before_) {
        setCurrentNewAllocator(&counter_);
    }
    ~Allocations() { setCurrentNewAllocator(before_); }
    Allocations(const Allocations&) = delete;
    Allocations& operator=(const Allocations&) = delete;
    [[nodiscard]] int count() const { return counter_.count; }

 private:
    struct Counter : TestMemoryAllocator {
        explicit Counter(TestMemoryAllocator& inner)
            : TestMemoryAllocator(inner.name(), inner.alloc_name(), inner.free_name()),
              inner_(inner) {}
        char* alloc_memory(size_t size, const char* file, size_t line) override {
            ++count;
            return inner_.alloc_memory(size, file, line);
        }
        TestMemoryAllocator* actualAllocator() override { return inner_.actualAllocator(); }
        TestMemoryAllocator& inner_;
        int count = 0;
    };
    TestMemoryAllocator* before_;
    Counter counter_;
};

}  // namespace vakt::fake
