// SPDX-License-Identifier: Apache-2.0
#include "sys/background_sync.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>

using namespace vakt::sys;

TEST_GROUP(BackgroundSync) {
    BackgroundSync sync;

    static std::vector<Fd> only(int fd) {
        std::vector<Fd> files;
        files.push_back(Fd(fd));
        return files;
    }
};

TEST(BackgroundSync, it_lets_go_of_files_that_are_on_the_disk) {
    const int fd = ::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    sync.start(only(fd));
    sync.wait();
    CHECK_FALSE(sync.busy());
    CHECK_FALSE(static_cast<bool>(sync.take_error()));
    LONGS_EQUAL(-1, ::fcntl(fd, F_GETFD));
}

TEST(BackgroundSync, what_has_no_disk_is_no_error) {
    sync.start(only(::open("/dev/null", O_WRONLY | O_CLOEXEC)));
    sync.wait();
    CHECK_FALSE(static_cast<bool>(sync.take_error()));
}

TEST(BackgroundSync, an_error_is_told_once) {
    sync.start(only(-1));
    sync.wait();
    CHECK(sync.take_error() == std::errc::bad_file_descriptor);
    CHECK_FALSE(static_cast<bool>(sync.take_error()));
}

TEST(BackgroundSync, it_can_be_started_again_at_once) {
    for (int n = 0; n < 3; ++n) sync.start(only(::open("/dev/null", O_WRONLY | O_CLOEXEC)));
    sync.wait();
    CHECK_FALSE(sync.busy());
}
