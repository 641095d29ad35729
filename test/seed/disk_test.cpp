// SPDX-License-Identifier: Apache-2.0
#include "seed/disk.h"

#include <CppUTest/TestHarness.h>

#include "test/support/seed_disk.h"

using namespace vakt;
using namespace vakt::seed;
using seed_disk::Names;

TEST_GROUP(Disk) {
    const std::string text = "instance-id: a\n" + std::string(2000, 'x') + "end\n";

    static void holds(const std::string& content, const std::string& disk, const char* name) {
        const auto volume = open_seed_disk(seed_disk::reader(disk));
        CHECK_TRUE(volume.has_value());
        const auto file = volume->file(name);
        CHECK_TEXT(file, file ? "" : describe(file.error()).c_str());
        CHECK_TRUE(file->has_value());
        CHECK_EQUAL(content.size(), (*file)->size());
        CHECK(content == **file);
        CHECK_FALSE(volume->file("vendor-data")->has_value());
    }
    static void refused(const char* words, const std::string& disk) {
        const auto volume = open_seed_disk(seed_disk::reader(disk));
        CHECK_TRUE(volume.has_value());
        const auto file = volume->file("user-data");
        CHECK_FALSE(file);
        STRCMP_CONTAINS(words, describe(file.error()).c_str());
    }
    [[nodiscard]] std::string iso(Names names = Names::rock_ridge) const {
        return seed_disk::iso("cidata", "user-data", text, names);
    }
    [[nodiscard]] std::string fat(unsigned bits = 12) const {
        return seed_disk::fat(bits, "CIDATA", "user-data", text);
    }
};

TEST(Disk, iso_with_each_kind_of_names) {
    for (const auto names : {Names::plain, Names::rock_ridge, Names::joliet})
        holds(text, iso(names), "user-data");
}

TEST(Disk, fat_of_each_size) {
    for (const unsigned bits : {12U, 16U, 32U}) holds(text, fat(bits), "user-data");
}

TEST(Disk, a_long_name_may_take_several_entries) {
    const std::string name = "network-config-of-some-length";
    holds(text, seed_disk::fat(12, "CIDATA", name, text), name.c_str());
}

TEST(Disk, the_case_of_label_and_names_does_not_matter) {
    holds(text, seed_disk::iso("CIDATA", "USER-DATA", text, Names::plain), "user-data");
    holds(text, seed_disk::fat(12, "cidata", "User-Data", text), "user-data");
}

TEST(Disk, an_empty_file_is_one) {
    holds("", seed_disk::fat(16, "CIDATA", "user-data", ""), "user-data");
    holds("", seed_disk::iso("cidata", "user-data", "", Names::joliet), "user-data");
}

TEST(Disk, another_label_is_no_seed) {
    for (const char* label : {"", "CIDAT", "CIDATA1", "data"}) {
        CHECK_FALSE(open_seed_disk(seed_disk::reader(seed_disk::fat(12, label, "user-data", text)))
                        .has_value());
        CHECK_FALSE(open_seed_disk(
                        seed_disk::reader(seed_disk::iso(label, "user-data", text, Names::plain)))
                        .has_value());
    }
}

TEST(Disk, a_label_in_the_boot_sector_counts_where_the_root_directory_has_none) {
    auto disk = fat();
    seed_disk::put(disk, 43, "cidata     ");
    disk[512 * 3 + 11] = '\x20';  // the label's entry is a file now
    holds(text, disk, "user-data");
}

TEST(Disk, what_is_no_file_system_is_none) {
    CHECK_FALSE(open_seed_disk(seed_disk::reader("")).has_value());
    CHECK_FALSE(open_seed_disk(seed_disk::reader(std::string(100'000, '\0'))).has_value());
    CHECK_FALSE(open_seed_disk(seed_disk::reader(std::string(100'000, '\xff'))).has_value());
}

TEST(Disk, a_file_has_256_kib_at_most) {
    holds(std::string(kMaxFile, 'a'),
          seed_disk::iso("cidata", "user-data", std::string(kMaxFile, 'a'), Names::plain),
          "user-data");
    refused("user-data is too large",
            seed_disk::iso("cidata", "user-data", std::string(kMaxFile + 1, 'a'), Names::plain));
    refused("user-data is too large",
            seed_disk::fat(16, "CIDATA", "user-data", std::string(kMaxFile + 1, 'a')));
}

TEST(Disk, a_chain_that_ends_early_is_cut_off_and_one_in_a_circle_ends) {
    auto disk = fat(16);
    // The file begins in its last cluster; 0 is no cluster.
    const std::size_t first = 512 + 2 * (2 + (text.size() - 1) / 512);
    seed_disk::put(disk, first, seed_disk::little(0, 2));
    refused("user-data is cut off", disk);
    seed_disk::put(disk, first,
                   seed_disk::little(static_cast<std::uint32_t>(2 + (text.size() - 1) / 512), 2));
    const auto volume = open_seed_disk(seed_disk::reader(disk));
    CHECK_EQUAL(text.size(), (*volume->file("user-data"))->size());
}

TEST(Disk, a_directory_of_the_name_is_no_file) {
    auto disk = iso(Names::plain);
    const auto at = disk.find("user-data;1");
    disk[at - 33 + 25] = '\2';
    refused("user-data is no plain file", disk);
}

TEST(Disk, a_damaged_directory_is_refused) {
    auto disk = iso(Names::plain);
    disk[disk.find("user-data;1") - 33] = '\x20';
    refused("damaged", disk);
}

TEST(Disk, what_is_cut_off_anywhere_gives_an_error_or_nothing_and_never_half_a_file) {
    for (const auto& whole : {iso(Names::joliet), iso(), fat(12)}) {
        for (std::size_t size = 0; size < whole.size(); size += 256) {
            const auto volume = open_seed_disk(seed_disk::reader(whole.substr(0, size)));
            if (!volume) continue;
            const auto file = volume->file("user-data");
            if (file && *file) CHECK(**file == text);
        }
    }
}
