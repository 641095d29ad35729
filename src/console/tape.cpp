// SPDX-License-Identifier: Apache-2.0
// The last of what a console printed, for several viewers that read it at their own pace.
#include "console/tape.h"

#include <algorithm>
#include <cassert>

namespace vakt::console {
namespace {

constexpr std::size_t kFirstRoom = 16384;
// Further than this no end of a line is looked for.
constexpr std::size_t kLongestLine = 4096;

}  // namespace

void Tape::append(std::string_view bytes) {
    if (bytes.size() > most_) {
        const auto skipped = bytes.size() - most_;
        begin_ += size_ + skipped;
        size_ = 0;
        bytes.remove_prefix(skipped);
    }
    make_room(std::min(size_ + bytes.size(), most_));
    const auto excess = size_ + bytes.size() > most_ ? size_ + bytes.size() - most_ : 0;
    forget_until(begin_ + excess);
    while (!bytes.empty()) {
        const auto at = (first_ + size_) % ring_.size();
        const auto piece = std::min(bytes.size(), ring_.size() - at);
        bytes.copy(ring_.data() + at, piece);
        bytes.remove_prefix(piece);
        size_ += piece;
    }
}

void Tape::make_room(std::size_t wanted) {
    if (wanted <= ring_.size()) return;
    auto room = std::max(ring_.size(), std::min(kFirstRoom, most_));
    while (room < wanted) room = std::min(room * 2, most_);
    std::vector<char> wider(room);
    std::size_t copied = 0;
    while (copied < size_) {
        const auto piece = from(begin_ + copied);
        piece.copy(wider.data() + copied, piece.size());
        copied += piece.size();
    }
    ring_ = std::move(wider);
    first_ = 0;
}

void Tape::forget_until(std::uint64_t place) {
    assert(place <= end());
    if (place <= begin_) return;
    const auto gone = static_cast<std::size_t>(place - begin_);
    begin_ = place;
    size_ -= gone;
    first_ = size_ == 0 ? 0 : (first_ + gone) % ring_.size();
    if (size_ == 0 && ring_.size() > kFirstRoom) ring_ = {};
}

std::string_view Tape::from(std::uint64_t place) const {
    assert(place >= begin_ && place <= end());
    const auto skipped = static_cast<std::size_t>(place - begin_);
    if (skipped == size_) return {};
    const auto at = (first_ + skipped) % ring_.size();
    return {ring_.data() + at, std::min(size_ - skipped, ring_.size() - at)};
}

void LastLine::append(std::string_view bytes) {
    const auto end = bytes.rfind('\n');
    if (end != std::string_view::npos) {
        bytes.remove_prefix(end + 1);
        line_.clear();
        too_long_ = false;
    }
    too_long_ = too_long_ || line_.size() + bytes.size() > kMost;
    if (too_long_)
        line_.clear();
    else
        line_ += bytes;
}

std::string_view Sight::next() {
    if (!own_.empty()) return std::string_view(own_).substr(own_written_);
    if (place_ < tape_.begin()) {
        // Half of the tape is let go, or the next byte would already be too late again.
        const auto from = std::max(
            tape_.begin(), tape_.end() - std::min<std::uint64_t>(tape_.end(), tape_.most() / 2));
        const auto piece = tape_.from(from).substr(0, kLongestLine);
        const auto line_end = piece.find('\n');
        const auto to = line_end == std::string_view::npos ? from : from + line_end + 1;
        say("\r\n[" + teller_ + ": " + std::to_string(to - place_) + " bytes are not shown]\r\n");
        missed_ += to - place_;
        place_ = to;
        return own_;
    }
    return tape_.from(place_);
}

void Sight::wrote(std::size_t bytes) {
    if (own_.empty()) {
        place_ += bytes;
        return;
    }
    own_written_ += bytes;
    if (own_written_ < own_.size()) return;
    own_ = {};
    own_written_ = 0;
}

}  // namespace vakt::console
