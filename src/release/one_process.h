// SPDX-License-Identifier: Apache-2.0
// What of a release's settings would start another process, where there is one alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "release/args_file.h"
#include "release/erl_term.h"

namespace vakt::release {

/// erl's flags by which an emulator is started, without -args_file (args_file.h), and the
/// configuration files that they name, in the order in which they count (the last one most).
struct NodeSettings {
    std::vector<std::string> flags;
    std::vector<Term> configuration;
};

/// The words behind each -config, up to the next flag, each with ".config" at its end.
[[nodiscard]] std::vector<std::string> configuration_files(const std::vector<std::string>& flags);
/// The names of files in a configuration, which are read for it (config(4)).
[[nodiscard]] std::vector<std::string> included_files(const Term& configuration);

/// A parameter of an application: of `-APPLICATION KEY VALUE`, else of the configuration; the text
/// of an atom or string. nullopt: its default holds.
[[nodiscard]] std::optional<std::string> parameter_of(const NodeSettings& settings,
                                                      const std::string& application,
                                                      const std::string& key);

/// The file that the resolver is set up by (inet_cfg): kernel's parameter inetrc, else `variable`
/// (ERL_INETRC), or that of an -env; \"\" when there is none.
[[nodiscard]] std::string resolver_file(const NodeSettings& settings, const std::string& variable);

struct OneProcess {
    NodeSettings settings;
    std::vector<std::string_view> boot_words;  ///< boot_file.h
    std::string host;                          ///< what the machine is called
    std::string resolver_file;                 ///< "": none
    std::vector<Term> resolver;                ///< its terms
    bool only_a_console = false;   ///< nothing runs that looks names up or reads a configuration
    unsigned erts = kErtsOfOtp25;  ///< its major version
    bool on_terminal = false;      ///< standard input and output are one
};

[[nodiscard]] bool has_no_input(const std::vector<std::string>& flags);

/// Where the boot file has the linked-in driver of heart loaded from; "": it does not load it.
[[nodiscard]] std::string_view heart_driver(const std::vector<std::string_view>& boot_words);

/// From erts 14 on the emulator hands the terminal's mode to the process by which it starts others,
/// before it runs anything, and ends where there is none.
[[nodiscard]] bool hands_terminal_over(const OneProcess& node);

/// What would start another process, and the cure, a line each: the emulator ends at the first
/// attempt ("Failed to write to erl_child_setup").
///
///   -heart            without the linked-in driver loaded in the boot file before heart is started
///   -sname, -name     without -start_epmd false, or with the lasting need of an epmd
///   os_mon            which the boot file starts, with a port program (cpu_sup, memsup, disksup)
///   a host name       without a dot: its domain is looked for natively, before any setting is read
///   name look-up      that is native, as it is where nothing else is said
///   a terminal        that is handed over, without the driver, which brings it back
[[nodiscard]] std::vector<std::string> would_start_processes(const OneProcess& node);

}  // namespace vakt::release
