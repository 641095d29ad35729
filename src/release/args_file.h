// SPDX-License-Identifier: Apache-2.0
// erl's flags as erlexec takes them together: argument files (-args_file) and the environment.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vakt::release {

/// A word, and the line on which it begins, from 1.
struct Argument {
    std::string text;
    unsigned line = 1;
    bool operator==(const Argument&) const = default;
};

struct Arguments {
    std::vector<Argument> words;
    unsigned open_quote =
        0;  ///< the line of a quote that is never closed, which erlexec takes as closed
    bool cut_off = false;  ///< there is a byte of zero: erlexec reads no further
};

/// erlexec's ways are those of its erts, by its major version: 13 is OTP 25's, 15 is OTP 27's, 17
/// is OTP 29's. What is not said to be otherwise is the same in all of them.
inline constexpr unsigned kErtsOfOtp25 = 13;
inline constexpr unsigned kErtsOfOtp27 = 15;
inline constexpr unsigned kErtsOfOtp29 = 17;
/// Of "15.2.7"; 0 where that begins with no number.
[[nodiscard]] unsigned major_of(std::string_view erts);

/// Words as erlexec reads them: parted by white space; '...' and "..." hold anything but
/// their own end, and stand for nothing else; \ takes the next byte as it is, outside of quotes.
/// Where `comments` are known (in files, not in the environment) `#` ends a word and begins one
/// that goes to the end of the line.
[[nodiscard]] Arguments split_arguments(std::string_view text, bool comments);

/// ERL_AFLAGS, ERL_FLAGS, ERL_ZFLAGS; "" where one is not set.
struct ErlFlags {
    std::string before{};
    std::string after{};
    std::string last{};
    unsigned erts = kErtsOfOtp25;  ///< whose ways they are taken by
};

/// What erlexec makes of them.
struct Expanded {
    std::vector<std::string> flags;     ///< without any -args_file; -extra and its words are last
    std::vector<std::string> warnings;  ///< "FILE:LINE: what", which erlexec passes over
};

/// The content of the file of this name, as erlexec would open it.
using ReadArgsFile = std::function<Result<std::string>(const std::string& name)>;

/// As erlexec does it: ERL_AFLAGS, the command line, ERL_FLAGS, ERL_ZFLAGS, a "--" behind each of
/// them and behind each file; a file's words in the place of `-args_file FILE`, also in a file;
/// what stands behind -extra goes to the end, up to the end of its file, variable or command line.
/// Up to erts 14 a command line by itself is taken as it is, and a "--" behind -extra is one of the
/// extra words; from 15 on there is always one, -extra has its own before itself, and -S of the
/// command line goes to the very end with all behind it.
/// Errors, which erlexec would end with or never come back from: a file that cannot be read, no
/// name behind -args_file, files in a circle.
[[nodiscard]] Result<Expanded> expand_arguments(const std::vector<std::string>& command_line,
                                                const ErlFlags& environment,
                                                const ReadArgsFile& read);

}  // namespace vakt::release
