// SPDX-License-Identifier: Apache-2.0
// How the ways into a console are called.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"

namespace vakt::console {

/// The files of one console: "/tmp/erlang.pipe.1" has "/tmp/erlang.pipe.1.r" and so on. Named from
/// the viewer's side, as OTP's run_erl and to_erl name them.
struct PipeNames {
    std::string base;

    [[nodiscard]] std::string to_viewer() const { return base + ".r"; }
    [[nodiscard]] std::string from_viewer() const { return base + ".w"; }
    /// Ours alone: the socket for several viewers.
    [[nodiscard]] std::string socket() const { return base + ".s"; }

    bool operator==(const PipeNames&) const = default;
};

inline constexpr std::string_view kPipeStub = "erlang.pipe";
/// A number above this is none of ours: one more file of that kind must not use up the numbers.
inline constexpr std::uint32_t kMostPipes = 999'999;

/// Whether the argument is a directory in which a console is to be chosen by its number.
[[nodiscard]] constexpr bool names_directory(std::string_view argument) {
    return argument.ends_with('/');
}

/// "DIR/erlang.pipe.NUMBER". REQUIRES: `directory` ends in a slash.
[[nodiscard]] inline PipeNames numbered_pipe(std::string_view directory, std::uint32_t number) {
    return {std::string(directory).append(kPipeStub).append(".").append(std::to_string(number))};
}

/// The number of a file in such a directory: 12 of "erlang.pipe.12.r"; 0 of one that is none.
[[nodiscard]] constexpr std::uint32_t pipe_number(std::string_view file) {
    if (!file.starts_with(kPipeStub)) return 0;
    file.remove_prefix(kPipeStub.size());
    if (!file.starts_with('.')) return 0;
    file.remove_prefix(1);
    const auto number = parse_decimal<std::uint32_t>(file.substr(0, file.find('.')));
    return number && *number <= kMostPipes ? *number : 0;
}

/// What -p makes of the argument: the same name in `directory`, which is private. Of
/// "/tmp/erlang.pipe.1" stays "erlang.pipe.1"; of a directory stays that it is one.
[[nodiscard]] inline std::string in_private_directory(std::string_view directory,
                                                      std::string_view argument) {
    std::string path(directory);
    if (!path.ends_with('/')) path += '/';
    const auto slash = argument.rfind('/');
    return path.append(slash == std::string_view::npos ? argument : argument.substr(slash + 1));
}

}  // namespace vakt::console
