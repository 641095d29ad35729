// SPDX-License-Identifier: Apache-2.0
#include "sys/fifo_writer.h"

#include <CppUTest/TestHarness.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "sys/nonblock.h"
#include "test/support/scratch.h"

using namespace vakt;

TEST_GROUP(FifoWriter) {
    Scratch scratch;
    const std::string path = scratch.at("f");
};

TEST(FifoWriter, it_opens_and_writes_without_a_reader_and_the_bytes_wait) {
    CHECK_EQUAL(0, ::mkfifo(path.c_str(), 0600));
    const auto writer = sys::FifoWriter::open(path);
    CHECK_TRUE(static_cast<bool>(writer));
    CHECK(sys::fifo_at(path) == writer->identity());
    const unsigned char byte[] = {'x'};
    CHECK(sys::write_some(writer->fd(), byte).how == sys::Moved::How::some);
    const auto reader = sys::FifoReader::open(path);
    char got[8];
    CHECK_EQUAL(1U, sys::read_some(reader->fd(), got).bytes);
}

TEST(FifoWriter, a_full_fifo_does_not_make_it_wait) {
    CHECK_EQUAL(0, ::mkfifo(path.c_str(), 0600));
    const auto writer = sys::FifoWriter::open(path);
    const std::vector<unsigned char> bytes(4096, 'x');
    auto how = sys::Moved::How::some;
    for (int n = 0; n < 100'000 && how == sys::Moved::How::some; ++n)
        how = sys::write_some(writer->fd(), bytes).how;
    CHECK(how == sys::Moved::How::blocked);
}

TEST(FifoWriter, nothing_but_a_fifo_is_opened) {
    STRCMP_EQUAL(("stat " + path + ": No such file or directory").c_str(),
                 describe(sys::FifoWriter::open(path).error()).c_str());
    scratch.put("f", "text");
    STRCMP_EQUAL((path + " is not a FIFO").c_str(),
                 describe(sys::FifoWriter::open(path).error()).c_str());
    STRCMP_EQUAL("text", scratch.get("f").c_str());
    STRCMP_EQUAL("/dev/null is not a FIFO",
                 describe(sys::FifoWriter::open("/dev/null").error()).c_str());
}
