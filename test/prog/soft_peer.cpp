// SPDX-License-Identifier: Apache-2.0
// usage: soft_peer SOCKET WORDS ...
// A device of the simulated board, by hand: says each of WORDS ("arm 5000", "pet", "end reboot")
// and prints what is answered; `wait MS` waits, `hold` stays until the board closes, `flood MS`
// pets every MS until then.
#include <array>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>

#include "base/text.h"
#include "drivers/dev_node.h"
#include "drivers/soft_protocol.h"

namespace {

using vakt::drivers::DevNode;

void nap(unsigned ms) {
    const timespec length{ms / 1000, static_cast<long>(ms % 1000) * 1'000'000};
    ::nanosleep(&length, nullptr);
}

bool say(DevNode& node, std::string_view words) {
    return node.write(std::as_bytes(std::span(words))) > 0;
}

unsigned number_in(std::string_view words) {
    return vakt::parse_decimal<unsigned>(words.substr(words.find(' ') + 1)).value_or(0);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const auto node = vakt::drivers::socket_node(argv[1]);
    if (!node->open()) return 3;
    for (int at = 2; at < argc; ++at) {
        const std::string_view words = argv[at];
        if (words.starts_with("wait ")) {
            nap(number_in(words));
        } else if (words.starts_with("flood ")) {
            while (say(*node, "pet")) nap(number_in(words));
            return 0;
        } else if (words == "hold") {
            std::byte one{};
            while (node->read(std::span(&one, 1)) != 0) nap(100);
            return 0;
        } else {
            if (!say(*node, words)) return 4;
            if (words == "pet") continue;
            std::array<char, vakt::drivers::kSoftMost + 1> answer{};
            const auto got = node->read(std::as_writable_bytes(std::span(answer)));
            if (got <= 0) return 5;
            std::printf("%.*s\n", static_cast<int>(got), answer.data());
            (void)std::fflush(stdout);
        }
    }
    return 0;
}
