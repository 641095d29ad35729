// SPDX-License-Identifier: Apache-2.0
// What doctor looks at: files, sysfs and /proc under a root of its choice. No device is opened.
#include "prog/vaktctl_doctor_look.h"

#include <dirent.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>

#include "base/text.h"
#include "settings/keeper_settings.h"
#include "sys/fd.h"
#include "sys/open.h"

namespace vakt::prog {
namespace {

using doctor::FileFacts;
using doctor::NamedFile;

constexpr std::size_t kSmall = 1024UL * 1024;
constexpr std::size_t kProgram = 16UL * 1024 * 1024;

struct CloseDir {
    void operator()(DIR* dir) const { ::closedir(dir); }
};

/// Sorted; without "." and "..".
std::vector<std::string> entries(const std::string& path) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, CloseDir> dir(::opendir(path.c_str()));
    while (const auto* entry = dir ? ::readdir(dir.get()) : nullptr)
        if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    std::sort(names.begin(), names.end());
    return names;
}

std::string target_of(const std::string& link) {
    std::array<char, PATH_MAX> target;
    const auto size = ::readlink(link.c_str(), target.data(), target.size());
    return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : "";
}

FileFacts::Kind kind_of(mode_t mode) {
    if (S_ISREG(mode)) return FileFacts::Kind::regular;
    if (S_ISDIR(mode)) return FileFacts::Kind::directory;
    if (S_ISCHR(mode) || S_ISBLK(mode)) return FileFacts::Kind::device;
    return S_ISSOCK(mode) ? FileFacts::Kind::socket : FileFacts::Kind::other;
}

std::optional<std::string> environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

class Looker {
 public:
    explicit Looker(const DoctorPlaces& places) : places_(places) {}

    doctor::Facts look() {
        facts_.uid = ::geteuid();
        look_at_conf();
        facts_.socket = places_.socket;
        facts_.keeper = knock();
        facts_.keeper_state = named(places_.run + "/keeper.state");
        facts_.state_dir = named(places_.state);
        if (const auto mounts = text("/proc/mounts"))
            facts_.state_mount = doctor::find_mount(*mounts, places_.state);
        look_at_kernel();
        look_at_systemd();
        look_at_owners();
        look_at_heart();
        return std::move(facts_);
    }

 private:
    [[nodiscard]] std::string at(const std::string& path) const { return places_.root + path; }
    [[nodiscard]] FileFacts file(const std::string& path) const {
        struct stat status {};
        if (::stat(at(path).c_str(), &status) != 0) return {};
        return {kind_of(status.st_mode), status.st_uid, status.st_mode & 07777U};
    }
    [[nodiscard]] NamedFile named(const std::string& path) const { return {path, file(path)}; }
    [[nodiscard]] std::optional<std::string> text(const std::string& path) const {
        auto read = sys::read_regular(at(path), kSmall);
        return read ? std::optional(std::move(*read)) : std::nullopt;
    }
    /// The first line of it, as sysfs writes.
    [[nodiscard]] std::string line(const std::string& path) const {
        const auto all = text(path);
        std::string_view rest = all ? std::string_view(*all) : std::string_view();
        return std::string(take_line(rest));
    }
    [[nodiscard]] std::optional<long> number(const std::string& path) const {
        const auto value = parse_decimal<std::uint32_t>(line(path));
        return value ? std::optional<long>(*value) : std::nullopt;
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
        const auto dir = "/sys/class/watchdog/" + kernel_name(settings.path) + "/";
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
    /// "watchdog0" of "/dev/watchdog0", its alias, and of a link to one of them.
    [[nodiscard]] std::string kernel_name(const std::string& path) const {
        const auto known = [](std::string_view name) { return name.starts_with("watchdog"); };
        auto name = std::string(base_name(path));
        if (!known(name)) name = base_name(target_of(at(path)));
        return name == "watchdog" ? "watchdog0" : name;
    }

    [[nodiscard]] doctor::Reach knock() const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const auto path = at(places_.socket);
        if (path.size() >= sizeof address.sun_path) return doctor::Reach::absent;
        path.copy(address.sun_path, path.size());
        const sys::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0)
            return doctor::Reach::answers;
        switch (errno) {
            case EAGAIN:  // others are before us
                return doctor::Reach::answers;
            case EACCES:
            case EPERM:
                return doctor::Reach::denied;
            case ENOENT:
            case ENOTDIR:
                return doctor::Reach::absent;
            default:
                return doctor::Reach::refused;
        }
    }

    void look_at_kernel() {
        const auto backend = line("/sys/module/pstore/parameters/backend");
        facts_.pstore_backend = backend == "(null)" ? "" : backend;
        facts_.pmsg = file("/dev/pmsg0");
        const std::string watchdog = "/sys/module/watchdog/parameters/";
        if (const auto set = line(watchdog + "handle_boot_enabled"); !set.empty())
            facts_.handle_boot_enabled = set == "Y" || set == "1";
        facts_.open_timeout = number(watchdog + "open_timeout");
        facts_.modules = doctor::module_names(text("/proc/modules").value_or(""));
        facts_.io_ports = doctor::read_io_ports(text("/proc/ioports").value_or(""));
        facts_.etc_system = text("/etc/system");
        facts_.has_force_vme = file("/var/sadm/pkg/FORCEvme").there();
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
            for (const auto& name : entries(at(dir + "system.conf.d")))
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
        for (const auto& pid : entries(at("/proc"))) {
            const auto value = parse_decimal<std::uint32_t>(pid);
            if (!value) continue;
            const auto fds = at("/proc/" + pid + "/fd/");
            for (const auto& fd : entries(fds)) {
                const auto target = target_of(fds + fd);
                for (auto& device : facts_.devices)
                    if (!device.owner && is_same(target, device.settings.path))
                        device.owner = doctor::Owner{*value, line("/proc/" + pid + "/comm")};
            }
        }
    }
    [[nodiscard]] bool is_same(const std::string& target, const std::string& path) const {
        if (path.empty() || !target.starts_with("/dev/")) return false;
        return target == path || (base_name(target).starts_with("watchdog") &&
                                  kernel_name(target) == kernel_name(path));
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
        facts_.our_heart = target_of("/proc/self/exe");
        facts_.our_heart.erase(facts_.our_heart.rfind('/') + 1);
        facts_.our_heart += "heart";
        std::vector<std::string> dirs;
        if (const auto dir = environment("BINDIR")) dirs.push_back(*dir);
        for (const std::string lib : {"/usr/lib/erlang/", "/usr/local/lib/erlang/"})
            for (const auto& name : entries(at(lib)))
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
};

}  // namespace

doctor::Facts look_around(const DoctorPlaces& places) { return Looker(places).look(); }

}  // namespace vakt::prog
