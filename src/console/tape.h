// SPDX-License-Identifier: Apache-2.0
// The last of what a console printed, for several viewers that read it at their own pace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vakt::console {

/// Remembers the last `most` bytes. Takes memory as it fills, and gives it back when it is cleared.
/// A place on it is a number of bytes from its beginning, and never used again.
class Tape {
 public:
    explicit Tape(std::size_t most) : most_(most) {}

    void append(std::string_view bytes);
    /// What nobody wants to read any more is forgotten.
    void forget_until(std::uint64_t place);

    [[nodiscard]] std::uint64_t begin() const { return begin_; }
    [[nodiscard]] std::uint64_t end() const { return begin_ + size_; }
    /// The bytes from `place` on, as far as they lie in one piece. REQUIRES: begin() <= place <=
    /// end(). They live until the next append.
    [[nodiscard]] std::string_view from(std::uint64_t place) const;
    [[nodiscard]] std::size_t most() const { return most_; }
    /// Of memory, bytes.
    [[nodiscard]] std::size_t room() const { return ring_.size(); }

 private:
    void make_room(std::size_t wanted);

    std::size_t most_;
    std::vector<char> ring_;
    std::size_t first_ = 0;  // where in the ring begin_ lies
    std::size_t size_ = 0;
    std::uint64_t begin_ = 0;
};

/// What stands in the last line, which has no end yet: the node's prompt, for who comes later.
class LastLine {
 public:
    static constexpr std::size_t kMost = 1024;

    void append(std::string_view bytes);
    /// Nothing when it is longer than kMost: its beginning may have been needed.
    [[nodiscard]] std::string_view text() const { return line_; }

 private:
    std::string line_;
    bool too_long_ = false;
};

/// One viewer's sight of a tape. What the tape has forgotten before the viewer took it is counted,
/// and a notice stands in its place; then it goes on at the beginning of a line.
class Sight {
 public:
    /// `teller` stands in the notice: "[run_erl: 1234 bytes are not shown]".
    Sight(const Tape& tape, std::string teller) : tape_(tape), teller_(std::move(teller)) {}

    /// From here on: what was printed before is not shown.
    void begin() { place_ = tape_.end(); }
    /// Puts in words of our own before what comes next.
    void say(std::string_view words) { own_ += words; }

    /// What is to be written next; nothing: all is seen. Lives until the next call of anything.
    [[nodiscard]] std::string_view next();
    /// REQUIRES: no more than next() gave.
    void wrote(std::size_t bytes);

    [[nodiscard]] std::uint64_t place() const { return place_; }
    [[nodiscard]] std::uint64_t missed() const { return missed_; }

 private:
    const Tape& tape_;
    std::string teller_;
    std::uint64_t place_ = 0;
    std::string own_;
    std::size_t own_written_ = 0;
    std::uint64_t missed_ = 0;
};

}  // namespace vakt::console
