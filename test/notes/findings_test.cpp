// SPDX-License-Identifier: Apache-2.0
#include "notes/findings.h"

#include <CppUTest/TestHarness.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "test/support/scratch.h"

using namespace vakt;

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

TEST_GROUP(NotesFindings) {
    Scratch scratch;
    std::int64_t began_ns = 0;

    void setup() override {
        for (const char* name : {"pstore", "archive", "state"}) folder(name);
    }
    void folder(const std::string& name) const { ::mkdir(scratch.at(name).c_str(), 0755); }
    report::Findings gathered() const {
        report::Findings findings;
        notes::gather({scratch.at("pstore"), scratch.at("archive"), scratch.at("state")}, began_ns,
                      findings);
        return findings;
    }
    /// Changed so many nanoseconds since 1970.
    void changed(const std::string& name, std::int64_t at) const {
        const timespec time{at / kSecond, at % kSecond};
        const timespec both[2] = {time, time};
        CHECK_EQUAL(0, ::utimensat(AT_FDCWD, scratch.at(name).c_str(), both, 0));
    }
    void box_is_refused(const char* why) const {
        const auto found = gathered();
        CHECK_EQUAL(1U, found.troubles.size());
        STRCMP_CONTAINS(why, found.troubles[0].c_str());
    }
};

TEST(NotesFindings, nothing_there_is_no_trouble) {
    ::rmdir(scratch.at("pstore").c_str());
    ::rmdir(scratch.at("archive").c_str());
    const auto found = gathered();
    CHECK_TRUE(found.pstore.empty());
    CHECK_TRUE(found.troubles.empty());
}

TEST(NotesFindings, of_64_files_all_are_read_and_a_65th_is_told_of) {
    for (int n = 0; n < 64; ++n) scratch.put("pstore/f" + std::to_string(100 + n), "x");
    CHECK_EQUAL(64U, gathered().pstore.size());
    CHECK_TRUE(gathered().troubles.empty());
    scratch.put("pstore/f999", "x");
    const auto found = gathered();
    CHECK_EQUAL(64U, found.pstore.size());
    CHECK_EQUAL(1U, found.troubles.size());
    STRCMP_CONTAINS("f999 is one too many", found.troubles[0].c_str());
}

TEST(NotesFindings, of_a_file_the_last_MiB_is_read) {
    scratch.put("pstore/whole", "a" + std::string(kMostBytes - 1, 'x'));
    CHECK_EQUAL(kMostBytes, gathered().pstore.at(0).bytes.size());
    CHECK_EQUAL('a', gathered().pstore.at(0).bytes.front());
    scratch.put("pstore/whole", "a" + std::string(kMostBytes, 'x'));
    CHECK_EQUAL(kMostBytes, gathered().pstore.at(0).bytes.size());
    CHECK_EQUAL('x', gathered().pstore.at(0).bytes.front());
}

TEST(NotesFindings, folders_are_read_three_deep_and_no_deeper) {
    folder("pstore/2");
    folder("pstore/2/3");
    folder("pstore/2/3/4");
    scratch.put("pstore/2/3/third", "x");
    scratch.put("pstore/2/3/4/fourth", "x");
    const auto found = gathered();
    CHECK_EQUAL(1U, found.pstore.size());
    STRCMP_EQUAL("third", found.pstore[0].name.c_str());
}

TEST(NotesFindings, neither_hidden_files_nor_links_nor_fifos_are_read) {
    scratch.put("pstore/.hidden", "x");
    scratch.put("elsewhere", "x");
    scratch.link(scratch.at("elsewhere"), "pstore/link");
    CHECK_EQUAL(0, ::mkfifo(scratch.at("pstore/fifo").c_str(), 0600));
    const auto found = gathered();
    CHECK_TRUE(found.pstore.empty());
    CHECK_TRUE(found.troubles.empty());
}

TEST(NotesFindings,
     of_the_archive_what_came_10_s_before_this_boot_or_later_counts_and_has_no_time) {
    began_ns = 1'000'000 * kSecond;
    scratch.put("archive/old", "x");
    changed("archive/old", began_ns - 10 * kSecond - 1);
    scratch.put("archive/new", "x");
    changed("archive/new", began_ns - 10 * kSecond);
    scratch.put("pstore/any", "x");
    changed("pstore/any", 7 * kSecond);
    const auto found = gathered();
    CHECK_EQUAL(2U, found.pstore.size());
    STRCMP_EQUAL("any", found.pstore[0].name.c_str());
    CHECK_TRUE(found.pstore[0].wall_ns == 7 * kSecond);
    STRCMP_EQUAL("new", found.pstore[1].name.c_str());
    CHECK_FALSE(found.pstore[1].wall_ns.has_value());
}

TEST(NotesFindings, a_black_box_that_its_owner_alone_writes_is_read) {
    scratch.put("state/black_box", "nothing of value");
    ::chmod(scratch.at("state/black_box").c_str(), 0644);
    CHECK_TRUE(gathered().troubles.empty());
    for (const mode_t mode : {0664U, 0646U}) {
        ::chmod(scratch.at("state/black_box").c_str(), mode);
        box_is_refused("can be written by others");
    }
}

TEST(NotesFindings, a_black_box_of_two_names_or_a_link_to_one_is_not_read) {
    scratch.put("box", "x");
    CHECK_EQUAL(0, ::link(scratch.at("box").c_str(), scratch.at("state/black_box").c_str()));
    box_is_refused("has another name");
    ::unlink(scratch.at("state/black_box").c_str());
    scratch.link(scratch.at("box"), "state/black_box");
    box_is_refused("is no plain file");
}

TEST(NotesFindings, the_bridges_own_directory_goes_before_the_keepers) {
    folder("state/bridge");
    scratch.link("nowhere", "state/black_box");
    box_is_refused("is no plain file");
    scratch.put("state/bridge/black_box", "x");
    CHECK_TRUE(gathered().troubles.empty());
}
