// SPDX-License-Identifier: Apache-2.0
#include "settings/keeper_settings.h"

#include <CppUTest/TestHarness.h>
#include <sys/stat.h>

#include <algorithm>

#include "settings/conf_text.h"
#include "settings/keys.h"
#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::settings;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kPasswd = "root:x:0:0::/:\notp:x:1000:100::/:\n";

Result<KeeperFile> parse(const std::string& text) {
    return parse_keeper_text(text, "keeper.conf", kPasswd);
}

KeeperFile good(const std::string& text) {
    const auto file = parse(text);
    CHECK_TEXT(static_cast<bool>(file), file ? "" : (text + "\n" + file.error().doing).c_str());
    return file ? *file : KeeperFile{};
}

/// The whole of what is said.
void refused(const std::string& said, const std::string& text) {
    const auto file = parse(text);
    CHECK_TEXT(!file, text.c_str());
    if (!file) STRCMP_EQUAL(said.c_str(), describe(file.error()).c_str());
}

std::string lease(const std::string& more) {
    return "leases = ( { name = \"otp\"; user = 1000;\n" + more + " } );\n";
}
std::string device(const std::string& more) {
    return "devices = ( { driver = \"linux\"; path = \"/dev/watchdog0\";\n" + more + " } );\n";
}
std::string evidence(const std::string& more) {
    return "evidence = ( { name = \"root\"; kind = \"read\"; path = \"/x\";\n" + more + " } );\n";
}

}  // namespace

TEST_GROUP(KeeperFile){};

TEST(KeeperFile, an_empty_file_names_nothing_and_has_the_defaults) {
    const auto file = good("");
    CHECK(file.settings.leases.empty());
    CHECK(file.settings.devices.empty());
    CHECK(file.settings.evidence.empty());
    CHECK(file.settings.rights.empty());
    CHECK_TRUE(file.lock_memory);
    CHECK_TRUE(file.oom_exempt);
    CHECK_EQUAL(50, file.real_time_priority);
}

TEST(KeeperFile, a_full_file_is_read_key_by_key) {
    const auto file = good(R"(
lock_memory = false;
real_time_priority = 1;
oom_exempt = false;
leases = (
    { name = "otp"; user = "otp"; required = true; boot_deadline = 100; beat_timeout = 30.5; boot_delay = 40; },
    { name = "b-2_c.d@e"; user = 4294967294; }
);
devices = (
    { driver = "linux"; path = "/dev/watchdog"; timeout = 20; shutdown_timeout = 50; pretimeout = 5;
      governor = "panic"; set_nowayout = true; },
    { driver = "vme"; path = "/dev/bus/vme/m0"; timeout = 1.68; profile = "mine"; offset = 0x100;
      byte_order = "little"; window = { address = 0xFFFF0000; size = 0x10000; space = "a24"; width = 8; }; }
);
evidence = (
    { name = "root"; kind = "read"; path = "/etc/passwd"; freshness = 31; grace = 32; },
    { name = "var"; kind = "write"; path = "/var/probe"; },
    { name = "memory"; kind = "memory"; limit_percent = 70; },
    { name = "other"; kind = "memory"; path = "/p"; },
    { name = "log"; kind = "syslog"; },
    { name = "log2"; kind = "syslog"; path = "/l"; bridge = "/b"; }
);
rights = ( { user = "otp"; may = ["snooze", "drill"]; }, { user = 7; may = "reboot"; } );
)");
    CHECK_FALSE(file.lock_memory);
    CHECK_FALSE(file.oom_exempt);
    CHECK_EQUAL(1, file.real_time_priority);
    const auto& settings = file.settings;
    CHECK_EQUAL(2U, settings.leases.size());
    CHECK((settings.leases[0] == keeper::LeaseRule{"otp", 1000, true, 100s, {30500ms, 40s}}));
    CHECK((settings.leases[1] == keeper::LeaseRule{"b-2_c.d@e", 4294967294, false, 300s, {}}));
    CHECK_EQUAL(2U, settings.devices.size());
    CHECK((settings.devices[0] == keeper::DeviceRule{20s, 5s, 50s}));
    CHECK((settings.devices[1] == keeper::DeviceRule{1680ms, 0s, 0s}));
    wdt::DeviceSettings first;
    first.driver = "linux";
    first.path = "/dev/watchdog";
    first.pretimeout = 5s;
    first.governor = "panic";
    first.set_nowayout = true;
    wdt::DeviceSettings second;
    second.driver = "vme";
    second.path = "/dev/bus/vme/m0";
    second.profile = "mine";
    second.offset = 0x100;
    second.byte_order = wdt::ByteOrder::little;
    second.window = wdt::VmeWindow{0xFFFF0000, 0x10000, "a24", 8};
    CHECK(file.devices == (std::vector{first, second}));
    CHECK_EQUAL(6U, settings.evidence.size());
    CHECK((settings.evidence[0] == keeper::EvidenceRule{"root", 31s, 32s}));
    CHECK((settings.evidence[1] == keeper::EvidenceRule{"var", 60s, 60s}));
    CHECK((file.probes ==
           std::vector<Probe>{{ProbeKind::read, "/etc/passwd", 50},
                              {ProbeKind::write, "/var/probe", 50},
                              {ProbeKind::memory, "/proc/pressure/memory", 70},
                              {ProbeKind::memory, "/p", 50},
                              {ProbeKind::syslog, "/dev/log", 50, "/run/vakt/bridge.sock"},
                              {ProbeKind::syslog, "/l", 50, "/b"}}));
    CHECK((settings.rights == keeper::Rights{{1000, keeper::Verb::snooze},
                                             {1000, keeper::Verb::drill},
                                             {7, keeper::Verb::reboot}}));
    CHECK((file.lease_lines == std::vector{6, 7}));
    CHECK((file.device_lines == std::vector{10, 12}));
    CHECK((file.evidence_lines == std::vector{16, 17, 18, 19, 20, 21}));
}

TEST(KeeperFile, an_unknown_key_is_refused_and_the_nearest_named) {
    refused("keeper.conf:2: unknown key 'divices': did you mean 'devices'?", "\ndivices = ();");
    refused("keeper.conf:2: unknown key 'timout' in devices: did you mean 'timeout'?",
            device("timout = 5;"));
    refused("keeper.conf:2: unknown key 'zzzzzzzzzz' in rights: known here: user, may",
            "rights = ( { user = 0; may = \"drill\";\nzzzzzzzzzz = 1; } );");
    refused(
        "keeper.conf:1: unknown key 'e': known here: leases, devices, evidence, rights, "
        "lock_memory, real_time_priority, oom_exempt",
        "e = 1;");
}

TEST(KeeperFile, everything_that_is_wrong_is_said_in_the_order_of_the_lines) {
    refused(
        "keeper.conf:1: real_time_priority: 100 is out of range: wanted is at least 0 and at most "
        "99\n"
        "keeper.conf:2: unknown key 'lease': did you mean 'leases'?\n"
        "keeper.conf:3: a row of leases wants the key 'name'\n"
        "keeper.conf:4: user: no user 'otq' in /etc/passwd; give the number, or make the user "
        "first\n"
        "keeper.conf:5: beat_timeout: 10 s is out of range: wanted is more than 10 s and at most "
        "65535 s\n"
        "keeper.conf:6: oom_exempt: true or false is wanted, not a whole number",
        "real_time_priority = 100;\nlease = ();\nleases = ( {\nuser = \"otq\";\nbeat_timeout = "
        "10; } );\noom_exempt = 1;");
}

TEST(KeeperFile, at_most_32_lines_are_said_and_the_rest_is_counted) {
    std::string text;
    for (int at = 0; at < 40; ++at) text += "zzzzzzzzzz" + std::to_string(at) + " = 1;\n";
    const auto file = parse(text);
    CHECK_TRUE(!file);
    const auto said = file.error().doing;
    CHECK_EQUAL(31, std::count(said.begin(), said.end(), '\n'));
    STRCMP_CONTAINS("keeper.conf:31: ", said.c_str());
    STRCMP_CONTAINS("\nkeeper.conf: and 9 more", said.c_str());
}

TEST(KeeperFile, a_fault_of_grammar_has_its_line) {
    refused("keeper.conf:3: this key is there twice in its group",
            "oom_exempt = true;\n\noom_exempt = true;");
    refused(
        "keeper.conf:2: syntax error: wanted is KEY = VALUE; with texts in \" \" (look at the "
        "line before, too)",
        "oom_exempt = \n= true;");
    refused("keeper.conf:1: an array [ ] holds values of one kind; use ( ) for a list of groups",
            "rights = ( { user = 0; may = [\"drill\", 1]; } );");
    refused("keeper.conf:1: @include and the like are not taken: put everything into one file",
            "@include \"/etc/passwd\"");
}

TEST(KeeperFile, the_last_line_may_be_a_comment_that_no_newline_ends) {
    CHECK_FALSE(good("lock_memory = false;\n# all").lock_memory);
}

TEST(KeeperFile, a_value_of_another_type_is_refused) {
    refused("keeper.conf:1: devices: a list ( ) of groups { } is wanted, not a group { }",
            "devices = { };");
    refused("keeper.conf:1: leases: a list ( ) of groups { } is wanted, not of a text",
            "leases = ( \"otp\" );");
    refused("keeper.conf:2: boot_delay: a number of seconds is wanted, not a text",
            lease("boot_delay = \"60\";"));
    refused("keeper.conf:2: required: true or false is wanted, not a text",
            lease("required = \"yes\";"));
    refused("keeper.conf:2: window: a group { } is wanted, not a whole number",
            "devices = ( { driver = \"vme\"; path = \"/x\";\nwindow = 5; } );");
    refused("keeper.conf:2: governor: a text in \" \" is wanted, not true or false",
            device("pretimeout = 1; governor = true;"));
    refused(
        "keeper.conf:1: real_time_priority: a whole number is wanted, not a number with a fraction",
        "real_time_priority = 1.0;");
    refused("keeper.conf:2: may: a text or an array [ ] of texts is wanted, not a whole number",
            "rights = ( { user = 0;\nmay = 5; } );");
    refused("keeper.conf:2: may: an array of texts is wanted, not of a whole number",
            "rights = ( { user = 0;\nmay = [5]; } );");
    refused("keeper.conf:2: governor: an empty text; leave the key out instead",
            device("governor = \"\";"));
}

TEST(KeeperFile, no_message_shows_what_a_terminal_would_act_on) {
    refused("keeper.conf:2: governor: 'a?b' contains a control character",
            device("pretimeout = 1; governor = \"a\\nb\";"));
    refused("keeper.conf:2: governor: '?[1m' contains a control character",
            device("pretimeout = 1; governor = \"\\x1b[1m\";"));
    refused(
        "keeper.conf:1: driver: '?"
        "?' is not linux, vme, ntwdt, ib700, soft or systemd",
        "devices = ( { driver = \"\xc3\xa5\"; path = \"/x\"; } );");
}

TEST(KeeperFile, a_user_is_a_name_or_a_number_that_can_be_one) {
    CHECK_EQUAL(0U,
                good("leases = ( { name = \"a\"; user = \"root\"; } );").settings.leases[0].uid);
    refused("keeper.conf:1: user: no user '1000' in /etc/passwd; a number is written without \" \"",
            "leases = ( { name = \"a\"; user = \"1000\"; } );");
    refused("keeper.conf:1: user: -1 is no user's number",
            "leases = ( { name = \"a\"; user = -1; } );");
    refused("keeper.conf:1: user: 4294967295 is no user's number",
            "leases = ( { name = \"a\"; user = 4294967295; } );");
    refused("keeper.conf:1: user: 4294967296 is no user's number",
            "leases = ( { name = \"a\"; user = 4294967296; } );");
    refused("keeper.conf:1: user: a user's name in \" \" or number is wanted, not true or false",
            "leases = ( { name = \"a\"; user = true; } );");
}

TEST(KeeperFile, a_name_is_1_to_32_plain_bytes) {
    const auto named = [](const std::string& name) {
        return "leases = ( { name = \"" + name + "\"; user = 0; } );";
    };
    STRCMP_EQUAL(
        std::string(32, 'n').c_str(),
        std::string(good(named(std::string(32, 'n'))).settings.leases[0].name.view()).c_str());
    for (const auto& name :
         {std::string(33, 'n'), std::string("a b"), std::string("a/b"), std::string("\xc3\xa5")}) {
        const auto file = parse(named(name));
        CHECK_TEXT(!file, name.c_str());
        STRCMP_CONTAINS("keeper.conf:1: name: '", file.error().doing.c_str());
        STRCMP_CONTAINS("cannot be a name: wanted are 1 to 32 letters", file.error().doing.c_str());
    }
    refused("keeper.conf:1: name: an empty text; leave the key out instead", named(""));
}

TEST(KeeperFile, two_rows_of_one_name_or_one_device_are_refused) {
    refused("keeper.conf:2: name: 'a' is that of line 1",
            "leases = ( { name = \"a\"; user = 0; },\n{ name = \"a\"; user = 1; } );");
    refused("keeper.conf:2: name: 'a' is that of line 1",
            "evidence = ( { name = \"a\"; kind = \"memory\"; },\n{ name = \"a\"; kind = "
            "\"memory\"; } );");
    refused("keeper.conf:2: path: '/dev/watchdog0' is that of line 1",
            "devices = ( { driver = \"linux\"; path = \"/dev/watchdog\"; },\n"
            "{ driver = \"linux\"; path = \"/dev/watchdog0\"; } );");
}

TEST(KeeperFile, the_tables_hold_so_many_rows_and_no_more) {
    struct Table {
        const char* name;
        std::size_t most;
        std::string (*row)(std::size_t);
    };
    const Table tables[] = {
        {"leases", keeper::kMaxLeases,
         [](std::size_t n) { return "{ name = \"n" + std::to_string(n) + "\"; user = 0; }"; }},
        {"devices", keeper::kMaxDevices,
         [](std::size_t n) {
             return "{ driver = \"soft\"; path = \"/n" + std::to_string(n) + "\"; }";
         }},
        {"evidence", keeper::kMaxEvidence,
         [](std::size_t n) {
             return "{ name = \"n" + std::to_string(n) + "\"; kind = \"memory\"; }";
         }},
        {"rights", keeper::kMaxRights,
         [](std::size_t n) { return "{ user = " + std::to_string(n) + "; may = \"drill\"; }"; }},
    };
    for (const auto& table : tables) {
        std::string rows;
        for (std::size_t n = 0; n < table.most; ++n) rows += (n == 0 ? "" : ",\n") + table.row(n);
        (void)good(std::string(table.name) + " = (" + rows + ");");
        refused("keeper.conf:" + std::to_string(table.most + 1) + ": " + table.name +
                    ": there is room for " + std::to_string(table.most) +
                    " rows, and this is one more",
                std::string(table.name) + " = (" + rows + ",\n" + table.row(table.most) + ");");
    }
}

TEST(KeeperFile, the_table_of_rights_counts_pairs) {
    std::string rows;
    for (int n = 0; n < 8; ++n)
        rows += (n == 0 ? "" : ",\n") + std::string("{ user = ") + std::to_string(n) +
                "; may = [\"snooze\",\"reboot\",\"drill\",\"disarm\"]; }";
    CHECK_EQUAL(32U, good("rights = (" + rows + ");").settings.rights.size());
    // The same pair again takes no room.
    CHECK_EQUAL(
        32U,
        good("rights = (" + rows + ",\n{ user = 0; may = \"drill\"; });").settings.rights.size());
    refused("keeper.conf:9: may: there is room for 32 pairs of user and verb, and this is one more",
            "rights = (" + rows + ",\n{ user = 8; may = \"drill\"; });");
}

TEST(KeeperFile, verbs_are_the_four_that_can_be_given) {
    refused(
        "keeper.conf:2: may: 'take_over' is not \"snooze\", \"reboot\", \"drill\" or \"disarm\"",
        "rights = ( { user = 0;\nmay = \"take_over\"; } );");
}

TEST(KeeperFile, both_sides_of_every_limit_in_the_table) {
    const auto row = [](const Key& key, const std::string& value) {
        auto line = std::string(key.name) + " = " + value + ";";
        // Beat timeouts so long that no device's timeout is too long for them.
        switch (key.place) {
            case Place::top:
                return line;
            case Place::lease:
                return lease("required = true; " + line);
            case Place::device:
                if (key.name == "offset")
                    return "devices = ( { driver = \"vme\"; path = \"/x\";\n" + line + " } );";
                if (key.name == "pretimeout") return device("timeout = 65535; " + line);
                return device(line);
            case Place::window:
                return "devices = ( { driver = \"vme\"; path = \"/x\";\nwindow = { " +
                       std::string(key.name == "address" ? "size = 0x10000; " : "") +
                       (key.name == "size" ? "address = 0; " : "") +
                       (key.name == "width" ? "address = 0; size = 0x10000; " : "") + line +
                       " }; } );";
            case Place::evidence:
                return key.name == "limit_percent"
                           ? "evidence = ( { name = \"m\"; kind = \"memory\";\n" + line + " } );"
                           : evidence(line);
            default:
                break;
        }
        return line;
    };
    const auto written = [](const Key& key, std::int64_t value) {
        auto text = std::to_string(value);
        if (key.shape != Shape::seconds) return text;
        const bool minus = value < 0;
        text = std::to_string(minus ? -value : value);
        if (text.size() < 4) text.insert(0, 4 - text.size(), '0');
        text.insert(text.size() - 3, ".");
        return (minus ? "-" : "") + text;
    };
    const auto out_of_range = [&](const Key& key, std::int64_t value) {
        const auto file = parse(row(key, written(key, value)));
        return !file &&
               file.error().doing.find(std::string(key.name) + ": ") != std::string::npos &&
               file.error().doing.find("is out of range: wanted is ") != std::string::npos;
    };
    int limits = 0;
    for (const auto& key : keeper_keys()) {
        if (key.shape != Shape::seconds && key.shape != Shape::number) continue;
        limits += 2;
        const std::string name(key.name);
        CHECK_TEXT(!out_of_range(key, key.least), name.c_str());
        CHECK_TEXT(out_of_range(key, key.least - 1), name.c_str());
        CHECK_TEXT(!out_of_range(key, key.most), name.c_str());
        if (key.most < INT64_MAX) CHECK_TEXT(out_of_range(key, key.most + 1), name.c_str());
    }
    CHECK(limits >= 28);
}

TEST(KeeperFile, the_defaults_in_the_table_are_the_ones_that_count) {
    // Each written out gives what leaving it out gives.
    const auto defaults = [](Place place) {
        std::string rows;
        for (const auto& key : keeper_keys()) {
            const bool memory_alone = key.name == "limit_percent";
            const bool vme_alone = key.name == "profile" || key.name == "offset";
            if (key.place == place && !key.fallback.empty() && !memory_alone && !vme_alone)
                rows += std::string(key.name) + " = " + std::string(key.fallback) + ";\n";
        }
        return rows;
    };
    const auto written = good(defaults(Place::top) + lease("required = false;"));
    const auto left_out = good(lease(""));
    CHECK_EQUAL(left_out.lock_memory, written.lock_memory);
    CHECK_EQUAL(left_out.oom_exempt, written.oom_exempt);
    CHECK_EQUAL(left_out.real_time_priority, written.real_time_priority);
    auto with = lease(defaults(Place::lease));
    with.replace(with.find("required = false"), 16, "required = true");
    CHECK(good(with).settings.leases == good(lease("required = true;")).settings.leases);
    CHECK(good(device(defaults(Place::device))).settings.devices ==
          good(device("")).settings.devices);
    CHECK(good(device(defaults(Place::device))).devices == good(device("")).devices);
    CHECK(good(evidence(defaults(Place::evidence))).settings.evidence ==
          good(evidence("")).settings.evidence);
    const std::string vme = "devices = ( { driver = \"vme\"; path = \"/x\"; ";
    const std::string window = "window = { address = 0; size = 0x10000; ";
    CHECK(good(vme + "profile = \"fga5000\"; offset = 0; } );").devices ==
          good(vme + "} );").devices);
    CHECK(good(vme + window + defaults(Place::window) + "}; } );").devices ==
          good(vme + window + "}; } );").devices);
    const std::string memory = "evidence = ( { name = \"m\"; kind = \"memory\"; ";
    CHECK(good(memory + "limit_percent = 50; } );").probes == good(memory + "} );").probes);
}

TEST(KeeperFile, fractions_of_seconds_are_kept_to_the_millisecond) {
    CHECK(good(lease("beat_timeout = 10.0014;")).settings.leases[0].timing.beat_timeout == 10001ms);
    CHECK(good(lease("beat_timeout = 2e1;")).settings.leases[0].timing.beat_timeout == 20s);
    refused(
        "keeper.conf:2: beat_timeout: 10 s is out of range: wanted is more than 10 s and at most "
        "65535 s",
        lease("beat_timeout = 10.0004;"));
}

TEST(KeeperFile, a_number_far_out_of_range_is_not_wrapped_into_it) {
    // libconfig itself reads this one as 60.
    for (const char* far : {"4294967356", "-4294967236", "9223372036854775807",
                            "-9223372036854775808", "1e300", "-1e300"})
        CHECK_TEXT(!parse(lease("boot_delay = " + std::string(far) + ";")), far);
}

TEST(KeeperFile, a_socket_of_evidence_fits_its_address) {
    const auto row = [](const std::string& keys) {
        return "evidence = ( { name = \"l\"; kind = \"syslog\";\n" + keys + " } );";
    };
    for (const auto* key : {"path", "bridge"}) {
        const auto keyed = key + std::string(" = \"");
        CHECK_TRUE(static_cast<bool>(parse(row(keyed + "/" + std::string(106, 'a') + "\";"))));
        CHECK_FALSE(static_cast<bool>(parse(row(keyed + "/" + std::string(107, 'a') + "\";"))));
        CHECK_FALSE(static_cast<bool>(parse(row(keyed + "a\";"))));
    }
}

TEST(KeeperFile, a_key_that_its_row_cannot_use_is_refused) {
    refused("keeper.conf:2: boot_deadline: counts only where required = true",
            lease("boot_deadline = 60;"));
    refused("keeper.conf:2: limit_percent: is a key of kind = \"memory\" alone",
            evidence("limit_percent = 5;"));
    refused("keeper.conf:2: bridge: is a key of kind = \"syslog\" alone",
            evidence("bridge = \"/b\";"));
    refused("keeper.conf:2: offset is not a key of the driver 'linux'", device("offset = 4;"));
    refused("keeper.conf:2: governor: says what a pretimeout does, but no pretimeout is set",
            device("governor = \"noop\";"));
    refused("keeper.conf:1: driver: 'lynux' is not linux, vme, ntwdt, ib700, soft or systemd",
            "devices = ( { driver = \"lynux\"; path = \"/x\"; } );");
    refused("keeper.conf:1: path: an absolute path is wanted, not 'watchdog0'",
            "devices = ( { driver = \"linux\"; path = \"watchdog0\"; } );");
    refused("keeper.conf:1: path: an absolute path is wanted, not 'x'",
            "evidence = ( { name = \"a\"; kind = \"read\"; path = \"x\"; } );");
    refused("keeper.conf:1: path: this kind wants it: the file that is read or written",
            "evidence = ( { name = \"a\"; kind = \"write\"; } );");
    refused("keeper.conf:1: kind: 'wright' is not \"read\", \"write\", \"memory\" or \"syslog\"",
            "evidence = ( { name = \"a\"; kind = \"wright\"; path = \"/x\"; } );");
    refused("keeper.conf:2: byte_order: 'middle' is not \"big\" or \"little\"",
            "devices = ( { driver = \"vme\"; path = \"/x\";\nbyte_order = \"middle\"; } );");
    refused("keeper.conf:2: window: size is not a multiple of 64 KiB, 1 or more",
            "devices = ( { driver = \"vme\"; path = \"/x\";\nwindow = { address = 0; size = 5; }; "
            "} );");
}

TEST(KeeperFile, only_the_driver_systemd_goes_without_a_path) {
    STRCMP_EQUAL("", good("devices = ( { driver = \"systemd\"; } );").devices[0].path.c_str());
    refused("keeper.conf:1: path: this driver wants it: the watchdog's node",
            "devices = ( { driver = \"linux\"; } );");
    refused("keeper.conf:2: path: 'NOTIFY_SOCKET' is that of line 1",
            "devices = ( { driver = \"systemd\"; },\n{ driver = \"systemd\"; } );");
}

TEST(KeeperFile, an_evidences_path_has_255_bytes_at_most) {
    const auto at = [](std::size_t size) {
        return "evidence = ( { name = \"a\"; kind = \"read\"; path = \"/" +
               std::string(size - 1, 'x') + "\"; } );";
    };
    CHECK_EQUAL(255U, good(at(255)).probes[0].path.size());
    refused("keeper.conf:1: path: longer than 255 bytes", at(256));
}

TEST(KeeperFile, a_pretimeout_lies_within_the_timeout) {
    (void)good(device("timeout = 20; pretimeout = 19;"));
    refused("keeper.conf:2: pretimeout: 20 s before the end is not within the timeout of 20 s",
            device("timeout = 20; pretimeout = 20;"));
    refused("keeper.conf:2: pretimeout: a whole number of seconds is wanted, 1 or more",
            device("timeout = 20; pretimeout = 1.5;"));
}

TEST(KeeperFile, a_timeout_that_breaks_a_leases_deadline_is_refused_with_the_arithmetic) {
    const auto rows = [](int timeout) {
        return "leases = (\n{ name = \"otp\"; user = 0; beat_timeout = 60; boot_delay = 50; } "
               ");\n" +
               device("timeout = " + std::to_string(timeout) + ";");
    };
    (void)good(rows(100));
    refused(
        "keeper.conf:3: timeout: with lease 'otp' of line 2, /dev/watchdog0 grants 101 s, but 60 s "
        "beat timeout "
        "+ 50 s boot delay - 10 s = 100 s is the longest that keeps the hard deadline; ask for a "
        "shorter timeout, "
        "or raise the boot delay to 51 s or more",
        rows(101));
}

TEST(KeeperFile, a_timeout_that_breaks_an_evidences_deadline_is_refused_with_the_arithmetic) {
    (void)good(evidence("freshness = 30; grace = 40;") + device("timeout = 60;"));
    refused(
        "keeper.conf:3: timeout: /dev/watchdog0 grants 61 s, but for evidence 'root' of line 1 30 "
        "s freshness + "
        "40 s grace - 10 s = 60 s is the longest that keeps the hard deadline; ask for a shorter "
        "timeout, or raise "
        "the grace to 41 s or more",
        evidence("freshness = 30; grace = 40;") + device("timeout = 61;"));
}

TEST(KeeperFile, every_device_that_is_too_long_is_said) {
    refused(
        "keeper.conf:2: timeout: with lease 'otp' of line 1, /a grants 200 s, but 60 s beat "
        "timeout + 60 s boot "
        "delay - 10 s = 110 s is the longest that keeps the hard deadline; ask for a shorter "
        "timeout, or raise the "
        "boot delay to 150 s or more\n"
        "keeper.conf:3: timeout: with lease 'otp' of line 1, /b grants 111 s, but 60 s beat "
        "timeout + 60 s boot "
        "delay - 10 s = 110 s is the longest that keeps the hard deadline; ask for a shorter "
        "timeout, or raise the "
        "boot delay to 61 s or more",
        "leases = ( { name = \"otp\"; user = 0; } ); devices = (\n"
        "{ driver = \"soft\"; path = \"/a\"; timeout = 200; },\n"
        "{ driver = \"soft\"; path = \"/b\"; timeout = 111; } );");
}

TEST(KeeperFile, a_fault_found_later_is_said_with_its_line) {
    const auto file = good(lease("") + device(""));
    const auto fault = keeper::check_granted(file.settings, 0, 120s);
    STRCMP_EQUAL(
        "keeper.conf:3: timeout: with lease 'otp' of line 1, /dev/watchdog0 grants 120 s, but 60 s "
        "beat "
        "timeout + 60 s boot delay - 10 s = 110 s is the longest that keeps the hard deadline; ask "
        "for a "
        "shorter timeout, or raise the boot delay to 70 s or more",
        in_words(fault.value(), file, 120s).c_str());
    STRCMP_EQUAL("keeper.conf:3: devices: a reload cannot change them; restart the keeper for that",
                 in_words({keeper::Fault::What::devices_differ}, file, {}).c_str());
    // A row that the file does not have: what is compared with may have more.
    STRCMP_EQUAL("keeper.conf: devices: a reload cannot change them; restart the keeper for that",
                 in_words({keeper::Fault::What::devices_differ, 7}, file, {}).c_str());
}

TEST(KeeperFile, a_text_of_64_KiB_is_read_and_one_byte_more_is_not) {
    (void)good(std::string(kMaxConfText, '\n'));
    refused("keeper.conf: is larger than 64 KiB", std::string(kMaxConfText + 1, '\n'));
}

TEST_GROUP(KeeperConfFile) {
    Scratch scratch;
    const std::string passwd = scratch.put("passwd", std::string(kPasswd));
    std::string said(const std::string& path) const {
        const auto file = read_keeper_file(path, passwd);
        return file ? "" : describe(file.error());
    }
};

TEST(KeeperConfFile, a_file_is_read_and_its_users_are_looked_up) {
    const auto path = scratch.put("keeper.conf", "leases = ( { name = \"a\"; user = \"otp\"; } );");
    const auto file = read_keeper_file(path, passwd);
    CHECK_TRUE(static_cast<bool>(file));
    CHECK_EQUAL(1000U, file->settings.leases[0].uid);
    STRCMP_EQUAL(path.c_str(), file->file.c_str());
    scratch.link("keeper.conf", "link.conf");
    STRCMP_EQUAL("", said(scratch.at("link.conf")).c_str());
}

TEST(KeeperConfFile, what_is_wrong_is_said_with_the_files_name) {
    const auto path = scratch.put("keeper.conf", "\nlock_memory = 1;");
    STRCMP_EQUAL((path + ":2: lock_memory: true or false is wanted, not a whole number").c_str(),
                 said(path).c_str());
}

TEST(KeeperConfFile, a_file_that_is_not_there_is_said) {
    STRCMP_EQUAL(("open " + scratch.at("none") + ": No such file or directory").c_str(),
                 said(scratch.at("none")).c_str());
}

TEST(KeeperConfFile, only_a_regular_file_is_opened) {
    STRCMP_EQUAL((scratch.path() + ": is not a regular file").c_str(),
                 said(scratch.path()).c_str());
    ::mkfifo(scratch.at("fifo").c_str(), 0600);  // and this does not wait for a writer
    STRCMP_EQUAL((scratch.at("fifo") + ": is not a regular file").c_str(),
                 said(scratch.at("fifo")).c_str());
    STRCMP_EQUAL("/dev/null: is not a regular file", said("/dev/null").c_str());
}

TEST(KeeperConfFile, a_file_over_the_limit_is_refused) {
    STRCMP_EQUAL("", said(scratch.put("most", std::string(kMaxConfText, '#'))).c_str());
    const auto path = scratch.put("more", std::string(kMaxConfText + 1, '#'));
    STRCMP_EQUAL(("read " + path + ": File too large").c_str(), said(path).c_str());
}

TEST(KeeperConfFile, without_a_passwd_names_are_unknown_and_numbers_are_not) {
    const auto by_name = scratch.put("a", "leases = ( { name = \"a\"; user = \"otp\"; } );");
    const auto by_number = scratch.put("b", "leases = ( { name = \"a\"; user = 1000; } );");
    CHECK_FALSE(static_cast<bool>(read_keeper_file(by_name, scratch.at("none"))));
    CHECK_TRUE(static_cast<bool>(read_keeper_file(by_number, scratch.at("none"))));
}
