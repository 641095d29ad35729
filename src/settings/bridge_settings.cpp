// SPDX-License-Identifier: Apache-2.0
// bridge.conf: its text to plain settings, or everything that is wrong with it.
#include "settings/bridge_settings.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/users.h"
#include "settings/conf_file.h"
#include "settings/row_reader.h"

namespace vakt::settings {
namespace {

using syslog::Source;

constexpr std::size_t kMaxPath = 255;
constexpr std::size_t kMaxSocketPath = 107;  // unix(7): sun_path, with a NUL behind it
constexpr std::uint64_t kLeastBlackBox = 65536;
constexpr std::uint32_t kForwardMode = 0600;  // journald, which alone writes there, is root

/// In the order of Kind.
constexpr std::array<std::string_view, 6> kTypes{"fifo",    "kmsg",   "journal",
                                                 "forward", "socket", "udp"};
constexpr std::array kKinds{Source::fifo,    Source::kmsg,   Source::journal,
                            Source::forward, Source::socket, Source::udp};

/// "" where a row must say it, or has none.
std::string_view usual_path(Source kind) {
    if (kind == Source::kmsg) return "/dev/kmsg";
    if (kind == Source::forward) return "/run/systemd/journal/syslog";
    return "";
}
bool is_socket(Source kind) { return kind == Source::socket || kind == Source::forward; }

/// One of the words for one place: nothing is looked at, so links remain two places.
std::string one_path(const std::string& path) {
    std::string plain;
    for (std::string_view rest = path; !rest.empty();) {
        rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
        const auto part = rest.substr(0, rest.find('/'));
        rest.remove_prefix(part.size());
        if (part == "..")
            plain.erase(plain.empty() ? 0 : plain.rfind('/'));
        else if (!part.empty() && part != ".")
            plain.append("/").append(part);
    }
    // systemd's own /dev/log, by either name.
    return plain == "/run/systemd/journal/dev-log" ? "/dev/log" : plain;
}

/// The bytes of an address; "" for what is none.
std::string address_bytes(const std::string& text) {
    std::array<char, sizeof(in6_addr)> bytes{};
    if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1)
        return {bytes.data(), sizeof(in_addr)};
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1)
        return {bytes.data(), sizeof(in6_addr)};
    return "";
}

/// Reads one file's tree.
class BridgeReader {
 public:
    BridgeReader(std::string_view file, const Surroundings& around, Complaints& complaints)
        : around_(around), complaints_(complaints) {
        read_.file = file;
    }

    BridgeFile read(const Node& root) {
        auto top = reader(Place::top, root);
        for (const auto* row : top.rows("sources", bridge::Bridge::kMostSources)) source(*row);
        if (top.has("sources") && complaints_.empty() && read_.sources.empty())
            top.complain("sources", "wanted is one at least: " + in_place_of_none());
        top.number("ring", read_.ring);
        read_.group = top.has("group") ? top.user_group("group", around_.groups)
                                       : find_id(around_.groups, "vakt");
        read_.users = top.users("users", around_.passwd);
        if (const auto* inner = top.group("black_box")) black_box(*inner);
        top.seconds("metrics_interval", read_.metrics_interval);
        feed(top);
        return std::move(read_);
    }

 private:
    RowReader reader(Place place, const Node& group) {
        return {bridge_keys(), place, group, complaints_};
    }
    static std::string in_place_of_none() {
        return std::string(find_key(bridge_keys(), Place::top, "sources")->fallback);
    }

    void source(const Node& node) {
        auto row = reader(Place::source, node);
        const auto type = row.one_of("type", kTypes);
        SourceRow read;
        auto& settings = read.settings;
        if (type) settings.source = kKinds.at(*type);
        settings.name = row.has("name") ? row.name("name") : std::string(type_name(type));
        once_named(row, settings.name);
        row.flag("fold_repeats", settings.fold_repeats);
        row.flag("auth", settings.with_auth);
        if (const auto* inner = row.group("rate")) settings.guard = rate(*inner);
        if (!type) return;  // what else it may have hangs on that
        const auto kind = settings.source;
        for (const std::string_view key : {"address", "port"})
            alone(row, key, kind == Source::udp, "udp");
        alone(row, "mode", kind == Source::socket, "socket");
        alone(row, "buffer", is_socket(kind) || kind == Source::udp, "socket, forward and udp");
        row.number("buffer", read.buffer);
        if (kind == Source::udp)
            endpoint(row, read);
        else
            place(row, read);
        if (is_socket(kind)) read.mode = mode(row, kind);
        read_.sources.push_back(std::move(read));
        read_.source_lines.push_back(row.line());
    }
    static std::string_view type_name(const std::optional<std::size_t>& type) {
        return type ? kTypes.at(*type) : std::string_view();
    }
    void once_named(RowReader& row, const std::string& name) {
        const auto before = complaints_.size();
        row.once(names_, "name", name);
        if (complaints_.size() != before && !row.has("name"))
            complaints_.back().words += "; give one of them a name of its own";
    }
    void alone(RowReader& row, std::string_view key, bool is_so, const std::string& types) {
        if (row.has(key) && !is_so) row.complain(key, "is a key of type " + types + " alone");
    }

    void place(RowReader& row, SourceRow& read) {
        const auto kind = read.settings.source;
        read.path = usual_path(kind);
        row.path("path", is_socket(kind) ? kMaxSocketPath : kMaxPath, read.path);
        if (!row.has("path") && kind == Source::fifo)
            return row.complain("path", "this type wants it: the FIFO that a syslogd writes");
        if (!row.has("path") && kind == Source::socket)
            return row.complain("path", "this type wants it: the socket that is made");
        if (!read.path.empty() && one_path(read.path) == one_path(std::string(around_.socket)))
            return row.complain("path", quoted(read.path) + " is the bridge's own socket");
        // Without a path it is the machine's journal, once.
        row.once(paths_, "path", read.path.empty() ? "journal" : one_path(read.path));
    }
    void endpoint(RowReader& row, SourceRow& read) {
        alone(row, "path", false, "fifo, kmsg, journal, forward and socket");
        read.address = "127.0.0.1";
        read.port = 514;
        row.text("address", read.address);
        row.number("port", read.port);
        const auto bytes = address_bytes(read.address);
        if (bytes.empty())
            return row.complain(
                "address", "a number as 127.0.0.1 or ::1 is wanted, not " + quoted(read.address));
        const auto is_all = [](const std::string& address) {
            return address.find_first_not_of('\0') == std::string::npos;
        };
        for (const auto& other : endpoints_) {
            const bool overlap = other.bytes == bytes || (other.bytes.size() == bytes.size() &&
                                                          (is_all(other.bytes) || is_all(bytes)));
            if (overlap && other.port == read.port)
                return row.complain(row.has("address") ? "address" : "port",
                                    read.address + " port " + std::to_string(read.port) +
                                        " is that of line " + std::to_string(other.line));
        }
        endpoints_.push_back({bytes, read.port, row.line()});
    }
    std::uint32_t mode(RowReader& row, Source kind) {
        if (kind == Source::forward) return kForwardMode;
        std::string text = "0666";
        row.text("mode", text);
        std::uint32_t mode = 0;
        for (const char c : text) mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
        if (text.size() > 4 || text.find_first_not_of("01234567") != std::string::npos ||
            mode > 0777)
            row.complain(
                "mode", "octal digits in \" \" are wanted, \"0\" to \"0777\", not " + quoted(text));
        return mode;
    }
    bridge::RateGuard rate(const Node& node) {
        auto row = reader(Place::rate, node);
        bridge::RateGuard guard;
        row.number("per_second", guard.per_second);
        row.number("burst", guard.burst);
        return guard;
    }

    void black_box(const Node& node) {
        auto row = reader(Place::black_box, node);
        auto& box = read_.black_box;
        row.number("size", box.size);
        if (box.size != 0 && box.size < kLeastBlackBox)
            row.complain("size", std::to_string(box.size) + " is out of range: wanted is 0, for " +
                                     "none, or at least " + std::to_string(kLeastBlackBox));
        severity(row, "severity", box.severity);
        row.seconds("sync_interval", box.sync_interval);
        row.flag("pmsg", box.pmsg);
        severity(row, "pmsg_severity", box.pmsg_severity);
    }
    static void severity(RowReader& row, std::string_view key, syslog::Severity& into) {
        if (const auto number = row.one_of(key, syslog::kSeverityNames))
            into = syslog::Severity(*number);
    }

    /// What is read must not be fed with itself.
    void feed(RowReader& top) {
        top.path("feed", kMaxPath, read_.feed);
        top.flag("feed_auth", read_.feed_auth);
        if (read_.feed.empty()) {
            if (top.has("feed_auth"))
                top.complain("feed_auth", "counts only where there is a feed");
            return;
        }
        const auto path = one_path(read_.feed);
        if (path == one_path(std::string(around_.socket)))
            return top.complain("feed", quoted(read_.feed) + " is the bridge's own socket");
        for (std::size_t row = 0; row < read_.sources.size(); ++row) {
            const auto& source = read_.sources[row];
            if (!source.path.empty() && one_path(source.path) == path)
                return top.complain("feed", quoted(read_.feed) + " is read by the source of line " +
                                                std::to_string(read_.source_lines[row]) +
                                                ", which would be fed with itself");
        }
        if (path.starts_with("/dev/") || path.starts_with("/run/systemd/"))
            top.complain("feed", quoted(read_.feed) +
                                     " is where the system itself listens; a FIFO such as "
                                     "/etc/syslog.otp is wanted");
    }

    struct Endpoint {
        std::string bytes;
        std::uint16_t port;
        int line;
    };

    const Surroundings& around_;
    Complaints& complaints_;
    BridgeFile read_;
    RowReader::Seen names_;
    RowReader::Seen paths_;
    std::vector<Endpoint> endpoints_;
};

}  // namespace

Result<BridgeFile> parse_bridge_text(std::string_view text, std::string_view file,
                                     const Surroundings& around) {
    return parse_conf(text, file, [&](const Node& tree, Complaints& complaints) {
        return BridgeReader(file, around, complaints).read(tree);
    });
}

}  // namespace vakt::settings
