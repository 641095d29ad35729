// SPDX-License-Identifier: Apache-2.0
#include "release/releases_file.h"

#include <CppUTest/TestHarness.h>

#include <string>

using namespace vakt;
using namespace vakt::release;

namespace {

constexpr const char* kTwo =
    "%% coding: utf-8\n"
    "[{release,\"app\",\"2.0\",\"13.2\",\n"
    "          [{kernel,\"8.5\",\"/opt/lib/ker\"\n"
    "                          \"nel-8.5\"}],\n"
    "          permanent},\n"
    " {release,\"app\",\"1.0\",\"13.1.5\",[],old}].\n";

std::string fault_of(std::string_view text) {
    const auto read = read_releases(text, "RELEASES");
    return read ? "none" : describe(read.error());
}

ListedRelease with(const char* vsn, ReleaseState state) { return {"app", {"13", vsn}, {}, state}; }

}  // namespace

TEST_GROUP(ReleasesFile){};

TEST(ReleasesFile, rows_are_read_with_versions_libraries_and_state) {
    const auto read = read_releases(kTwo, "RELEASES");
    CHECK_TRUE(static_cast<bool>(read));
    CHECK_EQUAL(2U, read->size());
    const auto& first = (*read)[0];
    STRCMP_EQUAL("app", first.name.c_str());
    CHECK_TRUE((first.release == Release{"13.2", "2.0"}));
    CHECK_TRUE(first.state == ReleaseState::permanent);
    CHECK_EQUAL(1U, first.libraries.size());
    STRCMP_EQUAL("/opt/lib/kernel-8.5", first.libraries[0].c_str());
    CHECK_TRUE((*read)[1].state == ReleaseState::old);
}

TEST(ReleasesFile, a_name_whose_characters_came_as_numbers_is_a_string) {
    const auto read = read_releases(
        "[{release,[229,228,8364],\"1\",\"13\",[{a,\"1\",\"q\\\"\\\\\"}],current}].", "R");
    CHECK_TRUE(static_cast<bool>(read));
    STRCMP_EQUAL("\xC3\xA5\xC3\xA4\xE2\x82\xAC", (*read)[0].name.c_str());
    STRCMP_EQUAL("q\"\\", (*read)[0].libraries[0].c_str());
}

TEST(ReleasesFile, an_empty_list_has_no_releases) {
    const auto read = read_releases("[].", "R");
    CHECK_TRUE(read && read->empty());
}

TEST(ReleasesFile, cut_off_anywhere_it_is_refused) {
    const std::string whole(kTwo);
    for (std::size_t size = 0; size + 1 < whole.size(); ++size)
        CHECK_FALSE(static_cast<bool>(read_releases(whole.substr(0, size), "R")));
}

TEST(ReleasesFile, errors_name_the_line) {
    STRCMP_EQUAL("RELEASES:2: no {release, Name, Vsn, ErtsVsn, Libraries, State}",
                 fault_of("[\n{release,\"a\",\"1\",\"13\",[]}].").c_str());
    STRCMP_EQUAL("RELEASES:1: an unknown state",
                 fault_of("[{release,\"a\",\"1\",\"13\",[],gone}].").c_str());
    STRCMP_EQUAL("RELEASES:1: a version that is no name of a directory",
                 fault_of("[{release,\"a\",\"1/2\",\"13\",[],old}].").c_str());
    STRCMP_EQUAL("RELEASES:2: more than one term", fault_of("[].\n[].").c_str());
    STRCMP_EQUAL("RELEASES:1: no list of releases", fault_of("{a}.").c_str());
    STRCMP_EQUAL("RELEASES:1: no full stop behind the term: half-written?", fault_of("[]").c_str());
    STRCMP_EQUAL("RELEASES:2: what begins here is no term", fault_of("[a,\n#a].").c_str());
}

TEST(ReleasesFile, terms_have_a_depth) {
    CHECK_FALSE(static_cast<bool>(read_releases(std::string(100'000, '['), "R")));
}

TEST(ReleasesFile, one_goes_back_to_the_permanent_one_then_to_the_old_ones_newest_first) {
    const auto chosen =
        to_go_back_to({with("5", ReleaseState::unpacked), with("4", ReleaseState::current),
                       with("3", ReleaseState::old), with("2", ReleaseState::permanent),
                       with("1", ReleaseState::old), with("0", ReleaseState::tmp_current)});
    CHECK_EQUAL(3U, chosen.size());
    STRCMP_EQUAL("2", chosen[0].release.vsn.c_str());
    STRCMP_EQUAL("3", chosen[1].release.vsn.c_str());
    STRCMP_EQUAL("1", chosen[2].release.vsn.c_str());
}
