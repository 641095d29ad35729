// SPDX-License-Identifier: Apache-2.0
// What stands in the console's log beside what the node wrote, and when.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "console/log_settings.h"

namespace vakt::console {

/// The time in the format of the settings; where that gives nothing, or more than 255 bytes, words
/// that say so, as OTP's.
[[nodiscard]] std::string log_time(const LogSettings& settings, const std::tm& time);

/// At the beginning of each file, and when run_erl goes on with one.
[[nodiscard]] std::string logging_started(std::string_view time);
/// Before what comes after a long silence.
[[nodiscard]] std::string after_silence(std::string_view time);
/// When nothing came for long.
[[nodiscard]] std::string still_alive(std::string_view time);
/// Ours: in the place of `bytes` of the node's output. `why`: "No space left on device".
[[nodiscard]] std::string not_logged(std::uint64_t bytes, std::string_view why,
                                     std::string_view time);

/// Whether `more` bytes go to the next file: a file grows beyond its largest size only where its
/// header and one reading are larger.
[[nodiscard]] constexpr bool wants_next_log(std::uint64_t size, std::uint64_t more,
                                            const LogSettings& settings) {
    return size + more > settings.max_size;
}

/// Judges the silence of a console.
///
///   silence         | something comes, goes or is typed | nothing
///   up to activity  | none                              | none
///   above it        | after_silence                     | none
///   alive           | after_silence                     | still_alive, and the silence begins anew
class Silence {
 public:
    enum class Says { none, after_silence, still_alive };

    Silence(const LogSettings& settings, Instant now)
        : alive_(settings.alive), activity_(settings.activity), since_(now) {}

    /// Something came, went or was typed.
    [[nodiscard]] Says on_activity(Instant now);
    /// Nothing did.
    [[nodiscard]] Says on_wake(Instant now);
    /// When on_wake is wanted next.
    [[nodiscard]] Instant wake_at() const { return since_ + alive_; }

 private:
    Duration alive_;
    Duration activity_;
    Instant since_;
};

}  // namespace vakt::console
