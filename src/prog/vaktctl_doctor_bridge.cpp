// SPDX-License-Identifier: Apache-2.0
// What doctor looks at for the bridge, and for the units of Vakt's services.
#include "prog/vaktctl_doctor_bridge.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <variant>

#include "base/text.h"
#include "base/users.h"
#include "prog/vaktctl_bridge.h"
#include "settings/bridge_settings.h"
#include "sys/clock.h"

namespace vakt::prog {
namespace {

using doctor::BridgeFacts;
using doctor::Owner;

/// Those that take what journald forwards.
bool is_syslogd(const std::string& name) {
    return name == "rsyslogd" || name == "syslog-ng" || name == "syslogd";
}

void look_at_conf(const Tree& tree, BridgeFacts& facts) {
    if (!facts.conf.file.there()) return;
    const auto conf = settings::read_bridge_file(tree.at(facts.conf.path), facts.socket,
                                                 tree.at("/etc/passwd"), tree.at("/etc/group"));
    if (!conf) {
        const auto words = describe(conf.error());
        for (std::string_view rest = words; !rest.empty();)
            facts.conf_errors.emplace_back(take_line(rest));
        return;
    }
    facts.ring = conf->ring;
    facts.has_black_box = conf->black_box.size != 0;
    if (!conf->feed.empty()) facts.feed = tree.named(conf->feed);
    for (const auto& row : conf->sources)
        facts.sources.push_back({row.settings.source,
                                 row.path.empty() ? doctor::NamedFile{} : tree.named(row.path),
                                 {}});
}

void look_at_processes(const Tree& tree, BridgeFacts& facts) {
    for (const auto& process : tree.processes()) {
        if (process.name == "syslog_bridge") facts.process = process;
        if (is_syslogd(process.name)) facts.syslogd = process;
        for (const auto& open : tree.open_files(process))
            for (auto& source : facts.sources)
                if (source.kind == syslog::Source::fifo && open == source.at.path)
                    source.holders.push_back(process);
    }
    if (facts.process)
        facts.ids = doctor::read_process_ids(
            tree.text("/proc/" + std::to_string(facts.process->pid) + "/status").value_or(""));
}

/// Says Hello, as every client does: one that hangs, or is no bridge, may be connected to.
void greet(const Tree& tree, BridgeFacts& facts) {
    constexpr auto kPatience = std::chrono::seconds(2);
    auto bridge = BridgeClient::connect(tree.at(facts.socket));
    const auto answer = bridge ? bridge->hello(sys::now() + kPatience) : bridge.error();
    if (!answer) {
        facts.no_welcome = describe(answer.error());
    } else if (const auto* const no = std::get_if<wire::Refused>(&*answer)) {
        if (no->reason == wire::Refusal::not_allowed)
            facts.reach = doctor::Reach::denied;
        else
            facts.no_welcome = "the bridge refuses: " + no->words;
    }
}

std::optional<std::uint64_t> memory_of(const Tree& tree) {
    const auto text = tree.text("/proc/meminfo").value_or("");
    for (std::string_view rest = text; !rest.empty();) {
        const auto words = split_words(take_line(rest));
        if (words.size() < 2 || words[0] != "MemTotal:") continue;
        const auto kib = parse_decimal<std::uint64_t>(words[1]);
        if (kib) return *kib * 1024;
    }
    return std::nullopt;
}

/// The unit, and what changes it, in the order in which systemd reads them (systemd.unit(5)).
constexpr std::array<const char*, 5> kUnitRoots{"/lib/systemd/system/", "/usr/lib/systemd/system/",
                                                "/usr/local/lib/systemd/system/",
                                                "/run/systemd/system/", "/etc/systemd/system/"};

std::optional<doctor::Service> look_at_service(const Tree& tree, const std::string& name) {
    doctor::Service service;
    service.name = name;
    std::string words;
    std::map<std::string, std::string> drop_ins;
    for (const std::string root : kUnitRoots) {
        const auto unit = root + name + ".service";
        if (auto text = tree.text(unit)) {
            service.path = unit;
            words = std::move(*text);
        }
        const auto folder = unit + ".d";
        for (const auto& file : tree.entries(folder))
            if (file.ends_with(".conf")) drop_ins[file].assign(folder).append("/").append(file);
    }
    if (service.path.empty()) return std::nullopt;
    for (const auto& [file, path] : drop_ins) words += "\n" + tree.text(path).value_or("");
    const auto said = [&](std::string_view section, std::string_view key) {
        const auto found = doctor::last_value(words, section, key);
        return found ? found->value : "";
    };
    const auto command = said("Service", "ExecStart");
    service.program = tree.named(command.substr(0, command.find(' ')));
    service.restart = said("Service", "Restart");
    service.watchdog = said("Service", "WatchdogSec");
    service.on_failure = said("Unit", "FailureAction");
    const std::string etc = "/etc/systemd/system/";
    const auto link = "/" + name + ".service";
    for (const auto& folder : tree.entries(etc))
        if (folder.ends_with(".wants") &&
            !tree.target(std::string(etc).append(folder).append(link)).empty())
            service.enabled = true;
    return service;
}

}  // namespace

std::optional<BridgeFacts> look_at_bridge(const Tree& tree, const std::string& conf,
                                          const std::string& socket, const std::string& state) {
    BridgeFacts facts;
    facts.conf = tree.named(conf);
    facts.socket = socket;
    facts.reach = tree.knock(socket);
    if (facts.reach == doctor::Reach::answers) greet(tree, facts);
    if (!facts.conf.file.there() && facts.reach == doctor::Reach::absent) return std::nullopt;
    look_at_conf(tree, facts);
    look_at_processes(tree, facts);
    facts.memory = memory_of(tree);
    facts.forward = tree.file("/run/systemd/journal/syslog");
    const auto groups = tree.text("/etc/group").value_or("");
    for (const std::string_view name : {"systemd-journal", "adm"})
        if (const auto group = find_id(groups, name)) facts.journal_groups.push_back(*group);
    // As its unit has it, in a directory of its own.
    facts.box_dir = tree.named(state + "/bridge");
    if (!facts.box_dir.file.there()) facts.box_dir = tree.named(state);
    if (const auto mounts = tree.text("/proc/mounts"))
        facts.box_mount = doctor::find_mount(*mounts, facts.box_dir.path);
    return facts;
}

std::vector<doctor::Service> look_at_services(const Tree& tree) {
    std::vector<doctor::Service> all;
    for (const std::string name : {"vakt-keeper", "vakt-bus", "vakt-bridge"})
        if (auto service = look_at_service(tree, name)) all.push_back(std::move(*service));
    return all;
}

}  // namespace vakt::prog
