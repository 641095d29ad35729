// SPDX-License-Identifier: Apache-2.0
// The tables of keys, and that the shipped files and their manuals say what they say.
#include "settings/keys.h"

// clang-format off
#include "settings/bridge_settings.h"  // what it includes does not bear CppUTest's own `new`
// clang-format on
#include <CppUTest/TestHarness.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/text.h"
#include "keeper/authority.h"
#include "settings/keeper_settings.h"
#include "wdt/timing.h"

using namespace vakt;
using namespace vakt::settings;

namespace {

std::string contents(const char* path) {
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    CHECK_TEXT(!text.empty(), path);
    return text;
}

constexpr std::string_view kPasswd = "otpuser:x:1000:\ncontrol:x:1001:\nweb:x:1002:\notp:x:1003:\n";

/// "" when it parses, else what is wrong with it.
std::string fault_as_keeper(const std::string& text) {
    const auto file = parse_keeper_text(text, "text", kPasswd);
    return file ? "" : file.error().doing + "\n" + text;
}
std::string fault_as_bridge(const std::string& text) {
    const auto file = parse_bridge_text(text, "text", {kPasswd, "vakt:x:990:\n"});
    return file ? "" : file.error().doing + "\n" + text;
}

/// One configuration file as it is shipped.
struct Shipped {
    std::span<const Key> keys;
    std::string (*fault)(const std::string& text);
    std::size_t examples;  ///< in the manual
    std::string text;
    std::string manual;

    /// The manual's part on one place.
    [[nodiscard]] std::string part(Place place) const {
        const std::string name(place == Place::top ? "Top" : place_name(place));
        const auto begin = manual.find("\n.Ss " + name + "\n");
        CHECK_TEXT(begin != std::string::npos, name.c_str());
        return manual.substr(begin, manual.find("\n.S", begin + 1) - begin);
    }
    [[nodiscard]] std::string uncommented() const {
        std::string all;
        for (std::string_view rest = text; !rest.empty();) {
            auto line = take_line(rest);
            if (line.starts_with('#')) line.remove_prefix(1);
            all.append(line) += '\n';
        }
        return all;
    }
};

std::string bound(const Key& key, std::int64_t value) {
    if (key.shape != Shape::seconds) return std::to_string(value);
    if (value % 1000 == 1) return "more than " + bound(key, value - 1);
    auto words = wdt::in_words(std::chrono::milliseconds(value));
    if (words == "100 ms") return "0.1";
    return words.substr(0, words.find(' '));
}

/// The first line of a key in the manual.
std::string in_manual(const Key& key) {
    const auto range = key.most == INT64_MAX
                           ? bound(key, key.least) + " or more"
                           : bound(key, key.least) + " to " + bound(key, key.most);
    std::string words;
    switch (key.shape) {
        case Shape::rows:
            words = "A list of groups";
            break;
        case Shape::group:
            words = "A group";
            break;
        case Shape::text:
            words = "A text";
            break;
        case Shape::texts:
            words = "A text or an array of texts";
            break;
        case Shape::user:
            words = "A user's name or number";
            break;
        case Shape::users:
            words = "A user's name or number, or an array or list of them";
            break;
        case Shape::group_id:
            words = "A user group's name or number";
            break;
        case Shape::flag:
            words = "true or false";
            break;
        case Shape::seconds:
            words = "Seconds, " + range;
            break;
        case Shape::number:
            words = "A whole number, " + range;
            break;
    }
    if (key.wanted) return words + "; wanted.";
    return words + "; default " + (key.fallback.empty() ? "none" : std::string(key.fallback)) + ".";
}

}  // namespace

TEST_GROUP(Keys) {
    const std::vector<Shipped> files{
        {keeper_keys(), fault_as_keeper, 4, contents("conf/keeper.conf"),
         contents("conf/keeper.conf.5")},
        {bridge_keys(), fault_as_bridge, 4, contents("conf/bridge.conf"),
         contents("conf/bridge.conf.5")},
    };
    const Shipped& keeper = files.front();
    const Shipped& bridge = files.back();

    static void parses(const Shipped& file, const std::string& text) {
        STRCMP_EQUAL("", file.fault(text).c_str());
    }
};

TEST(Keys, each_stands_in_the_manual_with_its_range_and_default) {
    for (const auto& file : files)
        for (const auto& key : file.keys) {
            const auto entry = "\n.It Cm " + std::string(key.name) + "\n" + in_manual(key) + "\n";
            CHECK_TEXT(file.part(key.place).find(entry) != std::string::npos, entry.c_str());
        }
}

TEST(Keys, the_manual_has_no_other) {
    for (const auto& file : files) {
        std::size_t entries = 0;
        for (auto at = file.manual.find("\n.It Cm "); at != std::string::npos;
             at = file.manual.find("\n.It Cm ", at + 1))
            ++entries;
        CHECK_EQUAL(file.keys.size(), entries);
    }
}

TEST(Keys, each_stands_in_the_shipped_file_with_its_default) {
    for (const auto& file : files)
        for (const auto& key : file.keys) {
            const auto begin = std::string(key.name) + " = ";
            bool found = false;
            for (std::string_view rest = file.text; !rest.empty();) {
                const auto line = take_line(rest);
                // What is wanted may be there without a #.
                if ((!line.starts_with('#') && !key.wanted) || line.starts_with("##")) continue;
                const auto at = line.find_first_not_of("# {,");
                if (at == std::string_view::npos || !line.substr(at).starts_with(begin)) continue;
                const auto value = line.substr(at + begin.size());
                const auto rest_of_line = line.substr(std::min(line.find("##"), line.size()));
                // What is shown otherwise than by default says so.
                if (key.wanted || key.fallback.empty() ||
                    value.starts_with(std::string(key.fallback) + ";") ||
                    rest_of_line.find("default: " + std::string(key.fallback)) !=
                        std::string_view::npos)
                    found = true;
            }
            const bool in_a_row_on_one_line = key.place == Place::right || key.place == Place::rate;
            if (in_a_row_on_one_line) found = file.text.find(begin) != std::string::npos;
            CHECK_TEXT(found, begin.c_str());
        }
}

TEST(Keys, the_shipped_file_names_no_device_and_no_lease) {
    const auto file = parse_keeper_text(keeper.text, "keeper.conf", "");
    CHECK_TRUE(static_cast<bool>(file));
    const auto none = parse_keeper_text("", "keeper.conf", "");
    CHECK(file->settings.leases.empty());
    CHECK(file->settings.devices.empty());
    CHECK(file->settings.evidence.empty());
    CHECK(file->settings.rights.empty());
    CHECK(file->devices == none->devices);
}

TEST(Keys, the_shipped_bridge_reads_the_journal_and_has_the_defaults) {
    const auto file = parse_bridge_text(bridge.text, "F", {});
    const auto least = parse_bridge_text("sources = ( { type = \"journal\"; } );", "F", {});
    CHECK_TRUE(static_cast<bool>(file));
    CHECK(file->sources == least->sources);
    CHECK_EQUAL(least->ring, file->ring);
    CHECK(file->users.empty());
    CHECK(file->black_box == BlackBoxSettings{});
    STRCMP_EQUAL("", file->feed.c_str());
}

TEST(Keys, the_shipped_files_parse_when_all_of_them_is_uncommented) {
    for (const auto& file : files) {
        parses(file, file.text);
        const auto text = file.uncommented();
        parses(file, text);
        for (const auto& key : file.keys)
            CHECK_TEXT(text.find(std::string(key.name) + " = ") != std::string::npos,
                       std::string(key.name).c_str());
    }
    const auto file = parse_keeper_text(keeper.uncommented(), "keeper.conf", "");
    CHECK_EQUAL(1U, file->settings.leases.size());
    CHECK_EQUAL(2U, file->settings.devices.size());
    CHECK_EQUAL(3U, file->settings.evidence.size());
    CHECK_EQUAL(4U, file->settings.rights.size());
    const auto bridged = parse_bridge_text(bridge.uncommented(), "F", {kPasswd, "vakt:x:990:\n"});
    CHECK_EQUAL(6U, bridged->sources.size());
    CHECK_EQUAL(1U, bridged->users.size());
}

TEST(Keys, every_example_of_the_manual_parses) {
    const std::string begin = "\n.Bd -literal\n";
    for (const auto& file : files) {
        std::size_t examples = 0;
        for (auto at = file.manual.find(begin, file.manual.find("\n.Sh EXAMPLES"));
             at != std::string::npos; at = file.manual.find(begin, at + 1)) {
            const auto from = at + begin.size();
            parses(file, file.manual.substr(from, file.manual.find("\n.Ed", from) - from));
            ++examples;
        }
        CHECK_EQUAL(file.examples, examples);
    }
}

TEST(Keys, the_table_of_who_may_do_what_is_the_keepers_own) {
    using keeper::Verb;
    constexpr keeper::Uid kOwner = 7;
    constexpr keeper::Uid kOther = 8;
    const auto cell = [&](keeper::Uid who, Verb verb) {
        const keeper::Rights none{};
        const keeper::Rights row{{who, verb}};
        if (keeper::may(none, who, verb, nullptr)) return "yes";
        if (keeper::may(none, who, verb, &kOwner)) return "own";
        return keeper::may(row, who, verb, &kOther) ? "row" : "no";
    };
    const auto line = [&](const std::string& who, keeper::Uid uid) {
        auto words = who;
        for (const auto verb :
             {Verb::snooze, Verb::reboot, Verb::drill, Verb::disarm, Verb::take_over})
            words += std::string(" ") + cell(uid, verb);
        return words;
    };
    std::string squeezed;  // the table's blanks, each run as one
    for (const char c : keeper.manual)
        if (c != ' ' || squeezed.empty() || squeezed.back() != ' ') squeezed += c;
    for (const auto& words : {line("root", 0), line("lease's user", kOwner), line("any other", 9)})
        CHECK_TEXT(squeezed.find("\n" + words + "\n") != std::string::npos, words.c_str());
}

TEST(Keys, the_nearest_key_is_named_and_no_far_one) {
    const auto keys = keeper_keys();
    STRCMP_EQUAL("did you mean 'timeout'?", hint(keys, Place::device, "time_out").c_str());
    STRCMP_EQUAL("did you mean 'name'?", hint(keys, Place::lease, "nme").c_str());
    STRCMP_EQUAL("known here: user, may", hint(keys, Place::right, "").c_str());
    STRCMP_EQUAL("known here: user, may", hint(keys, Place::right, std::string(5000, 'u')).c_str());
}

TEST(Keys, a_key_is_known_in_its_place_alone) {
    const auto keys = keeper_keys();
    CHECK(find_key(keys, Place::device, "timeout") != nullptr);
    CHECK(find_key(keys, Place::lease, "timeout") == nullptr);
    CHECK(find_key(keys, Place::top, "") == nullptr);
}
