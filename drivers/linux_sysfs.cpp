// SPDX-License-Identifier: Apache-2.0
// What Linux tells of a watchdog in /sys/class/watchdog/watchdogN.
#include "drivers/linux_sysfs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/text.h"
#include "sys/error.h"
#include "sys/fd.h"

namespace vakt::drivers {

namespace {

Result<std::string> read_attribute(const std::string& directory, const std::string& attribute) {
    const auto path = directory + "/" + attribute;
    const sys::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd) return sys::last_error("open", path);
    std::array<char, 4096> page{};  // sysfs gives a page at most, whole in one read
    const auto got = ::read(fd.get(), page.data(), page.size());
    if (got < 0) return sys::last_error("read", path);
    std::string text(page.data(), static_cast<std::size_t>(got));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

std::string text_of(const std::string& directory, const std::string& attribute) {
    const auto text = read_attribute(directory, attribute);
    return text ? *text : std::string();
}

std::optional<long> bound(const std::string& directory, const std::string& attribute) {
    const auto value = parse_decimal<std::uint32_t>(text_of(directory, attribute));
    if (!value || *value == 0) return std::nullopt;
    return static_cast<long>(*value);
}

bool is_directory(const std::string& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

constexpr unsigned kMiscMajor = 10;
constexpr unsigned kWatchdogMinor = 130;

}  // namespace

SysfsFacts read_sysfs(const std::string& directory) {
    SysfsFacts facts;
    if (directory.empty()) return facts;
    const auto nowayout = text_of(directory, "nowayout");
    if (nowayout == "0" || nowayout == "1") facts.nowayout = nowayout == "1";
    facts.min_timeout = bound(directory, "min_timeout");
    facts.max_timeout = bound(directory, "max_timeout");
    facts.governors = text_of(directory, "pretimeout_available_governors");
    if (const auto governor = read_attribute(directory, "pretimeout_governor"); governor)
        facts.governor = *governor;
    facts.identity = text_of(directory, "identity");
    return facts;
}

std::optional<bool> sysfs_active(const std::string& directory) {
    if (directory.empty()) return std::nullopt;
    const auto state = text_of(directory, "state");
    if (state == "active") return true;
    if (state == "inactive") return false;
    return std::nullopt;
}

Status write_sysfs(const std::string& directory, const std::string& attribute,
                   const std::string& value) {
    const auto path = directory + "/" + attribute;
    const sys::Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd) return sys::last_error("open", path);
    if (::write(fd.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size()))
        return sys::last_error("write '" + value + "' to", path);
    return Done{};
}

std::string sysfs_of(const std::string& path, const std::string& sys) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0 || !S_ISCHR(found.st_mode)) return {};
    const auto major_number = major(found.st_rdev);
    const auto minor_number = minor(found.st_rdev);
    if (major_number == kMiscMajor && minor_number == kWatchdogMinor) {
        auto first = sys + "/class/watchdog/watchdog0";
        return is_directory(first) ? first : std::string();
    }
    auto own =
        sys + "/dev/char/" + std::to_string(major_number) + ":" + std::to_string(minor_number);
    // Every character device has such a directory; a watchdog's says who it is.
    return read_attribute(own, "identity") ? own : std::string();
}

Result<wdt::BootFlags> sysfs_boot_status(const std::string& directory) {
    const auto text = read_attribute(directory, "bootstatus");
    if (!text) return text.error();
    const auto flags = parse_decimal<wdt::BootFlags>(*text);
    if (!flags)
        return Error{"read " + directory + "/bootstatus: '" + *text + "'",
                     std::make_error_code(std::errc::invalid_argument)};
    return *flags;
}

}  // namespace vakt::drivers
