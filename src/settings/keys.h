// SPDX-License-Identifier: Apache-2.0
// Every key of keeper.conf and bridge.conf: where it stands, what it takes, its range and its
// default.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vakt::settings {

enum class Place : std::uint8_t {
    top,  ///< of either file
    // keeper.conf
    lease,
    device,
    window,
    evidence,
    right,
    // bridge.conf
    source,
    rate,
    black_box,
};

enum class Shape : std::uint8_t {
    rows,      ///< a list ( ) of groups
    group,     ///< a group { }
    text,      ///< a string
    user,      ///< a number, or a string with a name of /etc/passwd
    users,     ///< one, or an array [ ] or list ( ) of them
    group_id,  ///< a number, or a string with a name of /etc/group
    flag,      ///< true or false
    seconds,   ///< a whole number or one with a fraction, rounded to the millisecond
    number,    ///< a whole number
    texts,     ///< a string, or an array [ ] of strings
};

struct Key {
    Place place;
    std::string_view name;
    Shape shape;
    bool wanted = false;  ///< a row without it is refused
    /// What it is when it is not there, as it is written in the file; "" where it is then nothing.
    /// Of a wanted one at the top: what the complaint shows as an example.
    std::string_view fallback{};
    /// Range of seconds (in milliseconds) and numbers.
    std::int64_t least = 0;
    std::int64_t most = 0;
};

[[nodiscard]] std::span<const Key> keeper_keys();
[[nodiscard]] std::span<const Key> bridge_keys();

/// nullptr when there is none.
[[nodiscard]] const Key* find_key(std::span<const Key> keys, Place place, std::string_view name);

/// "leases", "devices" ...: where the key stands, as messages name it; "" at the top.
[[nodiscard]] std::string_view place_name(Place place);

/// "did you mean 'timeout'?" where one is near, else all that are known there.
[[nodiscard]] std::string hint(std::span<const Key> keys, Place place, std::string_view name);

}  // namespace vakt::settings
