// SPDX-License-Identifier: Apache-2.0
// Paths as keys: which spellings are accepted, and the names mod_syslog gives its files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vakt::swap {

inline constexpr std::string_view kOrig = "syslog.conf.ORIG";
inline constexpr std::string_view kOtp = "syslog.conf.OTP";
inline constexpr std::string_view kFifo = "syslog.otp";
inline constexpr std::string_view kLock = "syslog.otp.lock";
inline constexpr std::string_view kAllow = "syslog.allow";
/// Fixed, so that a killed run leaves at most one, which the next run under the lock removes.
/// Neither matches *.conf, which daemons include.
inline constexpr std::string_view kFifoTemp = ".syslog.otp.vakt";
[[nodiscard]] inline std::string conf_temp(std::string_view conf_name) {
    return "." + std::string(conf_name) + ".vakt";
}

/// PATH_MAX and NAME_MAX of Linux, the NUL not counted.
inline constexpr std::size_t kPathMax = 4095;
inline constexpr std::size_t kNameMax = 255;

/// One component: not empty, not "." or "..", no slash, no control byte.
[[nodiscard]] constexpr bool is_name(std::string_view name) {
    if (name.empty() || name.size() > kNameMax || name == "." || name == "..") return false;
    for (const char c : name)
        if (c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    return true;
}

/// An absolute path in its one spelling: "/a/b", without "//", ".", ".." or a slash at the end.
[[nodiscard]] constexpr bool is_path(std::string_view path) {
    if (path.size() < 2 || path.size() > kPathMax || path.front() != '/') return false;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto name = path.substr(0, path.find('/'));
        if (!is_name(name)) return false;
        path.remove_prefix(name.size());
    }
    return true;
}

struct SplitPath {
    std::string dir;   ///< "/" for a file in the root directory
    std::string name;  ///< the last component
};

/// REQUIRES: is_path(path).
[[nodiscard]] inline SplitPath split_path(std::string_view path) {
    const auto slash = path.rfind('/');
    return {std::string(slash == 0 ? path.substr(0, 1) : path.substr(0, slash)),
            std::string(path.substr(slash + 1))};
}

}  // namespace vakt::swap
