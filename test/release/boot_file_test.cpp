// SPDX-License-Identifier: Apache-2.0
#include "release/boot_file.h"

#include <CppUTest/TestHarness.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace vakt;
using namespace vakt::release;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes& put(Bytes& bytes, std::initializer_list<int> more) {
    for (const int byte : more) bytes.push_back(static_cast<std::uint8_t>(byte));
    return bytes;
}
Bytes& put(Bytes& bytes, std::string_view text) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    return bytes;
}

/// {script, {"n", "1"}, [INSTRUCTION]} up to the instruction.
Bytes head() {
    Bytes bytes;
    put(bytes, {131, 104, 3, 100, 0, 6});
    put(bytes, "script");
    put(bytes, {104, 2, 107, 0, 1, 'n', 107, 0, 1, '1', 108, 0, 0, 0, 1});
    return bytes;
}
Bytes with(std::initializer_list<int> instruction) {
    auto bytes = head();
    put(bytes, instruction);
    return put(bytes, {106});
}
bool is_whole(const Bytes& bytes) { return static_cast<bool>(read_boot_file(bytes, "b")); }
std::string fault_of(const Bytes& bytes) {
    const auto read = read_boot_file(bytes, "start.boot");
    return read ? "none" : describe(read.error());
}

}  // namespace

TEST_GROUP(BootFile){};

TEST(BootFile, every_kind_of_term_is_walked_over) {
    const std::initializer_list<int> terms[] = {
        {97, 1},                                                                // small integer
        {98, 0, 0, 1, 0},                                                       // integer
        {70, 0, 0, 0, 0, 0, 0, 0, 0},                                           // float
        {115, 1, 'a'},                                                          // small atom
        {119, 1, 'a'},                                                          // UTF-8
        {118, 0, 1, 'a'},                                                       //
        {109, 0, 0, 0, 2, 1, 2},                                                // binary
        {110, 2, 0, 1, 2},                                                      // big
        {111, 0, 0, 0, 2, 0, 1, 2},                                             //
        {105, 0, 0, 0, 1, 97, 1},                                               // large tuple
        {116, 0, 0, 0, 1, 97, 1, 97, 2},                                        // map
        {108, 0, 0, 0, 2, 97, 1, 97, 2, 106},                                   // list
        {99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // old float
         0,  0, 0, 0, 0, 0, 0, 0, 0}};
    for (const auto& term : terms) CHECK_TRUE(is_whole(with(term)));
    CHECK_FALSE(is_whole(with({112, 0})));
}

TEST(BootFile, directories_below_the_root_are_found_each_once) {
    auto bytes = head();
    bytes[bytes.size() - 1] = 3;
    for (const std::string_view path : {"$ROOT/lib/a/ebin", "$ROOT/lib/a/ebin", "$OTHER/lib/b"}) {
        put(bytes, {107, 0, static_cast<int>(path.size())});
        put(bytes, path);
    }
    put(bytes, {106});
    const auto paths = read_boot_file(bytes, "b");
    CHECK_TRUE(paths && *paths == BootPaths{"lib/a/ebin"});
}

TEST(BootFile, cut_off_anywhere_it_is_not_whole) {
    const auto bytes = with({104, 2, 97, 1, 107, 0, 2, 'x', 'y'});
    CHECK_TRUE(is_whole(bytes));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const Bytes part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK_FALSE(is_whole(part));
    }
    auto longer = bytes;
    put(longer, {0});
    CHECK_FALSE(is_whole(longer));
}

TEST(BootFile, sizes_that_promise_more_than_there_is_take_no_time_and_no_memory) {
    CHECK_FALSE(is_whole(with({108, 255, 255, 255, 255})));
    CHECK_FALSE(is_whole(with({116, 255, 255, 255, 255})));
    CHECK_FALSE(is_whole(with({109, 255, 255, 255, 255})));
}

TEST(BootFile, what_is_no_boot_file_is_refused_with_the_reason) {
    STRCMP_EQUAL("start.boot: no boot file: it is empty", fault_of({}).c_str());
    STRCMP_EQUAL("start.boot: no boot file: it does not begin as one", fault_of({0, 0}).c_str());
    STRCMP_EQUAL("start.boot: no boot file: it holds no script", fault_of({131, 106}).c_str());
    STRCMP_EQUAL("start.boot: no boot file: it is cut off or damaged", fault_of(head()).c_str());
    STRCMP_EQUAL("none", fault_of({131, 80, 0, 0}).c_str());
}

TEST(BootFile, OTPs_own_is_whole_and_names_kernel_and_stdlib) {
    std::ifstream file("/usr/lib/erlang/bin/start_clean.boot", std::ios::binary);
    if (!file) return;
    const Bytes bytes((std::istreambuf_iterator<char>(file)), {});
    const auto paths = read_boot_file(bytes, "start_clean.boot");
    CHECK_TRUE(static_cast<bool>(paths));
    CHECK_EQUAL(2U, paths->size());
    CHECK_TRUE((*paths)[0].starts_with("lib/kernel-"));
}

TEST(BootFile, its_atoms_and_strings_come_in_their_order) {
    const auto bytes = with({104, 3, 100, 0, 1, 'a', 97, 1, 119, 1, 'b'});
    const auto words = boot_words(bytes);
    CHECK_TRUE((words == std::vector<std::string_view>{"script", "n", "1", "a", "b"}));
    CHECK_TRUE(boot_words(Bytes{}).empty());
    CHECK_TRUE(boot_words(head()).empty());
}
