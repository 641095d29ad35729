// SPDX-License-Identifier: Apache-2.0
// Erlang's {packet,2} and {packet,4}: a big-endian length, then that many bytes.
// Source: erlang:open_port/2, "{packet, N}".
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace vakt::wire {

/// Width of the length, and so the most a packet can carry: 65535 or 4294967295 bytes.
enum class Prefix : std::size_t { two = 2, four = 4 };

[[nodiscard]] constexpr std::uint64_t longest(Prefix prefix) {
    return (std::uint64_t{1} << (8 * static_cast<std::size_t>(prefix))) - 1;
}

/// Appends one packet to `out`. False, and nothing appended, when the body is too long for the
/// prefix.
[[nodiscard]] inline bool encode(Prefix prefix, std::string_view body, std::string& out) {
    if (body.size() > longest(prefix)) return false;
    unsigned char length[8];
    const auto width = static_cast<std::size_t>(prefix);
    put_big_endian(length, width, body.size());
    out.append(reinterpret_cast<const char*>(length), width);
    out.append(body);
    return true;
}

/// One packet as it came. `body` is valid only during the call that gives it.
struct Packet {
    std::string_view body;   ///< at most the reader's limit of it
    std::uint64_t size = 0;  ///< what its length says; more than body.size() when it was too long

    [[nodiscard]] bool whole() const { return body.size() == size; }
};

/// Packets out of bytes fed in any pieces. Of a packet longer than `limit` the first `limit` bytes
/// are given and the rest is thrown away, so no peer makes us hold more.
class PacketReader {
 public:
    PacketReader(Prefix prefix, std::size_t limit)
        : width_(static_cast<std::size_t>(prefix)), limit_(limit) {}

    /// Calls give(const Packet&) for each packet that `bytes` completes.
    template <class Give>
    void feed(std::string_view bytes, Give&& give) {
        while (!bytes.empty()) {
            if (have_ < width_) {
                size_ = size_ << 8 | static_cast<unsigned char>(bytes.front());
                bytes.remove_prefix(1);
                if (++have_ == width_ && size_ == 0) end(give);
                continue;
            }
            const std::uint64_t missing = size_ - seen_;
            const auto piece = bytes.substr(
                0, missing < bytes.size() ? static_cast<std::size_t>(missing) : bytes.npos);
            body_.append(piece.substr(0, limit_ - body_.size()));
            seen_ += piece.size();
            bytes.remove_prefix(piece.size());
            if (seen_ == size_) end(give);
        }
    }

    /// Whether the packet that has begun is longer than the limit, as its length says.
    [[nodiscard]] bool too_long() const { return have_ == width_ && size_ > limit_; }
    /// Whether a packet has begun and not ended.
    [[nodiscard]] bool partial() const { return have_ != 0; }

 private:
    template <class Give>
    void end(Give&& give) {
        give(Packet{body_, size_});
        body_.clear();
        have_ = 0;
        size_ = seen_ = 0;
    }

    std::size_t width_;
    std::size_t limit_;
    std::size_t have_ = 0;    // bytes of the length
    std::uint64_t size_ = 0;  // the length, as far as it is there
    std::uint64_t seen_ = 0;  // bytes of the body
    std::string body_;
};

}  // namespace vakt::wire
