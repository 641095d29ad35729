// SPDX-License-Identifier: Apache-2.0
// What doctor looks at: files, sysfs and /proc under a root of its choice. No device is opened.
#include "prog/vaktctl_doctor_look.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "base/text.h"
#include "drivers/vme_boards.h"
#include "prog/vaktctl_doctor_bridge.h"
#include "prog/vaktctl_doctor_node.h"
#include "settings/keeper_settings.h"
#include "sys/open.h"

namespace vakt::prog {
namespace {

using doctor::FileFacts;
using doctor::NamedFile;

constexpr std::size_t kProgram = 16UL * 1024 * 1024;

std::optional<std::string> environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

class Looker : Tree {
 public:
    explicit Looker(const DoctorPlaces& places) : Tree(places.root), places_(places) {}

    doctor::Facts look_for_clashes() {
        look_at_claims();
        return std::move(facts_);
    }

    doctor::Facts look() {
        look_at_claims();
        facts_.uid = ::geteuid();
        facts_.socket = places_.socket;
        facts_.keeper = knock(places_.socket);
        facts_.keeper_state = named(places_.run + "/keeper.state");
        facts_.state_dir = named(places_.state);
        if (const auto mounts = text("/proc/mounts"))
            facts_.state_mount = doctor::find_mount(*mounts, places_.state);
        look_at_kernel();
        facts_.services = look_at_services(*this);
        facts_.bridge =
            look_at_bridge(*this, places_.bridge_conf, places_.bridge_socket, places_.state);
        look_at_heart();
        const auto programs = facts_.our_heart.substr(0, facts_.our_heart.rfind('/') + 1);
        facts_.node = look_at_node(*this, {places_.node_conf, places_.policy, programs}, rights_);
        return std::move(facts_);
    }

 private:
    /// All that examine_clashes() asks for.
    void look_at_claims() {
        look_at_conf();
        facts_.modules = doctor::module_names(text("/proc/modules").value_or(""));
        look_at_boot_modules();
        look_at_watchdogs();
        facts_.io_ports = doctor::read_io_ports(text("/proc/ioports").value_or(""));
        facts_.etc_system = text("/etc/system");
        facts_.has_force_vme = file("/var/sadm/pkg/FORCEvme").there();
        look_at_systemd();
        look_at_owners();
    }

    void look_at_conf() {
        facts_.conf = named(places_.conf);
        if (!facts_.conf.file.there()) return;
        const auto passwd = text("/etc/passwd").value_or("");
        const auto conf = settings::read_keeper_file(at(places_.conf), at("/etc/passwd"));
        if (!conf) {
            const auto words = describe(conf.error());
            for (std::string_view rest = words; !rest.empty();)
                facts_.conf_errors.emplace_back(take_line(rest));
            return;
        }
        rights_ = conf->settings.rights;
        for (const auto& rule : conf->settings.leases)
            facts_.leases.push_back({rule, knows(passwd, rule.uid)});
        for (std::size_t row = 0; row < conf->devices.size(); ++row)
            facts_.devices.push_back(device(conf->settings.devices[row], conf->devices[row]));
    }
    static bool knows(std::string_view passwd, std::uint32_t uid) {
        while (!passwd.empty()) {
            auto line = take_line(passwd);
            for (int field = 0; field < 2; ++field)
                line.remove_prefix(std::min(line.find(':'), line.size() - 1) + 1);
            if (parse_decimal<std::uint32_t>(line.substr(0, line.find(':'))) == uid) return true;
        }
        return false;
    }

    [[nodiscard]] doctor::DeviceFacts device(const keeper::DeviceRule& rule,
                                             const wdt::DeviceSettings& settings) const {
        doctor::DeviceFacts facts;
        facts.rule = rule;
        facts.settings = settings;
        facts.node = file(settings.path);
        facts.registers = registers(settings);
        if (settings.driver == "linux") facts.kernel_name = kernel_name(settings.path);
        const auto dir = "/sys/class/watchdog/" + facts.kernel_name + "/";
        facts.has_sysfs = settings.driver == "linux" && file(dir).there();
        if (!facts.has_sysfs) return facts;
        facts.identity = line(dir + "identity");
        if (const auto set = number(dir + "nowayout")) facts.nowayout = *set != 0;
        facts.min_timeout = number(dir + "min_timeout");
        facts.max_timeout = number(dir + "max_timeout");
        facts.has_pretimeout = file(dir + "pretimeout").there();
        facts.governors = text(dir + "pretimeout_available_governors").value_or("");
        return facts;
    }
    static std::optional<doctor::VmeRegisters> registers(const wdt::DeviceSettings& settings) {
        if (settings.driver != "vme" || !settings.window) return std::nullopt;
        std::uint64_t size = 0;
        for (const auto& board : vme_boards)
            if (settings.profile == board.name) size = board.size;
        return doctor::VmeRegisters{settings.window->space,
                                    settings.window->address + settings.offset, size};
    }
    /// "watchdog0" of "/dev/watchdog0", its alias, and of a link to one of them.
    [[nodiscard]] std::string kernel_name(const std::string& path) const {
        const auto known = [](std::string_view name) { return name.starts_with("watchdog"); };
        auto name = std::string(base_name(path));
        if (!known(name)) name = base_name(target(path));
        return name == "watchdog" ? "watchdog0" : name;
    }

    void look_at_kernel() {
        const auto backend = line("/sys/module/pstore/parameters/backend");
        facts_.pstore_backend = backend == "(null)" ? "" : backend;
        facts_.pmsg = file("/dev/pmsg0");
        const std::string watchdog = "/sys/module/watchdog/parameters/";
        if (const auto set = line(watchdog + "handle_boot_enabled"); !set.empty())
            facts_.handle_boot_enabled = set == "Y" || set == "1";
        facts_.open_timeout = number(watchdog + "open_timeout");
    }

    void look_at_watchdogs() {
        for (const auto& name : entries("/sys/class/watchdog")) {
            const auto dir = "/sys/class/watchdog/" + name;
            doctor::KernelWatchdog watchdog;
            watchdog.name = name;
            watchdog.identity = line(dir + "/identity");
            watchdog.driver = base_name(target(dir + "/device/driver/module"));
            if (watchdog.driver.empty())
                watchdog.driver = base_name(target(dir + "/device/driver"));
            // "../../devices/pci0000:00/0000:00:03.0/watchdog/watchdog0"
            const auto full = target(dir);
            const auto begin = full.find("/devices/");
            const auto end = full.rfind("/watchdog/");
            if (begin < end && end != std::string::npos)
                watchdog.device = full.substr(begin + 9, end - begin - 9);
            if (watchdog.device == "virtual") watchdog.device.clear();
            facts_.watchdogs.push_back(std::move(watchdog));
        }
        const std::string bus = "/sys/bus/pci/devices/";
        for (const auto& function : entries(bus)) {
            const auto vendor = line(bus + function + "/vendor");
            const auto device = line(bus + function + "/device");
            if (vendor.starts_with("0x") && device.starts_with("0x"))
                facts_.pci.push_back(vendor.substr(2) + ":" + device.substr(2));
        }
        const std::string module = "/sys/module/vme_wdt/parameters/";
        const auto base = parse_decimal<std::uint64_t>(line(module + "base"));
        if (base)
            facts_.vme_wdt = doctor::VmeRegisters{
                line(module + "aspace"), *base,
                static_cast<std::uint64_t>(number(module + "size").value_or(0))};
    }

    void look_at_boot_modules() {
        std::vector<std::string> files{"/etc/modules"};
        for (const std::string dir :
             {"/usr/lib/modules-load.d/", "/run/modules-load.d/", "/etc/modules-load.d/"})
            for (const auto& name : entries(dir))
                if (name.ends_with(".conf")) files.push_back(dir + name);
        for (const auto& path : files)
            for (auto& name : doctor::module_names(text(path).value_or("")))
                facts_.boot_modules.push_back(std::move(name));
    }

    /// By systemd-system.conf(5): the first main file, then the drop-ins by name, of which /etc's
    /// hide those of the same name.
    void look_at_systemd() {
        const std::array<std::string, 3> roots{"/usr/lib/systemd/", "/run/systemd/",
                                               "/etc/systemd/"};
        std::vector<std::string> files;
        for (const auto& dir : roots)
            if (file(dir + "system.conf").there()) files = {dir + "system.conf"};
        std::map<std::string, std::string> drop_ins;
        for (const auto& dir : roots)
            for (const auto& name : entries(dir + "system.conf.d"))
                if (name.ends_with(".conf")) drop_ins[name] = dir;
        for (const auto& [name, dir] : drop_ins)
            files.emplace_back(dir).append("system.conf.d/").append(name);
        for (const auto& path : files)
            if (auto said = doctor::read_systemd(text(path).value_or(""), path))
                facts_.systemd = std::move(said);
    }

    /// Who has one of the devices open, by /proc/PID/fd; other users' are seen by root alone.
    void look_at_owners() {
        if (facts_.devices.empty()) return;
        for (const auto& process : processes())
            for (const auto& open : open_files(process))
                for (auto& device : facts_.devices)
                    if (!device.owner && is_same(open, device.settings.path))
                        device.owner = process;
    }
    [[nodiscard]] bool is_same(const std::string& open, const std::string& path) const {
        if (path.empty() || !open.starts_with("/dev/")) return false;
        return open == path ||
               (base_name(open).starts_with("watchdog") && kernel_name(open) == kernel_name(path));
    }

    void look_at_heart() {
        facts_.heart = {environment("HEART_BEAT_TIMEOUT"), environment("HEART_BEAT_BOOT_DELAY"),
                        environment("HEART_COMMAND"),      environment("HEART_KILL_SIGNAL"),
                        environment("HEART_NO_KILL"),      environment("ERL_CRASH_DUMP_SECONDS"),
                        environment("HW_WD_DISABLE"),      environment("VAKT_LEASE")};
        for (const std::string dir : {"/sbin/", "/usr/sbin/", "/bin/", "/usr/bin/"}) {
            struct stat status {};
            // /sbin and the like may be links to those in /usr, and one finding will do.
            if (::lstat(at(dir.substr(0, dir.size() - 1)).c_str(), &status) != 0 ||
                S_ISLNK(status.st_mode))
                continue;
            for (const std::string name : {"reboot", "shutdown", "halt", "poweroff"})
                if (file(dir + name).there()) facts_.enders.push_back(named(dir + name));
        }
        look_at_command();
        facts_.our_heart = Tree("").target("/proc/self/exe");
        facts_.our_heart.erase(facts_.our_heart.rfind('/') + 1);
        facts_.our_heart += "heart";
        std::vector<std::string> dirs;
        if (const auto dir = environment("BINDIR")) dirs.push_back(*dir);
        for (const std::string lib : {"/usr/lib/erlang/", "/usr/local/lib/erlang/"})
            for (const auto& name : entries(lib))
                if (name.starts_with("erts-")) dirs.push_back(lib + name + "/bin");
        for (const auto& dir : dirs) {
            const auto program = sys::read_regular(at(dir + "/heart"), kProgram);
            if (program)
                facts_.hearts.push_back(
                    {dir + "/heart", program->find("VAKT_LEASE") != std::string::npos});
        }
    }

    /// The program that the shell would start for HEART_COMMAND, where that can be told.
    void look_at_command() {
        if (!facts_.heart.command) return;
        auto words = split_words(*facts_.heart.command);
        if (!words.empty() && words[0] == "exec") words.erase(words.begin());
        if (words.empty()) return;
        const std::string first(words[0]);
        constexpr std::string_view kShells = "$`'\"\\(){}<>|&;=*?[]~#!";
        if (first.find_first_of(kShells) != std::string::npos) return;
        if (first.find('/') != std::string::npos) {
            facts_.command = named(first);
            return;
        }
        for (const std::string_view builtin :
             {":", ".", "cd", "echo", "eval", "exit", "false", "if", "for", "kill", "printf", "set",
              "test", "true", "while", "until", "case", "trap", "wait"})
            if (first == builtin) return;
        const auto path = environment("PATH").value_or("/usr/bin:/bin:/usr/sbin:/sbin");
        facts_.command = NamedFile{first, {}};
        for (std::string_view rest = path; !rest.empty();) {
            const auto end = std::min(rest.find(':'), rest.size());
            const auto full = std::string(rest.substr(0, end)) + "/" + first;
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (!file(full).there()) continue;
            facts_.command = named(full);
            return;
        }
    }

    const DoctorPlaces& places_;
    doctor::Facts facts_;
    keeper::Rights rights_;
};

}  // namespace

doctor::Facts look_around(const DoctorPlaces& places) { return Looker(places).look(); }

doctor::Facts look_for_clashes(const DoctorPlaces& places) {
    return Looker(places).look_for_clashes();
}

}  // namespace vakt::prog
