// SPDX-License-Identifier: Apache-2.0
// Bytes, fed in any pieces, become lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace vakt::syslog {

/// One line without its newline. `text` is valid only during the call that gives it.
struct Line {
    std::string_view text;
    bool cut = false;  ///< it was longer than allowed: `text` is its beginning and Lines::kMark
};

/// What has become of the bytes so far. Lines given = read - empty.
struct LineCounts {
    std::uint64_t bytes = 0;  ///< fed
    std::uint64_t read = 0;   ///< lines seen, the empty ones too
    std::uint64_t empty =
        0;  ///< lines without text: counted, never given (as OTP's port program does)
    std::uint64_t cut = 0;  ///< lines given shortened

    bool operator==(const LineCounts&) const = default;
    LineCounts& operator+=(const LineCounts& other) {
        bytes += other.bytes;
        read += other.read;
        empty += other.empty;
        cut += other.cut;
        return *this;
    }
};

/// Splits at '\n'. A line's bytes are given as they came, NUL, control and 8-bit bytes too: that is
/// what os_sup's callbacks have always got, and to escape them would make one text of two
/// different ones. One carriage return at the end belongs to the line's end and is taken off.
///
/// A line of more than `longest` bytes is given at once as its beginning and kMark, `longest` bytes
/// together; the rest of it, up to its newline, is thrown away. So at most longest + 1 bytes are
/// ever held, whatever is fed.
class Lines {
 public:
    /// The most a {packet,2} can carry.
    static constexpr std::size_t kLongest = 65535;
    static constexpr std::string_view kMark = " [cut]";

    /// REQUIRES: longest >= kMark.size().
    explicit Lines(std::size_t longest = kLongest) : longest_(longest) {}

    /// Calls give(const Line&) for each line that `bytes` completes.
    template <class Give>
    void feed(std::string_view bytes, Give&& give);

    /// Gives the unfinished line as it stands: its writer was too slow, or is gone. What still
    /// comes of it is a line of its own, and its newline alone is none.
    template <class Give>
    void flush(Give&& give);

    /// Whether an unfinished line waits.
    [[nodiscard]] bool partial() const { return !held_.empty(); }
    /// How far the line is that the next bytes belong to, for another Lines that goes on with it.
    struct Place {
        std::string held{};
        bool skipping = false;
        bool flushed = false;
        bool operator==(const Place&) const = default;
    };
    [[nodiscard]] Place place() const { return {held_, skipping_, flushed_}; }
    /// REQUIRES: nothing was fed yet.
    void go_on(Place place) {
        held_ = std::move(place.held);
        skipping_ = place.skipping;
        flushed_ = place.flushed;
    }
    [[nodiscard]] const LineCounts& counts() const { return counts_; }

 private:
    template <class Give>
    void hold(std::string_view bytes, Give&& give);
    template <class Give>
    void end(std::string_view text, Give&& give);
    template <class Give>
    void cut(std::string_view text, Give&& give);

    std::size_t longest_;
    std::string held_;  // the unfinished line, at most longest_ + 1 bytes: the one may be a '\r'
    bool skipping_ = false;  // the line was given cut; its rest is thrown away
    bool flushed_ = false;   // the line was given unfinished; a newline next is only its end
    LineCounts counts_;
};

template <class Give>
void Lines::feed(std::string_view bytes, Give&& give) {
    counts_.bytes += bytes.size();
    if (flushed_ && !bytes.empty()) {
        flushed_ = false;
        if (bytes.front() == '\n') bytes.remove_prefix(1);
    }
    while (!bytes.empty()) {
        const void* found = std::memchr(bytes.data(), '\n', bytes.size());
        if (found == nullptr) {
            if (!skipping_) hold(bytes, give);
            return;
        }
        const auto length =
            static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
        const auto text = bytes.substr(0, length);
        bytes.remove_prefix(length + 1);
        if (skipping_) {
            skipping_ = false;
        } else if (held_.empty()) {
            end(text, give);
        } else {
            hold(text, give);
            if (!skipping_) end(held_, give);
            skipping_ = false;
            held_.clear();
        }
    }
}

template <class Give>
void Lines::flush(Give&& give) {
    if (held_.empty()) return;
    const auto cut_before = counts_.cut;
    end(held_, give);
    held_.clear();
    skipping_ = counts_.cut != cut_before;
    flushed_ = !skipping_;
}

template <class Give>
void Lines::hold(std::string_view bytes, Give&& give) {
    if (bytes.size() <= longest_ + 1 - held_.size()) {
        held_.append(bytes);
        return;
    }
    held_.append(bytes.substr(0, longest_ + 1 - held_.size()));
    cut(held_, give);
    held_.clear();
    skipping_ = true;
}

template <class Give>
void Lines::end(std::string_view text, Give&& give) {
    if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
    if (text.size() > longest_) return cut(text, give);
    ++counts_.read;
    if (text.empty()) {
        ++counts_.empty;
        return;
    }
    give(Line{text, false});
}

template <class Give>
void Lines::cut(std::string_view text, Give&& give) {
    ++counts_.read;
    ++counts_.cut;
    std::string whole(text.substr(0, longest_ - kMark.size()));
    whole.append(kMark);
    give(Line{whole, true});
}

}  // namespace vakt::syslog
