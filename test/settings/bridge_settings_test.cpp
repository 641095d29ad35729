// SPDX-License-Identifier: Apache-2.0
#include "settings/bridge_settings.h"

#include <CppUTest/TestHarness.h>
#include <sys/stat.h>

#include "settings/conf_text.h"
#include "settings/keys.h"
#include "test/support/scratch.h"

using namespace vakt;
using namespace vakt::settings;
using namespace std::chrono_literals;
using syslog::Severity;
using syslog::Source;

namespace {

constexpr Surroundings kAround{"root:x:0:0::/:\notp:x:1000:100::/:\nweb:x:1001:100::/:\n",
                               "root:x:0:\nadm:x:4:otp\nvakt:x:990:\n"};
const std::string kJournal = "sources = ( { type = \"journal\"; } );\n";

Result<BridgeFile> parse(const std::string& text) {
    return parse_bridge_text(text, "bridge.conf", kAround);
}

BridgeFile good(const std::string& text) {
    const auto file = parse(text);
    CHECK_TEXT(static_cast<bool>(file), file ? "" : (text + "\n" + file.error().doing).c_str());
    return file ? *file : BridgeFile{};
}

/// The whole of what is said.
void refused(const std::string& said, const std::string& text) {
    const auto file = parse(text);
    CHECK_TEXT(!file, text.c_str());
    if (!file) STRCMP_EQUAL(said.c_str(), describe(file.error()).c_str());
}

std::string source(const std::string& type, const std::string& more = "") {
    return "sources = ( { type = \"" + type + "\";\n" + more + " } );\n";
}
std::string two(const std::string& one, const std::string& other) {
    return "sources = ( { " + one + " },\n{ " + other + " } );\n";
}

}  // namespace

TEST_GROUP(BridgeFile){};

TEST(BridgeFile, a_source_alone_has_the_defaults) {
    const auto file = good(kJournal);
    CHECK_EQUAL(4194304U, file.ring);
    CHECK_EQUAL(990U, file.group.value());
    CHECK(file.users.empty());
    CHECK(file.black_box == BlackBoxSettings{});
    CHECK(file.metrics_interval == 15s);
    STRCMP_EQUAL("", file.feed.c_str());
    CHECK_FALSE(file.feed_auth);
    SourceRow journal;
    journal.settings = {Source::journal, "journal", {}, true, false};
    CHECK(file.sources == std::vector{journal});
}

TEST(BridgeFile, a_full_file_is_read_key_by_key) {
    const auto file = good(R"(
ring = 0x100000;
group = "adm";
users = ( "otp", 7, "otp" );
metrics_interval = 0.5;
feed = "/etc/syslog.otp";
feed_auth = true;
black_box = { size = 65536; severity = "err"; sync_interval = 60; pmsg = false; pmsg_severity = "emerg"; };
sources = (
    { type = "fifo"; name = "a"; path = "/run/f"; auth = true; fold_repeats = false; },
    { type = "kmsg"; rate = { per_second = 10; burst = 20; }; },
    { type = "journal"; path = "/j"; },
    { type = "forward"; buffer = 4096; },
    { type = "socket"; path = "/dev/log"; mode = "0622"; buffer = 8192; },
    { type = "udp"; address = "::1"; port = 5514; buffer = 16384; }
);
)");
    CHECK_EQUAL(1U << 20, file.ring);
    CHECK_EQUAL(4U, file.group.value());
    CHECK((file.users == std::vector<std::uint32_t>{1000, 7}));
    CHECK(file.metrics_interval == 500ms);
    STRCMP_EQUAL("/etc/syslog.otp", file.feed.c_str());
    CHECK_TRUE(file.feed_auth);
    CHECK((file.black_box == BlackBoxSettings{65536, Severity::err, 60s, false, Severity::emerg}));
    const auto row = [](Source kind, const char* name) {
        SourceRow made;
        made.settings.source = kind;
        made.settings.name = name;
        return made;
    };
    auto fifo = row(Source::fifo, "a");
    fifo.path = "/run/f";
    fifo.settings.with_auth = true;
    fifo.settings.fold_repeats = false;
    auto kmsg = row(Source::kmsg, "kmsg");
    kmsg.path = "/dev/kmsg";
    kmsg.settings.guard = {10, 20};
    auto journal = row(Source::journal, "journal");
    journal.path = "/j";
    auto forward = row(Source::forward, "forward");
    forward.path = "/run/systemd/journal/syslog";
    forward.mode = 0600;
    forward.buffer = 4096;
    auto socket = row(Source::socket, "socket");
    socket.path = "/dev/log";
    socket.mode = 0622;
    socket.buffer = 8192;
    auto udp = row(Source::udp, "udp");
    udp.address = "::1";
    udp.port = 5514;
    udp.buffer = 16384;
    CHECK((file.sources == std::vector{fifo, kmsg, journal, forward, socket, udp}));
    CHECK((file.source_lines == std::vector{10, 11, 12, 13, 14, 15}));
}

TEST(BridgeFile, a_file_without_sources_is_told_what_to_write) {
    refused(
        "bridge.conf: the key 'sources' is wanted, as in sources = ( { type = \"journal\"; } );",
        "");
    refused("bridge.conf:2: sources: wanted is one at least: ( { type = \"journal\"; } )",
            "\nsources = ();");
}

TEST(BridgeFile, everything_that_is_wrong_is_said_in_the_order_of_the_lines) {
    refused(
        "bridge.conf:1: unknown key 'source': did you mean 'sources'?\n"
        "bridge.conf:3: type: 'jornal' is not \"fifo\", \"kmsg\", \"journal\", \"forward\", "
        "\"socket\" or \"udp\"\n"
        "bridge.conf:4: unknown key 'pth' in sources: did you mean 'path'?\n"
        "bridge.conf:5: a row of rate wants the key 'burst'\n"
        "bridge.conf:6: severity: 'warn' is not \"emerg\", \"alert\", \"crit\", \"err\", "
        "\"warning\", \"notice\", \"info\" or \"debug\"",
        "source = 1;\nsources = (\n{ type = \"jornal\"; },\n{ type = \"kmsg\"; pth = \"/x\"; "
        "},\n{ type = \"journal\"; rate = { per_second = 5; }; } );\nblack_box = { severity = "
        "\"warn\"; };");
}

TEST(BridgeFile, a_rate_has_both_of_its_numbers) {
    refused("bridge.conf:2: a row of rate wants the key 'burst'",
            source("journal", "rate = { per_second = 1; };"));
    refused("bridge.conf:2: a row of rate wants the key 'per_second'",
            source("journal", "rate = { burst = 1; };"));
    refused(
        "bridge.conf:2: per_second: 0 is out of range: wanted is at least 1 and at most 1000000",
        source("journal", "rate = { per_second = 0; burst = 1; };"));
}

TEST(BridgeFile, a_key_that_its_type_cannot_use_is_refused) {
    refused("bridge.conf:2: address: is a key of type udp alone",
            source("journal", "address = \"::1\";"));
    refused("bridge.conf:2: port: is a key of type udp alone", source("kmsg", "port = 5;"));
    refused("bridge.conf:2: mode: is a key of type socket alone",
            source("forward", "mode = \"0666\";"));
    refused("bridge.conf:2: buffer: is a key of type socket, forward and udp alone",
            source("fifo", "path = \"/f\"; buffer = 4096;"));
    refused("bridge.conf:2: path: is a key of type fifo, kmsg, journal, forward and socket alone",
            source("udp", "path = \"/f\";"));
    refused("bridge.conf:2: feed_auth: counts only where there is a feed",
            "sources = ( { type = \"kmsg\"; } );\nfeed_auth = true;");
}

TEST(BridgeFile, a_fifo_and_a_socket_have_no_usual_path) {
    refused("bridge.conf:1: path: this type wants it: the FIFO that a syslogd writes",
            source("fifo"));
    refused("bridge.conf:1: path: this type wants it: the socket that is made", source("socket"));
}

TEST(BridgeFile, two_sources_of_one_name_are_refused) {
    refused("bridge.conf:2: name: 'a' is that of line 1",
            two("type = \"journal\"; name = \"a\";", "type = \"kmsg\"; name = \"a\";"));
    refused("bridge.conf:2: name: 'udp' is that of line 1; give one of them a name of its own",
            two("type = \"udp\";", "type = \"udp\"; port = 5514;"));
    (void)good(two("type = \"udp\";", "type = \"udp\"; name = \"b\"; port = 5514;"));
}

TEST(BridgeFile, two_sources_that_would_open_the_same_are_refused) {
    refused("bridge.conf:2: path: '/dev/kmsg' is that of line 1",
            two("type = \"kmsg\";", "type = \"kmsg\"; name = \"b\";"));
    refused("bridge.conf:2: path: 'journal' is that of line 1",
            two("type = \"journal\";", "type = \"journal\"; name = \"b\";"));
    refused("bridge.conf:2: path: '/run/f' is that of line 1",
            two("type = \"fifo\"; path = \"/run/f\";",
                "type = \"socket\"; path = \"//run/./x/..//f/\";"));
    refused("bridge.conf:2: path: '/dev/log' is that of line 1",
            two("type = \"socket\"; path = \"/dev/log\";",
                "type = \"fifo\"; path = \"/run/systemd/journal/dev-log\";"));
    (void)good(two("type = \"journal\";", "type = \"journal\"; name = \"b\"; path = \"/j\";"));
    (void)good(
        two("type = \"fifo\"; path = \"/a\";", "type = \"fifo\"; name = \"b\"; path = \"/../b\";"));
}

TEST(BridgeFile, two_sources_of_one_port_are_refused_where_their_addresses_meet) {
    const auto pair = [](const std::string& one, const std::string& other) {
        return two("type = \"udp\"; address = \"" + one + "\";",
                   "type = \"udp\"; name = \"b\"; address = \"" + other + "\";");
    };
    refused("bridge.conf:2: address: 127.0.0.1 port 514 is that of line 1",
            pair("127.0.0.1", "127.0.0.1"));
    refused("bridge.conf:2: address: 0.0.0.0 port 514 is that of line 1",
            pair("127.0.0.1", "0.0.0.0"));
    refused("bridge.conf:2: address: ::1 port 514 is that of line 1", pair("::", "::1"));
    refused("bridge.conf:2: address: 0:0:0:0:0:0:0:1 port 514 is that of line 1",
            pair("::1", "0:0:0:0:0:0:0:1"));
    refused("bridge.conf:2: port: 127.0.0.1 port 514 is that of line 1",
            two("type = \"udp\";", "type = \"udp\"; name = \"b\";"));
    (void)good(pair("127.0.0.1", "127.0.0.2"));
    (void)good(pair("127.0.0.1", "::1"));
}

TEST(BridgeFile, an_address_is_a_number) {
    for (const char* bad : {"localhost", "127.0.0.1:514", "1.2.3", "1.2.3.256", "[::1]"})
        refused("bridge.conf:2: address: a number as 127.0.0.1 or ::1 is wanted, not '" +
                    std::string(bad) + "'",
                source("udp", "address = \"" + std::string(bad) + "\";"));
}

TEST(BridgeFile, the_bridges_own_socket_is_no_place_for_a_source_or_the_feed) {
    refused("bridge.conf:2: path: '/run/vakt/bridge.sock' is the bridge's own socket",
            source("socket", "path = \"/run/vakt/bridge.sock\";"));
    refused("bridge.conf:2: feed: '/run//vakt/bridge.sock' is the bridge's own socket",
            "sources = ( { type = \"kmsg\"; } );\nfeed = \"/run//vakt/bridge.sock\";");
    const auto elsewhere = parse_bridge_text(source("socket", "path = \"/s\";"), "F",
                                             {.passwd = "", .groups = "", .socket = "/s"});
    CHECK_FALSE(static_cast<bool>(elsewhere));
}

TEST(BridgeFile, nothing_is_fed_with_itself) {
    refused(
        "bridge.conf:3: feed: '/etc//syslog.otp' is read by the source of line 1, which would be "
        "fed with itself",
        source("fifo", "path = \"/etc/syslog.otp\";") + "feed = \"/etc//syslog.otp\";");
    for (const char* bad : {"/dev/log", "/dev/kmsg", "/dev/pmsg0", "/dev/./console",
                            "/run/systemd/journal/dev-log", "/run/systemd/journal/stdout"})
        refused("bridge.conf:2: feed: '" + std::string(bad) +
                    "' is where the system itself listens; a FIFO such as /etc/syslog.otp is "
                    "wanted",
                kJournal + "feed = \"" + bad + "\";");
    STRCMP_EQUAL("/etc/syslog.otp", good(kJournal + "feed = \"/etc/syslog.otp\";").feed.c_str());
}

TEST(BridgeFile, a_mode_is_octal) {
    const auto mode = [](const std::string& text) {
        return source("socket", "path = \"/s\"; mode = \"" + text + "\";");
    };
    CHECK_EQUAL(0U, good(mode("0")).sources[0].mode);
    CHECK_EQUAL(0777U, good(mode("0777")).sources[0].mode);
    CHECK_EQUAL(0666U, good(source("socket", "path = \"/s\";")).sources[0].mode);
    for (const char* bad : {"1000", "0888", "rw", "-1", "00666", "4294967296"})
        refused("bridge.conf:2: mode: octal digits in \" \" are wanted, \"0\" to \"0777\", not '" +
                    std::string(bad) + "'",
                mode(bad));
    refused("bridge.conf:2: mode: a text in \" \" is wanted, not a whole number",
            source("socket", "path = \"/s\"; mode = 0666;"));
}

TEST(BridgeFile, users_and_group_are_names_or_numbers) {
    CHECK((good(kJournal + "users = \"otp\";").users == std::vector<std::uint32_t>{1000}));
    CHECK((good(kJournal + "users = [ \"otp\", \"web\" ];").users ==
           std::vector<std::uint32_t>{1000, 1001}));
    CHECK((good(kJournal + "users = 4294967294;").users == std::vector<std::uint32_t>{4294967294}));
    CHECK(good(kJournal + "users = [ ];").users.empty());
    CHECK_EQUAL(12345U, good(kJournal + "group = 12345;").group.value());
    refused(
        "bridge.conf:2: users: no user 'otq' in /etc/passwd; give the number, or make the user "
        "first",
        kJournal + "users = [ \"otq\" ];");
    refused("bridge.conf:2: users: -1 is no user's number", kJournal + "users = [ 1, -1 ];");
    refused("bridge.conf:2: users: a user's name in \" \" or number is wanted, not true or false",
            kJournal + "users = ( true );");
    refused(
        "bridge.conf:2: group: no group 'otp' in /etc/group; give the number, or make the "
        "group first",
        kJournal + "group = \"otp\";");
    refused("bridge.conf:2: group: no group '990' in /etc/group; a number is written without \" \"",
            kJournal + "group = \"990\";");
    refused("bridge.conf:2: group: a group's name in \" \" or number is wanted, not a list",
            kJournal + "group = [ \"vakt\" ];");
}

TEST(BridgeFile, where_there_is_no_group_vakt_the_socket_keeps_the_bridges_own) {
    const auto file = parse_bridge_text(kJournal, "F", {"", "root:x:0:\n"});
    CHECK_TRUE(static_cast<bool>(file));
    CHECK_FALSE(file->group.has_value());
}

TEST(BridgeFile, a_socket_path_has_107_bytes_at_most_and_others_255) {
    const auto at = [](const std::string& type, std::size_t size) {
        return source(type, "path = \"/" + std::string(size - 1, 'x') + "\";");
    };
    CHECK_EQUAL(107U, good(at("socket", 107)).sources[0].path.size());
    CHECK_EQUAL(107U, good(at("forward", 107)).sources[0].path.size());
    refused("bridge.conf:2: path: longer than 107 bytes", at("socket", 108));
    refused("bridge.conf:2: path: longer than 107 bytes", at("forward", 108));
    for (const char* type : {"fifo", "kmsg", "journal"}) {
        CHECK_EQUAL(255U, good(at(type, 255)).sources[0].path.size());
        refused("bridge.conf:2: path: longer than 255 bytes", at(type, 256));
    }
    (void)good(kJournal + "feed = \"/" + std::string(254, 'x') + "\";");
    refused("bridge.conf:2: feed: longer than 255 bytes",
            kJournal + "feed = \"/" + std::string(255, 'x') + "\";");
    refused("bridge.conf:2: feed: an absolute path is wanted, not 'f'", kJournal + "feed = \"f\";");
}

TEST(BridgeFile, there_are_32_sources_at_most) {
    std::string rows;
    for (int n = 0; n < 32; ++n)
        rows += (n == 0 ? "" : ",\n") + std::string("{ type = \"udp\"; name = \"n") +
                std::to_string(n) + "\"; port = " + std::to_string(n + 1) + "; }";
    CHECK_EQUAL(32U, good("sources = (" + rows + ");").sources.size());
    refused("bridge.conf:33: sources: there is room for 32 rows, and this is one more",
            "sources = (" + rows + ",\n{ type = \"kmsg\"; });");
}

TEST(BridgeFile, a_black_box_of_no_size_is_none_and_a_small_one_refused) {
    CHECK_EQUAL(0U, good(kJournal + "black_box = { size = 0; };").black_box.size);
    CHECK_EQUAL(65536U, good(kJournal + "black_box = { size = 65536; };").black_box.size);
    for (const char* bad : {"1", "65535"})
        refused("bridge.conf:2: size: " + std::string(bad) +
                    " is out of range: wanted is 0, for none, or at least 65536",
                kJournal + "black_box = { size = " + bad + "; };");
}

TEST(BridgeFile, both_sides_of_every_limit_in_the_table) {
    const auto row = [](const Key& key, const std::string& value) {
        auto line = std::string(key.name) + " = " + value + ";";
        switch (key.place) {
            case Place::source:
                return key.name == "port" ? source("udp", line)
                                          : source("socket", "path = \"/s\"; " + line);
            case Place::rate:
                return source("kmsg", "rate = { " + line +
                                          (key.name == "burst" ? "per_second = 1;" : "burst = 1;") +
                                          " };");
            case Place::black_box:
                return kJournal + "black_box = { " + line + " };";
            default:
                return kJournal + line;
        }
    };
    const auto written = [](const Key& key, std::int64_t value) {
        if (key.shape == Shape::number) return std::to_string(value);
        return std::to_string(static_cast<double>(value) / 1000);
    };
    int limits = 0;
    for (const auto& key : bridge_keys()) {
        if (key.shape != Shape::seconds && key.shape != Shape::number) continue;
        limits += 2;
        const auto out_of_range = [&](std::int64_t value) {
            const auto file = parse(row(key, written(key, value)));
            return !file &&
                   file.error().doing.find(std::string(key.name) + ": ") != std::string::npos &&
                   file.error().doing.find("is out of range: wanted is ") != std::string::npos;
        };
        const std::string name(key.name);
        CHECK_TEXT(!out_of_range(key.least), name.c_str());
        CHECK_TEXT(out_of_range(key.least - 1), name.c_str());
        CHECK_TEXT(!out_of_range(key.most), name.c_str());
        CHECK_TEXT(out_of_range(key.most + 1), name.c_str());
    }
    CHECK_EQUAL(16, limits);
}

TEST(BridgeFile, the_defaults_in_the_table_are_the_ones_that_count) {
    const auto defaults = [](Place place, std::string_view but = "") {
        std::string rows;
        for (const auto& key : bridge_keys())
            if (key.place == place && !key.wanted && !key.fallback.empty() &&
                (but.empty() || but.find(key.name) == std::string_view::npos))
                rows += std::string(key.name) + " = " + std::string(key.fallback) + ";\n";
        return rows;
    };
    const auto left_out = good(kJournal + "feed = \"/f\";");
    const auto written = good(kJournal + "feed = \"/f\";" + defaults(Place::top) +
                              "black_box = {\n" + defaults(Place::black_box) + "};");
    CHECK_EQUAL(left_out.ring, written.ring);
    CHECK(left_out.group == written.group);
    CHECK_EQUAL(left_out.feed_auth, written.feed_auth);
    CHECK(left_out.metrics_interval == written.metrics_interval);
    CHECK(left_out.black_box == written.black_box);
    CHECK(good(source("udp", defaults(Place::source, "mode"))).sources ==
          good(source("udp")).sources);
    CHECK(good(source("socket", "path = \"/s\";" + defaults(Place::source, "address port")))
              .sources == good(source("socket", "path = \"/s\";")).sources);
}

TEST(BridgeFile, a_text_of_64_KiB_is_read_and_one_byte_more_is_not) {
    auto text = kJournal;
    text.resize(kMaxConfText, '\n');
    (void)good(text);
    refused("bridge.conf: is larger than 64 KiB", text + '\n');
}

TEST_GROUP(BridgeConfFile) {
    Scratch scratch;
    const std::string passwd = scratch.put("passwd", std::string(kAround.passwd));
    const std::string group = scratch.put("group", std::string(kAround.groups));
};

TEST(BridgeConfFile, a_file_is_read_and_its_users_and_groups_are_looked_up) {
    const auto path = scratch.put("bridge.conf", kJournal + "users = \"otp\"; group = \"adm\";");
    const auto file = read_bridge_file(path, "/s", passwd, group);
    CHECK_TRUE(static_cast<bool>(file));
    CHECK((file->users == std::vector<std::uint32_t>{1000}));
    CHECK_EQUAL(4U, file->group.value());
    STRCMP_EQUAL(path.c_str(), file->file.c_str());
}

TEST(BridgeConfFile, what_is_wrong_is_said_with_the_files_name) {
    const auto path = scratch.put("bridge.conf", source("socket", "path = \"/s\";"));
    STRCMP_EQUAL((path + ":2: path: '/s' is the bridge's own socket").c_str(),
                 describe(read_bridge_file(path, "/s", passwd, group).error()).c_str());
    STRCMP_EQUAL(("open " + scratch.at("none") + ": No such file or directory").c_str(),
                 describe(read_bridge_file(scratch.at("none")).error()).c_str());
}

TEST(BridgeConfFile, only_a_regular_file_is_opened) {
    ::mkfifo(scratch.at("fifo").c_str(), 0600);  // and this does not wait for a writer
    STRCMP_EQUAL((scratch.at("fifo") + ": is not a regular file").c_str(),
                 describe(read_bridge_file(scratch.at("fifo")).error()).c_str());
}
