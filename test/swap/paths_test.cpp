// SPDX-License-Identifier: Apache-2.0
#include "swap/paths.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt::swap;

TEST_GROUP(Paths){};

TEST(Paths, an_absolute_path_in_its_one_spelling_is_one) {
    for (const auto* good : {"/a", "/etc/syslog.conf", "/a/.b/..c/d...", "/\xc3\xa5"})
        CHECK_TEXT(is_path(good), good);
}

TEST(Paths, every_other_spelling_is_none) {
    for (const auto* bad : {"", "/", "a", "a/b", "//a", "/a/", "/a//b", "/.", "/..", "/a/./b",
                            "/a/../b", "/a/..", "/a\n", "/\x7f"})
        CHECK_TEXT(!is_path(bad), bad);
    CHECK_FALSE(is_path(std::string_view("/a\0b", 4)));
}

TEST(Paths, names_and_paths_end_where_the_kernels_do) {
    CHECK_TRUE(is_path("/" + std::string(255, 'x')));
    CHECK_FALSE(is_path("/" + std::string(256, 'x')));
    std::string path;
    while (path.size() < 4095 - 200) path += "/" + std::string(199, 'y');
    path += "/" + std::string(4095 - path.size() - 1, 'z');
    CHECK_EQUAL(4095U, path.size());
    CHECK_TRUE(is_path(path));
    CHECK_FALSE(is_path(path + "z"));
}

TEST(Paths, a_path_splits_into_directory_and_name) {
    STRCMP_EQUAL("/a/b", split_path("/a/b/c").dir.c_str());
    STRCMP_EQUAL("c", split_path("/a/b/c").name.c_str());
    STRCMP_EQUAL("/", split_path("/c").dir.c_str());
    STRCMP_EQUAL("c", split_path("/c").name.c_str());
}

TEST(Paths, no_daemon_includes_the_temporary_file) {
    const auto temp = conf_temp("50-default.conf");
    CHECK_FALSE(temp.ends_with(".conf"));
    CHECK_TRUE(temp.starts_with("."));
}
