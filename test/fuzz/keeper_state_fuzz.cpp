// SPDX-License-Identifier: Apache-2.0
// keeper.state of any size and content; the CRC is put right half of the time, to get behind it.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/bytes.h"
#include "base/crc32.h"
#include "keeper/keeper_state_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vakt::keeper;
    std::vector<std::uint8_t> file(data, data + size);
    if (size >= 20 && (data[15] & 1U) != 0) {
        const std::size_t content = vakt::get_big_endian(data + 6, 2);
        if (16 + content + 4 <= size)
            vakt::put_big_endian(file.data() + 16 + content, 4,
                                 vakt::crc32(std::span(file).first(16 + content)));
    }
    const auto found = decode_state(file);
    if (!found) return 0;
    std::array<std::uint8_t, kStateSlot> slot;
    const auto bytes = encode(found->state, found->number, slot);
    const auto again = decode_state(bytes);
    if (!again || !(again->state == found->state)) std::abort();
    return 0;
}
