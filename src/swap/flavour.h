// SPDX-License-Identifier: Apache-2.0
// What each syslog daemon needs: the table of conf/flavours.conf.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vakt::swap {

enum class Tell { none, hup };
enum class ActionSyntax { plain, pipe };

/// One line of flavours.conf(5).
struct Flavour {
    std::string name;
    Tell tell = Tell::none;
    bool rereads = false;  ///< SIGHUP makes it read its configuration again
    ActionSyntax action = ActionSyntax::pipe;
    std::vector<std::string> exe;  ///< basenames, for `auto`
    bool reader_first = false;     ///< gives a FIFO up that nobody reads when it is told
    bool supported = false;

    bool operator==(const Flavour&) const = default;
};

using Flavours = std::vector<Flavour>;

/// Every key exactly once on a line, names unique, at least one flavour; else an error that names
/// the line.
[[nodiscard]] Result<Flavours> parse_flavours(std::string_view text);

/// conf/flavours.conf as it was when this was compiled.
[[nodiscard]] Flavours compiled_flavours();

/// nullptr when there is none of that name.
[[nodiscard]] const Flavour* find_flavour(const Flavours& flavours, std::string_view name);

/// The first flavour that lists the basename of `executable`. Flavours with plain FIFO paths come
/// first where the system's own daemon wants them (Solaris) and never elsewhere: so the daemons
/// that are all called syslogd are told apart.
[[nodiscard]] const Flavour* flavour_of(const Flavours& flavours, std::string_view executable,
                                        bool plain_is_safe);

}  // namespace vakt::swap
