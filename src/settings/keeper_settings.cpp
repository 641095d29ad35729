// SPDX-License-Identifier: Apache-2.0
// keeper.conf: its text to plain settings, or everything that is wrong with it.
#include "settings/keeper_settings.h"

#include <algorithm>
#include <array>

#include "settings/conf_file.h"
#include "settings/row_reader.h"
#include "wdt/timing.h"

namespace vakt::settings {
namespace {

constexpr std::size_t kMaxProbePath = 255;
constexpr std::size_t kMaxSocketPath = 107;  // unix(7): sun_path, with its end

/// Reads one file's tree.
class KeeperReader {
 public:
    KeeperReader(std::string_view file, std::string_view passwd, Complaints& complaints)
        : passwd_(passwd), complaints_(complaints) {
        read_.file = file;
    }

    KeeperFile read(const Node& root) {
        auto top = reader(Place::top, root);
        for (const auto* row : top.rows("leases", keeper::kMaxLeases)) lease(*row);
        for (const auto* row : top.rows("devices", keeper::kMaxDevices)) device(*row);
        for (const auto* row : top.rows("evidence", keeper::kMaxEvidence)) evidence(*row);
        for (const auto* row : top.rows("rights", keeper::kMaxRights)) right(*row);
        top.flag("lock_memory", read_.lock_memory);
        top.number("real_time_priority", read_.real_time_priority);
        top.flag("oom_exempt", read_.oom_exempt);
        return std::move(read_);
    }

 private:
    RowReader reader(Place place, const Node& group) {
        return {keeper_keys(), place, group, complaints_};
    }

    void lease(const Node& node) {
        auto row = reader(Place::lease, node);
        keeper::LeaseRule rule;
        rule.name = std::string_view(row.name("name"));
        row.once(lease_names_, "name", std::string(rule.name.view()));
        row.user("user", passwd_, rule.uid);
        row.flag("required", rule.required);
        row.seconds("boot_deadline", rule.boot_deadline);
        row.seconds("beat_timeout", rule.timing.beat_timeout);
        row.seconds("boot_delay", rule.timing.boot_delay);
        if (row.has("boot_deadline") && !rule.required)
            row.complain("boot_deadline", "counts only where required = true");
        read_.settings.leases.push_back(rule);
        read_.lease_lines.push_back(row.line());
    }

    void device(const Node& node) {
        auto row = reader(Place::device, node);
        keeper::DeviceRule rule;
        wdt::DeviceSettings device;
        row.text("driver", device.driver);
        row.text("path", device.path);
        row.seconds("timeout", rule.timeout);
        row.seconds("shutdown_timeout", rule.shutdown_timeout);
        row.seconds("pretimeout", rule.pretimeout);
        row.text("governor", device.governor);
        row.flag("set_nowayout", device.set_nowayout);
        row.text("profile", device.profile);
        row.number("offset", device.offset);
        constexpr std::array<std::string_view, 2> kOrders{"big", "little"};
        if (const auto order = row.one_of("byte_order", kOrders))
            device.byte_order = *order == 0 ? wdt::ByteOrder::big : wdt::ByteOrder::little;
        if (const auto* inner = row.group("window")) device.window = window(*inner);
        if (row.has("pretimeout"))
            device.pretimeout = std::chrono::duration_cast<Millis>(rule.pretimeout);

        if (rule.pretimeout >= rule.timeout)
            row.complain("pretimeout", wdt::in_words(millis(rule.pretimeout)) +
                                           " before the end is not within the timeout of " +
                                           wdt::in_words(millis(rule.timeout)));
        const bool has_path = row.has("path") || device.driver == "systemd";
        if (!has_path) row.complain("path", "this driver wants it: the watchdog's node");
        if (const auto good = wdt::check(device); !good && has_path && row.has("driver"))
            judged(row, good);
        row.once(device_paths_, "path", one_name(device.path));
        read_.settings.devices.push_back(rule);
        read_.devices.push_back(std::move(device));
        read_.device_lines.push_back(row.line());
    }
    /// The kernel has two names for the first device, and systemd's notices go where the
    /// environment says when no path does.
    static std::string one_name(const std::string& path) {
        if (path == "/dev/watchdog") return "/dev/watchdog0";
        return path.empty() ? "NOTIFY_SOCKET" : path;
    }
    /// wdt::check() names the key first: "pretimeout: ...", "pretimeout is not a key of ...".
    void judged(RowReader& row, const Status& bad) {
        const auto& words = bad.error().doing;
        complaints_.push_back({row.line(words.substr(0, words.find_first_of(": "))), words});
    }

    wdt::VmeWindow window(const Node& node) {
        auto row = reader(Place::window, node);
        wdt::VmeWindow window;
        row.number("address", window.address);
        row.number("size", window.size);
        row.text("space", window.space);
        row.number("width", window.width);
        return window;
    }

    void evidence(const Node& node) {
        auto row = reader(Place::evidence, node);
        keeper::EvidenceRule rule;
        Probe probe;
        rule.name = std::string_view(row.name("name"));
        row.once(evidence_names_, "name", std::string(rule.name.view()));
        constexpr std::array<std::string_view, 4> kKinds{"read", "write", "memory", "syslog"};
        if (const auto kind = row.one_of("kind", kKinds)) probe.kind = ProbeKind(*kind);
        row.seconds("freshness", rule.freshness);
        row.seconds("grace", rule.grace);
        const bool is_memory = probe.kind == ProbeKind::memory;
        const bool is_syslog = probe.kind == ProbeKind::syslog;
        row.path("path", is_syslog ? kMaxSocketPath : kMaxProbePath, probe.path);
        row.path("bridge", kMaxSocketPath, probe.bridge);
        row.number("limit_percent", probe.limit_percent);
        if (row.has("limit_percent") && !is_memory)
            row.complain("limit_percent", "is a key of kind = \"memory\" alone");
        if (row.has("bridge") && !is_syslog)
            row.complain("bridge", "is a key of kind = \"syslog\" alone");
        if (!row.has("path") && is_memory) probe.path = "/proc/pressure/memory";
        if (!row.has("path") && is_syslog) probe.path = "/dev/log";
        if (!row.has("bridge") && is_syslog) probe.bridge = "/run/vakt/bridge.sock";
        if (!row.has("path") && row.has("kind") && !is_memory && !is_syslog)
            row.complain("path", "this kind wants it: the file that is read or written");
        read_.settings.evidence.push_back(rule);
        read_.probes.push_back(std::move(probe));
        read_.evidence_lines.push_back(row.line());
    }

    void right(const Node& node) {
        auto row = reader(Place::right, node);
        keeper::Uid uid = 0;
        row.user("user", passwd_, uid);
        constexpr std::array<std::string_view, 4> kVerbs{"snooze", "reboot", "drill", "disarm"};
        for (const auto& verb : row.texts("may")) {
            const auto* const known = std::find(kVerbs.begin(), kVerbs.end(), verb);
            if (known == kVerbs.end()) {
                row.complain("may", quoted(verb) +
                                        " is not \"snooze\", \"reboot\", \"drill\" or \"disarm\"");
                continue;
            }
            const keeper::Right right{uid, keeper::Verb(known - kVerbs.begin())};
            auto& rights = read_.settings.rights;
            if (std::find(rights.begin(), rights.end(), right) != rights.end()) continue;
            if (!rights.push_back(right))
                return row.complain("may", "there is room for " +
                                               std::to_string(keeper::kMaxRights) +
                                               " pairs of user and verb, and this is one more");
        }
    }

    static Millis millis(Duration time) { return std::chrono::duration_cast<Millis>(time); }

    std::string_view passwd_;
    Complaints& complaints_;
    KeeperFile read_;
    RowReader::Seen lease_names_;
    RowReader::Seen device_paths_;
    RowReader::Seen evidence_names_;
};

/// Where a fault is to be mended, and its words.
Complaint explain(const keeper::Fault& fault, const KeeperFile& file, Duration granted) {
    using What = keeper::Fault::What;
    const auto millis = [](Duration time) { return std::chrono::duration_cast<Millis>(time); };
    const auto line = [&](const std::vector<int>& lines, std::size_t row) {
        return row < lines.size() ? lines[row] : 0;
    };
    const auto& settings = file.settings;
    const auto path = fault.device < file.devices.size() ? file.devices[fault.device].path
                                                         : std::string("the watchdog");
    switch (fault.what) {
        case What::lease_name:
            return {line(file.lease_lines, fault.row), "name: empty, or that of another lease"};
        case What::lease_timing:
            return {line(file.lease_lines, fault.row),
                    "beat_timeout and boot_delay: wanted is more than 10 s and at most 65535 s"};
        case What::boot_deadline:
            return {line(file.lease_lines, fault.row), "boot_deadline: wanted is more than 0 s"};
        case What::evidence_name:
            return {line(file.evidence_lines, fault.row), "name: empty, or that of another row"};
        case What::evidence_timing:
            return {line(file.evidence_lines, fault.row),
                    "freshness above 0 s and grace above 10 s are wanted"};
        case What::device_timeout:
            return {line(file.device_lines, fault.row),
                    "timeout above 0 s and a pretimeout below it are wanted"};
        case What::devices_differ:
            return {line(file.device_lines, fault.row),
                    "devices: a reload cannot change them; restart the keeper for that"};
        case What::too_long: {
            const auto& lease = settings.leases[fault.row];
            const auto words =
                wdt::check_granted(path, millis(granted), millis(lease.timing.beat_timeout),
                                   millis(lease.timing.boot_delay));
            return {line(file.device_lines, fault.device),
                    "timeout: with lease '" + std::string(lease.name.view()) + "' of line " +
                        std::to_string(line(file.lease_lines, fault.row)) + ", " +
                        (words ? std::string() : words.error().doing)};
        }
        case What::too_long_for_evidence: {
            const auto& rule = settings.evidence[fault.row];
            return {
                line(file.device_lines, fault.device),
                "timeout: " + path + " grants " + wdt::in_words(millis(granted)) +
                    ", but for evidence '" + std::string(rule.name.view()) + "' of line " +
                    std::to_string(line(file.evidence_lines, fault.row)) + " " +
                    wdt::in_words(millis(rule.freshness)) + " freshness + " +
                    wdt::in_words(millis(rule.grace)) + " grace - " + wdt::in_words(wdt::kReserve) +
                    " = " + wdt::in_words(millis(fault.longest)) +
                    " is the longest that keeps the hard deadline; ask for a shorter timeout, "
                    "or raise the grace to " +
                    wdt::in_words(millis(granted - rule.freshness) + wdt::kReserve) + " or more"};
        }
    }
    return {0, "a fault without words"};
}

/// What only the whole shows: each device against every deadline.
void check_whole(const KeeperFile& file, Complaints& complaints) {
    for (std::size_t device = 0; device < file.settings.devices.size(); ++device) {
        const auto timeout = file.settings.devices[device].timeout;
        if (const auto fault = keeper::check_granted(file.settings, device, timeout))
            complaints.push_back(explain(*fault, file, timeout));
    }
    if (!complaints.empty()) return;
    if (const auto fault = keeper::check(file.settings))
        complaints.push_back(explain(*fault, file, {}));
}

}  // namespace

std::string in_words(const keeper::Fault& fault, const KeeperFile& file, Duration granted) {
    return in_lines({explain(fault, file, granted)}, file.file);
}

Result<KeeperFile> parse_keeper_text(std::string_view text, std::string_view file,
                                     std::string_view passwd) {
    return parse_conf(text, file, [&](const Node& tree, Complaints& complaints) {
        auto read = KeeperReader(file, passwd, complaints).read(tree);
        if (complaints.empty()) check_whole(read, complaints);
        return read;
    });
}

}  // namespace vakt::settings
