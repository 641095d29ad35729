// SPDX-License-Identifier: Apache-2.0
// The log's files: erlang.log.1 to erlang.log.N in a ring, in which the newest is the one before a
// hole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vakt::console {

/// "erlang.log.3".
[[nodiscard]] std::string log_name(std::uint32_t number);

/// 3 of "erlang.log.3"; 0 of what has no such name.
[[nodiscard]] std::uint32_t log_number(std::string_view name);

/// The one after `number`, which is removed before `number` is written: the hole.
[[nodiscard]] constexpr std::uint32_t next_log(std::uint32_t number, std::uint32_t generations) {
    return number >= generations ? 1 : number + 1;
}

/// Which files are there: `there[n]` for erlang.log.n, from 1 to `generations`.
class LogsThere {
 public:
    explicit LogsThere(std::uint32_t generations) : there_(generations + std::size_t{1}) {}

    /// A name from the directory; what is no log, or none of these generations, is passed over.
    void saw(std::string_view name);

    /// The number to go on with, as OTP's run_erl finds it: the one before the highest hole. With
    /// none of 1 there it is 1, though with N the newest and the hole at 1 that is one step too
    /// far: whoever changes between OTP's and ours must find the same.
    [[nodiscard]] std::uint32_t newest() const;

 private:
    std::vector<bool> there_;
};

}  // namespace vakt::console
