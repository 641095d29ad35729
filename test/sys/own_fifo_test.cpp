// SPDX-License-Identifier: Apache-2.0
#include "sys/own_fifo.h"

#include <CppUTest/TestHarness.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "test/support/scratch.h"

using namespace vakt;

TEST_GROUP(OwnFifo) {
    Scratch scratch;
    std::string path = scratch.at("pipe.w");

    bool made() const { return static_cast<bool>(sys::make_own_fifo(path)); }
    unsigned mode() const { return scratch.status("pipe.w").st_mode & 07777U; }
};

TEST(OwnFifo, is_made_for_us_alone_whatever_the_umask) {
    for (const mode_t mask : {0U, 0777U}) {
        const auto before = ::umask(mask);
        const bool done = made();
        ::umask(before);
        CHECK_TRUE(done);
        UNSIGNED_LONGS_EQUAL(0600, mode());
        CHECK_EQUAL(0, ::unlink(path.c_str()));
    }
}

TEST(OwnFifo, one_that_is_there_stays_the_same_and_is_closed_to_others) {
    CHECK_EQUAL(0, ::mkfifo(path.c_str(), 0600));
    CHECK_EQUAL(0, ::chmod(path.c_str(), 0666));
    const auto before = sys::file_at(path);
    CHECK_TRUE(made());
    UNSIGNED_LONGS_EQUAL(0600, mode());
    CHECK_TRUE(sys::file_at(path) == before);
}

TEST(OwnFifo, nothing_but_a_fifo_of_ours_is_taken_over_or_opened) {
    scratch.put("pipe.w", "precious");
    CHECK_FALSE(made());
    CHECK_FALSE(static_cast<bool>(sys::open_own_fifo(path, O_RDONLY)));
    STRCMP_EQUAL("precious", scratch.get("pipe.w").c_str());
    CHECK_EQUAL(0, ::unlink(path.c_str()));
    CHECK_EQUAL(0, ::mkfifo(scratch.at("other").c_str(), 0600));
    scratch.link("other", "pipe.w");
    CHECK_FALSE(made());
    CHECK_FALSE(static_cast<bool>(sys::open_own_fifo(path, O_RDONLY)));
    if (::geteuid() != 0) return;
    CHECK_EQUAL(0, ::unlink(path.c_str()));
    CHECK_TRUE(made());
    CHECK_EQUAL(0, ::chown(path.c_str(), 1234, 1234));
    CHECK_FALSE(made());
    CHECK_FALSE(static_cast<bool>(sys::open_own_fifo(path, O_RDONLY)));
}

TEST(OwnFifo, for_writing_it_opens_only_while_somebody_reads) {
    CHECK_TRUE(made());
    const auto nobody = sys::open_own_fifo(path, O_WRONLY);
    CHECK_TRUE(!nobody && nobody.error().code == std::errc::no_such_device_or_address);
    auto reader = sys::open_own_fifo(path, O_RDONLY);
    CHECK_TRUE(static_cast<bool>(reader));
    const auto writer = sys::open_own_fifo(path, O_WRONLY);
    CHECK_TRUE(static_cast<bool>(writer));
    CHECK_TRUE(writer->identity == reader->identity);
    CHECK_TRUE(sys::has_reader(writer->fd.get()));
    reader->fd = sys::Fd{};
    CHECK_FALSE(sys::has_reader(writer->fd.get()));
}

TEST(OwnFifo, unlinked_is_only_the_file_that_is_meant) {
    CHECK_TRUE(made());
    const auto first = sys::file_at(path);
    CHECK_EQUAL(0, ::rename(path.c_str(), scratch.at("kept").c_str()));
    CHECK_TRUE(made());
    sys::unlink_own(path, *first);
    CHECK_TRUE(scratch.has("pipe.w"));
    sys::unlink_own(path, *sys::file_at(path));
    CHECK_FALSE(scratch.has("pipe.w"));
}
