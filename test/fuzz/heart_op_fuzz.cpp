// SPDX-License-Identifier: Apache-2.0
// Bytes from a VM, in pieces: the reader gives the same messages however they are cut, the machine
// keeps its promises, and every answer is a packet.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "heart/heart.h"
#include "wire/heart_op.h"

namespace {

using namespace vakt;

void demand(bool holds) {
    if (!holds) std::abort();
}

bool noise(const heart::Event& event) { return std::holds_alternative<heart::Noise>(event); }

// All messages but noise, whose number depends on the cuts.
std::vector<heart::Event> messages(std::string_view bytes, std::size_t piece) {
    std::vector<heart::Event> all;
    wire::HeartReader reader;
    while (!bytes.empty()) {
        reader.feed(bytes.substr(0, piece), [&](const heart::Event& event) {
            if (!noise(event)) all.push_back(event);
        });
        bytes.remove_prefix(std::min(piece, bytes.size()));
    }
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t piece = data[0] + 1UL;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);

    const auto whole = messages(bytes, bytes.size());
    const auto cut = messages(bytes, piece);
    demand(whole.size() == cut.size());

    heart::Settings settings;
    settings.command = "env";
    heart::Heart heart(settings, Instant{});
    Instant now{};
    for (std::size_t i = 0; i < whole.size(); ++i) {
        demand(whole[i].index() == cut[i].index());
        const auto* set = std::get_if<heart::SetCommand>(&whole[i]);
        demand(set == nullptr || (set->text.size() < wire::kLongestHeartBody &&
                                  set->text == std::get<heart::SetCommand>(cut[i]).text));
        now += std::chrono::seconds(data[0] % 9);
        for (const auto& action : heart.on(now, whole[i])) {
            std::string out;
            if (std::holds_alternative<heart::Ack>(action)) wire::encode_heart_ack(out);
            if (const auto* tell = std::get_if<heart::TellCommand>(&action))
                wire::encode_heart_command(tell->text, out);
            if (out.empty()) continue;
            wire::PacketReader back(wire::Prefix::two, 65535);
            int packets = 0;
            back.feed(out, [&](const wire::Packet& packet) { packets += packet.whole() ? 1 : 2; });
            demand(packets == 1 && !back.partial());
        }
    }
    return 0;
}
