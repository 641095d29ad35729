// SPDX-License-Identifier: Apache-2.0
// Messages of this process's own threads as they lie in a pipe: frames, each written at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace vakt::inside {

// A frame, numbers in the machine's own order since it never leaves the process:
//
//   0  lost u32    messages that had no room since the frame before: they are missing here
//   4  size u16    of the message
//   6  flags u16   1: the message was longer and is its beginning
//   8  message
//
// It has PIPE_BUF bytes at most (4096 on Linux), which a pipe takes whole or not at all however
// many threads write (pipe(7)).

inline constexpr std::size_t kFrameHead = 8;
inline constexpr std::size_t kLongestFrame = 4096;
inline constexpr std::size_t kLongestThreadMessage = kLongestFrame - kFrameHead;

struct FrameHead {
    std::uint32_t lost = 0;
    std::uint16_t size = 0;
    std::uint16_t flags = 0;
};
static_assert(sizeof(FrameHead) == kFrameHead);
inline constexpr std::uint16_t kFrameCut = 1;

/// Frames out of bytes fed in any pieces. It is trivially copyable, so that one library can leave
/// it in memory to another one.
class FrameReader {
 public:
    /// Calls lost(count) and message(text, is_cut) in the frames' order. False: the bytes are no
    /// frames, and what follows cannot be told apart any more; clear() before the next byte.
    template <class Lost, class Message>
    [[nodiscard]] bool feed(std::string_view bytes, Lost lost, Message message) {
        while (!bytes.empty()) {
            take(bytes, kFrameHead);
            if (have_ < kFrameHead) return true;
            FrameHead head;
            std::memcpy(&head, held_, sizeof head);
            if (head.size > kLongestThreadMessage || head.flags > kFrameCut) return false;
            take(bytes, kFrameHead + head.size);
            if (have_ < kFrameHead + head.size) return true;
            have_ = 0;
            if (head.lost != 0) lost(head.lost);
            message(std::string_view(held_ + kFrameHead, head.size), head.flags == kFrameCut);
        }
        return true;
    }
    void clear() { have_ = 0; }

 private:
    void take(std::string_view& bytes, std::size_t until) {
        if (have_ >= until) return;
        const auto piece = std::min(until - have_, bytes.size());
        std::memcpy(held_ + have_, bytes.data(), piece);
        have_ += piece;
        bytes.remove_prefix(piece);
    }

    std::size_t have_ = 0;
    char held_[kLongestFrame] = {};
};

}  // namespace vakt::inside
