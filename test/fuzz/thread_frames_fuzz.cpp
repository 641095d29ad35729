// SPDX-License-Identifier: Apache-2.0
// The frames of threads: the pieces make no difference, no message is longer than may be, and what
// is refused is refused at the same place. Input: byte 0 the size of a piece; then the bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "inside/thread_frames.h"

namespace {

using namespace vakt::inside;

std::string read_in_pieces(std::string_view bytes, std::size_t piece) {
    FrameReader reader;
    std::string said;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        const bool good = reader.feed(
            bytes.substr(at, piece),
            [&](std::uint32_t count) {
                if (count == 0) std::abort();
                said += "lost " + std::to_string(count) + "\n";
            },
            [&](std::string_view text, bool is_cut) {
                if (text.size() > kLongestThreadMessage) std::abort();
                said.append(text).append(is_cut ? " cut\n" : "\n");
            });
        if (!good) return said + "refused";
    }
    return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (read_in_pieces(bytes, 1 + data[0]) != read_in_pieces(bytes, bytes.size() + 1)) std::abort();
    return 0;
}
