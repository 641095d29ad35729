// SPDX-License-Identifier: Apache-2.0
// The mapping `vakt:` of user-data: what the Erlang node of this board is given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "seed/map_reader.h"
#include "seed/names.h"
#include "seed/write_file.h"

namespace vakt::seed {

/// What is not said is nullopt or "".
struct NodeSettings {
    std::optional<NodeName> node;
    std::string cookie;     ///< 1 to 255 printable bytes without blanks
    std::string args;       ///< words as in an argument file of erl
    std::string args_file;  ///< a path that user-data writes, or that is there
    int args_file_line = 0;
    // heart(1)
    std::optional<std::uint32_t> beat_timeout;  ///< seconds, 11 to 65535
    std::optional<std::uint32_t> boot_delay;    ///< seconds, 11 to 65535
    std::string command;                        ///< printable, without '
    std::string kill_signal;                    ///< SIGKILL or SIGABRT
    std::string lease;                          ///< 1 to 32 letters, digits, _ and -
};

/// In args no quote may be left open, nor may they say -sname, -name or -setcookie where `node` or
/// `cookie` does.
[[nodiscard]] NodeSettings read_node_settings(const yaml::Node& node, const Surroundings& around,
                                              Complaints& complaints);

/// vm.args, an argument file of erl: the node's name, heart's settings (-env), args_file, args; ""
/// when there is none of them.
[[nodiscard]] std::string args_text(const NodeSettings& node);

}  // namespace vakt::seed
