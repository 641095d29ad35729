// SPDX-License-Identifier: Apache-2.0
// systemd's journal, entry by entry; the only includes of sd-journal.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "syslog/journal.h"

struct sd_journal;

namespace vakt::systemd {

/// Reads the files of one machine as one stream, oldest first, and on while they grow. Neither
/// blocks nor throws. A file that breaks under it costs that file's entries, and an error; then the
/// reader is to be thrown away and made anew.
class JournalReader {
 public:
    /// Longer ones than sd-journal has ever made are refused.
    static constexpr std::size_t kLongestCursor = 255;

    /// The journal of this machine, or the files in `directory`, if that is not "". No file there
    /// (or none that may be read) is no error: see has_files().
    [[nodiscard]] static Result<std::unique_ptr<JournalReader>> open(const std::string& directory);
    ~JournalReader();
    JournalReader(const JournalReader&) = delete;
    JournalReader& operator=(const JournalReader&) = delete;

    [[nodiscard]] bool has_files() const;

    // Where to begin: next() then gives the first one behind it.
    /// Before the oldest entry of this boot that is kept; without one as at_end().
    Status at_boot();
    Status at_end();
    enum class Found {
        there,    ///< the entry is there, and next() gives the one behind it
        nearest,  ///< it is not; next() gives what is nearest behind its place
        none,     ///< nothing is at its place or behind it
    };
    Result<Found> at(std::string_view cursor);

    /// Goes to the next entry; false: there is none yet.
    Result<bool> next();
    /// The fields of the entry that next() went to; the bytes of them all.
    Result<std::size_t> read(syslog::JournalFields& into);
    /// Its cursor, at most kLongestCursor bytes; "" before the first. Holds until next() or at().
    [[nodiscard]] std::string_view cursor() const { return cursor_; }

    // For poll(2): process() is to be called when the descriptor has these events, or when so much
    // time has gone by (files on a network tell nothing); then next(), until false.
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] std::optional<std::chrono::microseconds> wake_in() const;
    Status process();

 private:
    JournalReader();
    Status take_cursor();

    struct Close {
        void operator()(sd_journal* journal) const;
    };
    std::unique_ptr<sd_journal, Close> journal_;
    int descriptor_ = -1;
    bool pending_ = false;  // at() stands on what next() has to give
    std::string cursor_;
    std::uint64_t boot_[2] = {0, 0};  // sd_id128_t of this boot
};

}  // namespace vakt::systemd
