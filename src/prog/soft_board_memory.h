// SPDX-License-Identifier: Apache-2.0
// What a simulated board keeps over a reset, and what is new after it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "sys/clock.h"
#include "sys/fd.h"

namespace vakt::prog {

/// Names of files; "" for what is not wanted.
struct BoardFiles {
    std::string log;
    std::string flags;    ///< WDIOF_* of the last restart, decimal
    std::string boot_id;  ///< stands for /proc/sys/kernel/random/boot_id
    std::string pstore;   ///< directory, stands for /sys/fs/pstore
    std::string pmsg;     ///< stands for /dev/pmsg0
    std::string console;  ///< whatever is appended there counts as said on the console
};

/// Of pmsg and console this much is kept, as ramoops has rings: the newest bytes.
inline constexpr std::size_t kRamoopsSize = 65536;

class BoardMemory {
 public:
    explicit BoardMemory(BoardFiles files) : files_(std::move(files)) {}

    /// The flags a file left by a board before us has, else 0. Errors: a file that is no number.
    [[nodiscard]] Result<std::uint32_t> first_flags() const;

    /// A new boot: another boot id, these flags, an empty pmsg, a console that begins here.
    /// Errors: of the first file that could not be written.
    [[nodiscard]] Status boot(std::uint32_t flags);

    /// What pmsg and the console of this boot hold goes to pstore, in place of what is there.
    [[nodiscard]] Status keep_ram() const;
    /// Nothing is kept without power.
    void lose_ram() const;

    /// One line: "NANOSECONDS BOOT WORDS", time CLOCK_MONOTONIC, boots from 1.
    void log(std::chrono::steady_clock::time_point now, const std::string& words);

    [[nodiscard]] unsigned boots() const { return boots_; }

 private:
    BoardFiles files_;
    sys::Fd log_;
    unsigned boots_ = 0;
    std::uint64_t console_begin_ = 0;
};

}  // namespace vakt::prog
