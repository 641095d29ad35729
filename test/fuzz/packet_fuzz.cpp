// SPDX-License-Identifier: Apache-2.0
// The packet decoder: the pieces make no difference, nothing beyond the limit is held, and what is
// encoded comes back. Input: byte 0 the prefix and the limit, byte 1 the size of a piece; then the
// bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/command.h"
#include "wire/packet.h"

namespace {

using namespace vakt::wire;
using Packets = std::vector<std::pair<std::string, std::uint64_t>>;

void insist(bool holds) {
    if (!holds) std::abort();
}

Packets read_in_pieces(Prefix prefix, std::size_t limit, std::string_view bytes,
                       std::size_t piece) {
    Packets packets;
    PacketReader reader(prefix, limit);
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        reader.feed(bytes.substr(at, piece), [&](const Packet& packet) {
            insist(packet.body.size() <= limit && packet.body.size() <= packet.size);
            insist(packet.whole() || packet.body.size() == limit);
            insist(packet.whole() || command_of(packet) == Command::unknown);
            packets.emplace_back(packet.body, packet.size);
        });
    return packets;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const Prefix prefix = (data[0] & 1) != 0 ? Prefix::four : Prefix::two;
    const std::size_t limit = 1 + (data[0] >> 1);
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto whole = read_in_pieces(prefix, limit, bytes, bytes.size() + 1);
    insist(read_in_pieces(prefix, limit, bytes, 1 + data[1]) == whole);

    std::string again;
    if (encode(prefix, bytes, again)) {
        const auto back = read_in_pieces(prefix, bytes.size(), again, 1 + data[1]);
        insist(back.size() == 1 && back[0].first == bytes && back[0].second == bytes.size());
    }
    return 0;
}
