// SPDX-License-Identifier: Apache-2.0
// What doctor looked at for the node that is started at boot: user, installation directory, start
// script, os_sup.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/file_facts.h"
#include "doctor/tables.h"

namespace vakt::doctor {

/// What one application is told about os_sup in a system configuration file (os_mon(7),
/// vakt(3erl)).
struct OsSupKeys {
    std::optional<bool> start;        ///< start_os_sup
    std::optional<std::string> own;   ///< os_sup_own
    std::optional<std::string> conf;  ///< os_sup_syslogconf

    bool operator==(const OsSupKeys&) const = default;
};

/// Of any text; what is no `{application, [...]}` with these keys says nothing. Comments do not
/// count.
[[nodiscard]] OsSupKeys read_os_sup(std::string_view sys_config, std::string_view application);

/// The last "KEY=VALUE" of a file that shell and systemd both read (node.conf), without its quotes.
[[nodiscard]] std::optional<std::string> setting(std::string_view text, std::string_view key);

/// What a shell script sets TERM to: the last "TERM=WORD" that is no comment; "" where it takes
/// what it was given.
[[nodiscard]] std::optional<std::string> term_of(std::string_view script);

/// A row of syslog.allow(5), and its files.
struct SwapFacts {
    NamedFile conf;
    NamedFile orig;
    NamedFile otp;
    std::string own;
    bool swaps = true;  ///< its daemon reads again, so that the three files matter
};

struct NodeFacts {
    NamedFile conf;                    ///< node.conf
    std::string user;                  ///< VAKT_USER
    std::optional<std::uint32_t> uid;  ///< its number
    NamedFile root;                    ///< ROOTDIR
    NamedFile log;
    NamedFile start;
    NamedFile data;                     ///< releases/start_erl.data
    std::vector<std::string> erts;      ///< erts-VSN
    std::vector<std::string> starters;  ///< what starts it at boot
    std::optional<std::string> term;
    bool term_known = true;      ///< a terminfo entry of that name is there, or none is at all
    std::optional<Mount> mount;  ///< the file system that ROOTDIR is in
    std::string command;         ///< HEART_COMMAND
    bool may_reboot = false;     ///< rights of keeper.conf, or root

    std::string policy;                  ///< syslog.allow
    std::optional<std::string> refusal;  ///< why the policy is not understood
    std::vector<SwapFacts> swaps;
    NamedFile mod_syslog;              ///< Vakt's
    std::vector<NamedFile> strangers;  ///< mod_syslog of OTP's in the release
    std::vector<NamedFile> copies;     ///< Vakt's in the release, where its application brought it
    NamedFile sys_config;
    OsSupKeys os_mon;
    OsSupKeys vakt;
    std::string edited_app;  ///< an os_mon.app that was edited
};

}  // namespace vakt::doctor
