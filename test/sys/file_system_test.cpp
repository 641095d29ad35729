// SPDX-License-Identifier: Apache-2.0
#include "sys/file_system.h"

#include <CppUTest/TestHarness.h>

#include <filesystem>

#include "test/support/scratch.h"

using vakt::sys::size_of_file_system;

TEST_GROUP(FileSystem) { Scratch scratch; };

TEST(FileSystem, it_has_the_size_that_the_library_says) {
    const auto size = size_of_file_system(scratch.path());
    CHECK_TRUE(size.has_value());
    CHECK_TRUE(*size == std::filesystem::space(scratch.path()).capacity);
}

TEST(FileSystem, of_what_is_not_there_it_is_the_nearest_ancestors) {
    const auto size = size_of_file_system(scratch.path());
    CHECK_TRUE(size_of_file_system(scratch.at("a")) == size);
    CHECK_TRUE(size_of_file_system(scratch.at("a//b/")) == size);
    CHECK_TRUE(size_of_file_system("not-there/b") == size_of_file_system("."));
    CHECK_TRUE(size_of_file_system("/not-there/b") == size_of_file_system("/"));
}

TEST(FileSystem, what_cannot_be_told_is_none) {
    scratch.put("file", "");
    CHECK_FALSE(size_of_file_system(scratch.at("file/below")).has_value());
    scratch.link("circle", "circle");
    CHECK_FALSE(size_of_file_system(scratch.at("circle")).has_value());
#ifdef __linux__
    CHECK_FALSE(size_of_file_system("/proc").has_value());
#endif
}
